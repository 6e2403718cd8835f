-- Each command of the plugin, its health check and its help, in a real Neovim: `mod.rs` runs this.

local repository = assert(vim.env.LUAKIT_REPOSITORY)
package.path = repository .. "/tests/nvim/?.lua;" .. package.path
local t = require("driver")

vim.opt.runtimepath:prepend(repository .. "/editors/nvim")
vim.cmd.runtime("plugin/luakit.lua")
vim.lsp.enable("luakit")

-- A client of BuildKit that tells what it was given.
t.write("bin/buildctl", '#!/bin/sh\necho "buildctl $*"\necho "$(wc -c) bytes"\n')
vim.uv.fs_chmod("bin/buildctl", tonumber("755", 8))
vim.env.PATH = vim.fn.getcwd() .. "/bin:" .. vim.env.PATH

local SCRIPT = [[
local tools = require("lib.tools")
local src = bk.local_("context")
local base = bk.image("alpine")
base:run("make test")
print("hello")
bk.target("tools", bk.merge(
  tools.install(base, "git"),
  tools.install(base, "curl")
))
bk.target("app", base:run("make", { mounts = { bk.bind(src, "/src") } }))
]]

local MODULE = [[
local M = {}
function M.install(base, name)
  return base:run("apk add " .. name)
end
return M
]]

local said = {}
vim.notify = function(message)
  table.insert(said, message)
end

local function await_said(pattern)
  return t.await("message like " .. pattern, function()
    return vim.iter(said):find(function(message)
      return message:find(pattern)
    end)
  end, function()
    return said
  end)
end

local function lines(buffer)
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local function await_buffer(name, pattern)
  return t.await(name, function()
    local buffer = vim.fn.bufnr(name)
    return buffer > 0 and table.concat(lines(buffer), "\n"):find(pattern) and buffer
  end, function()
    return vim.tbl_map(vim.api.nvim_buf_get_name, vim.api.nvim_list_bufs())
  end)
end

local function expect_lines(buffer, expected)
  local is = table.concat(lines(buffer), "\n")
  t.expect(is == vim.trim(expected), "expected\n%s\nbut there is\n%s", vim.trim(expected), is)
end

local function close(buffer)
  vim.api.nvim_buf_delete(buffer, { force = true })
end

--- The lines of a buffer that are lit in a namespace.
local function lit(buffer)
  local space = vim.api.nvim_get_namespaces()["luakit.graph"]
  local marks = vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, {})
  return vim.tbl_map(function(mark)
    return lines(buffer)[mark[2] + 1]
  end, marks)
end

local function move(window, line, column)
  vim.api.nvim_set_current_win(window)
  vim.api.nvim_win_set_cursor(window, { line, column or 0 })
  vim.api.nvim_exec_autocmds("CursorMoved", { buffer = vim.api.nvim_win_get_buf(window) })
end

local steps = {}

local function step(name, run)
  table.insert(steps, { name = name, run = run })
end

local script, script_window

step("completes the commands and what stands behind them", function()
  t.write("app/lib/tools.lua", MODULE)
  t.write("app/build.lua", SCRIPT)
  t.open("app/build.lua")
  script, script_window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  local names = table.concat(vim.fn.getcompletion("Luakit ", "cmdline"), " ")
  t.expect(names == "build diff evaluate graph llb log restart status trace", "%s", names)
  local formats = table.concat(vim.fn.getcompletion("Luakit llb ", "cmdline"), " ")
  t.expect(formats == "text json dot", "%s", formats)
  t.expect(vim.fn.getcompletion("Luakit gr", "cmdline")[1] == "graph", "a beginning is completed")
  vim.cmd("Luakit nonsense")
  await_said("there is no `nonsense`")
end)

step("tells how a run ended, in words and in the status line", function()
  t.expect(require("luakit").status() == "luakit", "before the first run: %s", require("luakit").status())
  vim.cmd("silent write")
  t.await("status line", function()
    return require("luakit").status() == "luakit: 6 ops"
  end, require("luakit").status)
  vim.cmd("Luakit status")
  await_said("luakit: build.lua ok: 6 ops")
  vim.cmd("Luakit evaluate")
  await_said("luakit: evaluated, 6 ops")
end)

step("draws the graph beside the script", function()
  vim.cmd("Luakit graph")
  local graph = await_buffer("luakit://graph/build.lua", "needed")
  expect_lines(
    graph,
    [[
build.lua: 7 ops, 1 of them needed by no result

tools
  %5 merge merge (/bin/sh -c apk add git, /bin/sh -c apk add curl)
  ├ %3 exec /bin/sh -c apk add git
  │ %1 source docker-image://docker.io/library/alpine:latest
  ├ %4 exec /bin/sh -c apk add curl
  │ %1 ^ source docker-image://docker.io/library/alpine:latest
app
  %6 exec /bin/sh -c make
  ├ %0 source local://context
  %1 ^ source docker-image://docker.io/library/alpine:latest
needed by no result
  %2 exec /bin/sh -c make test
  %1 ^ source docker-image://docker.io/library/alpine:latest
]]
  )
end)

step("keeps the cursors of graph and script together", function()
  local graph = vim.fn.bufnr("luakit://graph/build.lua")
  -- In the script: one helper's call, and all that it makes.
  move(script_window, 8, 20)
  t.await("lit op", function()
    return vim.deep_equal(lit(graph), { "  ├ %4 exec /bin/sh -c apk add curl" })
  end, function()
    return lit(graph)
  end)
  local graph_window = vim.fn.bufwinid(graph)
  -- In the graph: the op, and the call that made it.
  move(graph_window, 10)
  t.await("lit call", function()
    return #lit(script) > 0
  end)
  local row = vim.api.nvim_win_get_cursor(script_window)[1]
  t.expect(row == 10, "the script's window follows to line 10, not %d", row)
  vim.api.nvim_feedkeys(vim.keycode("<CR>"), "tx", false)
  t.await("jump", function()
    return vim.api.nvim_get_current_win() == script_window
  end)
  t.expect(vim.api.nvim_win_get_cursor(0)[1] == 10, "jumped to the call")
end)

step("draws anew what is saved, and only one result where that is asked for", function()
  local graph = vim.fn.bufnr("luakit://graph/build.lua")
  t.go_to('base:run("make test")')
  vim.cmd("silent delete")
  vim.cmd("silent write")
  t.await("the graph without it", function()
    return lines(graph)[1] == "build.lua: 6 ops"
  end, function()
    return lines(graph)[1]
  end)
  local targets = table.concat(vim.fn.getcompletion("Luakit graph ", "cmdline"), " ")
  t.expect(targets == "tools app", "%s", targets)
  vim.cmd("Luakit graph app")
  t.await("the graph of app", function()
    return lines(graph)[1] == "build.lua: 3 ops"
  end, function()
    return lines(graph)
  end)
  close(graph)
  move(script_window, 3)
end)

step("shows the LLB in each form", function()
  vim.cmd("Luakit llb")
  local llb = await_buffer("luakit://llb/build.lua", "return")
  t.expect(lines(llb)[1]:find("^%%0 = source"), "%s", lines(llb)[1])
  vim.cmd("Luakit llb dot app")
  await_buffer("luakit://llb/build.lua", "digraph")
  close(llb)
  vim.cmd("Luakit llb json tools")
  close(await_buffer("luakit://llb/build.lua", '"ops"'))
  vim.cmd("Luakit llb png")
  await_said("there is no format `png`")
end)

step("shows what an edit makes BuildKit run again", function()
  t.go_to('"make"')
  vim.cmd([[silent substitute/"make"/"make all"/]])
  vim.cmd("Luakit diff saved app")
  local diff = await_buffer("luakit://diff/build.lua", "1 op runs")
  t.expect(lines(diff)[1]:find("~ exec make all (build.lua:", 1, true), "%s", lines(diff)[1])
  close(diff)
  vim.cmd("silent undo")
end)

--- Waits for the end of a build, and returns its terminal and what that shows.
local function built()
  local terminal = t.await("the end of the build", function()
    return vim.iter(vim.api.nvim_list_bufs()):find(function(buffer)
      return vim.bo[buffer].buftype == "terminal" and table.concat(lines(buffer), ""):find("bytes")
    end)
  end)
  local told = table.concat(lines(terminal), "")
  t.expect(not told:find("[^0-9]0 bytes"), "a definition is built: %s", told)
  return terminal, told
end

step("builds in a terminal", function()
  local offered
  vim.ui.select = function(names, _, choose)
    offered = table.concat(names, " ")
    choose("app")
  end
  vim.cmd("Luakit build --output type=local,dest=out")
  local terminal, told = built()
  t.expect(told:find("buildctl build --local context=. --output type=local,dest=out", 1, true), "%s", told)
  t.expect(offered == "tools app", "one of several results is asked for: %s", offered)
  close(terminal)
end)

step("builds the script of a module, with the folders that luakit.toml names", function()
  t.write("app/luakit.toml", '[contexts]\ncontext = "web"\n')
  t.open("app/lib/tools.lua")
  local chosen = vim.ui.select
  vim.ui.select = function(_, _, choose)
    choose("app")
  end
  vim.cmd("Luakit build")
  local terminal, told = built()
  t.expect(told:find("build --local context=" .. vim.fn.getcwd() .. "/app/web", 1, true), "%s", told)
  vim.ui.select = chosen
  close(terminal)
  vim.uv.fs_unlink("app/luakit.toml")
  vim.cmd.bwipeout("app/lib/tools.lua")
  vim.api.nvim_set_current_win(script_window)
end)

step("does what lenses ask for", function()
  local client = vim.lsp.get_clients({ name = "luakit" })[1]
  local argument = { uri = vim.uri_from_bufnr(script), target = "app" }
  client:exec_cmd({ title = "Graph", command = "luakit.showGraph", arguments = { argument } })
  close(await_buffer("luakit://graph/build.lua", "3 ops"))
  client:exec_cmd({ title = "LLB", command = "luakit.showLlb", arguments = { argument } })
  close(await_buffer("luakit://llb/build.lua", "return"))
end)

step("keeps what scripts print", function()
  vim.cmd("Luakit log")
  local log = await_buffer("luakit://log/build.lua", "hello")
  close(log)
end)

step("is healthy", function()
  vim.cmd("checkhealth luakit")
  local report = table.concat(lines(0), "\n")
  for _, part in ipairs({
    "OK Neovim 0.11",
    "build.lua is of the file type `lua`",
    "OK luakit 0",
    "OK it answers; 1 buffer, root ",
    "the last dry run: ok 6 ops",
    "buildctl",
  }) do
    t.expect(report:find(part, 1, true), "no %s in\n%s", part, report)
  end
  t.expect(not report:find("ERROR") and not report:find("WARNING"), "%s", report)
  vim.cmd("bwipeout")
  local cmd = vim.lsp.config.luakit.cmd
  vim.lsp.config("luakit", { cmd = { "no-such-luakit", "lsp" } })
  vim.cmd("checkhealth luakit")
  report = table.concat(lines(0), "\n")
  t.expect(report:find("ERROR `no-such-luakit` is not on PATH", 1, true), "%s", report)
  vim.cmd("bwipeout")
  vim.lsp.config("luakit", { cmd = cmd })
end)

step("starts the server again", function()
  vim.api.nvim_set_current_win(script_window)
  local before = t.open("app/build.lua").id
  vim.cmd("Luakit restart")
  t.await("another server", function()
    local client = vim.lsp.get_clients({ bufnr = script, name = "luakit" })[1]
    return client and client.initialized and client.id ~= before
  end)
  vim.cmd("Luakit evaluate")
  await_said("evaluated, 6 ops")
end)

step("has a help page whose tags lead somewhere", function()
  -- `:helptags` writes beside the page, and that is the repository.
  vim.fn.mkdir("help/doc", "p")
  vim.uv.fs_copyfile(repository .. "/editors/nvim/doc/luakit.txt", "help/doc/luakit.txt")
  vim.cmd.helptags("help/doc")
  vim.opt.runtimepath:prepend(vim.fn.getcwd() .. "/help")
  for _, tag in ipairs({ "luakit", ":Luakit", ":Luakit-graph", "luakit-statusline", "luakit-install" }) do
    vim.cmd.help(tag)
    t.expect(vim.fn.expand("%:t") == "luakit.txt", ":help %s", tag)
  end
  local tags = table.concat(vim.fn.readfile("help/doc/tags"), "\n")
  for _, name in ipairs(vim.fn.getcompletion("Luakit ", "cmdline")) do
    t.expect(tags:find(":Luakit-" .. name, 1, true), "no help for :Luakit %s", name)
  end
  local wide = vim.iter(vim.fn.readfile("help/doc/luakit.txt")):find(function(line)
    -- Neovim hides what makes links and examples.
    return vim.fn.strdisplaywidth((line:gsub("[|*]", ""):gsub(" >%w*$", ""))) > 78
  end)
  t.expect(not wide, "wider than a help window: %s", wide)
end)

t.run(steps)
