-- A build script is opened, read, mended and saved, in a real Neovim: `mod.rs` runs this with
-- LUAKIT_START=enable (the plugin folder) or =start (the snippet in its README), in a folder of its own.

local repository = assert(vim.env.LUAKIT_REPOSITORY)
package.path = repository .. "/tests/nvim/?.lua;" .. package.path
local t = require("driver")

-- Nothing but a run shows that `0799` arrives at `mkfile` as a mode, and who passed it.
local SCRIPT = [[
local function install(base, path, mode)
  return base:mkfile(path, "#!/bin/sh\n", { mode = mode })
end

local base = bk.image("alpine:3.19")
local tools = install(base, "/usr/bin/start", "0755")
local app = install(tools, "/usr/bin/stop", "0799")

local built = app:run("make install", {
  mounts = { bk.cache("/root/.cache", { sharng = "locked" }) },
})
bk.export(built, { entrypoint = { "/usr/bin/start" } })
]]

local write = t.write

local start = {}

function start.enable()
  vim.opt.runtimepath:prepend(repository .. "/editors/nvim")
  vim.cmd.runtime("plugin/luakit.lua")
  vim.lsp.enable("luakit")
end

-- The snippet is taken from the page that people copy it from.
function start.start()
  local readme = table.concat(vim.fn.readfile(repository .. "/editors/nvim/README.md"), "\n")
  local snippet = readme:match("## Without it.-```lua\n(.-)```")
  assert(loadstring(snippet or error("no snippet in the README", 0)))()
end

local steps = {}

local function step(name, run)
  table.insert(steps, { name = name, run = run })
end

step("attaches where luakit is used, and only there", function()
  write("game/player.lua", "return 10\n")
  write("app/lib/go.lua", "return {}\n")
  write("app/build.lua", SCRIPT)
  write("loose/image.build.lua", 'bk.export(bk.image("alpine"))\n')
  local client = t.open("app/build.lua")
  t.expect(client.root_dir == vim.uv.fs_realpath("app"), "the root is app, not %s", tostring(client.root_dir))
  t.expect(t.open("app/lib/go.lua").id == client.id, "a required file is served by the same server")
  t.open("loose/image.build.lua")
  vim.cmd.edit("game/player.lua")
  -- Starting is scheduled; a start that was coming would have been seen by now in the files before.
  vim.wait(200)
  t.expect(#vim.lsp.get_clients({ bufnr = 0 }) == 0, "a Lua file of something else was attached")
  vim.cmd.edit("app/build.lua")
end)

step("underlines an unknown option", function()
  local found = t.await("finding on sharng", function()
    return t.find(function(diagnostic)
      return t.under(diagnostic) == "sharng"
    end)
  end, t.seen)
  t.expect(found.source == "luakit" and found.code == "unknown-option", "%s %s", found.source, found.code)
  t.expect(found.message:find("sharing", 1, true), "the message offers the right spelling: %s", found.message)
  return vim.split(found.message, "\n")[1]
end)

step("shows the documentation of a bk function", function()
  t.go_to("cache(")
  vim.lsp.buf.hover()
  local text = t.await("hover", function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= "" then
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        vim.api.nvim_win_close(window, true)
        return table.concat(lines, "\n")
      end
    end
  end)
  t.expect(text:find("bk.cache(", 1, true), "no signature in:\n%s", text)
  t.expect(text:lower():find("director") or text:lower():find("mount"), "no description in:\n%s", text)
end)

step("completes option keys", function()
  t.go_to('sharng = "locked"')
  t.type('ct}<Space><Esc>')
  local params = vim.lsp.util.make_position_params(0, vim.lsp.get_clients({ bufnr = 0 })[1].offset_encoding)
  local answers = vim.lsp.buf_request_sync(0, "textDocument/completion", params, 10000)
  local _, answer = next(answers or {})
  t.expect(answer and answer.result, "no completion: %s", vim.inspect(answers))
  local labels = vim.tbl_map(function(item)
    return item.label
  end, answer.result.items or answer.result)
  for _, option in ipairs({ "sharing", "id", "readonly" }) do
    t.expect(vim.tbl_contains(labels, option), "no %s in %s", option, table.concat(labels, " "))
  end
  t.expect(not vim.tbl_contains(labels, "entrypoint"), "options of another call: %s", table.concat(labels, " "))
  return table.concat(labels, " ", 1, math.min(#labels, 8))
end)

step("follows the typing", function()
  t.go_to("{  }")
  t.type('la sharing = "lockex" <Esc>')
  t.await("finding on lockex", function()
    return t.find(function(diagnostic)
      return t.under(diagnostic):find("lockex", 1, true)
    end)
  end, t.seen)
  t.go_to("lockex")
  t.type('ciwlocked<Esc>')
  t.await("end of the findings", function()
    return #vim.diagnostic.get(0) == 0
  end, t.seen)
  -- One key makes the mistake, so that its time is the time from a key to a finding.
  local waited = {}
  for _ = 1, 5 do
    t.go_to("locked")
    local before = vim.uv.hrtime()
    t.type("x")
    t.await("finding on ocked", function()
      return #vim.diagnostic.get(0) == 1
    end, t.seen)
    table.insert(waited, (vim.uv.hrtime() - before) / 1e6)
    vim.cmd("silent undo")
    t.await("end of the findings", function()
      return #vim.diagnostic.get(0) == 0
    end, t.seen)
  end
  table.sort(waited)
  return ("%.0f to %.0f ms from a key to its finding, Neovim's own wait included"):format(waited[1], waited[5])
end)

step("shows on save what only a run finds, with the calls that led there", function()
  vim.cmd("silent write")
  local found = t.await("finding of the dry run", function()
    return t.find(function(diagnostic)
      return diagnostic.message:find("0799", 1, true)
    end)
  end, t.seen)
  t.expect(found.lnum + 1 == 2, "on the line of mkfile: %s", vim.inspect(found))
  local lines = vim.tbl_map(function(related)
    return related.location.range.start.line + 1
  end, vim.tbl_get(found, "user_data", "lsp", "relatedInformation") or {})
  t.expect(vim.tbl_contains(lines, 7), "the guilty call, line 7, is in the trace: %s", vim.inspect(lines))
  t.expect(not vim.tbl_contains(lines, 6), "the innocent call is not: %s", vim.inspect(lines))
  t.expect(vim.fn.filereadable("app/.luakit/build.lua.pb") == 0, "no LLB of a script that failed")
  if vim.env.LUAKIT_START == "enable" then
    t.go_to("mkfile")
    vim.cmd.LuakitTrace()
    local listed = vim.tbl_map(function(item)
      return item.lnum
    end, vim.fn.getloclist(0))
    t.expect(vim.tbl_contains(listed, 2) and vim.tbl_contains(listed, 7), ":LuakitTrace lists %s", vim.inspect(listed))
    vim.cmd.lclose()
  end
  return vim.split(found.message, "\n")[1]
end)

step("writes the LLB once the error is mended", function()
  vim.cmd([[silent %substitute/0799/0755/]])
  vim.cmd("silent write")
  local llb = "app/.luakit/build.lua.pb"
  t.await("LLB file", function()
    return (vim.uv.fs_stat(llb) or { size = 0 }).size > 0
  end, t.seen)
  t.await("end of the findings", function()
    return #vim.diagnostic.get(0) == 0
  end, t.seen)
  return ("%s, %d bytes"):format(llb, vim.uv.fs_stat(llb).size)
end)

step("evaluates what is not written yet, when asked", function()
  if vim.env.LUAKIT_START ~= "enable" then
    return "the command is the plugin's"
  end
  t.go_to('"/usr/bin/stop", "0755"')
  vim.cmd([[silent substitute/0755/0799/]])
  vim.cmd.LuakitEvaluate()
  t.await("finding of the dry run", function()
    return t.find(function(diagnostic)
      return diagnostic.message:find("0799", 1, true)
    end)
  end, t.seen)
  vim.cmd("silent undo")
end)

start[vim.env.LUAKIT_START]()
t.run(steps)
