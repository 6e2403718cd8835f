// Commands: their settings, what a state says about the commands in it, and what a daemon that is known changes.

package main

import (
	"net"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	apicapspb "github.com/moby/buildkit/util/apicaps/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func execs() []vector {
	person := []llb.RunOption{llb.User("1000:1000"), llb.With(llb.Hostname("h")), llb.WithCgroupParent("cg")}
	proxy := llb.ProxyEnv{HTTPProxy: "a", HTTPSProxy: "b", FTPProxy: "c", NoProxy: "d", AllProxy: "e"}
	resources := llb.LinuxResources{
		Memory: 1024, MemorySwap: -1, CPUShares: 5, CPUPeriod: 6, CPUQuota: 7, CpusetCpus: "0-3", CpusetMems: "0",
	}
	hosts := []llb.RunOption{
		llb.AddExtraHost("a", net.ParseIP("10.0.0.1")), llb.AddExtraHost("b", net.ParseIP("::1")),
	}
	devices := []llb.RunOption{
		llb.AddCDIDevice(llb.CDIDeviceName("v.com/gpu=0")),
		llb.AddCDIDevice(llb.CDIDeviceName("v.com/gpu=1"), llb.CDIDeviceOptional),
	}
	limits := []llb.RunOption{llb.AddUlimit(llb.UlimitNofile, 1, 2), llb.AddUlimit(llb.UlimitCore, 0, -1)}
	return []vector{
		{name: "exec/min", state: run()},
		{name: "exec/shlex", state: exec(llb.Shlex(`sh -c 'echo "a b" c\ d'`)).Root()},
		{name: "exec/noargs-err", state: alpine().Run().Root()},
		{name: "exec/env", state: run(llb.AddEnv("B", "1"), llb.AddEnv("A", "2"), llb.AddEnv("B", "3"), llb.AddEnv("E", ""))},
		{name: "exec/dir-opt", state: run(llb.Dir("/w"))},
		{name: "exec/user-host-cgroup", state: run(person...)},
		{name: "exec/extrahosts", state: run(hosts...)},
		{name: "exec/ulimit", state: run(limits...)},
		{name: "exec/net-host", state: run(llb.Network(llb.NetModeHost))},
		{name: "exec/net-none", state: run(llb.Network(llb.NetModeNone))},
		{name: "exec/insecure", state: run(llb.Security(llb.SecurityModeInsecure))},
		{name: "exec/proxy", state: run(llb.WithProxy(proxy))},
		{name: "exec/proxy-empty", state: run(llb.WithProxy(llb.ProxyEnv{}))},
		{name: "exec/validexit", state: run(llb.ValidExitCodes(0, 1, 42))},
		{name: "exec/readonlyroot-root", state: exec(args("true"), llb.ReadonlyRootFS()).Root()},
		{name: "exec/cdi", state: run(devices...)},
		{name: "exec/linuxres", state: run(llb.WithLinuxResources(resources))},
		{name: "exec/platform-opt", state: run(llb.LinuxArm64)},
	}
}

func states() []vector {
	arm := ocispecs.Platform{OS: "linux", Architecture: "aarch64", Variant: "v8"}
	option := alpine().AddEnv("A", "1").Run(args("x"), llb.AddEnv("B", "2")).Root()
	reset := after(alpine().AddEnv("A", "1").Dir("/q"), "x").Reset(llb.Scratch().AddEnv("B", "2"))
	return []vector{
		{name: "exec/on-scratch", state: after(llb.Scratch(), "true")},
		{name: "exec/dir-rel", state: after(alpine().Dir("/a").Dir("../b/./c"), "true")},
		{name: "exec/platform-from-image", state: after(llb.Image("a", llb.LinuxArm64), "true")},
		{name: "platform/exec-variant-normalize", state: after(alpine().Platform(arm), "x")},
		{
			name:  "exec/state-network-inherited",
			state: after(after(alpine().Network(llb.NetModeNone).User("u"), "x"), "y"),
		},
		{name: "env/with-image-after", state: after(option, "y")},
		{name: "exec/reset", state: after(reset, "y")},
	}
}

func caps() []vector {
	// What is not said to be there is not there.
	known := func(caps ...*apicapspb.APICap) []llb.ConstraintsOpt {
		return []llb.ConstraintsOpt{llb.WithCaps(pb.Caps.CapSet(caps))}
	}
	return []vector{
		{name: "exec/caps-no-setsdefaultpath", state: run()},
		{name: "exec/caps-all", state: run(), options: known(pb.Caps.All()...)},
		{name: "exec/caps-empty", state: run(), options: known()},
		{name: "exec/caps-empty-pathset", state: run(llb.AddEnv("PATH", "/x")), options: known()},
	}
}
