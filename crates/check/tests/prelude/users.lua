-- Users, groups, folders and owners.
local prelude = require("prelude")
local alpine = bk.image("alpine:3.19")

local app = prelude.with_workdir(alpine, "/srv/app")
app = prelude.with_alpine_user(app, "appuser", 1001, 1002)
app = prelude.chown_path(app, "/srv/app", "appuser", "appuser")
app = prelude.chown_path(app, "/srv/my data", 1001)
bk.export(app)
