-- A string goes to a shell, a list does not; numbers in it are written out.
local base = bk.image("alpine")
bk.export(base:run("echo 'hi' > /x"):run({ "sleep", 1, 0.5, "a b" }):run("echo bash", { shell = { "/bin/bash", "-o", "pipefail", "-c" } }))
