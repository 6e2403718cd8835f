// Where ops were made.

package main

import (
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

func sourceMaps() []vector {
	build := func() *llb.SourceMap { return llb.NewSourceMap(nil, "build.lua", "Lua", []byte("bk.export(x)\n")) }
	first, again := build(), build()
	lib := llb.NewSourceMap(nil, "lib.lua", "Lua", []byte("y"))
	at := func(file *llb.SourceMap) llb.ConstraintsOpt { return file.Location(place(3, 4, 9)) }
	one := alpine().Run(args("true"), at(first)).Root()
	two := alpine().Run(args("true"), first.Location(place(9, 0, 0))).Root()
	return []vector{
		{name: "sm/two", state: llb.Image("alpine:3.19", at(first)).Run(args("true"), at(first)).Root()},
		{
			name: "sm/dup-file",
			state: llb.Image("alpine:3.19", at(first), lib.Location(nil)).
				Run(args("true"), at(again), at(lib)).Root(),
		},
		{name: "sm/same-op-two-places", state: llb.Merge([]llb.State{one, two})},
	}
}

// place is a range within a line.
func place(line, start, end int32) []*pb.Range {
	return []*pb.Range{{
		Start: &pb.Position{Line: line, Character: start},
		End:   &pb.Position{Line: line, Character: end},
	}}
}
