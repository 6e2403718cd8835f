// Command twins writes what BuildKit's Dockerfile frontend makes of the Dockerfiles named on its command line: a definition each, as a
// line of base64. `cargo xtask twins` runs it; the scripts beside the Dockerfiles have to come to the same graphs.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"google.golang.org/protobuf/proto"
)

var amd64 = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

// registry answers for every image without asking anybody: no digest to pin, and a configuration that says nothing of its own. A script
// does not know more.
type registry struct{}

func (registry) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	// An image without layers would be taken for scratch.
	layers := ocispecs.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromString(ref)}}
	config, err := json.Marshal(ocispecs.Image{Platform: amd64, RootFS: layers})
	return ref, "", config, err
}

func main() {
	for _, path := range os.Args[1:] {
		dt, err := definition(path)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
		fmt.Println(base64.StdEncoding.EncodeToString(dt))
	}
}

func definition(path string) ([]byte, error) {
	ctx := context.Background()
	dockerfile, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	result, err := dockerfile2llb.Dockerfile2LLB(ctx, dockerfile, dockerfile2llb.ConvertOpt{
		MetaResolver:   registry{},
		TargetPlatform: &amd64,
	})
	if err != nil {
		return nil, err
	}
	definition, err := result.State.Marshal(ctx, llb.LinuxAmd64, llb.LocalUniqueID("luakit"))
	if err != nil {
		return nil, err
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(definition.ToPB())
}
