// Git repositories: how URLs are understood, and the options.
//
// Where a URL is for ssh the hosts' keys are given, else the client would ask the host for them.

package main

import "github.com/moby/buildkit/client/llb"

func repositories() []vector {
	const (
		moby = "https://github.com/moby/buildkit.git"
		scp  = "git@github.com:moby/buildkit.git"
	)
	everything := []llb.GitOption{
		llb.KeepGitDir(),
		llb.GitRef("r"),
		llb.GitSubDir("d"),
		llb.GitChecksum("abcdef"),
		llb.GitSkipSubmodules(),
		llb.GitMTimeCommit(),
		llb.GitFetchByCommit(),
		llb.AuthTokenSecret("T"),
		llb.AuthHeaderSecret("H"),
	}
	bundle := llb.GitBundleURL("oci-layout+blob://x@sha256:aa", llb.GitBundleOCIStore("s", "t"))
	github := llb.KnownSSHHosts("github.com ssh-ed25519 AAA")
	socket := []llb.GitOption{llb.KnownSSHHosts("a"), llb.KnownSSHHosts("b\n"), llb.MountSSHSock("mysock")}
	return []vector{
		{name: "git/https", state: llb.Git(moby, "")},
		{name: "git/https-frag", state: llb.Git(moby, "v0.1:docs/x")},
		{name: "git/frag-sub-only", state: llb.Git(moby, ":docs")},
		{name: "git/url-with-frag", state: llb.Git(moby+"#v1:sub", "")},
		{name: "git/noscheme", state: llb.Git("github.com/moby/buildkit.git", "main")},
		{name: "git/http", state: llb.Git("http://h:81/a/b", "main")},
		{name: "git/git-proto", state: llb.Git("git://h:81/a/b", "main")},
		{name: "git/scp", state: llb.Git(scp, "main", github)},
		{name: "git/scp-sock", state: llb.Git(scp, "main", socket...)},
		{name: "git/ssh-url", state: llb.Git("ssh://git@h.example:2222/x/y.git", "main", llb.KnownSSHHosts("k"))},
		{name: "git/userinfo", state: llb.Git("https://u:p@h/a", "")},
		{name: "git/options", state: llb.Git("https://h/a", "", everything...)},
		{name: "git/bundle", state: llb.Git("https://h/a", "", llb.GitChecksum("abc"), bundle)},
		{name: "git/checkoutbundle", state: llb.Git("https://h/a", "", llb.GitCheckoutBundle())},
		{name: "git/noauth", state: llb.Git("https://h/a", "", llb.AuthTokenSecret(""), llb.AuthHeaderSecret(""))},
		{name: "git/bad-proto", state: llb.Git("ftp://h/a", "")},
		{name: "git/query", state: llb.Git("https://h/a?ref=y", "x")},
	}
}
