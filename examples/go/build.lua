-- A service in Go: modules first, tests before the build, and an image that holds nothing but the program.
local version = bk.arg("VERSION", "dev", { description = "what /version answers" })

local manifest = bk.local_("context", { include = { "go.mod" } })
local sources = bk.local_("context", { include = { "main.go", "internal" } })

local modules = bk.cache("/go/pkg/mod")
local packages = bk.cache("/root/.cache/go-build")

-- A definition carries no image's own environment, so the commands are told where Go is.
local go = bk.image("golang:1.24-alpine"):with_cwd("/src"):with_env({
  CGO_ENABLED = "0",
  PATH = "/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
})

local built = go:copy(manifest, ".", ".")
  :run("go mod download", { mounts = { modules } })
  :copy(sources, ".", ".")
  :run("go vet ./... && go test ./...", { mounts = { modules, packages } })
  :run('go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/server .', {
    env = { VERSION = version },
    mounts = { modules, packages },
  })

bk.export(bk.scratch():copy(built, "/out/server", "/server"), {
  entrypoint = { "/server" },
  user = "65532:65532",
  expose = { "8080" },
  labels = { ["org.opencontainers.image.version"] = version },
})
