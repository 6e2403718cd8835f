// Merges, differences, dependencies without files, nested builds, and the platform of it all.

package main

import (
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/llbbuild"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func merges() []vector {
	merge := func(states ...llb.State) llb.State { return llb.Merge(states) }
	base, scratch := alpine(), llb.Scratch()
	odd := llb.Platform(ocispecs.Platform{OS: "linux", Architecture: "x86_64"})
	values := merge(alpine().AddEnv("A", "1").Dir("/w"), local().AddEnv("B", "2"))
	return []vector{
		{name: "merge/none", state: merge()},
		{name: "merge/one", state: merge(alpine())},
		{name: "merge/one+scratch", state: merge(scratch, alpine())},
		{name: "merge/two", state: merge(alpine(), local())},
		{name: "merge/three+scratch", state: merge(alpine(), scratch, local(), llb.Image("b"))},
		{name: "merge/dup", state: merge(base, base)},
		{name: "diff/scratch-scratch", state: llb.Diff(scratch, scratch)},
		{name: "diff/scratch-upper", state: llb.Diff(scratch, alpine())},
		{name: "diff/lower-scratch", state: llb.Diff(alpine(), scratch)},
		{name: "diff/two", state: llb.Diff(base, after(base, "true"))},
		{name: "diff/same", state: llb.Diff(base, base)},
		{
			name:  "merge/base+diffs",
			state: merge(base, llb.Diff(base, after(base, "x")), llb.Diff(base, after(base, "y"))),
		},
		{name: "merge/then-run", state: after(values, "true")},
		{name: "passthrough", state: alpine().Requires("id1", local(), llb.Scratch())},
		{name: "build/llbbuild", state: local().With(llbbuild.Build(llbbuild.WithFilename("f.llb")))},
		{name: "build/llbbuild-default", state: local().With(llbbuild.Build())},
		{name: "platform/marshal-x86_64", state: alpine(), options: []llb.ConstraintsOpt{odd}},
	}
}
