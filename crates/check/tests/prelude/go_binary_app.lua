-- A service in Go: the program belongs to its user, and nothing else is in the image.
local prelude = require("prelude")

bk.export(prelude.go_binary_app("1.22-alpine", bk.local_("context"), {
  cwd = "/app",
  main = "./cmd/server",
  output = "/out/server",
  user = "app",
  uid = 1001,
}))
