-- The platform, when the registry is asked, and what pins the image.
local arm = bk.image("golang:1.22", { platform = "linux/arm64", resolve = "always" })
local parts = bk.image("alpine", { platform = { os = "linux", arch = "arm", variant = "v6" }, resolve = "never" })
local object = bk.image("ghcr.io/owner/name", { platform = bk.platform("linux", "riscv64"), resolve = "default" })
local pinned = bk.image("alpine:3.19", {
  checksum = "sha256:0000000000000000000000000000000000000000000000000000000000000000",
  layer_limit = 2,
})
bk.export(bk.merge(arm, parts, object, pinned))
