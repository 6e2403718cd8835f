bk.export(bk.image("alpine", { platform = "linux/arm/v6" }):run("x"), { cmd = { "sh" }, env = { "A=1", "B=a=b" }, healthcheck = { test = { "CMD", "true" } }, created = 0 })
