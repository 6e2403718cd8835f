-- The result's root is the base; the run is in the graph only if something else of it is used.
local base = bk.image("alpine")
bk.export(base:run("make", { readonly_rootfs = true }):run("b"))
