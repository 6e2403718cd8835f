-- A state can wait for others and takes nothing from them.
local base = bk.image("alpine:3.19")
local tested = base:run("make test")
local linted = base:run("make lint")
bk.export(base:run("make"):requires(tested, linted))
