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

---@type vim.lsp.Config
return {
  cmd = { "luakit", "lsp" },
  filetypes = { "lua" },
  -- Neovim waits 150 ms after a key before it tells the server; findings are there in a fraction of that.
  flags = { debounce_text_changes = 50 },
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
