//! `bk.cache`, `bk.secret`, `bk.ssh`, `bk.tmpfs`, `bk.bind`.

use super::{Calling, option};
use crate::failure::Failure;
use crate::objects;
use luakit_api::calls::{self, Bind, Cache, Secret, Sharing, Ssh, Tmpfs};
use luakit_diagnostics::Code;
use luakit_llb::{
    CacheSharing, ContentCache, FileAction, Mkdir, Mount, MountKind, Owner, State, UserId, clean_path,
};
use mlua::Value;

fn object(calling: &Calling<'_>, mount: Mount) -> mlua::Result<Value> {
    let dest = mount.dest.clone();
    objects::mount(calling.lua, calling.run.add_mount(mount), dest)
}

pub(super) fn cache(calling: &Calling<'_>, call: Cache) -> mlua::Result<Value> {
    let Cache { dest, opts } = call;
    let id = opts.id.map_or_else(|| clean_path(&dest.0), |id| id.0);
    let seeded = opts.uid.is_some() || opts.gid.is_some() || opts.mode.is_some();
    if seeded && opts.source.is_some() {
        let what =
            "source cannot stand beside `uid`, `gid` or `mode`: those describe a cache that starts empty";
        return Err(calling.fail_at(option(1, "source"), Code::INVALID_VALUE, what, None).into());
    }
    let mut mount = Mount::cache(dest.0, id.clone());
    mount.kind = MountKind::Cache {
        id,
        sharing: match opts.sharing {
            Sharing::Shared => CacheSharing::Shared,
            Sharing::Private => CacheSharing::Private,
            Sharing::Locked => CacheSharing::Locked,
        },
    };
    mount.readonly = opts.readonly;
    if let Some(source) = opts.source {
        mount.source = calling.run.state(source);
    } else if seeded {
        // As the Dockerfile frontend does: the new cache is a directory made with these attributes.
        let root = State::scratch();
        let made = Mkdir {
            path: "/cache".into(),
            mode: opts.mode.map_or(0o755, |mode| mode.0),
            owner: Some(Owner {
                user: Some(UserId::Id(opts.uid.unwrap_or(0))),
                group: Some(UserId::Id(opts.gid.unwrap_or(0))),
            }),
            ..Mkdir::default()
        };
        let made = calling.run.graph.borrow_mut().file(&root, vec![FileAction::Mkdir(made)]);
        mount.source = made.map_err(|err| calling.refused(&err))?;
        mount.selector = "/cache".into();
    }
    object(calling, mount)
}

pub(super) fn secret(calling: &Calling<'_>, call: Secret) -> mlua::Result<Value> {
    let Secret { dest, opts } = call;
    let id = match opts.id {
        Some(id) => id.0,
        None => match clean_path(&dest.0).rsplit('/').next() {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => return Err(nameless(calling).into()),
        },
    };
    let mut mount = Mount::secret(dest.0, id.clone());
    mount.kind =
        MountKind::Secret { id, uid: opts.uid, gid: opts.gid, mode: opts.mode.0, optional: opts.optional };
    object(calling, mount)
}

fn nameless(calling: &Calling<'_>) -> Failure {
    let arg = vec![luakit_api::Step::Arg(0)];
    calling.fail_at(
        arg,
        Code::INVALID_VALUE,
        "dest has no last part to take the id from",
        Some("give an `id`"),
    )
}

pub(super) fn ssh(calling: &Calling<'_>, call: Ssh) -> mlua::Result<Value> {
    let opts = call.opts;
    let mut mount = Mount::ssh(opts.dest.0, opts.id.0.clone());
    mount.kind = MountKind::Ssh {
        id: opts.id.0,
        uid: opts.uid,
        gid: opts.gid,
        mode: opts.mode.0,
        optional: opts.optional,
    };
    object(calling, mount)
}

pub(super) fn tmpfs(calling: &Calling<'_>, call: &Tmpfs) -> mlua::Result<Value> {
    let mut mount = Mount::tmpfs(call.dest.0.clone());
    mount.kind = MountKind::Tmpfs { size: call.opts.size.map_or(0, |size| size.0) };
    object(calling, mount)
}

pub(super) fn bind(calling: &Calling<'_>, call: Bind) -> mlua::Result<Value> {
    let Bind { state, dest, opts } = call;
    let source = calling.run.state(state);
    if opts.readonly && source.is_scratch() {
        let what = "scratch cannot be mounted read-only: it is empty, and BuildKit refuses it";
        let arg = vec![luakit_api::Step::Arg(0)];
        return Err(calling.fail_at(arg, Code::INVALID_OP, what, Some("add `readonly = false`")).into());
    }
    let mut mount = Mount::bind(&source, dest.0);
    mount.readonly = opts.readonly;
    mount.no_output = opts.no_output;
    mount.selector = opts.selector.map(|path| path.0).unwrap_or_default();
    mount.content_cache = match opts.content_cache {
        None | Some(calls::ContentCache::Default) => ContentCache::Default,
        Some(calls::ContentCache::On) => ContentCache::On,
        Some(calls::ContentCache::Off) => ContentCache::Off,
    };
    // BuildKit refuses the op: what is kept holds files that were not looked at.
    let part = clean_path(&format!("/{}", mount.selector)) != "/";
    let kept = !mount.readonly && !mount.no_output && !source.is_scratch();
    if mount.content_cache == ContentCache::On && part && kept {
        let what = "content_cache must not be \"on\" for a part of a state that is kept after writing to it";
        let hint = "add `no_output = true`, or leave `selector` out";
        return Err(calling
            .fail_at(option(2, "content_cache"), Code::INVALID_VALUE, what, Some(hint))
            .into());
    }
    object(calling, mount)
}
