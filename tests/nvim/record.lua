-- Opens a build script, so that what Neovim sends first can be written down, and leaves.

local t = dofile(vim.env.LUAKIT_REPOSITORY .. "/tests/nvim/driver.lua")

local function record()
  vim.opt.runtimepath:prepend(vim.env.LUAKIT_REPOSITORY .. "/editors/nvim")
  vim.cmd.runtime("plugin/luakit.lua")
  vim.lsp.enable("luakit")
  vim.cmd.edit("build.lua")
  t.await("client", function()
    local client = vim.lsp.get_clients()[1]
    return client and client.initialized
  end)
  for _, client in ipairs(vim.lsp.get_clients()) do
    client:stop()
  end
  t.await("end of the session", function()
    return #vim.lsp.get_clients() == 0
  end)
end

-- Neovim would stay open after an error.
local ok, message = pcall(record)
if not ok then
  io.stderr:write(tostring(message), "\n")
end
vim.cmd.cquit({ count = ok and 0 or 1, bang = true })
