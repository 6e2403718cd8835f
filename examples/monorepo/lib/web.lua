-- How this repository builds its pages.
local web = {}

--- Returns a state with the pages in /web/dist.
---@return State
function web.pages()
  local manifests = bk.local_("context", { include = { "web/package.json", "web/package-lock.json" } })
  local sources = bk.local_("context", { include = { "web/src" } })
  return bk.image("node:22-alpine")
    :copy(manifests, ".", "/")
    :run("npm ci", { cwd = "/web", mounts = { bk.cache("/root/.npm", { sharing = "locked" }) } })
    :copy(sources, ".", "/")
    :run("npm run build", { cwd = "/web" })
end

return web
