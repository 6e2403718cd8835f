local base = bk.image("golang")
local src = bk.local_("context")
bk.export(base:run("go build", {
  mounts = {
    bk.cache("/root/.cache//go-build/"),
    bk.cache("/mod", { id = "mod", sharing = "locked", readonly = true, source = src }),
    bk.cache("/own", { sharing = "private", uid = 1000, gid = 1001, mode = "0700" }),
    bk.cache("/half", { sharing = "shared", uid = 5 }),
    bk.secret("/run/secrets/npmrc"),
    bk.secret("/etc/token", { id = "token", uid = 1, gid = 2, mode = "0440", optional = true }),
    bk.ssh(),
    bk.ssh({ dest = "/run/other", id = "other", uid = 1, gid = 2, mode = "0660", optional = true }),
    bk.tmpfs("/tmp", { size = "1.5g" }),
    bk.tmpfs("/var/tmp"),
    bk.bind(src, "/src"),
    bk.bind(src, "/rw", { readonly = false, selector = "sub/dir" }),
    bk.bind(src, "/gone", { readonly = false, no_output = true, content_cache = "off" }),
    bk.bind(src, "/on", { content_cache = "on" }),
    bk.bind(src, "/default", { content_cache = "default" }),
    bk.bind(bk.scratch(), "/out", { readonly = false }),
  },
}))
