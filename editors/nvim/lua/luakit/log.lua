-- What the server logs, and what scripts print: Neovim writes most of it nowhere.

local view = require("luakit.view")
local luakit = require("luakit")

local M = {}

local MOST = 2000
local lines = {}

local KINDS = { "error: ", "warning: ", "", "", "" }

--- The handler of `window/logMessage`.
function M.handle(err, message, context)
  vim.list_extend(lines, view.lines((KINDS[message.type] or "") .. message.message))
  if #lines > MOST then
    lines = vim.list_slice(lines, #lines - MOST + 1)
  end
  local default = vim.lsp.handlers["window/logMessage"]
  return default and default(err, message, context)
end

--- Shows it in a window of its own, the newest below.
function M.open()
  local shown = #lines > 0 and lines or { "nothing was logged; Neovim's own log is " .. vim.lsp.get_log_path() }
  local _, window = view.show(luakit.script(), "log", shown)
  vim.api.nvim_win_set_cursor(window, { #shown, 0 })
end

return M
