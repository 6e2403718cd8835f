//! `state:copy`, `state:mkdir`, `state:mkfile`, `state:rm`, `state:symlink`, and several of them by `state:files`.

use super::{Calling, option};
use crate::failure::Failure;
use crate::objects;
use crate::run::FilesList;
use luakit_api::Step;
use luakit_api::calls::{self, Symlink};
use luakit_api::values::{self, Strings, UserName};
use luakit_diagnostics::Code;
use luakit_llb::{Copy, CopyMode, FileAction, Mkdir, Mkfile, Owner, Rm, State, UserId};
use mlua::Value;

/// Does an action by itself.
pub(super) fn file(calling: &Calling<'_>, action: FileAction) -> Result<State, Failure> {
    calling.run.graph.borrow_mut().file(&calling.receiver, vec![action]).map_err(|err| calling.refused(&err))
}

/// Begins a `files`: makes the object that its function gets.
pub(super) fn begin(calling: &Calling<'_>) -> mlua::Result<Value> {
    let mut lists = calling.run.files_lists.borrow_mut();
    lists.push(FilesList { base: calling.receiver.clone(), actions: Some(Vec::new()), failed: false });
    objects::files(calling.lua, (lists.len() - 1) as u32)
}

/// Adds an action to a `files`, and gives its object again.
pub(super) fn add(calling: &Calling<'_>, action: FileAction) -> mlua::Result<Value> {
    let id = calling.receiver_id.unwrap_or_default();
    let checked = luakit_llb::Graph::check_action(&calling.receiver, &action);
    checked.map_err(|err| calling.refused(&err))?;
    calling.run.actions.set(calling.run.actions.get() + 1);
    let mut lists = calling.run.files_lists.borrow_mut();
    match lists.get_mut(id as usize).and_then(|list| list.actions.as_mut()) {
        Some(actions) => actions.push(action),
        None => {
            drop(lists);
            let what = "the function that this belongs to has ended";
            let mut failure = calling.fail(Code::INVALID_OP, what);
            for diagnostic in &mut failure.diagnostics {
                diagnostic.hints.push("what `files` gives to its function is of use only in it".into());
            }
            return Err(failure.into());
        }
    }
    objects::files(calling.lua, id)
}

/// Ends a `files`: makes the operation of its actions.
pub(super) fn end(calling: &Calling<'_>, id: u32) -> Result<State, Failure> {
    let actions =
        calling.run.files_lists.borrow_mut().get_mut(id as usize).and_then(|list| list.actions.take());
    let actions = actions.unwrap_or_default();
    let failed = calling.run.files_lists.borrow().get(id as usize).is_some_and(|list| list.failed);
    if actions.is_empty() && failed {
        return Ok(calling.receiver.clone());
    }
    if actions.is_empty() {
        let what = "the function does nothing, and an operation needs an action";
        let hint = "call `copy`, `mkdir`, `mkfile`, `rm` or `symlink` on what it is given";
        return Err(calling.fail_at(vec![Step::Arg(0)], Code::INVALID_OP, what, Some(hint)));
    }
    calling.run.graph.borrow_mut().file(&calling.receiver, actions).map_err(|err| calling.refused(&err))
}

pub(super) fn copy(calling: &Calling<'_>, call: calls::Copy) -> Result<FileAction, Failure> {
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
    Ok(FileAction::Copy(copy))
}

pub(super) fn mkdir(calling: &Calling<'_>, call: calls::Mkdir) -> Result<FileAction, Failure> {
    let opts = call.opts;
    let mkdir = Mkdir {
        path: call.path.0,
        mode: opts.mode.0,
        make_parents: opts.make_parents,
        owner: owner(calling, opts.owner, 1)?,
        timestamp: opts.timestamp.map(|time| time.0),
    };
    Ok(FileAction::Mkdir(mkdir))
}

pub(super) fn mkfile(calling: &Calling<'_>, call: calls::Mkfile) -> Result<FileAction, Failure> {
    let opts = call.opts;
    let mkfile = Mkfile {
        path: call.path.0,
        mode: opts.mode.0,
        data: call.data.0,
        owner: owner(calling, opts.owner, 2)?,
        timestamp: opts.timestamp.map(|time| time.0),
    };
    Ok(FileAction::Mkfile(mkfile))
}

pub(super) fn rm(call: calls::Rm) -> FileAction {
    let opts = call.opts;
    let rm =
        Rm { path: call.path.0, allow_not_found: opts.allow_not_found, allow_wildcard: opts.allow_wildcard };
    FileAction::Rm(rm)
}

pub(super) fn symlink(calling: &Calling<'_>, call: Symlink) -> Result<FileAction, Failure> {
    let opts = call.opts;
    let symlink = luakit_llb::Symlink {
        oldpath: call.oldpath.0,
        newpath: call.newpath.0,
        owner: owner(calling, opts.owner, 2)?,
        timestamp: opts.timestamp.map(|time| time.0),
    };
    Ok(FileAction::Symlink(symlink))
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
