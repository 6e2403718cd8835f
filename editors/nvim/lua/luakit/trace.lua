-- The calls that led to an error. The server sends them with the diagnostic, and Neovim keeps them, but shows them
-- nowhere; the location list is where one can walk through places.

local M = {}

local function item(file, range, text)
  return {
    filename = file,
    lnum = range.start.line + 1,
    -- The range counts in the server's encoding; for plain text it is the byte, and else near it.
    col = range.start.character + 1,
    text = text,
  }
end

--- Puts the errors of the cursor's line and their traces into the location list, and opens it.
function M.show()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local items = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0, { lnum = line })) do
    local sent = vim.tbl_get(diagnostic, "user_data", "lsp")
    if sent and diagnostic.source == "luakit" then
      table.insert(items, item(vim.api.nvim_buf_get_name(0), sent.range, diagnostic.message))
      for _, related in ipairs(sent.relatedInformation or {}) do
        local location = related.location
        table.insert(items, item(vim.uri_to_fname(location.uri), location.range, related.message))
      end
    end
  end
  if #items == 0 then
    vim.notify("luakit: no error on this line")
    return
  end
  vim.fn.setloclist(0, {}, " ", { title = "luakit", items = items })
  vim.cmd.lopen()
end

return M
