-- Every distribution in its default version, and versions of each kind.
local prelude = require("prelude")

bk.export(bk.merge(
  prelude.from_alpine(),
  prelude.from_alpine("3.20"),
  prelude.from_ubuntu(),
  prelude.from_debian(),
  prelude.from_fedora(),
  prelude.from_fedora(40),
  prelude.standard_base("debian"),
  prelude.standard_base("alpine", "edge")
))
