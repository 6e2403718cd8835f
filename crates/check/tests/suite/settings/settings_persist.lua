-- Settings of a state hold for all later runs, those of a run for that run only.
local s = bk.image("alpine:3.19")
  :with_env({ B = "2", A = 1 })
  :with_cwd("/src")
  :with_user("app:app")
  :with_network("none")
  :with_platform("linux/arm64")
local once = s:run("one", { env = { A = "once" }, cwd = "sub", user = 0 })
bk.export(once:run("two"))
