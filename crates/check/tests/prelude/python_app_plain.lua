-- Without options nothing is added but the project.
local prelude = require("prelude")

bk.export(prelude.python_app("3.12-alpine", bk.local_("context"), { runtime_version = "3.12-alpine3.20" }))
