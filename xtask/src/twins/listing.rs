//! A graph as a listing of its steps, in which a script and a Dockerfile that do the same look the same.
//!
//! A line is a step, numbered in the order in which a reader meets it: what it starts from first. What the two write differently for
//! reasons that are no difference of the build is levelled, and each such place says why.
//!
//! ```text
//! 1 image docker.io/library/golang:1.24-alpine
//! 2 local context
//! 3 copy go.mod from 2 to /src/go.mod on 1
//! 4 run /bin/sh -c 'go mod download' on 3
//!     cwd /src
//!     cache /go/pkg/mod
//! result 4
//! ```

use luakit_llb::{Definition, pb};
use pb::file_action::Action;
use std::collections::HashMap;

/// Lists what the result depends on.
pub(super) fn list(definition: &Definition) -> String {
    let mut listing = Listing { definition, lines: Vec::new(), known: HashMap::new() };
    let result = definition.ops.last().and_then(|op| op.op.inputs.first());
    let result = result.map_or("scratch".to_owned(), |input| listing.state(input));
    let mut text = String::new();
    for (index, line) in listing.lines.iter().enumerate() {
        text += &format!("{} {line}\n", index + 1);
    }
    text + &format!("result {result}\n")
}

struct Listing<'a> {
    definition: &'a Definition,
    lines: Vec<String>,
    /// The names of the outputs that were met.
    known: HashMap<(String, i64), String>,
}

impl Listing<'_> {
    /// Lists a state unless it is listed, and returns its number.
    fn state(&mut self, input: &pb::Input) -> String {
        let key = (input.digest.clone(), input.index);
        if let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let definition = self.definition;
        let name = definition.op(&input.digest).map_or("?".to_owned(), |op| self.op(&op.op, input.index));
        self.known.insert(key, name.clone());
        name
    }

    /// Equal lines are one step, as equal ops are.
    fn line(&mut self, line: String) -> String {
        let index = self.lines.iter().position(|known| *known == line).unwrap_or(self.lines.len());
        if index == self.lines.len() {
            self.lines.push(line);
        }
        (index + 1).to_string()
    }

    fn input(&mut self, op: &pb::Op, index: i64) -> String {
        let input = usize::try_from(index).ok().and_then(|index| op.inputs.get(index));
        input.map_or("scratch".to_owned(), |input| self.state(input))
    }

    fn op(&mut self, op: &pb::Op, output: i64) -> String {
        match &op.op {
            Some(pb::op::Op::Source(source)) => self.source(source),
            Some(pb::op::Op::Exec(exec)) => self.exec(op, exec, output),
            Some(pb::op::Op::File(file)) => self.file(op, file),
            Some(pb::op::Op::Merge(merge)) => {
                let inputs: Vec<_> = merge.inputs.iter().map(|it| self.input(op, it.input)).collect();
                self.line(format!("merge {}", inputs.join(" ")))
            }
            Some(pb::op::Op::Diff(diff)) => {
                let lower = diff.lower.as_ref().map_or("scratch".into(), |it| self.input(op, it.input));
                let upper = diff.upper.as_ref().map_or("scratch".into(), |it| self.input(op, it.input));
                self.line(format!("diff {lower} {upper}"))
            }
            Some(pb::op::Op::Passthrough(_)) => {
                let states: Vec<_> = op.inputs.iter().map(|input| self.state(input)).collect();
                self.line(format!("requires {}", states.join(" ")))
            }
            Some(pb::op::Op::Build(_)) | None => self.line("another kind of op".to_owned()),
        }
    }

    fn source(&mut self, source: &pb::SourceOp) -> String {
        let identifier = &source.identifier;
        let line = match identifier.split_once("://") {
            Some(("docker-image", reference)) => format!("image {reference}"),
            // A frontend takes one folder with all that is copied of it, a script may take parts of it. What of it a step reads
            // is in the line of that step.
            Some(("local", name)) => format!("local {name}"),
            _ => format!("source {identifier}"),
        };
        self.line(line)
    }

    fn exec(&mut self, op: &pb::Op, exec: &pb::ExecOp, output: i64) -> String {
        let none = pb::Meta::default();
        let meta = exec.meta.as_ref().unwrap_or(&none);
        let root = exec.mounts.iter().find(|mount| mount.dest == "/");
        let root = root.map_or("scratch".to_owned(), |mount| self.input(op, mount.input));
        let mut details = vec![format!("cwd {}", meta.cwd)];
        if !meta.user.is_empty() {
            details.push(format!("user {}", meta.user));
        }
        let modes = [
            ("network", exec.network, exec.network().as_str_name()),
            ("security", exec.security, exec.security().as_str_name()),
        ];
        details.extend(
            modes.iter().filter(|it| it.1 != 0).map(|it| format!("{} {}", it.0, it.2.to_lowercase())),
        );
        // The Dockerfile frontend asks the registry for an image's PATH and gives it to every command; a script says it where the
        // daemon's own will not do.
        let mut env: Vec<_> = meta.env.iter().filter(|it| !it.starts_with("PATH=")).collect();
        // The order of different names means nothing.
        env.sort();
        details.extend(env.into_iter().map(|it| format!("env {it}")));
        details.extend(exec.secretenv.iter().map(|it| format!("secret {} in {}", it.id, it.name)));
        let mut mounts: Vec<_> = exec.mounts.iter().filter(|mount| mount.dest != "/").collect();
        mounts.sort_by(|a, b| a.dest.cmp(&b.dest));
        for mount in mounts {
            let source = self.input(op, mount.input);
            details.push(described(mount, &source));
        }
        let command: Vec<_> = meta.args.iter().map(|arg| word(arg)).collect();
        let line = format!("run {} on {root}\n    {}", command.join(" "), details.join("\n    "));
        let name = self.line(line);
        match exec.mounts.iter().find(|mount| mount.output == output && mount.dest != "/") {
            Some(mount) if output > 0 => format!("{name}:{}", mount.dest),
            _ => name,
        }
    }

    /// A line for each action: whether several are one op or an op each leaves the same files.
    fn file(&mut self, op: &pb::Op, file: &pb::FileOp) -> String {
        let mut made: Vec<String> = Vec::new();
        for action in &file.actions {
            let inputs = op.inputs.len();
            let earlier = usize::try_from(action.input).ok().and_then(|it| it.checked_sub(inputs));
            let base = earlier.and_then(|it| made.get(it).cloned());
            let base = base.unwrap_or_else(|| self.input(op, action.input));
            made.push(self.action(op, action, base));
        }
        made.pop().unwrap_or_else(|| "scratch".to_owned())
    }

    fn action(&mut self, op: &pb::Op, action: &pb::FileAction, base: String) -> String {
        match &action.action {
            Some(Action::Copy(copy)) => {
                let from = self.input(op, action.secondary_input);
                let mut details = owner(copy.owner.as_ref());
                if copy.mode >= 0 && copy.mode_str.is_empty() {
                    details += &format!(" mode {:04o}", copy.mode);
                }
                let sources = self.copied(op, action.secondary_input, copy);
                sources.into_iter().fold(base, |base, (src, dest)| {
                    self.line(format!("copy {src} from {from} to {dest}{details} on {base}"))
                })
            }
            // WORKDIR makes its folder with an op of its own; in a script the copy that follows makes it.
            Some(Action::Mkdir(mkdir)) if mkdir.make_parents => base,
            Some(Action::Mkdir(mkdir)) => self.line(format!("mkdir {} on {base}", mkdir.path)),
            Some(Action::Mkfile(mkfile)) => {
                let text = String::from_utf8_lossy(&mkfile.data);
                self.line(format!(
                    "mkfile {} {text:?}{} on {base}",
                    mkfile.path,
                    owner(mkfile.owner.as_ref())
                ))
            }
            Some(Action::Rm(rm)) => self.line(format!("rm {} on {base}", rm.path)),
            Some(Action::Symlink(link)) => {
                self.line(format!("symlink {} {} on {base}", link.oldpath, link.newpath))
            }
            None => base,
        }
    }

    /// What a copy takes, and the path it gets. The root of a local source with patterns is what the patterns name, each where it was:
    /// `COPY go.mod go.sum ./`. What is copied to a folder keeps its name there; the twins write that slash for files only.
    fn copied(&self, op: &pb::Op, input: i64, copy: &pb::FileActionCopy) -> Vec<(String, String)> {
        let src = copy.src.trim_start_matches('/');
        let folder = copy.dest.trim_end_matches(['.', '/']);
        let source = usize::try_from(input).ok().and_then(|it| op.inputs.get(it));
        let source = source.and_then(|input| self.definition.op(&input.digest)).map(|it| &it.op.op);
        if let (Some(Some(pb::op::Op::Source(source))), "" | ".") = (source, src) {
            let mut pairs = source.attrs.iter().map(pb::StringEntry::pair);
            if let Some((_, patterns)) = pairs.find(|(name, _)| name == "local.includepattern") {
                let patterns = patterns.trim_matches(['[', ']']).replace('"', "");
                return patterns.split(',').map(|it| (it.to_owned(), format!("{folder}/{it}"))).collect();
            }
        }
        let name = src.rsplit('/').next().unwrap_or(src);
        let dest = match (src, folder) {
            ("" | ".", "") => "/".to_owned(),
            ("" | ".", folder) => folder.to_owned(),
            (_, folder) if copy.dest.ends_with('/') => format!("{folder}/{name}"),
            (_, folder) => folder.to_owned(),
        };
        vec![(if src.is_empty() { ".".to_owned() } else { src.to_owned() }, dest)]
    }
}

fn described(mount: &pb::Mount, source: &str) -> String {
    let dest = &mount.dest;
    match mount.mount_type() {
        pb::MountType::Cache => {
            let (id, sharing) = mount
                .cache_opt
                .as_ref()
                .map_or((String::new(), ""), |it| (it.id.clone(), it.sharing().as_str_name()));
            // A frontend puts the namespace and a slash before the id, and there is a namespace only where somebody gave one.
            let id = id.strip_prefix("//").map_or(id.clone(), |id| format!("/{id}"));
            let id = if id == *dest { String::new() } else { format!(" id {id}") };
            format!("cache {dest}{id} {}", sharing.to_lowercase())
        }
        pb::MountType::Secret => {
            let id = mount.secret_opt.as_ref().map_or("", |it| &it.id);
            format!("secret {dest} id {id}")
        }
        pb::MountType::Ssh => "ssh".to_owned(),
        pb::MountType::Tmpfs => format!("tmpfs {dest}"),
        pb::MountType::Bind => {
            let selector = mount.selector.trim_start_matches('/');
            let part = if selector.is_empty() { String::new() } else { format!(" {selector}") };
            let writable = if mount.readonly { "" } else { " writable" };
            format!("bind {dest} from {source}{part}{writable}")
        }
    }
}

fn owner(owner: Option<&pb::ChownOpt>) -> String {
    let name = |it: &pb::UserOpt| match &it.user {
        Some(pb::user_opt::User::ByName(it)) => it.name.clone(),
        Some(pb::user_opt::User::ById(id)) => id.to_string(),
        None => String::new(),
    };
    owner.map_or(String::new(), |it| {
        let user = it.user.as_ref().map_or(String::new(), name);
        let group = it.group.as_ref().map_or(String::new(), name);
        format!(" owner {user}:{group}")
    })
}

/// A word as a shell would need it, if only roughly: it is for reading.
fn word(text: &str) -> String {
    if text.contains(char::is_whitespace) { format!("'{text}'") } else { text.to_owned() }
}
