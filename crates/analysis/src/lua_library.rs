//! Lua's own functions, as far as scripts have them: how they are called and what they do.

use crate::Script;
use crate::tree::{ExprId, ExprKind};

/// A function or value of Lua's libraries.
#[derive(Debug)]
pub(crate) struct LuaName {
    /// Such as `string.format`.
    pub(crate) path: &'static str,
    /// The parameters, in a line; `None` for what is no function.
    pub(crate) params: Option<&'static str>,
    /// What it gives, as types; empty for nothing.
    pub(crate) returns: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) example: &'static str,
}

impl LuaName {
    /// Returns the last part of the path.
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// Writes it as `string.format(format: string, ...: any) -> string`.
    pub(crate) fn signature(&self) -> String {
        match (self.params, self.returns) {
            (Some(params), "") => format!("{}({params})", self.path),
            (Some(params), returns) => format!("{}({params}) -> {returns}", self.path),
            (None, returns) => format!("{}: {returns}", self.path),
        }
    }

    /// Returns the parameters one by one.
    pub(crate) fn parameters(&self) -> Vec<String> {
        let params = self.params.unwrap_or("");
        let mut depth = 0usize;
        let parts = params.split(|c| {
            match c {
                '(' | '{' => depth += 1,
                ')' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ',' && depth == 0
        });
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    pub(crate) fn markdown(&self) -> String {
        let mut out = format!("```lua\n{}\n```\n\n{}", self.signature(), self.doc);
        if !self.example.is_empty() {
            out.push_str(&format!("\n\n```lua\n{}\n```", self.example));
        }
        out
    }
}

/// Returns what has this path, such as `string.format`.
pub(crate) fn lua_name(path: &str) -> Option<&'static LuaName> {
    LUA_NAMES.iter().find(|it| it.path == path)
}

/// Returns the table that a loop goes over, and by which function: a table needs none in Luau.
pub(crate) fn looped(script: &Script, list: ExprId) -> (ExprId, Option<Looping>) {
    let ExprKind::Call(call) = &script.tree.expr(list).kind else { return (list, None) };
    let path = script.global_path(call.callee).filter(|_| call.method.is_none());
    match (path.as_deref(), call.args.first()) {
        (Some("ipairs"), Some(table)) => (*table, Some(Looping::Ipairs)),
        (Some("pairs"), Some(table)) => (*table, Some(Looping::Pairs)),
        _ => (list, None),
    }
}

/// The functions that loops call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looping {
    /// Its keys are counted.
    Ipairs,
    Pairs,
}

/// Tells whether a function of Lua's libraries only reads the tables it is given.
pub(crate) fn reads_only(path: &str) -> bool {
    const READERS: &[&str] = &[
        "ipairs",
        "pairs",
        "next",
        "print",
        "type",
        "typeof",
        "tostring",
        "assert",
        "error",
        "select",
        "unpack",
        "getmetatable",
        "rawequal",
        "rawlen",
        "table.unpack",
        "table.concat",
        "table.find",
        "table.clone",
        "table.isfrozen",
    ];
    READERS.contains(&path)
}

/// Returns what a library has, in the order of their names.
pub(crate) fn members_of(library: &str) -> impl Iterator<Item = &'static LuaName> {
    let of_library = move |it: &&LuaName| {
        it.path
            .strip_prefix(library)
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|it| !it.contains('.'))
    };
    LUA_NAMES.iter().filter(of_library)
}

/// Returns the function that `text:name()` calls on a string.
pub(crate) fn string_method(name: &str) -> Option<&'static LuaName> {
    members_of("string").find(|it| it.name() == name && it.name() != "char")
}

/// Tells whether this is the name of a library.
pub(crate) fn is_library(name: &str) -> bool {
    LIBRARIES.iter().any(|(library, _)| *library == name)
}

/// Returns what a library is for.
pub(crate) fn library_doc(name: &str) -> Option<&'static str> {
    LIBRARIES.iter().find(|(library, _)| *library == name).map(|(_, doc)| *doc)
}

const LIBRARIES: &[(&str, &str)] = &[
    ("string", "Functions on texts. They are methods of texts, too: `name:upper()`."),
    ("table", "Functions on tables, most of them on lists."),
    ("math", "Mathematics. Random numbers are the same each time, so that the build is."),
    ("os", "Arguments of the build, and a clock that stands still."),
    ("coroutine", "Functions that can be left and gone on with."),
    ("bit32", "Operations on the bits of numbers up to 32 bits."),
    ("utf8", "Functions on texts as sequences of code points."),
];

const fn f(
    path: &'static str,
    params: &'static str,
    returns: &'static str,
    doc: &'static str,
    example: &'static str,
) -> LuaName {
    LuaName { path, params: Some(params), returns, doc, example }
}

const fn v(path: &'static str, returns: &'static str, doc: &'static str) -> LuaName {
    LuaName { path, params: None, returns, doc, example: "" }
}

/// Each library's in the order of their names.
#[rustfmt::skip]
pub(crate) static LUA_NAMES: &[LuaName] = &[
    f("assert", "value: any, message?: string", "any", "Returns its arguments if the first is neither false nor nil; else raises the message as an error.", "local name = assert(opts.name, \"a name must be given\")"),
    f("collectgarbage", "option: string", "number", "Tells how many kilobytes the script uses, with `\"count\"`.", ""),
    f("error", "message: any, level?: number", "", "Raises an error, which ends the build unless `pcall` catches it. With level 2 it is put where the function was called.", "error(\"unknown service \" .. name)"),
    f("getmetatable", "value: any", "table?", "Returns the metatable of a value.", ""),
    f("ipairs", "list: table", "iterator", "Goes over a list from 1 on, to the first nil: for each element, its index and itself.", "for i, package in ipairs(packages) do print(i, package) end"),
    f("loadstring", "text: string, name?: string", "function?, string?", "Makes a function of a text that is Lua, or returns nil and what is wrong with it.", ""),
    f("next", "map: table, key?: any", "any, any", "Returns the key that follows and its value, or nil after the last; `next(t) == nil` tells whether a table is empty.", ""),
    f("pairs", "map: table", "iterator", "Goes over all entries of a table: for each, its key and its value.", "for name, value in pairs(env) do print(name, value) end"),
    f("pcall", "func: function, ...: any", "boolean, ...", "Calls a function with the other arguments. Returns true and its results, or false and the error that it raised.", "local ok, err = pcall(build, opts)"),
    f("print", "...: any", "", "Prints values to the build's messages, parted by tabs. Nothing of it gets into the build.", "print(\"building\", name)"),
    f("rawequal", "a: any, b: any", "boolean", "Tells whether two values are the same, whatever their metatables say.", ""),
    f("rawget", "map: table, key: any", "any", "Reads an entry, whatever the table's metatable says.", ""),
    f("rawlen", "list: table", "number", "Returns the length of a list, whatever its metatable says.", ""),
    f("rawset", "map: table, key: any, value: any", "table", "Writes an entry, whatever the table's metatable says.", ""),
    f("require", "name: string", "any", "Runs a module, once, and returns what it returns. The name is a path below the folder of the build script, parted by dots or slashes.", "local go = require(\"lib.go\")"),
    f("select", "n: number | \"#\", ...: any", "...", "Returns the arguments from the n-th on, or with `\"#\"` how many there are.", "local count = select(\"#\", ...)"),
    f("setmetatable", "value: table, meta: table?", "table", "Gives a table a metatable, such as `{ __index = M }` for methods, and returns it.", "return setmetatable({ base = base }, { __index = M })"),
    f("tonumber", "value: any, base?: number", "number?", "Makes a number of a text, or returns nil if it is none.", "tonumber(\"0755\", 8)"),
    f("tostring", "value: any", "string", "Makes a text of a value.", ""),
    f("type", "value: any", "string", "Returns the name of a value's type: `\"nil\"`, `\"boolean\"`, `\"number\"`, `\"string\"`, `\"table\"`, `\"function\"`, `\"userdata\"`…", ""),
    f("typeof", "value: any", "string", "Returns the name of a value's type, as `type` does, and that of an object.", ""),
    f("unpack", "list: table, from?: number, to?: number", "...", "Returns the elements of a list, each as a value of its own.", "bk.merge(unpack(states))"),
    f("xpcall", "func: function, handler: function, ...: any", "boolean, ...", "Calls a function as `pcall` does; an error goes through the handler first.", ""),
    f("newproxy", "meta?: boolean", "userdata", "Makes an empty object.", ""),
    f("gcinfo", "", "number", "Tells how many kilobytes the script uses.", ""),
    f("getfenv", "target?: number | function", "table", "Returns the globals that a function sees.", ""),
    f("setfenv", "target: number | function, globals: table", "", "Sets the globals that a function sees.", ""),
    v("_G", "table", "The table of all globals."),
    v("_VERSION", "string", "The name of the language, `\"Luau\"`."),

    f("string.byte", "text: string, from?: number, to?: number", "...number", "Returns the bytes of a text from one place to another.", ""),
    f("string.char", "...: number", "string", "Makes a text of bytes.", ""),
    f("string.find", "text: string, pattern: string, from?: number, plain?: boolean", "number?, number?, ...string", "Returns where a pattern first matches, from and to, and what its parentheses caught; nil if it does not. With `plain` the pattern is a text.", "local from = name:find(\"/\", 1, true)"),
    f("string.format", "format: string, ...: any", "string", "Writes values as the format says: `%s` a text, `%d` an integer, `%q` a text in quotes, `%5.2f` a number, `%%` a percent sign.", "string.format(\"%s:%s\", name, tag)"),
    f("string.gmatch", "text: string, pattern: string", "iterator", "Goes over all matches of a pattern.", "for word in line:gmatch(\"%S+\") do print(word) end"),
    f("string.gsub", "text: string, pattern: string, replacement: string | table | function, most?: number", "string, number", "Replaces the matches of a pattern; returns the text and how many there were.", "local path = name:gsub(\"%.\", \"/\")"),
    f("string.len", "text: string", "number", "Returns how many bytes a text has, as `#text` does.", ""),
    f("string.lower", "text: string", "string", "Returns the text in small letters.", ""),
    f("string.match", "text: string, pattern: string, from?: number", "...string?", "Returns what the parentheses of a pattern catch where it first matches, or the whole match; nil if it does not.", "local major = version:match(\"^(%d+)\")"),
    f("string.pack", "format: string, ...: any", "string", "Writes values as bytes, as the format says.", ""),
    f("string.packsize", "format: string", "number", "Returns how many bytes a format takes.", ""),
    f("string.rep", "text: string, n: number, separator?: string", "string", "Returns the text n times.", ""),
    f("string.reverse", "text: string", "string", "Returns the bytes of a text from the last to the first.", ""),
    f("string.split", "text: string, separator?: string", "string[]", "Splits a text at a separator, `,` unless given.", "for _, part in ipairs((\"a/b\"):split(\"/\")) do print(part) end"),
    f("string.sub", "text: string, from: number, to?: number", "string", "Returns a part of a text; places count from 1, or from the end if they are negative.", "local short = digest:sub(1, 12)"),
    f("string.unpack", "format: string, text: string, from?: number", "...", "Reads values from bytes, as the format says.", ""),
    f("string.upper", "text: string", "string", "Returns the text in capital letters.", ""),

    f("table.clear", "map: table", "", "Takes all entries out of a table.", ""),
    f("table.clone", "map: table", "table", "Returns a table with the same entries.", "local env = table.clone(defaults)"),
    f("table.concat", "list: table, separator?: string, from?: number, to?: number", "string", "Joins the texts of a list.", "table.concat({ \"go\", \"build\" }, \" \")"),
    f("table.create", "n: number, value?: any", "table", "Makes a list of n elements.", ""),
    f("table.find", "list: table, value: any, from?: number", "number?", "Returns the index of a value in a list, or nil.", ""),
    f("table.freeze", "map: table", "table", "Makes a table one that cannot be changed, and returns it.", ""),
    f("table.insert", "list: table, value: any", "", "Adds a value at the end of a list; with three arguments, at the index that is the second.", "table.insert(mounts, bk.cache(\"/root/.npm\"))"),
    f("table.isfrozen", "map: table", "boolean", "Tells whether a table cannot be changed.", ""),
    f("table.maxn", "list: table", "number", "Returns the largest index.", ""),
    f("table.move", "from: table, first: number, last: number, at: number, to?: table", "table", "Copies elements of a list to another place or another list.", ""),
    f("table.pack", "...: any", "table", "Makes a list of its arguments, with their number as `n`.", ""),
    f("table.remove", "list: table, index?: number", "any", "Takes an element out of a list, the last unless an index is given, and returns it.", ""),
    f("table.sort", "list: table, before?: (a: any, b: any) -> boolean", "", "Sorts a list in place.", "table.sort(names)"),
    f("table.unpack", "list: table, from?: number, to?: number", "...", "Returns the elements of a list, each as a value of its own.", "bk.merge(table.unpack(states))"),

    f("math.abs", "x: number", "number", "Returns the number without its sign.", ""),
    f("math.ceil", "x: number", "number", "Rounds up.", ""),
    f("math.clamp", "x: number, min: number, max: number", "number", "Returns the number nearest to x within a range.", ""),
    f("math.exp", "x: number", "number", "Returns e to the power of x.", ""),
    f("math.floor", "x: number", "number", "Rounds down.", ""),
    f("math.fmod", "x: number, y: number", "number", "Returns what is left of a division.", ""),
    v("math.huge", "number", "A number larger than all others."),
    f("math.log", "x: number, base?: number", "number", "Returns the logarithm, the natural one unless a base is given.", ""),
    f("math.max", "x: number, ...: number", "number", "Returns the largest.", ""),
    f("math.min", "x: number, ...: number", "number", "Returns the smallest.", ""),
    f("math.modf", "x: number", "number, number", "Returns the whole part and the rest.", ""),
    v("math.pi", "number", "The number π."),
    f("math.pow", "x: number, y: number", "number", "Returns x to the power of y, as `x ^ y` does.", ""),
    f("math.noise", "x: number, y?: number, z?: number", "number", "Returns Perlin noise at a point, from -1 to 1.", ""),
    f("math.random", "from?: number, to?: number", "number", "Returns a random number: from 0 to 1, or an integer of a range. The numbers are the same each time the script runs.", ""),
    f("math.randomseed", "seed: number", "", "Begins another row of random numbers.", ""),
    f("math.round", "x: number", "number", "Rounds to the nearest.", ""),
    f("math.sign", "x: number", "number", "Returns -1, 0 or 1.", ""),
    f("math.sqrt", "x: number", "number", "Returns the square root.", ""),

    f("os.clock", "", "number", "Returns the seconds that the script has used. They stand still, so that a build gives the same each time.", ""),
    f("os.date", "format?: string, time?: number", "string | table", "Writes a time as the format says. The clock stands still: at SOURCE_DATE_EPOCH if that is given, else in 1970.", "os.date(\"!%Y-%m-%d\")"),
    f("os.time", "parts?: table", "number", "Returns a time in seconds since 1970. The clock stands still: at SOURCE_DATE_EPOCH if that is given, else in 1970.", ""),

    f("coroutine.close", "co: thread", "boolean, any", "Ends a coroutine.", ""),
    f("coroutine.create", "func: function", "thread", "Makes a coroutine of a function.", ""),
    f("coroutine.isyieldable", "", "boolean", "Tells whether this is a coroutine that can be left.", ""),
    f("coroutine.resume", "co: thread, ...: any", "boolean, ...", "Goes on with a coroutine; returns true and what it yields, or false and its error.", ""),
    f("coroutine.running", "", "thread?", "Returns the coroutine that runs.", ""),
    f("coroutine.status", "co: thread", "string", "Returns `\"running\"`, `\"suspended\"`, `\"normal\"` or `\"dead\"`.", ""),
    f("coroutine.wrap", "func: function", "function", "Makes a function that goes on with a coroutine each time it is called.", ""),
    f("coroutine.yield", "...: any", "...", "Leaves a coroutine, and gives values to who went on with it.", ""),

    f("bit32.arshift", "x: number, n: number", "number", "Shifts to the right and keeps the sign.", ""),
    f("bit32.band", "...: number", "number", "Returns the bits that all have.", ""),
    f("bit32.bnot", "x: number", "number", "Returns the bits that x has not.", ""),
    f("bit32.bor", "...: number", "number", "Returns the bits that any has.", ""),
    f("bit32.btest", "...: number", "boolean", "Tells whether there is a bit that all have.", ""),
    f("bit32.bxor", "...: number", "number", "Returns the bits that an odd number of them have.", ""),
    f("bit32.countlz", "x: number", "number", "Counts the zeros at the left.", ""),
    f("bit32.countrz", "x: number", "number", "Counts the zeros at the right.", ""),
    f("bit32.extract", "x: number, at: number, width?: number", "number", "Returns some of the bits.", ""),
    f("bit32.lrotate", "x: number, n: number", "number", "Rotates to the left.", ""),
    f("bit32.lshift", "x: number, n: number", "number", "Shifts to the left.", ""),
    f("bit32.replace", "x: number, value: number, at: number, width?: number", "number", "Replaces some of the bits.", ""),
    f("bit32.rrotate", "x: number, n: number", "number", "Rotates to the right.", ""),
    f("bit32.rshift", "x: number, n: number", "number", "Shifts to the right.", ""),

    f("utf8.char", "...: number", "string", "Makes a text of code points.", ""),
    v("utf8.charpattern", "string", "The pattern that matches one character."),
    f("utf8.codepoint", "text: string, from?: number, to?: number", "...number", "Returns the code points of a text.", ""),
    f("utf8.codes", "text: string", "iterator", "Goes over the characters of a text: for each, its place and its code point.", ""),
    f("utf8.len", "text: string, from?: number, to?: number", "number?, number?", "Returns how many characters a text has, or nil and the place that is no UTF-8.", ""),
    f("utf8.offset", "text: string, n: number, from?: number", "number?", "Returns the place where a character begins.", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_global_function_is_explained() {
        let told_elsewhere =
            ["bk", "io", "debug", "package", "buffer", "vector", "load", "loadfile", "dofile"];
        for name in luakit_api::GLOBALS.iter().filter(|name| !told_elsewhere.contains(name)) {
            assert!(lua_name(name).is_some() || is_library(name), "{name}");
        }
    }

    #[test]
    fn parameters_are_told_apart() {
        let sort = lua_name("table.sort").unwrap();
        assert_eq!(sort.parameters(), ["list: table", "before?: (a: any, b: any) -> boolean"]);
        assert_eq!(sort.signature(), "table.sort(list: table, before?: (a: any, b: any) -> boolean)");
        assert!(lua_name("math.pi").unwrap().parameters().is_empty());
        assert!(blocked_names().is_empty(), "{:?}", blocked_names());
    }

    fn blocked_names() -> Vec<&'static str> {
        LUA_NAMES.iter().map(|it| it.path).filter(|path| luakit_api::blocked(path).is_some()).collect()
    }
}
