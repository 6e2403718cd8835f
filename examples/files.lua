-- Files with their modes and owners, without running a command: nothing but file operations, so it builds from scratch.
local root = bk.scratch()
  :mkdir("/etc")
  :mkdir("/srv/app/data", { make_parents = true, mode = "0750", owner = { user = 1000, group = 1000 } })
  :mkfile("/etc/motd", "built by luakit\n")
  :mkfile("/srv/app/start", "#!/bin/sh\nexec sleep infinity\n", { mode = "0755" })
  :symlink("/srv/app/start", "/start")

bk.export(root, { entrypoint = { "/start" }, user = "1000:1000", workdir = "/srv/app" })
