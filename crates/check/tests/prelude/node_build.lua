-- Dependencies first, then the sources, then the build.
local prelude = require("prelude")
local src = bk.local_("context")

local deps = prelude.node_build(prelude.node_base(), src, { cwd = "/deps", deps_only = true })
local built = prelude.node_build(prelude.node_base(), src, {
  install_cmd = "npm run build",
  env = { NODE_ENV = "development" },
  mounts = { bk.secret("/root/.npmrc") },
})
bk.export(bk.merge(deps, built))
