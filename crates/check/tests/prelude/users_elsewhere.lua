-- The first user's id is taken in some images: their own account makes way.
local prelude = require("prelude")

bk.export(bk.merge(
  prelude.with_user(prelude.from_ubuntu(), "appuser"),
  prelude.with_user(prelude.from_debian(), "appuser", 2000),
  prelude.as_non_root(bk.image("alpine:3.19")),
  prelude.as_non_root(bk.image("alpine:3.19"), "myapp", 2000)
))
