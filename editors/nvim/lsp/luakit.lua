-- The configuration that `vim.lsp.enable("luakit")` starts.

local ENTRIES = { "^build%.lua$", "%.build%.lua$" }

local function is_entry(name)
  return vim.iter(ENTRIES):any(function(pattern)
    return name:match(pattern) ~= nil
  end)
end

-- Lua is used for much else, so the file type alone does not tell. Luakit's are build scripts by their name, the files
-- beside and below one (that is where `require` looks), and files that export something.
local function belongs(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if is_entry(vim.fs.basename(path)) then
    return true
  end
  local above = vim.fs.root(buffer, function(name)
    return name == "luakit.toml" or is_entry(name)
  end)
  if above then
    return true
  end
  return vim.iter(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)):any(function(line)
    return line:match("%f[%w_]bk%s*%.%s*export%f[^%w_]") or line:match("%f[%w_]bk%s*%.%s*target%f[^%w_]")
  end)
end

--- A command of the server, whose argument names a script and one of its results.
local function on_script(run)
  return function(command)
    local argument = (command.arguments or {})[1] or {}
    local buffer = argument.uri and vim.uri_to_bufnr(argument.uri) or vim.api.nvim_get_current_buf()
    vim.fn.bufload(buffer)
    vim.api.nvim_buf_call(buffer, function()
      run(argument.target ~= vim.NIL and argument.target or nil)
    end)
  end
end

---@type vim.lsp.Config
return {
  cmd = { "luakit", "lsp" },
  filetypes = { "lua" },
  -- Neovim waits 150 ms after a key before it tells the server; findings are there in a fraction of that.
  flags = { debounce_text_changes = 50 },
  -- What lenses and code actions lead to here, so that the server need not open files instead.
  capabilities = {
    experimental = {
      commands = { commands = { "luakit.build", "luakit.showDiff", "luakit.showGraph", "luakit.showLlb" } },
    },
  },
  commands = {
    ["luakit.build"] = on_script(function(target)
      require("luakit.build").run(target and { "--target", target } or {})
    end),
    ["luakit.showDiff"] = on_script(function(target)
      require("luakit.diff").open("before", target)
    end),
    ["luakit.showGraph"] = on_script(function(target)
      require("luakit.graph").open(target)
    end),
    ["luakit.showLlb"] = on_script(function(target)
      require("luakit.llb").open("text", target)
    end),
  },
  handlers = {
    ["luakit/status"] = function(...)
      require("luakit.status").handle(...)
    end,
    ["window/logMessage"] = function(...)
      return require("luakit.log").handle(...)
    end,
  },
  -- A function in place of `root_markers`, because those start a server for every file, with a root or without.
  root_dir = function(buffer, start)
    if belongs(buffer) then
      -- Without a root the file is served alone.
      start(vim.fs.root(buffer, { "luakit.toml", "build.lua", ".git" }))
    end
  end,
}
