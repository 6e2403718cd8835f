local base = bk.image("alpine")
local curl, git = base:run("apk add curl"), base:run("apk add git")
bk.export(bk.merge(base, bk.diff(base, curl), bk.diff(base, git), bk.diff(bk.scratch(), base)))
