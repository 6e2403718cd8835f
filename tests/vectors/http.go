// Files of web servers, and sources that the client does not know.

package main

import "github.com/moby/buildkit/client/llb"

func web() []vector {
	everything := []llb.HTTPOption{
		llb.Checksum(checksum),
		llb.Filename("f"),
		llb.Chmod(0o755),
		llb.Chown(3, 4),
		llb.Header(llb.HTTPHeader{Accept: "a/b", UserAgent: "ua"}),
		llb.AuthHeaderSecret("S"),
		llb.VerifyPGPSignature(llb.HTTPSignatureInfo{PubKey: []byte("PK"), Signature: []byte("SG")}),
	}
	raw := llb.NewSource("https://e/x", map[string]string{"a": "1", "b": ""}, llb.Constraints{})
	return []vector{
		{name: "http/plain", state: llb.HTTP("https://example.com/x.tgz")},
		{name: "http/all", state: llb.HTTP("https://example.com/x.tgz", everything...)},
		{name: "http/header-empty", state: llb.HTTP("http://e/x", llb.Header(llb.HTTPHeader{}))},
		{name: "http/chmod-bits", state: llb.HTTP("http://e/x", llb.Chmod(0o4755))},
		{name: "source/raw-empty-attr", state: llb.NewState(raw.Output())},
	}
}
