// What is addressed by digest: OCI layouts, and single blobs of registries and layouts.

package main

import "github.com/moby/buildkit/client/llb"

func blobs() []vector {
	file := []llb.ImageBlobOption{llb.Filename("f"), llb.Chmod(0o644), llb.Chown(1, 2)}
	return []vector{
		{
			name:  "ocilayout",
			state: llb.OCILayout("store/name@"+emptyDigest, llb.OCIStore("sess", "store"), llb.OCILayerLimit(3)),
		},
		{name: "ocilayout/checksum-ignored", state: llb.OCILayout("s@"+emptyDigest, llb.OCIChecksum(checksum))},
		{name: "imageblob", state: llb.ImageBlob("alpine@"+emptyDigest, file...)},
		{name: "imageblob/tagged-err", state: llb.ImageBlob("alpine:1@"+emptyDigest, file...)},
		{name: "ocilayoutblob", state: llb.OCILayoutBlob("alpine@"+emptyDigest, llb.ImageBlobOCIStore("s", "t"))},
	}
}
