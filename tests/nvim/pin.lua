-- An image is pinned from the menu of code actions, in a real Neovim: `mod.rs` runs this with a registry at LUAKIT_REGISTRY
-- that has `app:1` alone.

local repository = assert(vim.env.LUAKIT_REPOSITORY)
package.path = repository .. "/tests/nvim/?.lua;" .. package.path
local t = require("driver")

local registry = assert(vim.env.LUAKIT_REGISTRY)
local SCRIPT = ([[
local base = bk.image("HOST/app:1")
bk.export(base:copy(bk.image("HOST/none:1"), "/a", "/b"))
]]):gsub("HOST", registry)

local steps = {}

local function step(name, run)
  table.insert(steps, { name = name, run = run })
end

--- Picks the only action of its kind under the cursor.
local function pin()
  vim.lsp.buf.code_action({ context = { only = { "refactor.rewrite" }, diagnostics = {} }, apply = true })
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

step("pins the image under the cursor", function()
  vim.opt.runtimepath:prepend(repository .. "/editors/nvim")
  vim.cmd.runtime("plugin/luakit.lua")
  vim.lsp.enable("luakit")
  t.write("app/build.lua", SCRIPT)
  t.open("app/build.lua")
  t.go_to("app:1")
  pin()
  t.await("digest", function()
    return text():find('app:1@sha256:%x+"%)')
  end, text)
  t.expect(text():gsub("@sha256:%x+", "") == vim.trim(SCRIPT), "more was changed: %s", text())
  return vim.api.nvim_buf_get_lines(0, 0, 1, false)[1]
end)

step("says why an image cannot be pinned, and changes nothing", function()
  local before = text()
  t.go_to("none:1")
  pin()
  t.await("message", function()
    return vim.fn.execute("messages"):find("has no `none:1`", 1, true)
  end, function()
    return vim.fn.execute("messages")
  end)
  t.expect(text() == before, "something was changed: %s", text())
end)

t.run(steps)
