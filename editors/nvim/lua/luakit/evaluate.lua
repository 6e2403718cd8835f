-- Asks for a dry run; what it finds arrives as diagnostics, as after a save.

local luakit = require("luakit")

local M = {}

--- Evaluates the script in the current buffer, whatever the setting `dryRun` says.
function M.run()
  local buffer, uri = luakit.script()
  luakit.ask(buffer, "luakit/evaluate", { uri = uri }, function(answer)
    if answer.ok then
      vim.notify(("luakit: evaluated, %d ops"):format(answer.ops or 0))
    end
  end)
end

return M
