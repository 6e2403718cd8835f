//! Looking things up by the names that scripts use.

use crate::{FUNCTIONS, Function, Object, Receiver};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Returns the function of `bk` with this name.
pub fn bk_function(name: &str) -> Option<&'static Function> {
    function_named(Receiver::Bk, name)
}

/// Returns the method of an object with this name.
pub fn method(object: Object, name: &str) -> Option<&'static Function> {
    match object {
        Object::State => function_named(Receiver::State, name),
        Object::Files => function_named(Receiver::Files, name),
        Object::Mount | Object::Platform => None,
    }
}

/// Returns all methods of an object.
pub fn methods_of(object: Object) -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().copied().filter(move |f| f.receiver.object() == Some(object))
}

pub fn function_named(receiver: Receiver, name: &str) -> Option<&'static Function> {
    // The editor asks for each name in a script, on every keystroke.
    static BY_NAME: LazyLock<FxHashMap<(Receiver, &str), &Function>> = LazyLock::new(|| {
        let names = |function: &'static Function| {
            let names = std::iter::once(function.name).chain(function.aliases.iter().copied());
            names.map(move |name| ((function.receiver, name), function))
        };
        FUNCTIONS.iter().copied().rev().flat_map(names).collect()
    });
    BY_NAME.get(&(receiver, name)).copied()
}

/// A field that can be read from an object.
#[derive(Debug)]
pub struct Property {
    pub name: &'static str,
    pub doc: &'static str,
}

/// Returns the fields that can be read from an object.
pub fn properties_of(object: Object) -> &'static [Property] {
    match object {
        Object::Platform => &[
            Property { name: "os", doc: "The operating system, such as `linux`." },
            Property { name: "arch", doc: "The architecture, such as `arm64`." },
            Property { name: "variant", doc: "The variant of the architecture, such as `v7`, or empty." },
        ],
        Object::State | Object::Mount | Object::Files => &[],
    }
}

/// The fields of `bk` that are no functions; all are Platforms.
pub const BK_PLATFORMS: &[Property] = &[
    Property { name: "target_platform", doc: "The platform that the build is for." },
    Property { name: "build_platform", doc: "The platform of the machine that evaluates the script." },
];

/// A name of Lua's libraries that scripts do not have, and what to do instead.
#[derive(Debug)]
pub struct Blocked {
    pub name: &'static str,
    pub hint: &'static str,
}

impl Blocked {
    /// Returns the message for a script that uses it.
    pub fn message(&self) -> String {
        format!("{} is not available in build scripts (sandboxed)", self.name)
    }
}

const RUN: &str = "commands run in the build: use `state:run(\"…\")`";
const FILES: &str = "scripts see no files: use `bk.local_` and `state:copy`, or `state:mkfile` to write one";
const CODE: &str = "use `require` for modules beside the script";
const DEBUG: &str = "use `print`, which goes to stderr";

/// The names that are blocked, as scripts write them.
pub const BLOCKED: &[Blocked] = &[
    Blocked { name: "os.execute", hint: RUN },
    Blocked { name: "os.exit", hint: "use `error(\"…\")` to stop a script" },
    Blocked { name: "os.remove", hint: "use `state:rm`" },
    Blocked { name: "os.rename", hint: FILES },
    Blocked { name: "os.tmpname", hint: FILES },
    Blocked { name: "os.setlocale", hint: "scripts run in the C locale" },
    Blocked { name: "os.difftime", hint: "subtract the times" },
    Blocked { name: "io.open", hint: FILES },
    Blocked { name: "io.popen", hint: RUN },
    Blocked { name: "io.lines", hint: FILES },
    Blocked { name: "io.read", hint: "use `os.getenv` and `--arg NAME=VALUE` for input" },
    Blocked { name: "io.input", hint: FILES },
    Blocked { name: "io.output", hint: FILES },
    Blocked { name: "io.close", hint: FILES },
    Blocked { name: "io.tmpfile", hint: FILES },
    Blocked { name: "io.type", hint: FILES },
    Blocked { name: "dofile", hint: CODE },
    Blocked { name: "loadfile", hint: CODE },
    Blocked { name: "string.dump", hint: CODE },
    Blocked { name: "package.loadlib", hint: CODE },
    Blocked { name: "debug.getinfo", hint: DEBUG },
    Blocked { name: "debug.sethook", hint: DEBUG },
    Blocked { name: "debug.getlocal", hint: DEBUG },
    Blocked { name: "debug.getupvalue", hint: DEBUG },
    Blocked { name: "debug.getregistry", hint: DEBUG },
    Blocked { name: "debug.setmetatable", hint: DEBUG },
    Blocked { name: "debug.traceback", hint: DEBUG },
];

/// Returns the blocked name that `path` is, such as `os.execute`.
pub fn blocked(path: &str) -> Option<&'static Blocked> {
    BLOCKED.iter().find(|blocked| blocked.name == path)
}

/// The names that scripts find without declaring them.
pub const GLOBALS: &[&str] = &[
    "bk",
    "require",
    "print",
    "assert",
    "error",
    "pcall",
    "xpcall",
    "select",
    "tostring",
    "tonumber",
    "type",
    "typeof",
    "ipairs",
    "pairs",
    "next",
    "unpack",
    "rawget",
    "rawset",
    "rawequal",
    "rawlen",
    "setmetatable",
    "getmetatable",
    "load",
    "loadstring",
    "getfenv",
    "setfenv",
    "newproxy",
    "collectgarbage",
    "gcinfo",
    "string",
    "table",
    "math",
    "os",
    "io",
    "coroutine",
    "bit32",
    "utf8",
    "buffer",
    "vector",
    "debug",
    "package",
    "_G",
    "_VERSION",
    "loadfile",
    "dofile",
];

/// A name that test files find beside those of scripts, or an expectation in them.
#[derive(Debug)]
pub struct TestName {
    pub name: &'static str,
    /// The parameters as annotations of a stub: name and type.
    pub params: &'static [(&'static str, &'static str)],
    pub returns: &'static str,
    pub doc: &'static str,
}

/// The names that test files find without declaring them.
pub const TEST_GLOBALS: &[&str] = &["test", "describe", "expect", "luakit"];

/// The functions that test files find.
pub const TEST_FUNCTIONS: &[TestName] = &[
    TestName {
        name: "test",
        params: &[("name", "string"), ("body", "fun()")],
        returns: "",
        doc: "Declares a test. It passes if its function raises no error.",
    },
    TestName {
        name: "test.skip",
        params: &[("name", "string"), ("body", "fun()")],
        returns: "",
        doc: "Declares a test that is not run.",
    },
    TestName {
        name: "describe",
        params: &[("name", "string"), ("body", "fun()")],
        returns: "",
        doc: "Groups the tests that its function declares: its name stands before theirs.",
    },
    TestName {
        name: "expect",
        params: &[("value", "any")],
        returns: "Expectation",
        doc: "Begins an expectation about a value.",
    },
    TestName {
        name: "luakit.evaluate",
        params: &[("path", "string"), ("options?", "EvaluateOptions")],
        returns: "EvaluatedScript",
        doc: "Evaluates another script of the project, as a build would. A script with mistakes is no error: they are \
              in `findings`.",
    },
    TestName {
        name: "luakit.ops",
        params: &[("graph", "State|EvaluatedScript")],
        returns: "table[]",
        doc: "Returns the operations of a State, each after its inputs, as `luakit dag --format json` writes them.",
    },
    TestName {
        name: "luakit.digest",
        params: &[("state", "State")],
        returns: "string",
        doc: "Returns the digest of a State.",
    },
];

/// The options of `luakit.evaluate`, each with its type.
pub const EVALUATE_OPTIONS: &[(&str, &str, &str)] = &[
    ("args", "table<string, string|number|boolean>", "Values for `os.getenv`, as `--arg` gives them."),
    ("target", "string", "The result to look at, by the name that `bk.target` gives it."),
    ("platform", "string", "The platform that images without one are taken for; `linux/amd64` unless given."),
];

/// The fields of what `luakit.evaluate` returns, each with its type.
pub const EVALUATED: &[(&str, &str, &str)] = &[
    ("ops", "table[]", "The operations, each after its inputs; empty if the script has errors."),
    ("digest", "string?", "The digest of what the script exports."),
    ("config", "any", "The configuration of the image, as the OCI image specification writes it."),
    (
        "findings",
        "table[]",
        "What `luakit check` finds: `file`, `line`, `column`, `severity`, `code`, `message`.",
    ),
    ("output", "string", "What the script printed."),
    ("args_read", "string[]", "The names of the arguments that the script asked for."),
];

/// What can be expected of a value.
pub const EXPECTATIONS: &[TestName] = &[
    expectation(
        "equals",
        &[("expected", "any")],
        "The values are equal: tables key by key, States by their graphs.",
    ),
    expectation("differs", &[("other", "any")], "The values are not equal."),
    expectation(
        "matches",
        &[("shape", "any")],
        "A text matches a Lua pattern; a table has everything that the shape has, and may have more.",
    ),
    expectation(
        "contains",
        &[("part", "any")],
        "A text holds another, or a list holds an element like this.",
    ),
    expectation(
        "lacks",
        &[("part", "any")],
        "A text does not hold another, or a list holds no element like this.",
    ),
    expectation(
        "has_op",
        &[("shape", "table"), ("times?", "integer")],
        "The graph has an operation like this, or as many as said.",
    ),
    expectation("lacks_op", &[("shape", "table")], "The graph has no operation like this."),
    expectation(
        "has_finding",
        &[("wanted", "string|table")],
        "The script has a finding with this code, with this text in its message, or like this table.",
    ),
    expectation("is_clean", &[], "The script has neither errors nor warnings."),
    TestName {
        name: "fails",
        params: &[("part?", "string")],
        returns: "string",
        doc: "The function raises an error whose message holds this text. Returns the message.",
    },
];

const fn expectation(
    name: &'static str,
    params: &'static [(&'static str, &'static str)],
    doc: &'static str,
) -> TestName {
    TestName { name, params, returns: "", doc }
}
