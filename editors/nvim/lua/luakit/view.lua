-- Scratch windows: a buffer that is about a script, beside it.

local M = {}

--- Shows lines in a window of their own; the same name again is the same window.
---@param script integer the buffer that it is about
---@param kind string what it shows of it, also its file type's ending
---@param lines string[]
---@return integer buffer, integer window
function M.show(script, kind, lines, filetype)
  local name = ("luakit://%s/%s"):format(kind, vim.fs.basename(vim.api.nvim_buf_get_name(script)))
  local buffer = vim.fn.bufnr("^" .. vim.fn.escape(name, "[]*?^$\\") .. "$")
  if buffer < 0 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
    vim.bo[buffer].bufhidden = "wipe"
    vim.bo[buffer].filetype = filetype or ("luakit-" .. kind)
    vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buffer, nowait = true, desc = "Close" })
  end
  vim.b[buffer].luakit_script = script
  M.fill(buffer, lines)
  local window = vim.fn.bufwinid(buffer)
  if window < 0 then
    local from = vim.api.nvim_get_current_win()
    window = vim.api.nvim_open_win(buffer, false, { split = "right", win = from })
    vim.wo[window].wrap = false
    vim.wo[window].number = false
    vim.wo[window].relativenumber = false
    vim.wo[window].signcolumn = "no"
  end
  return buffer, window
end

function M.fill(buffer, lines)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
end

--- The lines of a text without those that its last line break would leave empty.
function M.lines(text)
  return vim.split((text:gsub("\n+$", "")), "\n")
end

return M
