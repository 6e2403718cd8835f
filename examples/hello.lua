-- The smallest useful script: run a command in an image, export what it left.
--
--   luakit build examples/hello.lua | buildctl build --local context=. --output type=local,dest=out
local base = bk.image("alpine:3.19")
local result = base:run("echo 'Hello from Luakit!' > /greeting.txt")
bk.export(result)
