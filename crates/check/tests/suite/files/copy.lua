local src = bk.local_("context")
local base = bk.image("alpine")
bk.export(base
  :copy(src, "a", "/b")
  :copy(src, "bin/*", "/usr/bin/", {
    mode = "u+rwX,go-w",
    owner = "app:staff",
    follow_symlink = true,
    create_dest_path = false,
    allow_wildcard = true,
    allow_empty_wildcard = true,
    contents_only = true,
    unpack = true,
    replace_existing = true,
    include = { "*.sh" },
    exclude = { "*.md" },
    required_paths = { "bin/x" },
    timestamp = "2024-05-01T14:00:00.5+02:00",
  })
  :copy(src, "s", "/s", { mode = "4755", owner = { user = 1000, group = "staff" }, timestamp = 0 }))
