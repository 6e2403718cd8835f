-- A service in TypeScript: what compiles it is not in the image, which runs it as the user that the base image brings.
local manifests = bk.local_("context", { include = { "package.json", "package-lock.json" } })
local sources = bk.local_("context", { include = { "tsconfig.json", "src" } })

local node = bk.image("node:22-alpine"):with_cwd("/app")
local npm = { mounts = { bk.cache("/root/.npm", { sharing = "locked" }) } }

local with_manifests = node:copy(manifests, ".", ".")

local built = with_manifests
  :run("npm ci --no-audit --no-fund", npm)
  :with_metadata({ description = "install what the build needs" })
  :copy(sources, ".", ".")
  :run("npm run build")

-- Beside the build, not after it: both start from the manifests.
local installed = with_manifests
  :run("npm ci --omit=dev --no-audit --no-fund", npm)
  :with_metadata({ description = "install what the program needs" })

local image = node
  :copy(installed, "/app", "/app", { contents_only = true, owner = "node:node" })
  :copy(built, "/app/dist", "/app/dist", { contents_only = true, owner = "node:node" })

bk.export(image, {
  cmd = { "node", "dist/server.js" },
  user = "node",
  workdir = "/app",
  env = { NODE_ENV = "production" },
  expose = { "3000" },
  healthcheck = { test = "wget -qO- http://localhost:3000/ || exit 1", interval = "30s", timeout = "3s" },
})
