-- Several actions are one operation, done in their order.
local context = bk.local_("context")
bk.export(bk.image("alpine:3.19"):files(function(f)
  f:mkdir("/srv/app", { make_parents = true, owner = "1000:1000" })
  f:copy(context, "dist", "/srv/app", { contents_only = true }):mkfile("/srv/app/VERSION", "1\n")
  f:rm("/srv/app/tmp", { allow_not_found = true })
  f:symlink("/srv/app/run", "/usr/bin/app")
end))
