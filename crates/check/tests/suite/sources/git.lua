local plain = bk.git("https://github.com/moby/buildkit.git")
local fragment = bk.git("https://github.com/moby/buildkit.git#v0.17.0:client")
local all = bk.git("https://github.com/moby/buildkit", {
  ref = "master",
  subdir = "docs",
  keep_git_dir = true,
  checksum = "0123456789012345678901234567890123456789",
  submodules = false,
  mtime = "commit",
  fetch_by_commit = true,
  auth_token_secret = "TOKEN",
  auth_header_secret = "HEADER",
  advice = true,
})
local ssh = bk.git("git@github.com:moby/buildkit.git", { ssh_socket = "agent", known_ssh_hosts = "github.com ssh-rsa AAAA", mtime = "checkout" })
bk.export(bk.merge(plain, fragment, all, ssh))
