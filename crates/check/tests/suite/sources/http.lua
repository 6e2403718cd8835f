local plain = bk.http("https://example.com/a.tar.gz")
local all = bk.https("https://example.com/tool", {
  checksum = "sha256:0000000000000000000000000000000000000000000000000000000000000000",
  filename = "tool",
  chmod = "0755",
  uid = 1000,
  gid = 1001,
  headers = { Accept = "application/octet-stream", ["User-Agent"] = "luakit" },
  auth_header_secret = "login",
  signature = { pubkey = "KEY", signature = "SIG" },
})
bk.export(bk.merge(plain, all))
