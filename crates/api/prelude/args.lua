-- What the functions of the prelude ask of their arguments, in the words of `bk`.
--
-- Each check is called right from a function of the prelude, so that level 3 of an error is the line that called that
-- function: the mistake is there.

local M = {}

local OBJECTS = { State = "state", Mount = "mount" }

local function kind(value)
  if type(value) ~= "userdata" then
    return type(value)
  end
  return OBJECTS[string.match(tostring(value), "^%a+") or ""] or "platform"
end

local function quoted(value)
  return type(value) == "string" and '"' .. value .. '"' or tostring(value)
end

local function is_text(value)
  return type(value) == "string" and string.find(value, "%S") ~= nil
end

-- A rule is what a value has to be, with its article, and how that is found out: an answer is what is wrong.
local rules = {}

local function of_kind(expected, noun)
  return {
    noun = noun,
    check = function(value)
      if kind(value) ~= expected then
        return "must be " .. noun .. ", got " .. kind(value)
      end
    end,
  }
end

rules.state = of_kind("state", "a state")
rules.boolean = of_kind("boolean", "boolean")
rules.table = of_kind("table", "a table")
rules["function"] = of_kind("function", "a function")

rules.text = {
  noun = "string",
  check = function(value)
    if type(value) ~= "string" then
      return "must be string, got " .. kind(value)
    elseif not is_text(value) then
      return "must not be empty"
    end
  end,
}

rules.version = {
  noun = "string",
  check = function(value)
    if type(value) == "number" and value ~= math.floor(value) then
      return 'must be a string such as "3.19", got number (as a number, 3.20 is 3.2)'
    end
    if type(value) ~= "number" then
      return rules.text.check(value)
    end
  end,
}

-- A folder that a build has for itself.
rules.folder = {
  noun = "string",
  check = function(value)
    if type(value) ~= "string" then
      return "must be string, got " .. kind(value)
    elseif string.sub(value, 1, 1) ~= "/" or string.find(value, "^/+$") then
      return "must be an absolute path of a folder, got " .. quoted(value)
    end
  end,
}

rules.file = {
  noun = "string",
  check = function(value)
    if type(value) ~= "string" then
      return "must be string, got " .. kind(value)
    elseif string.sub(value, 1, 1) ~= "/" or string.sub(value, -1) == "/" then
      return "must be an absolute path of a file, got " .. quoted(value)
    end
  end,
}

-- Ids of people, not of the system's own accounts: root cannot be made.
rules.id = {
  noun = "integer",
  check = function(value)
    if type(value) ~= "number" then
      return "must be integer, got " .. kind(value)
    elseif value ~= math.floor(value) or value < 1 or value > 2147483647 then
      return "must be an integer from 1 to 2147483647, got " .. tostring(value)
    end
  end,
}

rules.username = {
  noun = "string",
  check = function(value)
    if type(value) ~= "string" then
      return "must be string, got " .. kind(value)
    elseif not string.find(value, "^[a-z_][a-z0-9_-]*$") or #value > 32 then
      return 'must be a name such as "app", of small letters, digits, `_` and `-`, got ' .. quoted(value)
    end
  end,
}

-- Whom something belongs to: a name or a number.
rules.account = {
  noun = "string or integer",
  check = function(value)
    local integer = type(value) == "number" and value == math.floor(value) and value >= 0
    if not integer and type(value) ~= "string" then
      return "must be string or integer, got " .. kind(value)
    elseif not integer and not string.find(value, "^[%w_][%w_.-]*$") then
      return "must be a name or a number, got " .. quoted(value)
    end
  end,
}

local function list(item)
  return function(value)
    local count = 0
    for _ in pairs(value) do
      count = count + 1
    end
    if count ~= #value then
      return "must be a list"
    end
    for index, entry in ipairs(value) do
      local wrong = item(entry)
      if wrong then
        return "[" .. index .. "] " .. wrong
      end
    end
  end
end

local function word(value)
  local wrong = rules.text.check(value)
  if not wrong and string.find(value, "%s") then
    wrong = "must be a single name, got " .. quoted(value)
  end
  return wrong
end

rules.packages = {
  noun = "string or list",
  check = function(value)
    if type(value) == "string" then
      return rules.text.check(value)
    elseif type(value) ~= "table" then
      return "must be string or list, got " .. kind(value)
    elseif next(value) == nil then
      return "must not be empty"
    end
    return list(word)(value)
  end,
}

rules.files = {
  noun = "string or list",
  check = function(value)
    if type(value) == "string" then
      return rules.text.check(value)
    elseif type(value) ~= "table" then
      return "must be string or list, got " .. kind(value)
    end
    return list(rules.text.check)(value)
  end,
}

rules.states = {
  noun = "a list of states",
  check = function(value)
    if type(value) ~= "table" then
      return "must be a list of states, got " .. kind(value)
    elseif next(value) == nil then
      return "must not be empty"
    end
    return list(rules.state.check)(value)
  end,
}

rules.image = {
  noun = "string or a state",
  check = function(value)
    if kind(value) ~= "state" and type(value) ~= "string" then
      return "must be string or a state, got " .. kind(value)
    elseif type(value) == "string" then
      return rules.text.check(value)
    end
  end,
}

-- What an entry of a list lacks is said as `packages[2] must be …`.
local function said(name, wrong)
  return string.sub(wrong, 1, 1) == "[" and name .. wrong or name .. " " .. wrong
end

local function wrong_with(name, rule, value)
  if value == nil then
    return name .. " required (" .. rules[rule].noun .. ")"
  end
  local wrong = rules[rule].check(value)
  return wrong and said(name, wrong)
end

-- Returns how many letters have to be added, removed, changed or swapped with the next to make one name the other.
local function distance(name, other)
  local before, above = {}, {}
  for column = 0, #other do
    above[column] = column
  end
  for row = 1, #name do
    local current = { [0] = row }
    for column = 1, #other do
      local letter, wanted = string.byte(name, row), string.byte(other, column)
      local changed = above[column - 1] + (letter == wanted and 0 or 1)
      current[column] = math.min(above[column] + 1, current[column - 1] + 1, changed)
      local swapped = row > 1 and column > 1 and letter == string.byte(other, column - 1)
      if swapped and string.byte(name, row - 1) == wanted then
        current[column] = math.min(current[column], before[column - 2] + 1)
      end
    end
    before, above = above, current
  end
  return above[#other]
end

-- Returns the name that was most likely meant: the nearest, if it is near.
local function nearest(name, names)
  local best, least = nil, math.max(1, math.floor(#name / 3)) + 1
  for _, other in ipairs(names) do
    local far = distance(name, other)
    if far < least then
      best, least = other, far
    end
  end
  return best
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do
    table.insert(keys, key)
  end
  table.sort(keys, function(a, b)
    return tostring(a) < tostring(b)
  end)
  return keys
end

-- Checks an argument that must be there.
function M.need(fn, name, rule, value)
  local wrong = wrong_with(name, rule, value)
  if wrong then
    error("prelude." .. fn .. ": " .. wrong, 3)
  end
end

-- Checks what a function that was given as an argument has returned.
function M.returned(fn, name, value)
  if kind(value) ~= "state" then
    error("prelude." .. fn .. ": " .. name .. " must return a state, got " .. kind(value), 3)
  end
end

-- Checks an argument that may be left out.
function M.allow(fn, name, rule, value)
  local wrong = value ~= nil and wrong_with(name, rule, value)
  if wrong then
    error("prelude." .. fn .. ": " .. wrong, 3)
  end
end

-- Checks that a value is one of some strings.
function M.choose(fn, name, choices, value)
  local wrong = wrong_with(name, "text", value)
  if not wrong and not table.find(choices, value) then
    local near = nearest(value, choices)
    local meant = near and ', did you mean "' .. near .. '"?' or ""
    local all = '"' .. table.concat(choices, '", "') .. '"'
    wrong = name .. " must be one of " .. all .. ', got "' .. value .. '"' .. meant
  end
  if wrong then
    error("prelude." .. fn .. ": " .. wrong, 3)
  end
end

-- Checks a table of options, where `fields` has the rule of each, and returns it; without one it is empty.
function M.options(fn, title, fields, opts)
  local wrong
  if opts ~= nil and type(opts) ~= "table" then
    wrong = "opts must be a table of `" .. title .. "`, got " .. kind(opts)
  end
  for _, key in ipairs(wrong and {} or sorted_keys(opts or {})) do
    local rule = fields[key]
    if rule then
      wrong = wrong_with(key, rule, opts[key])
    elseif type(key) ~= "string" then
      wrong = "`" .. title .. "` takes named options, got one at position " .. tostring(key)
    else
      local near = nearest(key, sorted_keys(fields))
      wrong = "unknown option `" .. key .. "` in `" .. title .. "`"
      wrong = near and wrong .. ", did you mean `" .. near .. "`?" or wrong
    end
    if wrong then
      break
    end
  end
  if wrong then
    error("prelude." .. fn .. ": " .. wrong, 3)
  end
  return opts or {}
end

-- Refuses a call for a reason that is no matter of one argument.
function M.refuse(fn, why)
  error("prelude." .. fn .. ": " .. why, 3)
end

-- Returns the fields of several tables in one, the later ones winning.
function M.joined(...)
  local all = {}
  for _, fields in ipairs({ ... }) do
    for key, value in pairs(fields) do
      all[key] = value
    end
  end
  return all
end

return M
