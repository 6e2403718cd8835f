-- Helpers live in modules beside the script; errors in them name both the helper's line and the caller's.
local shell = require("lib.shell")

local state = bk.image("alpine:3.19")
state = shell.lines(state, {
  "echo one > /1",
  "echo two > /2",
})
bk.export(shell.user(state, "app", 1000))
