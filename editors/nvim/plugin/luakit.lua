if vim.g.loaded_luakit then
  return
end
vim.g.loaded_luakit = true

vim.api.nvim_create_user_command("LuakitEvaluate", function()
  require("luakit.evaluate").run()
end, { desc = "Evaluate the luakit script in this buffer now" })

vim.api.nvim_create_user_command("LuakitTrace", function()
  require("luakit.trace").show()
end, { desc = "List the calls that led to the luakit error on this line" })
