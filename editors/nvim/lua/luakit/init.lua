-- What the other files have in common: the client, and questions to it.

local M = {}

--- The client of a buffer, or the only one there is, so that commands work from other windows, too.
---@return vim.lsp.Client?
function M.client(buffer)
  local attached = vim.lsp.get_clients({ bufnr = buffer or 0, name = "luakit" })[1]
  return attached or vim.lsp.get_clients({ name = "luakit" })[1]
end

--- The script that a command is about: the buffer, or that of the view it is used in.
---@return integer buffer, string uri
function M.script()
  local buffer = vim.api.nvim_get_current_buf()
  local of_view = vim.b[buffer].luakit_script
  if of_view and vim.api.nvim_buf_is_valid(of_view) then
    buffer = of_view
  end
  return buffer, vim.uri_from_bufnr(buffer)
end

function M.warn(message, ...)
  vim.notify("luakit: " .. message:format(...), vim.log.levels.WARN)
end

--- Asks the server of a buffer; `answered` gets the result, unless there is none. Quiet questions fail without a word.
function M.ask(buffer, method, params, answered, quiet)
  local client = M.client(buffer)
  if not client then
    if not quiet then
      M.warn("no server is attached to this buffer; see :checkhealth luakit")
    end
    return
  end
  client:request(method, params, function(err, result)
    if err then
      if not quiet then
        M.warn("%s", err.message)
      end
    elseif result ~= nil and result ~= vim.NIL then
      answered(result, client)
    end
  end, buffer)
end

--- For a status line: how the last dry run of the script in a buffer ended; empty where luakit has no part in it.
---@param buffer integer?
---@return string
function M.status(buffer)
  return require("luakit.status").line(buffer or vim.api.nvim_get_current_buf())
end

return M
