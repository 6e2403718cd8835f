-- Each package manager by its name; the order of packages is the script's, and no name reaches the shell as code.
local prelude = require("prelude")
local alpine, debian = bk.image("alpine:3.19"), bk.image("debian:bookworm-slim")

bk.export(bk.merge(
  prelude.apk_package(alpine, { "git", "curl>8" }),
  prelude.apk_package(alpine, "git  curl"),
  prelude.deb_package(debian, { "vim", "curl=7.88.*" }),
  prelude.install_system_deps(alpine, "git", "alpine"),
  prelude.install_system_deps(debian, "git", "ubuntu"),
  prelude.install_system_deps(bk.image("fedora:39"), { "git", "curl" }, "fedora")
))
