-- What a build in Go is by default, and all its options.
local prelude = require("prelude")
local src = bk.local_("context")

local plain = prelude.go_build(bk.image("golang:1.22"), src)
local full = prelude.go_build(bk.image("golang:1.22"), src, {
  cwd = "/src",
  main = "./cmd/my server",
  output = "/out/server",
  flags = "-v -trimpath",
  ldflags = "-s -w -X 'main.name=it''s'",
  env = { CGO_ENABLED = "1", GOPRIVATE = "example.com" },
  mounts = { bk.secret("/root/.netrc") },
})
bk.export(bk.merge(plain, full))
