-- Builds the script with BuildKit's own client, in a terminal.

local luakit = require("luakit")

local M = {}

-- What `luakit build` takes; the rest goes to `buildctl build`.
local OURS = { ["--target"] = true, ["--arg"] = true, ["--arg-file"] = true, ["--platform"] = true, ["--timeout"] = true }

--- Parts what is written behind `:Luakit build`.
---@return string[] ours, string[] theirs, string? target
local function part(args)
  local ours, theirs, target = {}, {}, nil
  local index = 1
  while args[index] do
    local name, value = args[index]:match("^(%-%-[%w-]+)=(.*)$")
    name = name or args[index]
    if OURS[name] then
      if not value then
        index = index + 1
        value = args[index] or ""
      end
      vim.list_extend(ours, { name, value })
      target = name == "--target" and value or target
    else
      table.insert(theirs, args[index])
    end
    index = index + 1
  end
  return ours, theirs, target
end

--- The names of the folders that the definition asks the client for.
local function locals(json)
  local names = {}
  for _, op in ipairs(vim.json.decode(json).ops) do
    local name = vim.tbl_get(op, "source", "identifier")
    name = name and name:match("^local://(.*)$")
    if name and not vim.tbl_contains(names, name) then
      table.insert(names, name)
    end
  end
  return names
end

local function is_given(args, name)
  return vim.iter(args):any(function(arg)
    return vim.startswith((arg:gsub("^%-%-local=", "")), name .. "=")
  end)
end

local function shell(words)
  return table.concat(vim.tbl_map(vim.fn.shellescape, words), " ")
end

--- Asks for what is built, and then for its graph: the first question evaluates what has changed.
local function ask(script, target, answered)
  local params = { uri = vim.uri_from_bufnr(script), format = "json", target = target }
  luakit.ask(script, "luakit/llb", params, function(json)
    luakit.ask(script, "luakit/graph", params, function(graph)
      answered(json, graph)
    end)
  end)
end

local function build(script, client, args, target)
  local ours, theirs = part(args)
  if target and not vim.tbl_contains(ours, "--target") then
    vim.list_extend(ours, { "--target", target })
  end
  ask(script, target, function(json, graph)
    -- A module is built by a script that requires it.
    local path = vim.uri_to_fname(graph.uri)
    local folder = vim.fs.dirname(path)
    local cmd = client.config.cmd
    local first = { type(cmd) == "table" and cmd[1] or "luakit", "build", vim.fs.basename(path) }
    -- What the editor evaluates is what is built.
    for name, value in pairs(vim.tbl_get(client.config, "init_options", "args") or {}) do
      vim.list_extend(first, { "--arg", ("%s=%s"):format(name, value) })
    end
    local second = { "buildctl", "build" }
    for _, name in ipairs(locals(json)) do
      -- Without a word about it in luakit.toml, a local source is the folder of the script.
      local given = vim.tbl_get(graph, "contexts", name) or folder
      if not is_given(theirs, name) then
        vim.list_extend(second, { "--local", name .. "=" .. (given == folder and "." or given) })
      end
    end
    vim.cmd("botright 15new")
    vim.b.luakit_script = script
    local line = shell(vim.list_extend(first, ours)) .. " | " .. shell(vim.list_extend(second, theirs))
    vim.fn.jobstart(line, { term = true, cwd = folder })
    -- New output is seen where the cursor is on the last line.
    vim.cmd("normal! G")
    vim.cmd.wincmd("p")
  end)
end

--- Saves the script and builds it. Of several results, one is asked for.
function M.run(args)
  local script, uri = luakit.script()
  local client = luakit.client(script)
  if vim.fn.executable("buildctl") == 0 then
    luakit.warn("there is no `buildctl` on PATH, which builds")
    return
  end
  if vim.bo[script].buftype ~= "" or vim.api.nvim_buf_get_name(script) == "" then
    luakit.warn("what is built is a file: save it first")
    return
  end
  vim.api.nvim_buf_call(script, function()
    vim.cmd("silent update")
  end)
  local _, _, target = part(args)
  luakit.ask(script, "luakit/graph", { uri = uri }, function(graph)
    local names = {}
    for _, export in ipairs(graph.exports) do
      if export.default then
        return build(script, client, args, target)
      end
      table.insert(names, export.target)
    end
    if target then
      return build(script, client, args, target)
    end
    vim.ui.select(names, { prompt = "Build which result?" }, function(chosen)
      if chosen then
        build(script, client, args, chosen)
      end
    end)
  end)
end

return M
