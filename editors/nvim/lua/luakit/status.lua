-- How dry runs ended: the server says it in `luakit/status`, and a status line shows it.

local luakit = require("luakit")

local M = {}

---@type table<string, table>
local last = {}

local LISTENERS = {}

--- Calls a function with each status that comes.
function M.listen(listener)
  table.insert(LISTENERS, listener)
end

--- The handler of `luakit/status`.
function M.handle(_, status)
  if status.state ~= "outdated" then
    last[vim.uri_to_fname(status.uri)] = status
  end
  vim.cmd.redrawstatus({ bang = true })
  vim.api.nvim_exec_autocmds("User", { pattern = "LuakitStatus", modeline = false, data = status })
  for _, listener in ipairs(LISTENERS) do
    listener(status)
  end
end

--- Forgets what a server said that has ended.
function M.forget()
  last = {}
end

function M.line(buffer)
  if #vim.lsp.get_clients({ bufnr = buffer, name = "luakit" }) == 0 then
    return ""
  end
  local status = last[vim.api.nvim_buf_get_name(buffer)]
  if not status then
    return "luakit"
  end
  return "luakit: " .. (status.state == "ok" and status.message or status.state)
end

--- Says how the last run of the script in this buffer ended.
function M.show()
  local buffer, uri = luakit.script()
  luakit.ask(buffer, "luakit/status", { uri = uri }, function(status)
    local took = status.ms > 0 and (" in %d ms"):format(status.ms) or ""
    local outdated = status.outdated and ", before the last changes" or ""
    local words = status.message ~= "" and ": " .. status.message or ""
    local name = status.entry and vim.fs.basename(vim.uri_to_fname(status.entry)) or vim.fs.basename(vim.uri_to_fname(uri))
    vim.notify(("luakit: %s %s%s%s%s"):format(name, status.state, words, took, outdated))
  end)
end

return M
