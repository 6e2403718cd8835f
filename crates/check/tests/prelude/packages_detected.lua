-- Where the distribution is not said, it is found out when it runs.
local prelude = require("prelude")
local base = bk.image("alpine:3.19")

local state = prelude.install_git(base)
state = prelude.install_curl(state)
state = prelude.install_ca_certs(state)
bk.export(prelude.install_system_deps(state, { "make", "gcc" }))
