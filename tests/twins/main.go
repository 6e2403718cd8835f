package main
import (
 _ "github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
 _ "github.com/opencontainers/image-spec/specs-go/v1"
 _ "google.golang.org/protobuf/proto"
)
func main() {}
