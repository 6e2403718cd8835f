//! The parts of BuildKit's cache keys: what counts of an op itself, and what counts of its inputs.
//!
//! Written after `CacheMap` of each op in `solver/llbsolver/ops` of BuildKit 0.34.

use super::sources;
use crate::{MarshalledOp, pb};
use pb::file_action::Action;
use pb::user_opt::User;
use prost::Message;

/// What counts of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dep {
    /// Whether it is enough that the content is the same; else the input's own key has to be.
    pub(super) by_content: bool,
    /// The paths that are read; empty for all.
    pub(super) paths: Vec<String>,
}

/// Returns the part of the key that is the op's own, where it is not a source's.
pub(super) fn own(op: &MarshalledOp) -> Vec<u8> {
    let mut key = match &op.op.op {
        Some(pb::op::Op::Exec(it)) => exec(it, op.op.platform.as_ref()),
        Some(pb::op::Op::File(it)) => file(it, op.op.inputs.len()),
        Some(pb::op::Op::Merge(it)) => it.encode_to_vec(),
        Some(pb::op::Op::Diff(it)) => it.encode_to_vec(),
        Some(pb::op::Op::Build(it)) => it.encode_to_vec(),
        Some(pb::op::Op::Passthrough(it)) => it.encode_to_vec(),
        Some(pb::op::Op::Source(it)) => sources::key(it, op.op.platform.as_ref()).whole(),
        None => Vec::new(),
    };
    key.extend_from_slice(crate::name::kind(&op.op).as_bytes());
    key
}

/// Returns what counts of each input.
pub(super) fn deps(op: &pb::Op) -> Vec<Dep> {
    let mut deps = vec![Dep::default(); op.inputs.len()];
    match &op.op {
        Some(pb::op::Op::Exec(it)) => exec_deps(it, &mut deps),
        Some(pb::op::Op::File(it)) => file_deps(it, &mut deps),
        _ => {}
    }
    deps
}

fn exec(exec: &pb::ExecOp, platform: Option<&pb::Platform>) -> Vec<u8> {
    let mut exec = exec.clone();
    if let Some(meta) = &mut exec.meta {
        meta.extra_hosts.iter_mut().for_each(|it| it.ip.clear());
        meta.proxy_env = None;
    }
    for mount in &mut exec.mounts {
        mount.selector.clear();
        let dest = mount.dest.clone();
        if let Some(cache) = &mut mount.cache_opt
            && !is_default_cache(cache, &dest)
        {
            *cache = pb::CacheOpt::default();
        }
    }
    if let [root] = exec.mounts.as_slice()
        && is_plain_root(root)
    {
        exec.mounts.clear();
    }
    let mut key = exec.encode_length_delimited_to_vec();
    key.extend(platform.cloned().unwrap_or_default().encode_to_vec());
    key
}

/// The id that a Dockerfile gives a cache, alone or in a namespace, is kept.
fn is_default_cache(cache: &pb::CacheOpt, dest: &str) -> bool {
    let in_namespace = cache.id.split_once('/').is_some_and(|(_, rest)| rest == dest);
    (cache.id == dest || in_namespace) && cache.sharing == 0
}

fn is_plain_root(mount: &pb::Mount) -> bool {
    mount.dest == "/"
        && !mount.readonly
        && mount.mount_type() == pb::MountType::Bind
        && mount.cache_opt.is_none()
        && mount.ssh_opt.is_none()
        && mount.secret_opt.is_none()
        && mount.result_id.is_empty()
}

fn exec_deps(exec: &pb::ExecOp, deps: &mut [Dep]) {
    for mount in &exec.mounts {
        if matches!(mount.mount_type(), pb::MountType::Secret | pb::MountType::Ssh | pb::MountType::Tmpfs) {
            continue;
        }
        let Some(dep) = usize::try_from(mount.input).ok().and_then(|it| deps.get_mut(it)) else { continue };
        let path = crate::clean_path(&format!("/{}", mount.selector));
        let is_safe = mount.output == -1 || mount.readonly || path == "/";
        // Of several mounts of one input the last decides, as it does in BuildKit.
        dep.by_content = match mount.content_cache() {
            pb::MountContentCache::Off => false,
            pb::MountContentCache::On => is_safe,
            pb::MountContentCache::Default => is_safe && mount.dest != "/",
        };
        dep.paths.push(path);
    }
}

fn file(file: &pb::FileOp, inputs: usize) -> Vec<u8> {
    let mut key = Vec::new();
    for action in &file.actions {
        let mut action = action.clone();
        if let Some(Action::Copy(copy)) = &mut action.action
            && usize::try_from(action.secondary_input).is_ok_and(|it| it < inputs)
        {
            copy.src = base(&copy.src).to_owned();
        }
        let said = pb::FileAction { input: 0, secondary_input: 0, output: 0, ..action };
        key.extend(said.encode_length_delimited_to_vec());
    }
    if !has_usual_wiring(&file.actions) {
        for it in &file.actions {
            let wiring = [it.input, it.secondary_input, it.output];
            key.extend(wiring.iter().flat_map(|it| it.to_be_bytes()));
        }
    }
    key
}

/// The last name of a path, as Go's `path.Base` has it.
fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (path.is_empty(), trimmed.is_empty()) {
        (true, _) => ".",
        (false, true) => "/",
        (false, false) => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

/// Each action on the one before, copies from the second input, the last one the output: this is left out of the key.
fn has_usual_wiring(actions: &[pb::FileAction]) -> bool {
    let count = actions.len();
    let number = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    let usual = |(index, action): (usize, &pb::FileAction)| {
        let input = if index == 0 { 0 } else { number(count + index - 1) };
        let output = if index + 1 == count { 0 } else { -1 };
        action.input == input && matches!(action.secondary_input, -1 | 1) && action.output == output
    };
    count > 0 && actions.iter().enumerate().all(usual)
}

fn file_deps(file: &pb::FileOp, deps: &mut [Dep]) {
    let mut written = vec![false; deps.len()];
    for action in &file.actions {
        if let Some(written) = usize::try_from(action.input).ok().and_then(|it| written.get_mut(it)) {
            *written = true;
        }
        let mut reads = |input: i64, path: &str| {
            if let Some(dep) = usize::try_from(input).ok().and_then(|it| deps.get_mut(it)) {
                dep.by_content = true;
                dep.paths.push(path.to_owned());
            }
        };
        if let Some(Action::Copy(copy)) = &action.action {
            reads(action.secondary_input, &copy.src);
        }
        let owner = owner(action);
        for (user, path) in [
            (owner.and_then(|it| it.user.as_ref()), "/etc/passwd"),
            (owner.and_then(|it| it.group.as_ref()), "/etc/group"),
        ] {
            if let Some(User::ByName(name)) = user.and_then(|it| it.user.as_ref()) {
                reads(name.input, path);
            }
        }
    }
    for (dep, written) in deps.iter_mut().zip(written) {
        dep.paths.sort();
        if written {
            *dep = Dep::default();
        }
    }
}

fn owner(action: &pb::FileAction) -> Option<&pb::ChownOpt> {
    match action.action.as_ref()? {
        Action::Copy(it) => it.owner.as_ref(),
        Action::Mkfile(it) => it.owner.as_ref(),
        Action::Mkdir(it) => it.owner.as_ref(),
        Action::Symlink(it) => it.owner.as_ref(),
        Action::Rm(_) => None,
    }
}
