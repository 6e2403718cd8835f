-- Asks for a dry run; what it finds arrives as diagnostics, as after a save.

local M = {}

--- Evaluates the script in the current buffer, whatever the setting `dryRun` says.
function M.run()
  local client = vim.lsp.get_clients({ bufnr = 0, name = "luakit" })[1]
  if not client then
    vim.notify("luakit: no server is attached to this buffer", vim.log.levels.WARN)
    return
  end
  client:request("luakit/evaluate", { uri = vim.uri_from_bufnr(0) }, function(err, answer)
    if err then
      vim.notify("luakit: " .. err.message, vim.log.levels.WARN)
    elseif answer.ok then
      vim.notify(("luakit: evaluated, %d ops"):format(answer.ops or 0))
    end
  end)
end

return M
