-- locations
local base = bk.image("alpine")
local function install(s, what)
  return s:run("apk add " .. what)
end
local built = install(base, "curl")
  :mkdir("/a")
  :copy(base, "/etc",
    "/etc2"):run("b", {
      cwd = "/a",
    })
bk.export(bk.merge(
  built, install(base, "git")
))
