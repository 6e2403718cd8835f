-- A package install with a cache that survives the build, and a token that never enters a layer.
--
--   luakit build examples/caches-and-secrets.lua |
--     buildctl build --local context=. --secret id=npmrc,src=$HOME/.npmrc
local manifests = bk.local_("context", { include = { "package.json", "package-lock.json" } })

local deps = bk.image("node:20-alpine")
  :copy(manifests, ".", "/app")
  :run("npm ci --no-audit --no-fund", {
    cwd = "/app",
    mounts = {
      bk.cache("/root/.npm", { sharing = "locked" }),
      bk.secret("/root/.npmrc", { id = "npmrc", optional = true }),
      bk.tmpfs("/tmp", { size = "512m" }),
    },
  })
  :with_metadata({ description = "install the dependencies", progress_group = "dependencies" })

bk.export(deps, { workdir = "/app", cmd = { "node", "index.js" } })
