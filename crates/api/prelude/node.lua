-- Programs for Node.js.

local args = require("luakit:prelude/args")
local images = require("luakit:prelude/images")
local users = require("luakit:prelude/users")

local M = {}

local VERSION = "20-alpine"

local COMMON_OPTIONS = { cwd = "folder", install_cmd = "text", env = "table", mounts = "table" }
local BUILD_OPTIONS = args.joined(COMMON_OPTIONS, { deps_only = "boolean" })
local APP_OPTIONS = args.joined(COMMON_OPTIONS, users.OPTIONS, { runtime_version = "version" })

-- What npm reads to install, also in the folders of workspaces.
local MANIFESTS = { "**/package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc" }
-- What was installed on the developer's machine is for that machine.
local INSTALLED = { "**/node_modules" }

local INSTALL = "if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then npm ci; else npm install; fi"

-- The manifests come first, so that an edit of the sources does not install everything again.
local function build(builder, src, opts)
  local cwd = opts.cwd or "/app"
  local mounts = { bk.cache("/root/.npm") }
  for _, mount in ipairs(opts.mounts or {}) do
    table.insert(mounts, mount)
  end
  local how = { cwd = cwd, env = args.joined({ npm_config_cache = "/root/.npm" }, opts.env or {}), mounts = mounts }

  local manifests = { contents_only = true, include = MANIFESTS, exclude = INSTALLED }
  local state = builder:copy(src, "/", cwd, manifests):run(INSTALL, how)
  if opts.deps_only then
    return state
  end
  state = state:copy(src, "/", cwd, { contents_only = true, exclude = INSTALLED })
  return opts.install_cmd and state:run(opts.install_cmd, how) or state
end

--- Starts from the image of Node.js.
---@param version? string The tag, or a whole reference; "20-alpine" unless given.
---@return State
function M.node_base(version)
  args.allow("node_base", "version", "version", version)
  return images.image("node", version or VERSION)
end

--- Starts from the image of Node.js, for a program to run in.
---@param version? string The tag, or a whole reference; "20-alpine" unless given.
---@return State
function M.node_runtime(version)
  args.allow("node_runtime", "version", "version", version)
  return images.image("node", version or VERSION)
end

--- Installs what a project's `package.json` asks for, adds its sources, and runs its build.
---
--- It installs with `npm ci` where there is a lock file, else with `npm install`; `node_modules` among the sources is
--- left out.
---
--- Options:
--- - `cwd`: where the project is put; "/app"
--- - `install_cmd`: a command that is run when all is in place, such as "npm run build"
--- - `deps_only`: whether to stop when the dependencies are installed; false
--- - `env`: environment variables
--- - `mounts`: more mounts, such as a secret for a private registry
---@param builder State The state to build in, such as `node_base()`.
---@param src State The project.
---@param opts? table How it is built.
---@return State
function M.node_build(builder, src, opts)
  args.need("node_build", "builder", "state", builder)
  args.need("node_build", "src", "state", src)
  opts = args.options("node_build", "NodeBuildOptions", BUILD_OPTIONS, opts)
  if opts.deps_only and opts.install_cmd then
    args.refuse("node_build", "install_cmd is not run with deps_only")
  end
  return build(builder, src, opts)
end

--- Builds a project and puts it, with its `node_modules`, into `/app` of a fresh image of Node.js.
---
--- Options, beside `cwd`, `install_cmd`, `env` and `mounts` of `node_build`:
--- - `runtime_version`: the tag of the image to run in; that of the image to build in
--- - `user`: a user to add, who gets `/app`
--- - `uid`, `gid`: the ids of that user; 1000, and that of the user
---@param version? string The tag of the image to build in, or a whole reference; "20-alpine" if nil.
---@param src State The project.
---@param opts? table How it is built and what it becomes.
---@return State
function M.node_app(version, src, opts)
  args.allow("node_app", "version", "version", version)
  args.need("node_app", "src", "state", src)
  opts = args.options("node_app", "NodeAppOptions", APP_OPTIONS, opts)
  local problem = users.problem(opts)
  if problem then
    args.refuse("node_app", problem)
  end

  version = version or VERSION
  local built = build(images.image("node", version), src, opts)
  local image, owner = users.for_app(images.image("node", opts.runtime_version or version), opts)
  return image:copy(built, opts.cwd or "/app", "/app", { contents_only = true, owner = owner })
end

return M
