-- The images of languages: what each variant brings, and what it is given.
local prelude = require("prelude")

bk.export(bk.merge(
  prelude.go_base(),
  prelude.go_base("1.23"),
  prelude.go_base("ghcr.io/owner/go:1-alpine"),
  prelude.go_runtime(),
  prelude.go_runtime("3.20"),
  prelude.node_base(),
  prelude.node_base("22"),
  prelude.node_runtime(),
  prelude.python_base(),
  prelude.python_base("3.12", "alpine"),
  prelude.python_base("3.12", ""),
  prelude.python_base("3.12-bookworm"),
  prelude.python_runtime(),
  prelude.python_runtime("3.12")
))
