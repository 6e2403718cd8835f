-- Two tools installed beside each other rather than one after the other: each is a diff over the base, and a change to
-- one leaves the other cached.
local base = bk.image("alpine:3.19")

local function tool(name)
  local installed = base:run("mkdir -p /opt/" .. name .. " && echo " .. name .. " > /opt/" .. name .. "/name")
  return bk.diff(base, installed)
end

bk.export(bk.merge(base, tool("red"), tool("green"), tool("blue")))
