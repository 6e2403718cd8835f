//! What an op says, with the field names of `ops.proto`. Empty fields are left out.

use crate::pb;
use pb::file_action::Action;
use pb::user_opt::User;
use serde_json::{Map, Value, json};

/// What an op says.
pub(crate) fn details(op: &pb::Op) -> Value {
    match &op.op {
        None => json!({}),
        Some(pb::op::Op::Source(it)) => said(json!({"identifier": it.identifier, "attrs": attrs(&it.attrs)})),
        Some(pb::op::Op::Exec(it)) => exec(it),
        Some(pb::op::Op::File(it)) => {
            let actions: Vec<Value> = it.actions.iter().map(action).collect();
            json!({"actions": actions})
        }
        Some(pb::op::Op::Merge(it)) => {
            json!({"inputs": it.inputs.iter().map(|it| it.input).collect::<Vec<_>>()})
        }
        Some(pb::op::Op::Diff(it)) => {
            let (lower, upper) = (it.lower.as_ref().map(|it| it.input), it.upper.as_ref().map(|it| it.input));
            json!({"lower": lower, "upper": upper})
        }
        Some(pb::op::Op::Build(it)) => json!({"builder": it.builder, "attrs": attrs(&it.attrs)}),
        Some(pb::op::Op::Passthrough(it)) => json!({"id": it.id, "outputs": it.outputs}),
    }
}

fn exec(exec: &pb::ExecOp) -> Value {
    let none = pb::Meta::default();
    let meta = exec.meta.as_ref().unwrap_or(&none);
    let secrets =
        exec.secretenv.iter().map(|it| json!({"name": it.name, "id": it.id, "optional": it.optional}));
    let devices = exec.cdi_devices.iter().map(|it| json!({"name": it.name, "optional": it.optional}));
    let hosts = meta.extra_hosts.iter().map(|it| json!({"host": it.host, "ip": it.ip}));
    let limits = meta.ulimit.iter().map(|it| json!({"name": it.name, "soft": it.soft, "hard": it.hard}));
    let proxy = meta.proxy_env.as_ref().map(|it| {
        said(json!({
            "http_proxy": it.http_proxy, "https_proxy": it.https_proxy, "ftp_proxy": it.ftp_proxy,
            "no_proxy": it.no_proxy, "all_proxy": it.all_proxy,
        }))
    });
    said(json!({
        "args": meta.args,
        "env": meta.env,
        "cwd": meta.cwd,
        "user": meta.user,
        "hostname": meta.hostname,
        "network": named(exec.network, exec.network().as_str_name()),
        "security": named(exec.security, exec.security().as_str_name()),
        "secretenv": secrets.collect::<Vec<_>>(),
        "cdiDevices": devices.collect::<Vec<_>>(),
        "extraHosts": hosts.collect::<Vec<_>>(),
        "ulimit": limits.collect::<Vec<_>>(),
        "cgroupParent": meta.cgroup_parent,
        "validExitCodes": meta.valid_exit_codes,
        "proxy_env": proxy,
        "mounts": exec.mounts.iter().map(mount).collect::<Vec<_>>(),
    }))
}

fn mount(mount: &pb::Mount) -> Value {
    let secret = mount.secret_opt.as_ref().map(|it| (&it.id, it.uid, it.gid, it.mode, it.optional));
    let agent = mount.ssh_opt.as_ref().map(|it| (&it.id, it.uid, it.gid, it.mode, it.optional));
    let file = |(id, uid, gid, mode, optional): (&String, u32, u32, u32, bool)| json!({"id": id, "uid": uid, "gid": gid, "mode": format!("{mode:04o}"), "optional": optional});
    let cache = mount.cache_opt.as_ref();
    let cache = cache.map(|it| json!({"id": it.id, "sharing": it.sharing().as_str_name().to_lowercase()}));
    let mut json = said(json!({
        "dest": mount.dest,
        "type": mount.mount_type().as_str_name().to_lowercase(),
        "selector": mount.selector,
        "readonly": mount.readonly,
        "contentCache": named(mount.content_cache, mount.content_cache().as_str_name()),
        "cacheOpt": cache,
        "TmpfsOpt": mount.tmpfs_opt.as_ref().map(|it| json!({"size": it.size})),
        "secretOpt": secret.map(file),
        "SSHOpt": agent.map(file),
    }));
    json["input"] = json!(mount.input);
    json["output"] = json!(mount.output);
    json
}

fn action(action: &pb::FileAction) -> Value {
    let (kind, details) = match &action.action {
        None => ("none", json!({})),
        Some(Action::Copy(it)) => ("copy", copy(it)),
        Some(Action::Mkfile(it)) => {
            let data = it.data.len();
            (
                "mkfile",
                json!({"path": it.path, "mode": octal(it.mode), "size": data,
                "text": std::str::from_utf8(&it.data).ok(), "owner": owner(it.owner.as_ref()),
                "timestamp": time(it.timestamp)}),
            )
        }
        Some(Action::Mkdir(it)) => (
            "mkdir",
            json!({"path": it.path, "mode": octal(it.mode), "makeParents": it.make_parents,
                "owner": owner(it.owner.as_ref()), "timestamp": time(it.timestamp)}),
        ),
        Some(Action::Rm(it)) => (
            "rm",
            json!({"path": it.path, "allowNotFound": it.allow_not_found, "allowWildcard": it.allow_wildcard}),
        ),
        Some(Action::Symlink(it)) => (
            "symlink",
            json!({"oldpath": it.oldpath, "newpath": it.newpath, "owner": owner(it.owner.as_ref()),
                "timestamp": time(it.timestamp)}),
        ),
    };
    json!({
        "input": action.input,
        "secondaryInput": action.secondary_input,
        "output": action.output,
        kind: said(details),
    })
}

fn copy(it: &pb::FileActionCopy) -> Value {
    json!({
        "src": it.src,
        "dest": it.dest,
        "mode": (it.mode >= 0 && it.mode_str.is_empty()).then(|| octal(it.mode)),
        "modeStr": it.mode_str,
        "owner": owner(it.owner.as_ref()),
        "followSymlink": it.follow_symlink,
        "dirCopyContents": it.dir_copy_contents,
        "attemptUnpackDockerCompatibility": it.attempt_unpack_docker_compatibility,
        "createDestPath": it.create_dest_path,
        "allowWildcard": it.allow_wildcard,
        "allowEmptyWildcard": it.allow_empty_wildcard,
        "alwaysReplaceExistingDestPaths": it.always_replace_existing_dest_paths,
        "include_patterns": it.include_patterns,
        "exclude_patterns": it.exclude_patterns,
        "required_paths": it.required_paths,
        "timestamp": time(it.timestamp),
    })
}

fn owner(owner: Option<&pb::ChownOpt>) -> Value {
    let user = |it: &pb::UserOpt| match &it.user {
        None => Value::Null,
        Some(User::ByName(it)) => json!(it.name),
        Some(User::ById(id)) => json!(id),
    };
    owner.map_or(Value::Null, |it| {
        said(json!({"user": it.user.as_ref().map(user), "group": it.group.as_ref().map(user)}))
    })
}

fn attrs(attrs: &[pb::StringEntry]) -> Map<String, Value> {
    attrs.iter().map(pb::StringEntry::pair).map(|(name, value)| (name, json!(value))).collect()
}

fn octal(mode: i32) -> String {
    format!("{mode:04o}")
}

fn time(nanoseconds: i64) -> Option<i64> {
    (nanoseconds != -1).then_some(nanoseconds)
}

/// An enum's name, unless it is the default.
fn named(number: i32, name: &str) -> Option<String> {
    (number != 0).then(|| name.to_lowercase())
}

/// Leaves out what says nothing: null, false, and what is empty.
fn said(mut json: Value) -> Value {
    if let Value::Object(map) = &mut json {
        map.retain(|_, value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
            _ => true,
        });
    }
    json
}
