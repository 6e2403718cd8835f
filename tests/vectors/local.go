// Directories of the client.

package main

import "github.com/moby/buildkit/client/llb"

func locals() []vector {
	everything := []llb.LocalOption{
		// The pattern shows how Go escapes what it writes as JSON.
		llb.IncludePatterns([]string{"a", "b/<&>"}),
		llb.ExcludePatterns([]string{"*.md"}),
		llb.FollowPaths([]string{"x"}),
		llb.SharedKeyHint("hint"),
		llb.Differ(llb.DiffNone, true),
		llb.MetadataOnlyTransfer([]string{"go.mod"}),
	}
	empty := []llb.LocalOption{
		llb.IncludePatterns(nil), llb.ExcludePatterns([]string{}), llb.FollowPaths(nil),
	}
	return []vector{
		{name: "local/plain", state: llb.Local("context")},
		{name: "local/all", state: llb.Local("context", everything...)},
		{name: "local/session", state: llb.Local("context", llb.SessionID("sess"))},
		{name: "local/differ-notrequired", state: llb.Local("c", llb.Differ(llb.DiffMetadata, false))},
		{name: "local/metadataonly-none", state: llb.Local("c", llb.MetadataOnlyTransfer(nil))},
		{name: "local/empty-patterns", state: llb.Local("c", empty...)},
	}
}
