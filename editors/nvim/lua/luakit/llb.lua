-- What the script builds, as text.

local luakit = require("luakit")
local view = require("luakit.view")

local M = {}

M.FORMATS = { "text", "json", "dot" }

local FILETYPES = { text = "luakit-llb", json = "json", dot = "dot" }

--- Shows the LLB of a result in a window of its own.
---@param format string? `text`, `json` or `dot`
---@param target string? the name of a target
function M.open(format, target)
  format = format or "text"
  if not FILETYPES[format] then
    luakit.warn("there is no format `%s`; there is %s", format, table.concat(M.FORMATS, ", "))
    return
  end
  local buffer, uri = luakit.script()
  luakit.ask(buffer, "luakit/llb", { uri = uri, format = format, target = target }, function(text)
    view.show(buffer, "llb", view.lines(text), FILETYPES[format])
  end)
end

return M
