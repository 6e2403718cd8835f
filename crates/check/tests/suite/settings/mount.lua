-- What a run left on a writable mount is a state of its own; naming the run names both.
local base = bk.image("alpine:3.19", { platform = "linux/arm64" })
local ran = base
  :run("make", { mounts = { bk.bind(bk.scratch(), "/out", { readonly = false }) } })
  :with_metadata({ description = "compile" })
bk.export(bk.merge(base, ran:mount("/out")))
