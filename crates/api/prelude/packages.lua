-- Packages of distributions.

local args = require("luakit:prelude/args")
local shell = require("luakit:prelude/shell")

local M = {}

local DISTROS = { "alpine", "debian", "ubuntu", "fedora" }

local function apk(names)
  return "apk add --no-cache " .. names
end

-- Debian's images delete what is in `archives` after every installation, so packages are kept beside it. The lists are
-- in a cache, too, so nothing is left to remove.
local function apt(names)
  return "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
    .. " -o Dir::Cache::archives=kept/ "
    .. names
end

local function dnf(names)
  return "dnf install -y --setopt=install_weak_deps=False " .. names
end

-- The package managers allow one user at a time.
local function caches(...)
  local mounts = {}
  for _, dest in ipairs({ ... }) do
    table.insert(mounts, bk.cache(dest, { sharing = "locked" }))
  end
  return mounts
end

-- The caches of dnf 4 and 5.
local DNF_CACHES = { "/var/cache/dnf", "/var/cache/libdnf5" }
local APT_CACHES = { "/var/cache/apt", "/var/lib/apt/lists" }

local function with_apk(base, packages)
  return base:run(apk(shell.words(packages)))
end

local function with_apt(base, packages)
  return base:run(apt(shell.words(packages)), { mounts = caches(unpack(APT_CACHES)) })
end

local function with_dnf(base, packages)
  return base:run(dnf(shell.words(packages)), { mounts = caches(unpack(DNF_CACHES)) })
end

-- Installs with the package manager that is found when it runs, since a state does not say what it started from.
local function with_any(base, packages)
  local names = shell.words(packages)
  local script = {
    "if command -v apk >/dev/null; then " .. apk(names),
    "elif command -v apt-get >/dev/null; then " .. apt(names),
    "elif command -v dnf >/dev/null; then " .. dnf(names),
    'else echo "no apk, apt-get or dnf in this image" >&2; exit 1; fi',
  }
  local installed = base:run(table.concat(script, "\n"), {
    mounts = caches(APT_CACHES[1], APT_CACHES[2], DNF_CACHES[1], DNF_CACHES[2]),
  })
  return installed:with_metadata({ description = "install " .. names })
end

-- Installs the build tools of a language's image where its variant lacks them. The full images bring them.
function M.with_build_tools(base, variant, alpine_packages, slim_packages)
  if string.find(variant, "alpine", 1, true) then
    return with_apk(base, alpine_packages)
  elseif slim_packages and string.find(variant, "slim", 1, true) then
    return with_apt(base, slim_packages)
  end
  return base
end

--- Installs packages with `apk`, in Alpine.
---@param base State The state to install in.
---@param packages string|string[] A list of names, or names with spaces between them.
---@return State
function M.apk_package(base, packages)
  args.need("apk_package", "base", "state", base)
  args.need("apk_package", "packages", "packages", packages)
  return with_apk(base, packages)
end

--- Installs packages with `apt-get`, in Debian and Ubuntu, without those that are only recommended.
---
--- The lists and downloads are kept in cache mounts, so that neither enters the image.
---@param base State The state to install in.
---@param packages string|string[] A list of names, or names with spaces between them.
---@return State
function M.deb_package(base, packages)
  args.need("deb_package", "base", "state", base)
  args.need("deb_package", "packages", "packages", packages)
  return with_apt(base, packages)
end

--- Installs git, in any of the known distributions.
---@param base State The state to install in.
---@return State
function M.install_git(base)
  args.need("install_git", "base", "state", base)
  return with_any(base, "git")
end

--- Installs curl, in any of the known distributions.
---@param base State The state to install in.
---@return State
function M.install_curl(base)
  args.need("install_curl", "base", "state", base)
  return with_any(base, "curl")
end

--- Installs the certificates that https needs, in any of the known distributions.
---@param base State The state to install in.
---@return State
function M.install_ca_certs(base)
  args.need("install_ca_certs", "base", "state", base)
  return with_any(base, "ca-certificates")
end

--- Installs packages with the package manager of a distribution.
---@param base State The state to install in.
---@param packages string|string[] A list of names, or names with spaces between them.
---@param distro? string "alpine", "debian", "ubuntu" or "fedora"; found out when it runs unless given.
---@return State
function M.install_system_deps(base, packages, distro)
  args.need("install_system_deps", "base", "state", base)
  args.need("install_system_deps", "packages", "packages", packages)
  if distro == nil then
    return with_any(base, packages)
  end
  args.choose("install_system_deps", "distro", DISTROS, distro)
  if distro == "alpine" then
    return with_apk(base, packages)
  elseif distro == "fedora" then
    return with_dnf(base, packages)
  end
  return with_apt(base, packages)
end

return M
