local function base() return bk.image("alpine"):run("apk add curl") end
bk.export(bk.merge(base():run("a"), base():run("b")))
