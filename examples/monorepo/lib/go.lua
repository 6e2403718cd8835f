-- How this repository builds its services in Go: the toolchain and the caches are said once.
local go = {}

local toolchain = bk.image("golang:1.24-alpine"):with_cwd("/src"):with_env({
  CGO_ENABLED = "0",
  PATH = "/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
})
local mounts = { bk.cache("/go/pkg/mod"), bk.cache("/root/.cache/go-build") }

--- Builds a service. It sees its own folder and what is shared, so that an edit of another service rebuilds nothing.
---@param name string
---@return State
function go.service(name)
  local manifest = bk.local_("context", { include = { "go.mod" } })
  local sources = bk.local_("context", { include = { "pkg", "services/" .. name } })
  return toolchain
    :copy(manifest, ".", ".")
    :run("go mod download", { mounts = mounts })
    :copy(sources, ".", ".")
    :run("go build -o /out/service ./services/" .. name, { mounts = mounts })
    :with_metadata({ description = "build " .. name, progress_group = name })
end

return go
