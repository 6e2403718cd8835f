local go = require("lib.golang")

local version = os.getenv("VERSION") or "dev"
local binary = go.build("./cmd/app", version)

bk.export(bk.scratch():copy(binary, "/out/app", "/app"), {
  entrypoint = { "/app" },
  labels = { version = version },
})
