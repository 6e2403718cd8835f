-- Images for Windows are chosen by the version of the system, too.
local windows = { os = "windows", arch = "amd64", os_version = "10.0.20348.2527", os_features = { "win32k" } }
bk.export(bk.image("nanoserver", { platform = windows }):run({ "cmd", "/c", "ver" }))
