-- A service in Go that serves pages built with Node, by the helpers that are embedded in luakit (docs/prelude.md).
local prelude = require("prelude")

local server = bk.local_("context", { include = { "go.mod", "go.sum", "**/*.go" } })
local pages = bk.local_("pages", { exclude = { "node_modules" } })

local built = prelude.node_build(prelude.node_base("20-alpine"), pages, { install_cmd = "npm run build" })

local image = prelude.go_binary_app("1.22-alpine", server, {
  main = "./cmd/server",
  ldflags = "-s -w",
  final_path = "/srv/server",
  user = "app",
})
image = prelude.copy_all(built, image, "/app/dist", "/srv/pages")

bk.export(image, {
  entrypoint = { "/srv/server" },
  user = "app",
  workdir = "/srv",
  expose = { "8080" },
})
