//! What could be typed at a cursor.

mod members;
mod modules;
mod names;
mod values;

use crate::Script;
use crate::cursor::{Context, Cursor, Place, Step};
use crate::types::Types;
use luakit_api::modules::Loader;
use luakit_api::{Function, Ty};
use luakit_diagnostics::TextRange;

/// What a completion item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    Function,
    Method,
    Property,
    Option,
    Value,
    Module,
    Variable,
    Keyword,
    Snippet,
}

/// Something that could be typed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionItem {
    pub label: String,
    pub kind: CompletionKind,
    /// A signature or a type, in a line.
    pub detail: String,
    /// Markdown.
    pub documentation: String,
    /// What is replaced, and by what.
    pub range: TextRange,
    pub insert: String,
    /// The same with `$1` placeholders, for clients that have snippets.
    pub snippet: Option<String>,
    /// Items are shown in the order of this, then of their labels.
    pub sort: String,
    pub deprecated: bool,
}

/// Returns what could be typed at an offset.
pub fn completions(script: &Script, offset: usize, loader: Option<&dyn Loader>) -> Vec<CompletionItem> {
    let cursor = Cursor::new(script, offset);
    if matches!(cursor.context, Context::Comment | Context::NewName) {
        return Vec::new();
    }
    let types = Types::infer(script, loader);
    let completer = Completer { cursor: &cursor, types: &types, loader };
    match &cursor.context {
        Context::Comment | Context::NewName => Vec::new(),
        Context::Member { receiver, colon } => completer.members(*receiver, *colon),
        Context::InString { content, place, .. } => completer.in_string(*content, place),
        Context::Statement => {
            let mut items = completer.names(offset);
            items.extend(completer.statements());
            items
        }
        Context::Expression(place) => completer.expression(place, offset),
    }
}

struct Completer<'c, 'a> {
    cursor: &'c Cursor<'a>,
    types: &'c Types<'a>,
    loader: Option<&'c dyn Loader>,
}

impl Completer<'_, '_> {
    fn item(&self, label: impl Into<String>, kind: CompletionKind) -> CompletionItem {
        let label = label.into();
        CompletionItem {
            insert: label.clone(),
            label,
            kind,
            detail: String::new(),
            documentation: String::new(),
            range: self.cursor.word,
            snippet: None,
            sort: "5".into(),
            deprecated: false,
        }
    }

    /// Returns the type of the value at a place.
    fn wanted(&self, place: &Place) -> Option<Ty> {
        let (call, path) = match place {
            Place::Argument { call, path } | Place::Key { call, path, .. } => (call, path),
            Place::Unknown => return None,
        };
        let function = self.cursor.function_ending(self.types, call.callee)?;
        wanted(function, call.argument, path)
    }

    fn expression(&self, place: &Place, offset: usize) -> Vec<CompletionItem> {
        let wanted = self.wanted(place);
        let mut items = match (&wanted, place) {
            (Some(ty), Place::Key { have, .. }) => self.keys(ty, have),
            (Some(ty), _) => self.values(ty),
            (None, _) => Vec::new(),
        };
        // In a table of options only its keys make sense.
        let only_keys = matches!(place, Place::Key { .. })
            && wanted.is_some_and(|ty| !ty.options().is_empty() && ty.item().is_none());
        if !only_keys {
            items.extend(self.names(offset));
        }
        items
    }

    fn in_string(&self, content: TextRange, place: &Place) -> Vec<CompletionItem> {
        let quote = content.start.saturating_sub(1);
        let mut before =
            self.cursor.script.tokens_before(quote).map(|token| self.cursor.script.text(token.range));
        let requires = match before.next() {
            Some("(") => before.next() == Some("require"),
            Some("require") => true,
            _ => false,
        };
        if requires {
            return self.modules(content);
        }
        let ty = match place {
            Place::Key { .. } => self.wanted(place).and_then(|ty| ty.item()),
            _ => self.wanted(place),
        };
        ty.map_or_else(Vec::new, |ty| self.choices(&ty, Some(content)))
    }
}

/// Returns the type of the value at a path in an argument of a call.
pub(crate) fn wanted(function: &Function, argument: usize, path: &[Step]) -> Option<Ty> {
    let last = function.params.last().filter(|param| param.variadic);
    let mut ty = function.params.get(argument).or(last)?.ty;
    for step in path {
        ty = match step {
            Step::Item => ty.item()?,
            Step::Key(name) => match ty.options().iter().find_map(|options| options.field(name)) {
                Some(field) => field.ty,
                None => map_value(&ty)?,
            },
        };
    }
    Some(ty)
}

/// Returns the type of the values of a map.
pub(crate) fn map_value(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Map(value) => Some(**value),
        Ty::Union(types) => types.iter().find_map(map_value),
        Ty::Special(special) => special.written.iter().find_map(map_value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, cursor};
    use expect_test::{Expect, expect};

    /// Shows the first items that begin with what is typed, with what they insert.
    fn check(fixture: &str, expected: &Expect) {
        let (text, offset) = cursor(fixture);
        let (script, files) = Files::fixture(&text);
        let items = completions(&script, offset, Some(&files));
        let mut items: Vec<&CompletionItem> = items
            .iter()
            .filter(|item| {
                let typed = script.text(TextRange::new(item.range.start, offset));
                item.insert.starts_with(typed)
            })
            .collect();
        items.sort_by_key(|item| (&item.sort, &item.label));
        let shown = items.iter().take(8).map(|item| {
            let mut after = text.clone();
            after.replace_range(item.range.start..item.range.end, &item.insert);
            let line = after[..item.range.start].matches('\n').count();
            let line = after.lines().nth(line).unwrap_or("");
            format!("{:16} {:9} {} → {}\n", item.label, format!("{:?}", item.kind), item.detail, line.trim())
        });
        expected.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn members_of_bk_and_methods_of_states() {
        check(
            "local s = bk.im$0",
            &expect![[r#"
                image            Function  bk.image(identifier: string, opts?: ImageOptions) -> State → local s = bk.image
                image_blob       Function  bk.image_blob(reference: string, opts?: BlobOptions) -> State → local s = bk.image_blob
            "#]],
        );
        check(
            "local s = bk.$0\nbk.export(s)",
            &expect![[r#"
                image            Function  bk.image(identifier: string, opts?: ImageOptions) -> State → local s = bk.image
                scratch          Function  bk.scratch() -> State → local s = bk.scratch
                local_           Function  bk.local_(name: string, opts?: LocalOptions) -> State → local s = bk.local_
                git              Function  bk.git(url: string, opts?: GitOptions) -> State → local s = bk.git
                http             Function  bk.http(url: string, opts?: HttpOptions) -> State → local s = bk.http
                https            Function  bk.http(url: string, opts?: HttpOptions) -> State → local s = bk.https
                oci_layout       Function  bk.oci_layout(reference: string, opts?: OciLayoutOptions) -> State → local s = bk.oci_layout
                image_blob       Function  bk.image_blob(reference: string, opts?: BlobOptions) -> State → local s = bk.image_blob
            "#]],
        );
        check(
            "local p = bk.target_p$0",
            &expect![[r#"
                target_platform  Property  Platform → local p = bk.target_platform
            "#]],
        );
        check(
            "local s = bk.image('x')\ns:$0",
            &expect![[r#"
                run              Method    state:run(cmd: Command, opts?: RunOptions) -> State → s:run
                copy             Method    state:copy(from: State, src: string, dest: string, opts?: CopyOptions) -> State → s:copy
                mkdir            Method    state:mkdir(path: string, opts?: MkdirOptions) -> State → s:mkdir
                mkfile           Method    state:mkfile(path: string, data: string, opts?: MkfileOptions) -> State → s:mkfile
                rm               Method    state:rm(path: string, opts?: RmOptions) -> State → s:rm
                symlink          Method    state:symlink(oldpath: string, newpath: string, opts?: SymlinkOptions) -> State → s:symlink
                files            Method    state:files(body: function(f: Files)) -> State → s:files
                with_env         Method    state:with_env(env: Env) -> State → s:with_env
            "#]],
        );
        check(
            "local s = bk.image('x')\n  :run('a')\n  :mk$0\nbk.export(s)",
            &expect![[r#"
            mkdir            Method    state:mkdir(path: string, opts?: MkdirOptions) -> State → :mkdir
            mkfile           Method    state:mkfile(path: string, data: string, opts?: MkfileOptions) -> State → :mkfile
        "#]],
        );
        check(
            "local function f(b)\n  b:ru$0\nend\nf(bk.scratch())",
            &expect![[r#"
            run              Method    state:run(cmd: Command, opts?: RunOptions) -> State → b:run
        "#]],
        );
        check(
            "local p = bk.platform('linux/arm64')\nprint(p.$0)",
            &expect![[r#"
            arch             Property  string → print(p.arch)
            os               Property  string → print(p.os)
            variant          Property  string → print(p.variant)
        "#]],
        );
        check(
            "local m = require('lib.m')\nm.make():wi$0\n--- lib/m.lua\nlocal M = {}\nfunction M.make(s) return s:run('x') end\nreturn M",
            &expect![[r#"
                with_env         Method    state:with_env(env: Env) -> State → m.make():with_env
                with_cwd         Method    state:with_cwd(path: string) -> State → m.make():with_cwd
                with_user        Method    state:with_user(user: string | integer) -> State → m.make():with_user
                with_platform    Method    state:with_platform(platform: PlatformSpec) -> State → m.make():with_platform
                with_network     Method    state:with_network(network: "sandbox" | "host" | "none") -> State → m.make():with_network
                with_metadata    Method    state:with_metadata(metadata: MetadataOptions) -> State → m.make():with_metadata
            "#]],
        );
        check(
            "local m = require('lib.m')\nm.$0\n--- lib/m.lua\nlocal M = { v = 1 }\nfunction M.make(s) return bk.scratch() end\nreturn M",
            &expect![[r#"
                make             Function  function(s) -> State → m.make
                v                Property  number → m.v
            "#]],
        );
        check(
            "for _, s in ipairs({ bk.scratch() }) do s:sy$0 end",
            &expect![[r#"
            symlink          Method    state:symlink(oldpath: string, newpath: string, opts?: SymlinkOptions) -> State → for _, s in ipairs({ bk.scratch() }) do s:symlink end
        "#]],
        );
    }

    #[test]
    fn keys_and_values_of_options() {
        check(
            "bk.cache('/c', { $0 })",
            &expect![[r#"
            id               Option    string → bk.cache('/c', { id =  })
            sharing          Option    "shared" | "private" | "locked" → bk.cache('/c', { sharing =  })
            source           Option    State → bk.cache('/c', { source =  })
            readonly         Option    boolean → bk.cache('/c', { readonly =  })
            uid              Option    integer → bk.cache('/c', { uid =  })
            gid              Option    integer → bk.cache('/c', { gid =  })
            mode             Option    Mode → bk.cache('/c', { mode =  })
        "#]],
        );
        check(
            "bk.cache('/c', { id = 'x', sha$0 })",
            &expect![[r#"
            sharing          Option    "shared" | "private" | "locked" → bk.cache('/c', { id = 'x', sharing =  })
        "#]],
        );
        check(
            "bk.cache('/c', { sha$0",
            &expect![[r#"
            sharing          Option    "shared" | "private" | "locked" → bk.cache('/c', { sharing =
        "#]],
        );
        check(
            "bk.cache('/c', { sharing = $0 })",
            &expect![[r#"
            shared           Value     Sharing → bk.cache('/c', { sharing = "shared" })
            private          Value     Sharing → bk.cache('/c', { sharing = "private" })
            locked           Value     Sharing → bk.cache('/c', { sharing = "locked" })
            bk               Module     → bk.cache('/c', { sharing = bk })
            _G               Function   → bk.cache('/c', { sharing = _G })
            _VERSION         Function   → bk.cache('/c', { sharing = _VERSION })
            assert           Function   → bk.cache('/c', { sharing = assert })
            bit32            Module     → bk.cache('/c', { sharing = bit32 })
        "#]],
        );
        check(
            "bk.cache('/c', { sharing = \"$0\" })",
            &expect![[r#"
            shared           Value     Sharing → bk.cache('/c', { sharing = "shared" })
            private          Value     Sharing → bk.cache('/c', { sharing = "private" })
            locked           Value     Sharing → bk.cache('/c', { sharing = "locked" })
        "#]],
        );
        check(
            "bk.cache('/c', { sharing = 'lo$0",
            &expect![[r#"
            locked           Value     Sharing → bk.cache('/c', { sharing = 'locked
        "#]],
        );
        check(
            "local s = bk.scratch()\ns:run('x', { mounts = { bk.cache('/c', { sha$0",
            &expect![[r#"
            sharing          Option    "shared" | "private" | "locked" → s:run('x', { mounts = { bk.cache('/c', { sharing =
        "#]],
        );
        check(
            "local s = bk.scratch()\ns:run('x', { mounts = { $0 } })",
            &expect![[r#"
            bk.cache         Function  bk.cache(dest: string, opts?: CacheOptions) -> Mount → s:run('x', { mounts = { bk.cache } })
            bk.secret        Function  bk.secret(dest: string, opts?: SecretOptions) -> Mount → s:run('x', { mounts = { bk.secret } })
            bk.ssh           Function  bk.ssh(opts?: SshOptions) -> Mount → s:run('x', { mounts = { bk.ssh } })
            bk.tmpfs         Function  bk.tmpfs(dest: string, opts?: TmpfsOptions) -> Mount → s:run('x', { mounts = { bk.tmpfs } })
            bk.bind          Function  bk.bind(state: State, dest: string, opts?: BindOptions) -> Mount → s:run('x', { mounts = { bk.bind } })
            bk               Module     → s:run('x', { mounts = { bk } })
            s                Variable  State → s:run('x', { mounts = { s } })
            _G               Function   → s:run('x', { mounts = { _G } })
        "#]],
        );
        check(
            "bk.http('x', { signature = { $0 } })",
            &expect![[r#"
            pubkey           Option    string → bk.http('x', { signature = { pubkey =  } })
            signature        Option    string → bk.http('x', { signature = { signature =  } })
        "#]],
        );
        check(
            "bk.scratch():mkdir('/x', { owner = { us$0 } })",
            &expect![[r#"
            user             Option    string | integer → bk.scratch():mkdir('/x', { owner = { user =  } })
        "#]],
        );
        check(
            "bk.ssh { op$0 }",
            &expect![[r#"
            optional         Option    boolean → bk.ssh { optional =  }
        "#]],
        );
        check(
            "bk.scratch():run('x', { readonly_rootfs = $0 })",
            &expect![[r#"
            false            Value      → bk.scratch():run('x', { readonly_rootfs = false })
            true             Value      → bk.scratch():run('x', { readonly_rootfs = true })
            bk               Module     → bk.scratch():run('x', { readonly_rootfs = bk })
            _G               Function   → bk.scratch():run('x', { readonly_rootfs = _G })
            _VERSION         Function   → bk.scratch():run('x', { readonly_rootfs = _VERSION })
            assert           Function   → bk.scratch():run('x', { readonly_rootfs = assert })
            bit32            Module     → bk.scratch():run('x', { readonly_rootfs = bit32 })
            buffer           Function   → bk.scratch():run('x', { readonly_rootfs = buffer })
        "#]],
        );
        check(
            "bk.scratch():run('x', {\n  cwd = '/',\n  net$0\n  env = {},\n})",
            &expect![[r#"
            network          Option    "sandbox" | "host" | "none" → network =
        "#]],
        );
    }

    #[test]
    fn modules_and_names() {
        check(
            "local go = require('$0')\n--- lib/go.lua\nreturn 1\n--- lib/n/init.lua\nreturn 1",
            &expect![[r#"
                lib.go           Module    lib/go.lua → local go = require('lib.go')
                lib.n            Module    lib/n/init.lua → local go = require('lib.n')
                prelude          Module    part of luakit → local go = require('prelude')
                prelude.args     Module    part of luakit → local go = require('prelude.args')
                prelude.compose  Module    part of luakit → local go = require('prelude.compose')
                prelude.go       Module    part of luakit → local go = require('prelude.go')
                prelude.images   Module    part of luakit → local go = require('prelude.images')
                prelude.node     Module    part of luakit → local go = require('prelude.node')
            "#]],
        );
        check(
            "local go = require \"lib/$0\n--- lib/go.lua\nreturn 1",
            &expect![[r#"
            lib/go           Module    lib/go.lua → local go = require "lib/go
        "#]],
        );
        check(
            "local base = bk.scratch()\nbk.export(ba$0)",
            &expect![[r#"
            base             Variable  State → bk.export(base)
        "#]],
        );
        check(
            "local base = bk.scratch()\nb$0",
            &expect![[r#"
            base             Variable  State → base
            bk               Module     → bk
            bit32            Module     → bit32
            buffer           Function   → buffer
            break            Keyword    → break
        "#]],
        );
        check(
            "local x = string.fo$0",
            &expect![[r#"
            format           Function  string.format → local x = string.format
        "#]],
        );
    }

    #[test]
    fn nothing_where_nothing_can_be_meant() {
        for fixture in [
            "-- bk.$0",
            "--[[ bk.$0 ]]",
            "local s$0",
            "local function f(a, b$0) end",
            "local x = 1.$0",
            "print('bk.$0')",
            "for i, v$0",
            "local x: St$0",
        ] {
            let (text, offset) = cursor(fixture);
            let items = completions(&crate::testing::script(&text), offset, None);
            let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
            assert!(labels.is_empty(), "{fixture}: {labels:?}");
        }
    }

    #[test]
    fn the_function_given_to_files_has_the_actions() {
        check(
            "bk.scratch():files(function(f) f:mkdir('/a'):m$0 end)",
            &expect![[r#"
            mkdir            Method    f:mkdir(path: string, opts?: MkdirOptions) -> Files → bk.scratch():files(function(f) f:mkdir('/a'):mkdir end)
            mkfile           Method    f:mkfile(path: string, data: string, opts?: MkfileOptions) -> Files → bk.scratch():files(function(f) f:mkdir('/a'):mkfile end)
        "#]],
        );
    }
}
