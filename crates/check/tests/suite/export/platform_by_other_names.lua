-- An image's platform is normalised as any other; a variant that is written stays as it is.
local base = bk.image("alpine:3.19")
bk.target("arm", base, { arch = "armhf", cmd = { "sh" } })
bk.target("arm64", base, { os = "Linux", arch = "aarch64", cmd = { "sh" } })
bk.target("variant", base, { arch = "arm64", variant = "v8", cmd = { "sh" } })
bk.export(base, { cmd = { "sh" } })
