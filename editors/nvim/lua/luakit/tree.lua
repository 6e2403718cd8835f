-- A graph as lines: each result, and below it the ops it is made of.
--
-- What an op puts its own changes on stands below it at the same depth, as in a log of commits; what else it needs is a
-- branch. So a long chain stays a column, however long it is.

local M = {}

---@class luakit.Line
---@field text string
---@field digest? string
---@field group? string how it is highlighted

local function side_by_side(op)
  -- None of these inputs is more of a base than the others.
  return op.kind == "merge" or op.kind == "diff"
end

--- The lines of an answer to `luakit/graph`.
---@return luakit.Line[]
function M.lines(graph)
  local by_digest, number = {}, {}
  for index, op in ipairs(graph.ops) do
    by_digest[op.digest] = op
    number[op.digest] = index - 1
  end
  local lines, seen = {}, {}

  local function walk(digest)
    -- Each with what stands before it, and before what it is based on.
    local stack = { { digest, "  ", "  " } }
    while #stack > 0 do
      local item = table.remove(stack)
      local op = by_digest[item[1]]
      if op then
        local again = seen[op.digest]
        seen[op.digest] = true
        local mark = again and "^ " or ""
        local times = op.made > 1 and (" (made %d times)"):format(op.made) or ""
        table.insert(lines, {
          text = ("%s%%%d %s%s %s%s"):format(item[2], number[op.digest], mark, op.kind, op.label, times),
          digest = op.digest,
          group = not op.reached and "LuakitUnreached" or nil,
        })
        if not again then
          local base = not side_by_side(op) and op.inputs[1]
          if base then
            table.insert(stack, { base.digest, item[3], item[3] })
          end
          for index = #op.inputs, base and 2 or 1, -1 do
            table.insert(stack, { op.inputs[index].digest, item[3] .. "├ ", item[3] .. "│ " })
          end
        end
      end
    end
  end

  for _, export in ipairs(graph.exports) do
    local note = export.digest == vim.NIL and " = scratch" or ""
    table.insert(lines, { text = export.target .. note, group = "LuakitTarget" })
    if export.digest ~= vim.NIL then
      walk(export.digest)
    end
  end

  local needed = {}
  for _, edge in ipairs(graph.edges) do
    needed[edge.from] = true
  end
  local told = false
  -- Later ops are made of earlier ones.
  for index = #graph.ops, 1, -1 do
    local op = graph.ops[index]
    if not op.reached and not needed[op.digest] then
      if not told then
        table.insert(lines, { text = "needed by no result", group = "LuakitUnreached" })
        told = true
      end
      walk(op.digest)
    end
  end
  return lines
end

return M
