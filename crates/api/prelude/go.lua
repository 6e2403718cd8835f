-- Programs in Go.

local args = require("luakit:prelude/args")
local images = require("luakit:prelude/images")
local packages = require("luakit:prelude/packages")
local shell = require("luakit:prelude/shell")
local users = require("luakit:prelude/users")

local M = {}

local VERSION = "1.22-alpine"
local RUNTIME_VERSION = "3.19"

local BUILD_OPTIONS = {
  cwd = "folder",
  main = "text",
  output = "file",
  flags = "text",
  ldflags = "text",
  env = "table",
  mounts = "table",
}

local APP_OPTIONS = args.joined(BUILD_OPTIONS, users.OPTIONS, { runtime_version = "version", final_path = "file" })

local function base(version)
  version = images.tag(version or VERSION)
  return packages.with_build_tools(images.image("golang", version), version, "git build-base")
end

local function runtime(version)
  local alpine = images.image("alpine", version or RUNTIME_VERSION)
  return alpine:run("apk add --no-cache ca-certificates")
end

local function output_of(opts)
  return opts.output or "/out/app"
end

-- The caches are named, so that they are used whatever the image says of GOPATH and HOME. Go guards both itself.
local function build(builder, src, opts)
  local cwd = opts.cwd or "/app"
  -- A state knows nothing of its image's own environment, where the path of Go would be.
  local words = { 'PATH="$PATH:/usr/local/go/bin" go build' }
  if opts.flags then
    table.insert(words, opts.flags)
  end
  if opts.ldflags then
    table.insert(words, "-ldflags " .. shell.quote(opts.ldflags))
  end
  table.insert(words, "-o " .. shell.quote(output_of(opts)))
  table.insert(words, shell.quote(opts.main or "."))

  local mounts = { bk.cache("/go/pkg/mod"), bk.cache("/root/.cache/go-build") }
  for _, mount in ipairs(opts.mounts or {}) do
    table.insert(mounts, mount)
  end
  local env = { CGO_ENABLED = "0", GOCACHE = "/root/.cache/go-build", GOMODCACHE = "/go/pkg/mod" }
  return builder:copy(src, "/", cwd, { contents_only = true }):run(table.concat(words, " "), {
    cwd = cwd,
    env = args.joined(env, opts.env or {}),
    mounts = mounts,
  })
end

--- Starts from the image of Go, with git and a C compiler also in its Alpine variants.
---@param version? string The tag, or a whole reference; "1.22-alpine" unless given.
---@return State
function M.go_base(version)
  args.allow("go_base", "version", "version", version)
  return base(version)
end

--- Starts from Alpine Linux with certificates, for a program that Go built.
---@param version? string The version of Alpine; "3.19" unless given.
---@return State
function M.go_runtime(version)
  args.allow("go_runtime", "version", "version", version)
  return runtime(version)
end

--- Builds a program in Go, with caches for modules and compiled packages.
---
--- Options:
--- - `cwd`: where the sources are put; "/app"
--- - `main`: the package to build; "."
--- - `output`: the path of the program; "/out/app"
--- - `flags`: more flags for `go build`, as in a shell
--- - `ldflags`: flags for the linker, such as "-s -w"
--- - `env`: environment variables, beside `CGO_ENABLED=0`
--- - `mounts`: more mounts, such as a secret for private modules
---@param builder State The state to build in, such as `go_base()`.
---@param src State The sources.
---@param opts? table How it is built.
---@return State
function M.go_build(builder, src, opts)
  args.need("go_build", "builder", "state", builder)
  args.need("go_build", "src", "state", src)
  opts = args.options("go_build", "GoBuildOptions", BUILD_OPTIONS, opts)
  return build(builder, src, opts)
end

--- Builds a program in Go and puts it, alone, into Alpine Linux with certificates.
---
--- Options, beside those of `go_build`:
--- - `final_path`: where the program is in the result; "/app/server"
--- - `runtime_version`: the version of Alpine; "3.19"
--- - `user`: a user to add, who gets the program and its folder
--- - `uid`, `gid`: the ids of that user; 1000, and that of the user
---@param version? string The tag of Go's image, or a whole reference; "1.22-alpine" if nil.
---@param src State The sources.
---@param opts? table How it is built and what it becomes.
---@return State
function M.go_binary_app(version, src, opts)
  args.allow("go_binary_app", "version", "version", version)
  args.need("go_binary_app", "src", "state", src)
  opts = args.options("go_binary_app", "GoAppOptions", APP_OPTIONS, opts)
  local problem = users.problem(opts)
  if problem then
    args.refuse("go_binary_app", problem)
  end

  local built = build(base(version), src, opts)
  local image, owner = users.for_app(runtime(opts.runtime_version), opts)
  local final_path = opts.final_path or "/app/server"
  local folder = string.match(final_path, "^(.+)/")
  if folder then
    image = image:mkdir(folder, { make_parents = true, owner = owner })
  end
  return image:copy(built, output_of(opts), final_path, { mode = "0755", owner = owner })
end

return M
