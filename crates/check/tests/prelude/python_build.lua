-- The file of requirements may be missing unless it is named.
local prelude = require("prelude")
local src = bk.local_("context")
local base = bk.image("python:3.11")

bk.export(bk.merge(
  prelude.python_build(base, src),
  prelude.python_build(base, src, { requirements = "requirements.txt", install_cmd = "pip install -e ." }),
  prelude.python_build(base, src, { requirements = { "deps/base.txt", "deps/more deps.txt" } }),
  prelude.python_build(base, src, { requirements = {}, cwd = "/srv/app" })
))
