-- What `require("prelude")` gives: helpers for the builds that most projects have, written with `bk` alone.
--
-- docs/prelude.md is its manual. Each function is in the file of its family, and none keeps anything between calls.

local compose = require("luakit:prelude/compose")
local go = require("luakit:prelude/go")
local images = require("luakit:prelude/images")
local node = require("luakit:prelude/node")
local packages = require("luakit:prelude/packages")
local python = require("luakit:prelude/python")
local users = require("luakit:prelude/users")

return {
  from_alpine = images.from_alpine,
  from_ubuntu = images.from_ubuntu,
  from_debian = images.from_debian,
  from_fedora = images.from_fedora,
  standard_base = images.standard_base,

  go_base = go.go_base,
  go_runtime = go.go_runtime,
  go_build = go.go_build,
  go_binary_app = go.go_binary_app,

  node_base = node.node_base,
  node_runtime = node.node_runtime,
  node_build = node.node_build,
  node_app = node.node_app,

  python_base = python.python_base,
  python_runtime = python.python_runtime,
  python_build = python.python_build,
  python_app = python.python_app,

  apk_package = packages.apk_package,
  deb_package = packages.deb_package,
  install_git = packages.install_git,
  install_curl = packages.install_curl,
  install_ca_certs = packages.install_ca_certs,
  install_system_deps = packages.install_system_deps,

  with_workdir = users.with_workdir,
  with_alpine_user = users.with_alpine_user,
  with_user = users.with_user,
  chown_path = users.chown_path,
  as_non_root = users.as_non_root,

  container = compose.container,
  multi_stage = compose.multi_stage,
  copy_all = compose.copy_all,
  parallel_build = compose.parallel_build,
  merge_multiple = compose.merge_multiple,
  layered_copy = compose.layered_copy,
}
