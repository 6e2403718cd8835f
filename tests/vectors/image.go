// Images: how references are completed, their options, and what an image's configuration does to commands.

package main

import (
	"context"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

const (
	emptyDigest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	checksum    = digest.Digest("sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
)

func images() []vector {
	windows := ocispecs.Platform{OS: "windows", Architecture: "amd64", OSVersion: "10.0.1", OSFeatures: []string{"win32k"}}
	override := llb.Image("a", resolved()).AddEnv("FOO", "mine").AddEnv("Z", "1").Dir("rel")
	return []vector{
		{name: "scratch", state: llb.Scratch()},
		{name: "image/untagged", state: llb.Image("alpine")},
		{name: "image/tag", state: llb.Image("alpine:3.19")},
		{name: "image/digest", state: llb.Image("alpine@" + emptyDigest)},
		{name: "image/tag+digest", state: llb.Image("alpine:3.19@" + emptyDigest)},
		{name: "image/host-port", state: llb.Image("localhost:5000/a/b")},
		{name: "image/user", state: llb.Image("moby/buildkit")},
		{name: "image/index-host", state: llb.Image("index.docker.io/library/alpine:1")},
		{name: "image/bad-upper", state: llb.Image("library/Alpine")},
		{name: "image/bad-prefix", state: llb.Image("docker-image://alpine")},
		{name: "image/platform-arm64", state: llb.Image("alpine:3.19", llb.LinuxArm64)},
		{name: "image/platform-armhf", state: llb.Image("alpine:3.19", llb.LinuxArmhf)},
		{name: "image/platform-osversion", state: llb.Image("x", llb.Platform(windows))},
		{name: "image/resolvemode-default", state: llb.Image("a", llb.ResolveModeDefault)},
		{name: "image/resolvemode-pull", state: llb.Image("a", llb.ResolveModeForcePull)},
		{name: "image/resolvemode-local", state: llb.Image("a", llb.ResolveModePreferLocal)},
		{name: "image/layerlimit", state: llb.Image("a", llb.WithLayerLimit(2))},
		{name: "image/checksum", state: llb.Image("a", llb.WithImageChecksum(checksum))},
		{name: "image/internal", state: llb.Image("a", llb.MarkImageInternal)},
		{name: "image/metaresolver-run", state: after(llb.Image("a", resolved()), "true")},
		{
			name:  "image/metaresolver-resolvedigest-run",
			state: after(llb.Image("a", resolved(), llb.ResolveDigest(true)), "true"),
		},
		{name: "image/metaresolver-env-override", state: after(override, "true")},
	}
}

// registry answers in a registry's place, with the same image to whatever is asked.
type registry struct{}

func (registry) ResolveImageConfig(
	_ context.Context, ref string, _ sourceresolver.Opt,
) (string, digest.Digest, []byte, error) {
	config := `{"architecture":"amd64","os":"linux","config":{` +
		`"Env":["PATH=/img/bin:/bin","FOO=img","EMPTY=","NOEQ"],"WorkingDir":"/work","User":"u","Entrypoint":["/e"],"Cmd":["c"]}}`
	return ref, "sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f", []byte(config), nil
}

func resolved() llb.ImageOption {
	return llb.WithMetaResolver(registry{})
}
