local all = bk.local_("context")
local some = bk.local_("context", {
  include = { "*.go", "go.mod" },
  exclude = { "vendor" },
  follow_paths = { "link" },
  shared_key_hint = "go",
  differ = "metadata",
})
local names = bk.local_("context", { metadata_only = true, differ = "none" })
local listed = bk.local_("context", { metadata_only = { "*.md" } })
bk.export(bk.scratch():copy(all, "/", "/all"):copy(some, "/", "/some"):copy(names, "/", "/names"):copy(listed, "/", "/l"))
