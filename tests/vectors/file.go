// Changes to files, alone and several in one op.

package main

import (
	"time"

	"github.com/moby/buildkit/client/llb"
)

// created has nanoseconds that a float would lose.
var created = llb.WithCreatedTime(time.Unix(1_700_000_000, 5))

func files() []vector {
	owned := func(owner string) *llb.FileAction { return llb.Mkdir("/d", 0o755, llb.WithUser(owner)) }
	folder := llb.Mkdir("/d/./x/../y", 0o7777, llb.WithParents(true), llb.WithUIDGID(0, 7), created)
	epoch := llb.WithCreatedTime(time.Unix(0, 0))
	return []vector{
		{name: "file/mkdir", state: alpine().File(llb.Mkdir("/d", 0o755))},
		{name: "file/mkdir-opts", state: alpine().File(folder)},
		{name: "file/mkdir-user-name", state: alpine().File(owned("app:grp"))},
		{name: "file/mkdir-user-root", state: alpine().File(owned("root"))},
		{name: "file/mkdir-user-num", state: alpine().File(owned("1000:staff"))},
		{name: "file/mkdir-user-scratch", state: llb.Scratch().File(owned("app"))},
		{name: "file/mkfile", state: alpine().File(llb.Mkfile("/f", 0o644, []byte("data")))},
		{name: "file/mkfile-empty", state: alpine().File(llb.Mkfile("/f", 0, nil))},
		{name: "file/mkfile-opts", state: alpine().File(llb.Mkfile("/f", 0o600, []byte{0, 255}, llb.WithUIDGID(5, 6), epoch))},
		{name: "file/symlink", state: alpine().File(llb.Symlink("../a", "rel/l"))},
		{name: "file/symlink-opts", state: alpine().File(llb.Symlink("/a", "/l", llb.WithUIDGID(1, 2), created))},
		{name: "file/rm", state: alpine().File(llb.Rm("/x"))},
		{name: "file/rm-opts", state: alpine().File(llb.Rm("/x/*", llb.WithAllowNotFound(true), llb.WithAllowWildcard(true)))},
		{name: "file/scratch-mkdir", state: llb.Scratch().File(llb.Mkdir("/d", 0o755))},
		{name: "file/platform-opt", state: alpine().File(llb.Mkdir("/d", 0o755), llb.LinuxArm64)},
	}
}

func chains() []vector {
	chain := llb.Mkdir("/d", 0o755).
		Mkfile("/d/f", 0o644, []byte("x")).
		Copy(local(), "/a", "/d/").
		Symlink("f", "/d/l").
		Rm("/d/f")
	two := llb.Copy(llb.Local("one"), "/a", "/1").Copy(llb.Local("two"), "/b", "/2")
	file := llb.Mkfile("/f", 0o644, []byte("x"))
	return []vector{
		{name: "file/chain", state: alpine().File(chain)},
		{name: "file/chain-two-copies", state: alpine().File(two)},
		{
			name:  "file/seq-two-files",
			state: alpine().File(llb.Mkdir("/d", 0o755)).File(llb.Mkfile("/d/f", 0o644, []byte("x"))),
		},
		{name: "file/withstate", state: alpine().File(llb.Copy(file.WithState(llb.Scratch()), "/f", "/g"))},
	}
}
