local tool = bk.image("busybox")
bk.export(bk.scratch():run({ "/tool/bin/sh", "-c", "true" }, { mounts = { bk.bind(tool, "/tool") } }))
