-- Platforms are normalised as containerd does.
local names = {}
for _, name in ipairs({ "linux/arm", "linux/arm64/v8", "linux/x86_64", "linux/aarch64", "linux/arm/v6", "LINUX/AMD64", "darwin/arm64", "linux/386" }) do
  local p = bk.platform(name)
  names[#names + 1] = `{p.os} {p.arch} "{p.variant}" {p}`
end
local p = bk.platform("linux", "arm", "v7")
bk.export(bk.image("alpine", { platform = p }):mkfile("/names", table.concat(names, "\n")))
