-- `:checkhealth luakit`: whether everything is there, and what to do where it is not.

local M = {}

local health = vim.health

local function version_of(program, ...)
  local ran, done = pcall(function(...)
    return vim.system({ program, ... }, { text = true }):wait(5000)
  end, ...)
  return ran and done.code == 0 and vim.trim(done.stdout) or nil
end

local function check_neovim()
  health.start("Neovim")
  local now = vim.version()
  local version = ("%d.%d.%d"):format(now.major, now.minor, now.patch)
  if vim.fn.has("nvim-0.11") == 1 then
    health.ok("Neovim " .. version)
  else
    health.error("Neovim " .. version .. " has no vim.lsp.enable", "use Neovim 0.11 or later")
  end
  local filetype = vim.filetype.match({ filename = "build.lua" })
  if filetype == "lua" then
    health.ok("build.lua is of the file type `lua`")
  else
    health.error(
      ("build.lua is of the file type `%s`, for which no server is started"):format(tostring(filetype)),
      'take your rule for *.lua back, or add `filetypes` to `vim.lsp.config("luakit", …)`'
    )
  end
end

local function check_program()
  health.start("luakit")
  local config = vim.lsp.config.luakit
  if not config then
    health.error("there is no configuration `luakit`", "put editors/nvim on the runtime path: see :help luakit-install")
    return
  end
  local program = type(config.cmd) == "table" and config.cmd[1]
  if not program then
    return health.info("`cmd` is a function, which is not looked into")
  end
  if vim.fn.executable(program) == 0 then
    health.error(
      ("`%s` is not on PATH"):format(program),
      'install luakit, or set its place: `vim.lsp.config("luakit", { cmd = { "/path/to/luakit", "lsp" } })`'
    )
    return
  end
  local version = version_of(program, "--version")
  if version then
    health.ok(("%s, %s"):format(version, vim.fn.exepath(program)))
  else
    health.error(("`%s --version` fails"):format(program), "is it this luakit?")
  end
end

local function check_server()
  health.start("The server")
  local clients = vim.lsp.get_clients({ name = "luakit" })
  if #clients == 0 then
    health.warn(
      "no server is running",
      'open a build.lua; if that starts none, `vim.lsp.enable("luakit")` is missing in your configuration'
    )
    return
  end
  for _, client in ipairs(clients) do
    local buffer = next(client.attached_buffers)
    local uri = buffer and vim.uri_from_bufnr(buffer) or "file:///"
    local answer = client:request_sync("luakit/status", { uri = uri }, 5000, buffer)
    local buffers = vim.tbl_count(client.attached_buffers)
    if answer and answer.result then
      local says = ("it answers; %d buffer%s, root %s"):format(buffers, buffers == 1 and "" or "s", client.root_dir or "none")
      health.ok(says)
      health.info(("the last dry run: %s %s"):format(answer.result.state, answer.result.message))
    else
      local why = answer and answer.err and answer.err.message or "no answer within 5 s"
      health.error("it does not answer: " .. why, "try :Luakit restart, and see :Luakit log")
    end
  end
end

local function check_buildctl()
  health.start("Building (optional)")
  if vim.fn.executable("buildctl") == 0 then
    health.info("there is no `buildctl`: :Luakit build has nothing to build with")
    return
  end
  health.ok(version_of("buildctl", "--version") or "buildctl is there")
end

function M.check()
  check_neovim()
  check_program()
  check_server()
  check_buildctl()
end

return M
