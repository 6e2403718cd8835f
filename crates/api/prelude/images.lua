-- Base images by the name of their distribution.

local args = require("luakit:prelude/args")

local M = {}

local DISTROS = { "alpine", "ubuntu", "debian", "fedora" }
local VERSIONS = { alpine = "3.19", ubuntu = "24.04", debian = "bookworm-slim", fedora = "39" }

-- Returns the tag that a version stands for; integers are as good as strings.
function M.tag(version)
  return type(version) == "number" and string.format("%d", version) or version
end

-- Returns whether a version is a whole reference, such as `golang:1.22` or `ghcr.io/owner/name`.
function M.is_reference(version)
  return string.find(string.match(version, "^[^@]*"), "[:/]") ~= nil
end

-- Returns the image of a repository at a version, which may also be a whole reference.
function M.image(repository, version)
  version = M.tag(version)
  return bk.image(M.is_reference(version) and version or repository .. ":" .. version)
end

--- Starts from Alpine Linux.
---@param version? string The version; "3.19" unless given.
---@return State
function M.from_alpine(version)
  args.allow("from_alpine", "version", "version", version)
  return M.image("alpine", version or VERSIONS.alpine)
end

--- Starts from Ubuntu.
---@param version? string The version; "24.04" unless given.
---@return State
function M.from_ubuntu(version)
  args.allow("from_ubuntu", "version", "version", version)
  return M.image("ubuntu", version or VERSIONS.ubuntu)
end

--- Starts from Debian.
---@param version? string The version; "bookworm-slim" unless given.
---@return State
function M.from_debian(version)
  args.allow("from_debian", "version", "version", version)
  return M.image("debian", version or VERSIONS.debian)
end

--- Starts from Fedora.
---@param version? string The version; "39" unless given.
---@return State
function M.from_fedora(version)
  args.allow("from_fedora", "version", "version", version)
  return M.image("fedora", version or VERSIONS.fedora)
end

--- Starts from a distribution by its name.
---@param distro string "alpine", "ubuntu", "debian" or "fedora".
---@param version? string The version; that of `from_alpine` and so on unless given.
---@return State
function M.standard_base(distro, version)
  args.choose("standard_base", "distro", DISTROS, distro)
  args.allow("standard_base", "version", "version", version)
  return M.image(distro, version or VERSIONS[distro])
end

return M
