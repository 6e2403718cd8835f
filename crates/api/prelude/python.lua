-- Programs in Python.

local args = require("luakit:prelude/args")
local images = require("luakit:prelude/images")
local packages = require("luakit:prelude/packages")
local shell = require("luakit:prelude/shell")
local users = require("luakit:prelude/users")

local M = {}

local VERSION = "3.11"
local VARIANT = "slim"

local BUILD_OPTIONS = {
  cwd = "folder",
  requirements = "files",
  install_cmd = "text",
  env = "table",
  mounts = "table",
}
local APP_OPTIONS = args.joined(BUILD_OPTIONS, users.OPTIONS, { runtime_version = "version" })

-- Returns the tag of a version in a variant, unless the version names its own.
local function tag(version, variant)
  version = images.tag(version or VERSION)
  if variant == nil and (images.is_reference(version) or string.find(version, "-", 1, true)) then
    return version
  end
  variant = variant or VARIANT
  return variant == "" and version or version .. "-" .. variant
end

local function base(name)
  return packages.with_build_tools(images.image("python", name), name, "build-base", "build-essential")
end

local function list_of(requirements)
  return type(requirements) == "table" and requirements or { requirements }
end

-- What pip reads to install: files of requirements name each other, and constraints.
local function manifests(files)
  local include = { "requirements*.txt", "constraints*.txt" }
  for _, file in ipairs(files) do
    if not string.find(file, "^requirements[^/]*%.txt$") then
      table.insert(include, file)
    end
  end
  return { contents_only = true, include = include }
end

local function install_command(requirements)
  if requirements == nil then
    return "if [ -f requirements.txt ]; then pip install -r requirements.txt; fi"
  end
  local words = { "pip install" }
  for _, file in ipairs(list_of(requirements)) do
    table.insert(words, "-r " .. shell.quote(file))
  end
  return #words > 1 and table.concat(words, " ") or nil
end

local ENV = {
  PIP_CACHE_DIR = "/root/.cache/pip",
  PIP_DISABLE_PIP_VERSION_CHECK = "1",
  PIP_ROOT_USER_ACTION = "ignore",
  -- Python writes no byte code of its own library into the result; pip compiles what it installs all the same.
  PYTHONDONTWRITEBYTECODE = "1",
}

-- The requirements come first, so that an edit of the sources does not install everything again.
local function build(builder, src, opts)
  local cwd = opts.cwd or "/app"
  local mounts = { bk.cache("/root/.cache/pip") }
  for _, mount in ipairs(opts.mounts or {}) do
    table.insert(mounts, mount)
  end
  local how = { cwd = cwd, env = args.joined(ENV, opts.env or {}), mounts = mounts }

  local state = builder
  local install = install_command(opts.requirements)
  if install then
    state = state:copy(src, "/", cwd, manifests(list_of(opts.requirements))):run(install, how)
  end
  state = state:copy(src, "/", cwd, { contents_only = true, exclude = { "**/__pycache__", "**/.venv" } })
  return opts.install_cmd and state:run(opts.install_cmd, how) or state
end

--- Starts from the image of Python, with a compiler also in its slim and Alpine variants.
---@param version? string The version, or a whole tag or reference; "3.11" unless given.
---@param variant? string The variant; "slim" unless given, "" for the full image.
---@return State
function M.python_base(version, variant)
  args.allow("python_base", "version", "version", version)
  if variant ~= "" then
    args.allow("python_base", "variant", "text", variant)
  end
  return base(tag(version, variant))
end

--- Starts from the image of Python, for a program to run in.
---@param version? string The tag, or a whole reference; "3.11-slim" unless given.
---@return State
function M.python_runtime(version)
  args.allow("python_runtime", "version", "version", version)
  return images.image("python", version or VERSION .. "-" .. VARIANT)
end

--- Installs what a project requires, adds its sources, and runs its build.
---
--- `.venv` and `__pycache__` among the sources are left out.
---
--- Options:
--- - `cwd`: where the project is put; "/app"
--- - `requirements`: the files that name what it requires; "requirements.txt" if there is one, `{}` for none
--- - `install_cmd`: a command that is run when all is in place, such as "pip install ."
--- - `env`: environment variables
--- - `mounts`: more mounts, such as a secret for a private index
---@param builder State The state to build in, such as `python_base()`.
---@param src State The project.
---@param opts? table How it is built.
---@return State
function M.python_build(builder, src, opts)
  args.need("python_build", "builder", "state", builder)
  args.need("python_build", "src", "state", src)
  opts = args.options("python_build", "PythonBuildOptions", BUILD_OPTIONS, opts)
  return build(builder, src, opts)
end

--- Builds a project and puts it into `/app` of an image of Python without the compiler, with all it requires.
---
--- Options, beside those of `python_build`:
--- - `runtime_version`: the tag of the image to run in; that of the image to build in
--- - `user`: a user to add, who gets `/app`
--- - `uid`, `gid`: the ids of that user; 1000, and that of the user
---@param version? string The version, or a whole tag or reference; "3.11", which is "3.11-slim", if nil.
---@param src State The project.
---@param opts? table How it is built and what it becomes.
---@return State
function M.python_app(version, src, opts)
  args.allow("python_app", "version", "version", version)
  args.need("python_app", "src", "state", src)
  opts = args.options("python_app", "PythonAppOptions", APP_OPTIONS, opts)
  local problem = users.problem(opts)
  if problem then
    args.refuse("python_app", problem)
  end

  local name = tag(version)
  local cwd = opts.cwd or "/app"
  local builder = base(name)
  local built = build(builder, src, opts)
  -- What pip installed, wherever that is: all that the build changed but for the project's own folder. It is copied
  -- rather than merged, since a merge would bring that folder as a layer and its removal as the next.
  local installed = bk.diff(builder, built:rm(cwd))
  local image = images.image("python", opts.runtime_version or name)
  local ready, owner = users.for_app(image:copy(installed, "/", "/", { contents_only = true }), opts)
  local app = ready:copy(built, cwd, "/app", { contents_only = true, owner = owner })
  if cwd == "/app" then
    return app
  end
  -- Packages that were installed in place (`pip install -e`) point to where the project was built.
  local parent = string.match(cwd, "^(.+)/[^/]+/*$")
  if parent then
    app = app:mkdir(parent, { make_parents = true })
  end
  return app:symlink("/app", cwd)
end

return M
