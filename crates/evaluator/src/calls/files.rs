//! `state:copy`, `state:mkdir`, `state:mkfile`, `state:rm`, `state:symlink`.

use super::{Calling, option};
use crate::failure::Failure;
use luakit_api::calls::{self, Symlink};
use luakit_api::values::{self, Strings, UserName};
use luakit_diagnostics::Code;
use luakit_llb::{Copy, CopyMode, FileAction, Mkdir, Mkfile, Owner, Rm, State, UserId};

fn file(calling: &Calling<'_>, action: FileAction) -> Result<State, Failure> {
    calling.run.graph.borrow_mut().file(&calling.receiver, vec![action]).map_err(|err| calling.refused(&err))
}

pub(super) fn copy(calling: &Calling<'_>, call: calls::Copy) -> Result<State, Failure> {
    let opts = call.opts;
    let from = calling.run.state(call.from.0);
    let list = |strings: Option<Strings>| strings.map(|strings| strings.0).unwrap_or_default();
    let copy = Copy {
        // The contract between script and LLB has a context's root as scripts write it.
        keep_dot: true,
        mode: opts.mode.map(|mode| match mode {
            values::CopyMode::Bits(bits) => CopyMode::Octal(bits),
            values::CopyMode::Symbolic(text) => CopyMode::Symbolic(text),
        }),
        owner: owner(calling, opts.owner, 3)?,
        follow_symlink: opts.follow_symlink,
        contents_only: opts.contents_only,
        unpack: opts.unpack,
        create_dest_path: opts.create_dest_path,
        allow_wildcard: opts.allow_wildcard,
        allow_empty_wildcard: opts.allow_empty_wildcard,
        replace_existing: opts.replace_existing,
        include: list(opts.include),
        exclude: list(opts.exclude),
        required_paths: list(opts.required_paths),
        timestamp: opts.timestamp.map(|time| time.0),
        ..Copy::new(&from, call.src.0, call.dest.0)
    };
    file(calling, FileAction::Copy(copy))
}

pub(super) fn mkdir(calling: &Calling<'_>, call: calls::Mkdir) -> Result<State, Failure> {
    let opts = call.opts;
    let mkdir = Mkdir {
        path: call.path.0,
        mode: opts.mode.0,
        make_parents: opts.make_parents,
        owner: owner(calling, opts.owner, 1)?,
        timestamp: opts.timestamp.map(|time| time.0),
    };
    file(calling, FileAction::Mkdir(mkdir))
}

pub(super) fn mkfile(calling: &Calling<'_>, call: calls::Mkfile) -> Result<State, Failure> {
    let opts = call.opts;
    let mkfile = Mkfile {
        path: call.path.0,
        mode: opts.mode.0,
        data: call.data.0,
        owner: owner(calling, opts.owner, 2)?,
        timestamp: opts.timestamp.map(|time| time.0),
    };
    file(calling, FileAction::Mkfile(mkfile))
}

pub(super) fn rm(calling: &Calling<'_>, call: calls::Rm) -> Result<State, Failure> {
    let opts = call.opts;
    let rm =
        Rm { path: call.path.0, allow_not_found: opts.allow_not_found, allow_wildcard: opts.allow_wildcard };
    file(calling, FileAction::Rm(rm))
}

pub(super) fn symlink(calling: &Calling<'_>, call: Symlink) -> Result<State, Failure> {
    let opts = call.opts;
    let symlink = luakit_llb::Symlink {
        oldpath: call.oldpath.0,
        newpath: call.newpath.0,
        owner: owner(calling, opts.owner, 2)?,
        timestamp: opts.timestamp.map(|time| time.0),
    };
    file(calling, FileAction::Symlink(symlink))
}

/// Returns the owner that was given in the options at `arg`.
fn owner(calling: &Calling<'_>, owner: Option<values::Owner>, arg: usize) -> Result<Option<Owner>, Failure> {
    let Some(owner) = owner else { return Ok(None) };
    for name in [&owner.user, &owner.group].into_iter().flatten() {
        if let (UserName::Name(name), true) = (name, calling.receiver.is_scratch()) {
            let what =
                format!("owner `{name}` cannot be looked up: scratch has no /etc/passwd and no /etc/group");
            let hint = "give the owner by number, as in `{ user = 1000 }`";
            return Err(calling.fail_at(option(arg, "owner"), Code::INVALID_OP, what, Some(hint)));
        }
    }
    let id = |name: UserName| match name {
        UserName::Name(name) => UserId::Name(name),
        UserName::Id(id) => UserId::Id(id),
    };
    Ok(Some(Owner { user: owner.user.map(id), group: owner.group.map(id) }))
}
