-- Text for a shell.

local M = {}

-- Returns a word as a shell reads it back, in quotes where it needs them.
function M.quote(text)
  if string.find(text, "^[%w@%%+=:,./_-]+$") then
    return text
  end
  return "'" .. string.gsub(text, "'", "'\\''") .. "'"
end

-- Returns the words of a list, or of a string with spaces between them, for a command line.
function M.words(list)
  local quoted = {}
  if type(list) == "string" then
    for word in string.gmatch(list, "%S+") do
      table.insert(quoted, M.quote(word))
    end
  else
    for _, word in ipairs(list) do
      table.insert(quoted, M.quote(word))
    end
  end
  return table.concat(quoted, " ")
end

return M
