# syntax=docker.io/luakit/luakit:1
-- A Go service: modules first, so that editing a source file leaves their download cached; the tests run beside the
-- build and gate it; the image holds nothing but the program.
local version = os.getenv("VERSION") or "dev"

local modules = bk.local_("context", { include = { "go.mod", "go.sum" } })
local sources = bk.local_("context", { include = { "**/*.go", "go.mod", "go.sum" } })
local caches = {
  bk.cache("/go/pkg/mod", { id = "go-mod" }),
  bk.cache("/root/.cache/go-build", { id = "go-build", sharing = "locked" }),
}

-- The definition carries no image's own environment, so the commands are told where Go is.
local env = { CGO_ENABLED = "0", PATH = "/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" }

local function go(state, ...)
  return state:run({ "go", ... }, { cwd = "/src", env = env, mounts = caches })
end

local deps = go(bk.image("golang:1.22-alpine"):copy(modules, ".", "/src"), "mod", "download")
local src = deps:copy(sources, ".", "/src")
local built = go(src, "build", "-ldflags", "-X main.version=" .. version, "-o", "/out/server", "./cmd/server")
local tested = go(src, "test", "./...")

-- Reading a file of the tests' state makes the image wait for them.
local image = bk.image("gcr.io/distroless/static-debian12")
  :copy(built, "/out/server", "/server")
  :copy(tested, "/src/go.mod", "/build/tested")

bk.export(image, {
  entrypoint = { "/server" },
  user = "nonroot",
  expose = { "8080" },
  labels = { ["org.opencontainers.image.version"] = version },
})
