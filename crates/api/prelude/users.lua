-- Folders, accounts, and what belongs to whom.

local args = require("luakit:prelude/args")

local M = {}

-- The options that the helpers for whole applications share.
M.OPTIONS = { user = "username", uid = "id", gid = "id" }

local function numbered(template, name, uid, gid)
  local values = { name = name, uid = string.format("%d", uid), gid = string.format("%d", gid) }
  return (string.gsub(template, "{(%a+)}", values))
end

-- Ubuntu's images come with an account `ubuntu`, Node's with `node`. Both have the id that everyone takes for the first
-- user, so they make way.
local function evicting(remove, uid)
  if uid ~= 1000 then
    return ""
  end
  return 'for old in node ubuntu; do if [ "$(id -u $old 2>/dev/null)" = 1000 ]; then ' .. remove .. " $old; fi; done\n"
end

local function with_busybox(name, uid, gid)
  return evicting("deluser --remove-home", uid)
    .. numbered("addgroup -g {gid} {name} && adduser -D -u {uid} -G {name} {name}", name, uid, gid)
end

local function with_shadow(name, uid, gid)
  return evicting("userdel -r", uid)
    .. numbered("groupadd -g {gid} {name} && useradd -m -u {uid} -g {name} {name}", name, uid, gid)
end

local function with_either(name, uid, gid)
  return "if command -v useradd >/dev/null; then\n"
    .. with_shadow(name, uid, gid)
    .. "\nelse\n"
    .. with_busybox(name, uid, gid)
    .. "\nfi"
end

local function add(state, script, name, uid, gid)
  local known = numbered('[ "$(id -u {name} 2>/dev/null):$(id -g {name} 2>/dev/null)" = {uid}:{gid} ] && exit\n', name, uid, gid)
  local added = state:run(known .. script(name, uid, gid))
  return added:with_metadata({ description = numbered("add user {name} ({uid}:{gid})", name, uid, gid) })
end

-- Says what is wrong with the options of an application about its user.
function M.problem(opts)
  for _, key in ipairs({ "uid", "gid" }) do
    if opts[key] and not opts.user then
      return key .. " has no use without user"
    end
  end
end

-- Adds the user that an application runs as, if there is to be one, and returns whom its files belong to.
function M.for_app(state, opts)
  if not opts.user then
    return state, nil
  end
  local uid = opts.uid or 1000
  local gid = opts.gid or uid
  return add(state, with_either, opts.user, uid, gid), { user = uid, group = gid }
end

--- Makes a folder, with its parents, for a command's `cwd` or the image's `workdir`.
---@param state State The state that gets it.
---@param path string The path of the folder.
---@return State
function M.with_workdir(state, path)
  args.need("with_workdir", "state", "state", state)
  args.need("with_workdir", "path", "text", path)
  return state:mkdir(path, { make_parents = true })
end

--- Adds a user and a group of the same name, with busybox as in Alpine.
---
--- Nothing is done where the user is there with these ids.
---@param state State The state that gets the user.
---@param username string The name.
---@param uid? integer The user's id; 1000 unless given.
---@param gid? integer The group's id; that of the user unless given.
---@return State
function M.with_alpine_user(state, username, uid, gid)
  args.need("with_alpine_user", "state", "state", state)
  args.need("with_alpine_user", "username", "username", username)
  args.allow("with_alpine_user", "uid", "id", uid)
  args.allow("with_alpine_user", "gid", "id", gid)
  return add(state, with_busybox, username, uid or 1000, gid or uid or 1000)
end

--- Adds a user and a group of the same name, with `useradd` as in Debian, Ubuntu and Fedora.
---
--- Nothing is done where the user is there with these ids.
---@param state State The state that gets the user.
---@param username string The name.
---@param uid? integer The user's id; 1000 unless given.
---@param gid? integer The group's id; that of the user unless given.
---@return State
function M.with_user(state, username, uid, gid)
  args.need("with_user", "state", "state", state)
  args.need("with_user", "username", "username", username)
  args.allow("with_user", "uid", "id", uid)
  args.allow("with_user", "gid", "id", gid)
  return add(state, with_shadow, username, uid or 1000, gid or uid or 1000)
end

--- Adds a user for a program to run as, in any of the known distributions.
---
--- An image runs as that user where `bk.export` is told so: `{ user = "appuser" }`.
---@param state State The state that gets the user.
---@param username? string The name; "appuser" unless given.
---@param uid? integer The ids of user and group; 1000 unless given.
---@return State
function M.as_non_root(state, username, uid)
  args.need("as_non_root", "state", "state", state)
  args.allow("as_non_root", "username", "username", username)
  args.allow("as_non_root", "uid", "id", uid)
  return add(state, with_either, username or "appuser", uid or 1000, uid or 1000)
end

--- Gives a path, and all that is below it, to a user.
---@param state State The state that has the path.
---@param path string The path.
---@param user string|integer The user, by name or number.
---@param group? string|integer The group; the user's name or number unless given.
---@return State
function M.chown_path(state, path, user, group)
  args.need("chown_path", "state", "state", state)
  args.need("chown_path", "path", "text", path)
  args.need("chown_path", "user", "account", user)
  args.allow("chown_path", "group", "account", group)
  group = group == nil and user or group
  return state:run({ "chown", "-R", tostring(user) .. ":" .. tostring(group), "--", path })
end

return M
