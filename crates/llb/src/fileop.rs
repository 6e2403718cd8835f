//! The op of changes to files.

use crate::inputs::{EMPTY, Inputs, Marshalled};
use crate::{
    Copy, CopyFrom, CopyMode, Error, ErrorKind, FileAction, Output, Owner, State, UserId, paths, pb,
};
use pb::file_action::Action;
use std::collections::BTreeSet;

/// Changes files.
#[derive(Clone, Debug, Default)]
pub struct FileOp {
    /// The inputs in the order in which the op numbers them.
    inputs: Vec<Output>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
struct Step {
    /// What is written to.
    target: Place,
    /// What is copied from; every other step has none.
    from: Place,
    /// Where the names of owners are looked up.
    base: Option<Output>,
    action: Action,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Output(Option<Output>),
    Step(usize),
}

impl FileOp {
    /// Builds the op, and what its vertex depends on: the base, then the sources of the last action first,
    /// which is the order of BuildKit's client.
    pub(crate) fn new(state: &State, actions: &[FileAction]) -> Result<(Self, Vec<Output>), Error> {
        let mut op = Self::default();
        op.chain(state, actions)?;
        Ok((op, outputs(state, actions)))
    }

    /// Returns the actions in the order of the op, each with what it copies from.
    pub fn actions(&self) -> impl Iterator<Item = (&Action, Option<Output>)> {
        self.steps.iter().map(|step| match step.from {
            Place::Output(from) => (&step.action, from),
            Place::Step(_) => (&step.action, None),
        })
    }

    /// Returns what the op changes; `None` for scratch.
    pub fn base(&self) -> Option<Output> {
        self.steps.last()?.base
    }

    /// Adds actions that follow each other on a state, and returns the last step.
    fn chain(&mut self, state: &State, actions: &[FileAction]) -> Result<usize, Error> {
        let base = state.output();
        self.inputs.extend(base);
        let mut target = Place::Output(base);
        let mut last = None;
        for action in actions {
            let (action, from) = self.resolve(state, action)?;
            let step = self.steps.len();
            self.steps.push(Step { target, from, base, action });
            target = Place::Step(step);
            last = Some(step);
        }
        last.ok_or_else(|| Error::new(ErrorKind::File, "file operation without actions"))
    }

    fn resolve(&mut self, state: &State, action: &FileAction) -> Result<(Action, Place), Error> {
        let path = |path: &str| paths::absolute(state.dir(), path);
        let action = match action {
            FileAction::Copy(copy) => return self.copy(state, copy),
            FileAction::Mkdir(it) => Action::Mkdir(pb::FileActionMkDir {
                path: path(&it.path),
                mode: mode(it.mode & 0o777),
                make_parents: it.make_parents,
                owner: owner(it.owner.as_ref()),
                timestamp: it.timestamp.unwrap_or(-1),
            }),
            FileAction::Mkfile(it) => Action::Mkfile(pb::FileActionMkFile {
                path: path(&it.path),
                mode: mode(it.mode & 0o777),
                data: it.data.clone(),
                owner: owner(it.owner.as_ref()),
                timestamp: it.timestamp.unwrap_or(-1),
            }),
            FileAction::Rm(it) => Action::Rm(pb::FileActionRm {
                path: path(&it.path),
                allow_not_found: it.allow_not_found,
                allow_wildcard: it.allow_wildcard,
            }),
            FileAction::Symlink(it) => Action::Symlink(pb::FileActionSymlink {
                oldpath: it.oldpath.clone(),
                newpath: it.newpath.clone(),
                owner: owner(it.owner.as_ref()),
                timestamp: it.timestamp.unwrap_or(-1),
            }),
        };
        Ok((action, Place::Output(None)))
    }

    fn copy(&mut self, state: &State, copy: &Copy) -> Result<(Action, Place), Error> {
        let (source, from) = match &copy.from {
            CopyFrom::State(source) => {
                self.inputs.extend(source.output());
                (source, Place::Output(source.output()))
            }
            CopyFrom::Actions(source, actions) => (source, Place::Step(self.chain(source, actions)?)),
        };
        let (bits, symbolic) = match &copy.mode {
            None => (-1, String::new()),
            Some(CopyMode::Octal(bits)) => (mode(*bits), String::new()),
            Some(CopyMode::Symbolic(change)) => (0, change.clone()),
        };
        let action = Action::Copy(pb::FileActionCopy {
            src: match copy.src.as_str() {
                "." if copy.keep_dot && source.dir() == "/" => ".".to_owned(),
                src => paths::absolute(source.dir(), src),
            },
            dest: paths::absolute_dest(state.dir(), &copy.dest),
            owner: owner(copy.owner.as_ref()),
            mode: bits,
            follow_symlink: copy.follow_symlink,
            dir_copy_contents: copy.contents_only,
            attempt_unpack_docker_compatibility: copy.unpack,
            create_dest_path: copy.create_dest_path,
            allow_wildcard: copy.allow_wildcard,
            allow_empty_wildcard: copy.allow_empty_wildcard,
            timestamp: copy.timestamp.unwrap_or(-1),
            include_patterns: copy.include.clone(),
            exclude_patterns: copy.exclude.clone(),
            always_replace_existing_dest_paths: copy.replace_existing,
            mode_str: symbolic,
            required_paths: copy.required_paths.clone(),
        });
        Ok((action, from))
    }

    /// Marshals the op. It claims `file.base` alone, as BuildKit's client does: that of a symbolic mode is
    /// not registered, and a daemon refuses what is not.
    pub(crate) fn marshal(&self, mut inputs: Inputs<'_>) -> Marshalled {
        for input in &self.inputs {
            inputs.add(Some(*input));
        }
        let count = inputs.list.len();
        let mut number = |place: Place| match place {
            Place::Output(output) => inputs.add(output),
            Place::Step(step) => i64::try_from(count + step).unwrap_or(i64::MAX),
        };
        let last = self.steps.len().saturating_sub(1);
        let actions = self.steps.iter().enumerate().map(|(index, step)| {
            let mut action = step.action.clone();
            look_up_names_in(&mut action, number(Place::Output(step.base)));
            pb::FileAction {
                input: number(step.target),
                secondary_input: number(step.from),
                output: if index == last { 0 } else { EMPTY },
                action: Some(action),
            }
        });
        let op = pb::op::Op::File(pb::FileOp { actions: actions.collect() });
        let caps = BTreeSet::from(["file.base"]);
        Marshalled { inputs: inputs.list, op, has_platform: false, state_platform: None, caps }
    }
}

fn outputs(state: &State, actions: &[FileAction]) -> Vec<Output> {
    let mut list: Vec<Output> = state.output().into_iter().collect();
    for action in actions.iter().rev() {
        match action {
            FileAction::Copy(Copy { from: CopyFrom::State(source), .. }) => list.extend(source.output()),
            FileAction::Copy(Copy { from: CopyFrom::Actions(source, actions), .. }) => {
                list.extend(outputs(source, actions));
            }
            _ => {}
        }
    }
    list
}

fn mode(bits: u32) -> i32 {
    i32::try_from(bits).unwrap_or(0o7777)
}

fn owner(owner: Option<&Owner>) -> Option<pb::ChownOpt> {
    let user = |id: &UserId| pb::UserOpt {
        user: Some(match id {
            UserId::Name(name) => {
                pb::user_opt::User::ByName(pb::NamedUserOpt { name: name.clone(), input: EMPTY })
            }
            UserId::Id(id) => pb::user_opt::User::ById(*id),
        }),
    };
    let owner = owner?;
    Some(pb::ChownOpt { user: owner.user.as_ref().map(user), group: owner.group.as_ref().map(user) })
}

fn look_up_names_in(action: &mut Action, input: i64) {
    let owner = match action {
        Action::Copy(it) => &mut it.owner,
        Action::Mkfile(it) => &mut it.owner,
        Action::Mkdir(it) => &mut it.owner,
        Action::Symlink(it) => &mut it.owner,
        Action::Rm(_) => return,
    };
    let Some(owner) = owner else { return };
    for user in [&mut owner.user, &mut owner.group].into_iter().flatten() {
        if let Some(pb::user_opt::User::ByName(named)) = &mut user.user {
            named.input = input;
        }
    }
}
