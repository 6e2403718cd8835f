local go = {}

--- Builds a Go program; it is at /out/app in what is returned.
---@param package string
---@param version string
---@return State
function go.build(package, version)
  if package == "" then
    error("go.build: the package must not be empty", 2)
  end
  local src = bk.image("golang:1.22"):copy(bk.local_("context"), ".", "/src")
  return src:run({ "go", "build", "-ldflags", "-X main.version=" .. version, "-o", "/out/app", package }, {
    cwd = "/src",
    mounts = { bk.cache("/root/.cache/go-build") },
  })
end

return go
