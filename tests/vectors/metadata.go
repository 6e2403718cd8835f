// What is said about ops, none of which is in their bytes but the worker that they want.

package main

import "github.com/moby/buildkit/client/llb"

func metadata() []vector {
	base := alpine()
	one := base.Run(args("true"), llb.WithCustomName("one")).Root()
	two := base.Run(args("true"), llb.IgnoreCache).Root()
	defaults := []llb.ConstraintsOpt{
		llb.Require("w"), llb.IgnoreCache, llb.WithDescription(map[string]string{"k": "v"}),
	}
	return []vector{
		{name: "md/ignorecache", state: run(llb.IgnoreCache)},
		{name: "md/customname", state: run(llb.WithCustomName("n"))},
		{name: "md/desc", state: run(llb.WithDescription(map[string]string{"a": "1", "b": "2"}))},
		{name: "md/exportcache", state: run(llb.WithExportCache())},
		{name: "md/noexportcache", state: run(llb.WithoutExportCache())},
		{name: "md/progressgroup", state: run(llb.ProgressGroup("id", "name", true))},
		{name: "md/require", state: run(llb.Require("a==b", "c"))},
		{name: "md/file", state: alpine().File(llb.Mkdir("/d", 0o755), llb.WithCustomName("mk"), llb.IgnoreCache)},
		{name: "md/marshal-defaults", state: run(), options: defaults},
		{name: "md/merge-dup-vertices", state: llb.Merge([]llb.State{one, two})},
	}
}
