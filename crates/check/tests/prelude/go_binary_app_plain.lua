-- Without a user all is root's; at the root there is no folder to make.
local prelude = require("prelude")
local src = bk.local_("context")

bk.export(bk.merge(
  prelude.go_binary_app(nil, src),
  prelude.go_binary_app("1.22", src, { final_path = "/server", runtime_version = "3.20" })
))
