-- Ends the server and starts it again, for the same buffers.

local luakit = require("luakit")

local M = {}

local SECONDS = 5

function M.run()
  local clients = vim.lsp.get_clients({ name = "luakit" })
  local starts = {}
  for _, client in ipairs(clients) do
    for buffer in pairs(client.attached_buffers) do
      table.insert(starts, { config = client.config, buffer = buffer })
    end
    client:stop()
  end
  if #starts == 0 then
    luakit.warn("no server is running")
    return
  end
  local ended = vim.wait(SECONDS * 1000, function()
    return #vim.lsp.get_clients({ name = "luakit" }) == 0
  end, 20)
  if not ended then
    for _, client in ipairs(clients) do
      client:stop(true)
    end
  end
  require("luakit.status").forget()
  for _, start in ipairs(starts) do
    if vim.api.nvim_buf_is_valid(start.buffer) then
      vim.lsp.start(start.config, { bufnr = start.buffer })
    end
  end
end

return M
