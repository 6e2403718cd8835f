-- LLB that LLB made.
local made = bk.image("alpine:3.19"):run("make-llb > /llb/app.pb")
bk.export(bk.build(made, { filename = "llb/app.pb", attrs = { extra = true } }))
