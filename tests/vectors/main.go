// Command vectors writes what BuildKit's own client makes of the graphs in this folder, a JSON object a line: crates/llb
// has to come to the same bytes. `cargo xtask vectors` runs it.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// vector is a graph and what Marshal is told beyond fixed. crates/llb/tests/vectors has the same graph under the same
// name.
type vector struct {
	name    string
	state   llb.State
	options []llb.ConstraintsOpt
}

// fixed keeps the machine and its randomness out of the bytes: else the client takes the platform of where it runs, and
// a new id every time.
var fixed = []llb.ConstraintsOpt{llb.LinuxAmd64, llb.LocalUniqueID("uniq")}

func main() {
	vectors := slices.Concat(
		images(), blobs(), locals(), repositories(), web(),
		execs(), states(), caps(), secrets(), mounts(), outputs(),
		files(), chains(), copies(), merges(), metadata(), sourceMaps(),
	)
	lines := json.NewEncoder(os.Stdout)
	for _, v := range vectors {
		line, err := v.line()
		if err == nil {
			err = lines.Encode(line)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", v.name, err)
			os.Exit(1)
		}
	}
}

type line struct {
	Name   string `json:"name"`
	Error  string `json:"error,omitempty"`
	Ops    []op   `json:"ops,omitempty"`
	Source any    `json:"source,omitempty"`
}

// op has an op's bytes twice: as they are, and to be read.
type op struct {
	Digest   digest.Digest `json:"digest"`
	Bytes    []byte        `json:"bytes"`
	Op       any           `json:"op"`
	Metadata any           `json:"metadata"`
}

func (v vector) line() (*line, error) {
	definition, err := v.state.Marshal(context.Background(), slices.Concat(fixed, v.options)...)
	if err != nil {
		// What the client says to a mistake is part of what we copy.
		return &line{Name: v.name, Error: err.Error()}, nil
	}
	line := &line{Name: v.name}
	for _, dt := range definition.Def {
		var decoded pb.Op
		if err := proto.Unmarshal(dt, &decoded); err != nil {
			return nil, err
		}
		op := op{Digest: digest.FromBytes(dt), Bytes: dt}
		if op.Op, err = readable(&decoded); err != nil {
			return nil, err
		}
		if op.Metadata, err = readable(definition.Metadata[op.Digest].ToPB()); err != nil {
			return nil, err
		}
		line.Ops = append(line.Ops, op)
	}
	// Without a source map there is still a list of ops without places.
	if len(definition.Source.GetInfos()) > 0 {
		line.Source, err = readable(definition.Source)
	}
	return line, err
}

// readable is a message for encoding/json, which always writes the same: protojson's own spacing differs from build to
// build, on purpose.
func readable(message proto.Message) (any, error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return value, decoder.Decode(&value)
}
