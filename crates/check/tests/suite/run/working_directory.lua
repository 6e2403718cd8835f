bk.export(bk.image("alpine"):run("a", { cwd = "sub/../dir" }):run("b", { cwd = "/abs/./x/" }))
