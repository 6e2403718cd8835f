-- A build of two stages, and copies between them.
local prelude = require("prelude")

local runtime, built = prelude.multi_stage("golang:1.22", "alpine:3.19", function(builder)
  return prelude.container(builder, function(state)
    return state:run("/usr/local/go/bin/go build -o /out/app .")
  end)
end)
local final = prelude.copy_all(built, runtime, "/out/app", "/app/app")
bk.export(prelude.layered_copy(final, { built = built }, {
  { from = "built", from_path = "/etc/ssl", to_path = "/etc/ssl" },
  { from = runtime, from_path = "/task*.txt", to_path = "/tasks/" },
}))
