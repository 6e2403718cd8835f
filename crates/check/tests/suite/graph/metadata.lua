local base = bk.image("alpine")
bk.export(base
  :run("a"):with_metadata({ description = "first step" })
  :run("b"):with_metadata({ progress_group = "group" })
  :run("c"):with_metadata({ progress_group = { id = "g1", name = "Group", weak = true }, ignore_cache = true })
  :run("d"):with_metadata({ progress_group = { id = "g2" }, export_cache = false })
  :run("e"):with_metadata({ description = "one" }):with_metadata({ export_cache = true }))
