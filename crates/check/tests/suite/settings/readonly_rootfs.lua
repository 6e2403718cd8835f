-- With a read-only root the run stays in the graph through its mount.
local base = bk.image("alpine:3.19")
local ran = base:run("make", {
  readonly_rootfs = true,
  mounts = { bk.bind(bk.scratch(), "/out", { readonly = false }) },
})
bk.export(ran:mount("/out"))
