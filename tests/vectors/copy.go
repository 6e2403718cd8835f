// Copies: how paths are completed, the options, and copies between the same or no states.

package main

import (
	"time"

	"github.com/moby/buildkit/client/llb"
)

func copies() []vector {
	when := time.Time(created)
	everything := &llb.CopyInfo{
		Mode:                           &llb.ChmodOpt{Mode: 0o4755},
		ChownOpt:                       &llb.ChownOpt{User: &llb.UserOpt{UID: 1}},
		FollowSymlinks:                 true,
		CopyDirContentsOnly:            true,
		AttemptUnpack:                  true,
		CreateDestPath:                 true,
		AllowWildcard:                  true,
		AllowEmptyWildcard:             true,
		AlwaysReplaceExistingDestPaths: true,
		IncludePatterns:                []string{"i1", "i2"},
		ExcludePatterns:                []string{"e"},
		RequiredPaths:                  []string{"r"},
		CreatedTime:                    &when,
	}
	path := func(src, dest string) llb.State { return alpine().File(llb.Copy(local(), src, dest)) }
	with := func(option llb.CopyOption) llb.State { return alpine().File(llb.Copy(local(), "/a", "/b", option)) }
	self := alpine()
	return []vector{
		{name: "file/copy", state: path("/a", "/b")},
		{
			name:  "file/copy-rel-slash",
			state: alpine().Dir("/w").File(llb.Copy(local().Dir("/ctx"), "a/", "b/")),
		},
		{name: "file/copy-dot", state: alpine().Dir("/w").File(llb.Copy(local(), ".", "."))},
		{name: "file/copy-dest-slashdot", state: path("/", "/x/.")},
		{name: "file/copy-dest-root", state: path("/", "/")},
		{name: "file/copy-all", state: with(everything)},
		{name: "file/copy-modestr", state: with(llb.ChmodOpt{ModeStr: "u+rwX,go-w"})},
		{name: "file/copy-mode0", state: with(llb.ChmodOpt{Mode: 0})},
		{name: "file/copy-exclude", state: with(llb.WithExcludePatterns([]string{"x"}))},
		{name: "file/copy-user-name", state: with(llb.WithUser("app"))},
		{name: "file/copy-self", state: self.File(llb.Copy(self, "/a", "/b"))},
		{name: "file/copy-from-scratch", state: alpine().File(llb.Copy(llb.Scratch(), "/a", "/b"))},
		{name: "file/copy-onto-scratch", state: llb.Scratch().File(llb.Copy(local(), "/a", "/b"))},
	}
}
