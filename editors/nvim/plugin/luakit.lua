-- The commands. What they do is loaded when one is used.

if vim.g.loaded_luakit then
  return
end
vim.g.loaded_luakit = true

vim.api.nvim_create_user_command("Luakit", function(command)
  require("luakit.command").run(command)
end, {
  nargs = "*",
  desc = "Graph, LLB, build and more of the luakit script in this buffer",
  complete = function(_, line)
    return require("luakit.command").complete(line)
  end,
})

-- Their first names.
vim.api.nvim_create_user_command("LuakitEvaluate", function()
  require("luakit.evaluate").run()
end, { desc = "Evaluate the luakit script in this buffer now" })

vim.api.nvim_create_user_command("LuakitTrace", function()
  require("luakit.trace").show()
end, { desc = "List the calls that led to the luakit error on this line" })

local function link(name, to)
  vim.api.nvim_set_hl(0, name, { link = to, default = true })
end

link("LuakitOp", "Visual")
link("LuakitCall", "Visual")
link("LuakitCaller", "CursorLine")
link("LuakitUnreached", "Comment")
link("LuakitTarget", "Title")
link("LuakitRuns", "DiagnosticWarn")
