-- What is exported comes first in a build; the targets are for `--target`.
local base = bk.image("alpine:3.19")
bk.target("test", base:run("make test"))
bk.export(base:run("make"), { cmd = { "app" } })
bk.target("docs", base:run("make docs"), { labels = { kind = "docs" } })
