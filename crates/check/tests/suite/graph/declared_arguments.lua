-- An argument has a type, a default and choices; platforms of the build are at hand.
local jobs = bk.arg("JOBS", 4)
local fast = bk.arg("FAST", false, { type = "boolean", required = false, description = "leave the tests out" })
local mode = bk.arg("MODE", "release", { choices = { "debug", "release" } })
assert(bk.arg("S", "x", { type = "string" }) == "x" and bk.arg("N", 1, { type = "number" }) == 1)
assert(type(jobs) == "number" and fast == false and bk.arg("NOTHING") == nil)
assert(bk.target_platform.os == "linux" and bk.build_platform.arch ~= "")
bk.export(bk.image("alpine:3.19"):run({ "make", "-j", jobs, mode }))
