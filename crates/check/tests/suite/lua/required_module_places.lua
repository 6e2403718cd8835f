-- locations
local tools = require("lib.tools")
bk.export(tools.install(bk.image("alpine")))
--- lib/tools.lua
local tools = {}
function tools.install(base)
  return base:run("apk add curl")
end
return tools
