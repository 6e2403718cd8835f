// What commands find mounted, secrets and agents first, and what they leave there.

package main

import "github.com/moby/buildkit/client/llb"

func secrets() []vector {
	agent := []llb.RunOption{
		llb.AddSSHSocket(llb.SSHID("a")),
		llb.AddSSHSocket(llb.SSHID("b"), llb.SSHSocketOpt("/s", 1, 2, 0o666), llb.SSHOptional),
	}
	secret := func(dest string, options ...llb.SecretOption) llb.State {
		return run(llb.AddSecret(dest, options...))
	}
	variable := func(id string, options ...llb.SecretOption) llb.State {
		return run(llb.AddSecretWithDest(id, nil, options...))
	}
	return []vector{
		{name: "exec/secret-file", state: secret("/run/secrets/x")},
		{
			name:  "exec/secret-opts",
			state: secret("/s", llb.SecretID("id"), llb.SecretFileOpt(1, 2, 0o440), llb.SecretOptional),
		},
		{name: "exec/secret-env", state: secret("TOKEN", llb.SecretAsEnv(true))},
		{name: "exec/secret-envname", state: variable("id", llb.SecretAsEnvName("TOK"), llb.SecretOptional)},
		{name: "exec/secret-both", state: secret("/f", llb.SecretID("id"), llb.SecretAsEnvName("TOK"))},
		{name: "exec/ssh", state: run(llb.AddSSHSocket())},
		{name: "exec/ssh-two", state: run(agent...)},
		{
			name:  "exec/ssh-envset",
			state: run(llb.AddEnv("SSH_AUTH_SOCK", "/x"), llb.AddSSHSocket(llb.SSHSocketTarget("/t"))),
		},
	}
}

func mounts() []vector {
	with := func(dest string, source llb.State, options ...llb.MountOption) llb.State {
		return run(llb.AddMount(dest, source, options...))
	}
	cache := func(id string, sharing llb.CacheMountSharingMode, options ...llb.MountOption) llb.State {
		return with("/c", llb.Scratch(), append(options, llb.AsPersistentCacheDir(id, sharing))...)
	}
	locked := llb.AsPersistentCacheDir("id", llb.CacheMountLocked)
	folder := local()
	twice := []llb.RunOption{llb.AddMount("/s", folder, llb.Readonly), llb.AddMount("/s2", folder, llb.Readonly)}
	// Not in the order that they come out in.
	everything := []llb.RunOption{
		llb.AddSSHSocket(),
		llb.AddSecret("/sec"),
		llb.AddMount("/t", llb.Scratch(), llb.Tmpfs()),
		llb.AddMount("/c", llb.Scratch(), llb.AsPersistentCacheDir("id", llb.CacheMountShared)),
		llb.AddMount("/s", local(), llb.Readonly),
	}
	return []vector{
		{name: "exec/mount-bind-ro", state: with("/src", local(), llb.Readonly, llb.SourcePath("/sub"))},
		{name: "exec/mount-bind-rw", state: with("/src", local())},
		{name: "exec/mount-nooutput", state: with("/src", local(), llb.ForceNoOutput)},
		{name: "exec/mount-cache-scratch", state: cache("id", llb.CacheMountShared)},
		{name: "exec/mount-cache-private", state: cache("id", llb.CacheMountPrivate)},
		{name: "exec/mount-cache-locked-src", state: with("/c", local(), llb.SourcePath("/p"), locked)},
		{name: "exec/mount-cache-ro", state: cache("id", llb.CacheMountShared, llb.Readonly)},
		{name: "exec/mount-cache-emptyid", state: cache("", llb.CacheMountShared)},
		{name: "exec/mount-tmpfs", state: with("/t", llb.Scratch(), llb.Tmpfs())},
		{name: "exec/mount-tmpfs-size", state: with("/t", llb.Scratch(), llb.Tmpfs(llb.TmpfsSize(1<<20)))},
		{name: "exec/mount-tmpfs-src-err", state: with("/t", local(), llb.Tmpfs())},
		{
			name:  "exec/mount-contentcache-on",
			state: with("/s", local(), llb.Readonly, llb.ContentCache(llb.MountContentCacheOn)),
		},
		{
			name:  "exec/mount-contentcache-off",
			state: with("/s", local(), llb.Readonly, llb.ContentCache(llb.MountContentCacheOff)),
		},
		{name: "exec/mount-same-input", state: with("/s", alpine(), llb.Readonly)},
		{name: "exec/mount-same-state-twice", state: exec(args("true"), twice...).Root()},
		{name: "exec/mount-all", state: run(everything...)},
	}
}

func outputs() []vector {
	with := func(options ...llb.RunOption) llb.ExecState { return exec(args("true"), options...) }
	left := func(dest string, source llb.State, options ...llb.MountOption) llb.State {
		return with(llb.AddMount(dest, source, options...)).GetMount(dest)
	}
	empty := func(dest string) llb.RunOption { return llb.AddMount(dest, llb.Scratch()) }
	two := with(empty("/b"), empty("/a"))
	cache := llb.AsPersistentCacheDir("id", llb.CacheMountShared)
	return []vector{
		{name: "exec/readonlyroot-mount", state: with(llb.ReadonlyRootFS(), empty("/out")).GetMount("/out")},
		{name: "exec/mount-bind-rw-out", state: left("/src", local())},
		{name: "exec/mount-scratch-out", state: left("/out", llb.Scratch())},
		{name: "exec/mount-before-root-sort", state: with(empty("/z"), empty("rel"), empty("/a")).GetMount("/a")},
		{name: "exec/getmount-readonly", state: left("/s", local(), llb.Readonly)},
		{name: "exec/getmount-cache-err", state: left("/s", llb.Scratch(), cache)},
		{name: "exec/getmount-tmpfs-err", state: left("/s", llb.Scratch(), llb.Tmpfs())},
		{name: "exec/getmount-nooutput-err", state: left("/s", local(), llb.ForceNoOutput)},
		{
			name:  "exec/merge-root-and-mount",
			state: llb.Merge([]llb.State{two.Root(), two.GetMount("/b"), two.GetMount("/a")}),
		},
	}
}
