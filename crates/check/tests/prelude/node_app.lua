-- The user's id is that of the image's own account, which makes way.
local prelude = require("prelude")

bk.export(prelude.node_app("20-alpine", bk.local_("context"), { cwd = "/src", user = "nodejs" }))
