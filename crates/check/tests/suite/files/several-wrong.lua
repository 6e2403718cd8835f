local kept
local s = bk.scratch():files(function(f)
  kept = f
  f:mkdir("/a", { mode = "0799" })
  f.mkdir("/a")
  f:mkdri("/a")
  f:copy("src", "dest")
end)
kept:mkdir("/late")
s = s:files({ "mkdir" }):files()
bk.export(s)
