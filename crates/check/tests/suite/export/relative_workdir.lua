-- A relative working directory is relative to that of the state, as a command's is.
bk.export(bk.image("alpine:3.19"):with_cwd("/srv"):run("make", { cwd = "app" }), { workdir = "app/../www" })
