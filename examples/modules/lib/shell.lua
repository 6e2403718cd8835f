local M = {}

---Runs each line in a step of its own.
---@param state State
---@param lines string[]
---@return State
function M.lines(state, lines)
  for _, line in ipairs(lines) do
    state = state:run(line)
  end
  return state
end

---Adds a home directory that belongs to a user.
---@param state State
---@param name string
---@param id integer
---@return State
function M.user(state, name, id)
  return state:mkdir("/home/" .. name, { make_parents = true, owner = { user = id, group = id } })
end

return M
