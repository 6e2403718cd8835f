-- States laid over each other, as they are and as changes over a base; one state is itself.
local prelude = require("prelude")
local base = bk.image("alpine:3.19")
local one = base:run("echo 1 > /one")
local two = base:run("echo 2 > /two")

bk.export(bk.merge(
  prelude.parallel_build(one, two),
  prelude.parallel_build(one),
  prelude.merge_multiple({ two, one }),
  prelude.merge_multiple({ one, two }, base)
))
