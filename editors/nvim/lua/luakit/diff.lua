-- What the edits since the last save, or since a revision, make BuildKit run again.

local luakit = require("luakit")
local view = require("luakit.view")

local M = {}

--- Shows it in a window of its own.
---@param base string? `saved`, `before`, `HEAD`, or any revision of git
---@param target string? the name of a target
function M.open(base, target)
  local buffer, uri = luakit.script()
  luakit.ask(buffer, "luakit/graphDiff", { uri = uri, base = base or "saved", target = target }, function(answer)
    view.show(buffer, "diff", view.lines(answer.text), "diff")
  end)
end

return M
