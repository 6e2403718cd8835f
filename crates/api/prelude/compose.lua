-- Stages, copies and merges.

local args = require("luakit:prelude/args")

local M = {}

local MAPPING = { from_path = "text", to_path = "text" }

-- Copies as a Dockerfile's COPY does: what is in a folder rather than the folder, links followed, patterns allowed.
local function copy(state, from, from_path, to_path)
  return state:copy(from, from_path, to_path, {
    contents_only = true,
    follow_symlink = true,
    allow_wildcard = true,
  })
end

local function merged(states)
  return #states == 1 and states[1] or bk.merge(unpack(states))
end

--- Calls `build_fn` with a state and returns what that returns.
---@param base State What the build starts from.
---@param build_fn fun(state: State): State The build.
---@return State
function M.container(base, build_fn)
  args.need("container", "base", "state", base)
  args.need("container", "build_fn", "function", build_fn)
  local built = build_fn(base)
  args.returned("container", "build_fn", built)
  return built
end

--- Builds in one image what another is to run.
---
--- The runtime comes back as it is, so that what was built can be copied into it.
---@param builder_image string|State The image to build in, by its reference.
---@param runtime_image string|State The image to run in, by its reference.
---@param build_fn fun(state: State): State The build.
---@return State runtime
---@return State built
function M.multi_stage(builder_image, runtime_image, build_fn)
  args.need("multi_stage", "builder_image", "image", builder_image)
  args.need("multi_stage", "runtime_image", "image", runtime_image)
  args.need("multi_stage", "build_fn", "function", build_fn)
  local builder = type(builder_image) == "string" and bk.image(builder_image) or builder_image
  local built = build_fn(builder)
  args.returned("multi_stage", "build_fn", built)
  local runtime = type(runtime_image) == "string" and bk.image(runtime_image) or runtime_image
  return runtime, built
end

--- Copies a path as `COPY` does: of a folder what is in it; patterns and links are followed.
---@param from_state State The state that has it.
---@param to_state State The state that gets it.
---@param from_path string The path in the first state.
---@param to_path string The path in the second.
---@return State
function M.copy_all(from_state, to_state, from_path, to_path)
  args.need("copy_all", "from_state", "state", from_state)
  args.need("copy_all", "to_state", "state", to_state)
  args.need("copy_all", "from_path", "text", from_path)
  args.need("copy_all", "to_path", "text", to_path)
  return copy(to_state, from_state, from_path, to_path)
end

--- Lays states over each other that are built independently, the later ones on top.
---
--- States that start from the same image are better given to `merge_multiple` with that image: here each brings its
--- own copy of it, which hides what the ones before changed in it.
---@param ... State The states.
---@return State
function M.parallel_build(...)
  local states = { ... }
  for index = 1, math.max(1, select("#", ...)) do
    args.need("parallel_build", "argument " .. index, "state", states[index])
  end
  return merged(states)
end

--- Lays the states of a list over each other, the later ones on top.
---
--- With `base`, only what each changed over it is laid over it.
---@param states State[] The states.
---@param base? State What all of them start from.
---@return State
function M.merge_multiple(states, base)
  args.need("merge_multiple", "states", "states", states)
  args.allow("merge_multiple", "base", "state", base)
  if not base then
    return merged(states)
  end
  local layers = { base }
  for _, state in ipairs(states) do
    table.insert(layers, bk.diff(base, state))
  end
  return merged(layers)
end

--- Copies paths of several states into one.
---
--- A mapping is `{ from = …, from_path = "/out/app", to_path = "/app" }`. What it copies `from` is a state, or the key
--- of one in `sources`.
---@param target State The state that gets them.
---@param sources table States by the names that the mappings use; `{}` if they name none.
---@param mappings table[] What is copied, in this order.
---@return State
function M.layered_copy(target, sources, mappings)
  args.need("layered_copy", "target", "state", target)
  args.need("layered_copy", "sources", "table", sources)
  args.need("layered_copy", "mappings", "table", mappings)
  for index, mapping in ipairs(mappings) do
    local name = "mappings[" .. index .. "]"
    args.need("layered_copy", name, "table", mapping)
    for _, key in ipairs({ "from_path", "to_path" }) do
      args.need("layered_copy", name .. "." .. key, MAPPING[key], mapping[key])
    end
    local from, source = mapping.from, name .. ".from"
    if type(from) == "string" or type(from) == "number" then
      source = "sources[" .. (type(from) == "string" and '"' .. from .. '"' or from) .. "]"
      from = sources[from]
    end
    args.need("layered_copy", source, "state", from)
    target = copy(target, from, mapping.from_path, mapping.to_path)
  end
  return target
end

return M
