-- `:Luakit NAME …`: what there is, and what completes it.

local M = {}

---@class luakit.Command
---@field run fun(args: string[], command: table)
---@field complete? fun(): string[]

local function targets()
  return require("luakit.graph").targets()
end

---@type table<string, luakit.Command>
local COMMANDS = {
  graph = {
    run = function(args)
      require("luakit.graph").open(args[1])
    end,
    complete = targets,
  },
  llb = {
    run = function(args)
      require("luakit.llb").open(args[1], args[2])
    end,
    complete = function()
      return require("luakit.llb").FORMATS
    end,
  },
  build = {
    run = function(args)
      require("luakit.build").run(args)
    end,
    complete = function()
      return { "--target", "--output", "--progress=plain", "--no-cache", "--secret", "--ssh" }
    end,
  },
  diff = {
    run = function(args)
      require("luakit.diff").open(args[1], args[2])
    end,
    complete = function()
      return { "saved", "before", "HEAD" }
    end,
  },
  evaluate = {
    run = function()
      require("luakit.evaluate").run()
    end,
  },
  trace = {
    run = function()
      require("luakit.trace").show()
    end,
  },
  status = {
    run = function()
      require("luakit.status").show()
    end,
  },
  log = {
    run = function()
      require("luakit.log").open()
    end,
  },
  restart = {
    run = function()
      require("luakit.restart").run()
    end,
  },
}

local function names()
  local names = vim.tbl_keys(COMMANDS)
  table.sort(names)
  return names
end

--- Runs what `:Luakit` was given.
function M.run(command)
  local args = vim.deepcopy(command.fargs)
  local name = table.remove(args, 1) or "status"
  local known = COMMANDS[name]
  if not known then
    require("luakit").warn("there is no `%s`; there is %s", name, table.concat(names(), ", "))
    return
  end
  known.run(args, command)
end

--- What can stand where the line ends.
function M.complete(line)
  local words = vim.split(line, "%s+")
  -- Modifiers may stand before the command.
  while words[1] and not words[1]:match("^Luakit") do
    table.remove(words, 1)
  end
  local offered
  if #words <= 2 then
    offered = names()
  else
    local known = COMMANDS[words[2]]
    offered = known and known.complete and known.complete() or {}
  end
  return vim.tbl_filter(function(offer)
    return vim.startswith(offer, words[#words])
  end, offered)
end

return M
