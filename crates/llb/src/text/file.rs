//! Changes to files as text.
//!
//! Each action begins with what it writes to: an input of the op, `^` for the action before, `@0` for an
//! earlier one by its number.

use super::Text;
use super::word::{data, word};
use crate::pb;
use pb::file_action::Action;

pub(super) fn file(text: &mut Text<'_>, index: usize, op: &pb::Op, file: &pb::FileOp) {
    text.head(index, &["file"], op.platform.as_ref());
    let last = file.actions.len().saturating_sub(1);
    for (number, action) in file.actions.iter().enumerate() {
        let target = place(text, op, number, action.input);
        let mut words = self::action(text, op, number, action);
        let unsaid = if number == last { 0 } else { -1 };
        if action.output != unsaid {
            words.push(format!("-> %{index}.{}", action.output));
        }
        text.line(format!("{target}: {}", words.join(" ")));
    }
}

fn place(text: &Text<'_>, op: &pb::Op, number: usize, input: i64) -> String {
    let step = usize::try_from(input).ok().and_then(|it| it.checked_sub(op.inputs.len()));
    match step {
        None => text.numbers.input(op, input),
        Some(step) if step + 1 == number => "^".to_owned(),
        Some(step) => format!("@{step}"),
    }
}

fn action(text: &Text<'_>, op: &pb::Op, number: usize, action: &pb::FileAction) -> Vec<String> {
    let mut words = Words(Vec::new());
    match &action.action {
        None => words.put("nothing"),
        Some(Action::Copy(it)) => {
            let from = place(text, op, number, action.secondary_input);
            words.put(format!("copy {from}:{} {}", word(&it.src), word(&it.dest)));
            words.put_if(it.mode >= 0 && it.mode_str.is_empty(), || mode(it.mode));
            words.put_if(!it.mode_str.is_empty(), || format!("modeStr={}", word(&it.mode_str)));
            words.owner(it.owner.as_ref());
            for (name, set) in [
                ("followSymlink", it.follow_symlink),
                ("dirCopyContents", it.dir_copy_contents),
                ("attemptUnpackDockerCompatibility", it.attempt_unpack_docker_compatibility),
                ("createDestPath", it.create_dest_path),
                ("allowWildcard", it.allow_wildcard),
                ("allowEmptyWildcard", it.allow_empty_wildcard),
                ("alwaysReplaceExistingDestPaths", it.always_replace_existing_dest_paths),
            ] {
                words.put_if(set, || name.to_owned());
            }
            for (name, list) in [
                ("include_patterns", &it.include_patterns),
                ("exclude_patterns", &it.exclude_patterns),
                ("required_paths", &it.required_paths),
            ] {
                words.put_if(!list.is_empty(), || format!("{name}={}", crate::gojson::strings(list)));
            }
            words.timestamp(it.timestamp);
        }
        Some(Action::Mkfile(it)) => {
            words.put(format!("mkfile {} {}", word(&it.path), mode(it.mode)));
            words.owner(it.owner.as_ref());
            words.timestamp(it.timestamp);
            words.put(data(&it.data));
        }
        Some(Action::Mkdir(it)) => {
            words.put(format!("mkdir {} {}", word(&it.path), mode(it.mode)));
            words.put_if(it.make_parents, || "makeParents".to_owned());
            words.owner(it.owner.as_ref());
            words.timestamp(it.timestamp);
        }
        Some(Action::Rm(it)) => {
            words.put(format!("rm {}", word(&it.path)));
            words.put_if(it.allow_not_found, || "allowNotFound".to_owned());
            words.put_if(it.allow_wildcard, || "allowWildcard".to_owned());
        }
        Some(Action::Symlink(it)) => {
            words.put(format!("symlink {} {}", word(&it.oldpath), word(&it.newpath)));
            words.owner(it.owner.as_ref());
            words.timestamp(it.timestamp);
        }
    }
    words.0
}

struct Words(Vec<String>);

impl Words {
    fn put(&mut self, word: impl Into<String>) {
        self.0.push(word.into());
    }

    fn put_if(&mut self, said: bool, word: impl FnOnce() -> String) {
        self.0.extend(said.then(word));
    }

    fn timestamp(&mut self, nanoseconds: i64) {
        self.put_if(nanoseconds != -1, || format!("timestamp={nanoseconds}"));
    }

    fn owner(&mut self, owner: Option<&pb::ChownOpt>) {
        let Some(owner) = owner else { return };
        let user = owner.user.as_ref().map(self::user).unwrap_or_default();
        let group = owner.group.as_ref().map(|it| format!(":{}", self::user(it))).unwrap_or_default();
        self.put(format!("owner={user}{group}"));
    }
}

fn user(user: &pb::UserOpt) -> String {
    match &user.user {
        None => String::new(),
        Some(pb::user_opt::User::ByName(it)) => word(&it.name),
        Some(pb::user_opt::User::ById(id)) => id.to_string(),
    }
}

fn mode(mode: i32) -> String {
    format!("mode={mode:04o}")
}
