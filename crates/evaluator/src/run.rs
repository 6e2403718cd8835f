//! The state of one evaluation, shared by all that Lua can call.

use crate::config::Config;
use crate::failure::Failure;
use crate::{Export, Printed};
use luakit_api::Prepared;
use luakit_diagnostics::{Diagnostic, Place, SourceFile, TextRange};
use luakit_llb::{Graph, Location, Mount, Platform, SourceId, State};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

pub(crate) struct Run {
    pub(crate) config: Config,
    pub(crate) graph: RefCell<Graph>,
    pub(crate) states: RefCell<Vec<State>>,
    /// What left a state, for those that a command did: its mounts can be asked for.
    pub(crate) runs: RefCell<BTreeMap<u32, luakit_llb::Run>>,
    pub(crate) mounts: RefCell<Vec<Mount>>,
    pub(crate) platforms: RefCell<Vec<Platform>>,
    pub(crate) files_lists: RefCell<Vec<FilesList>>,
    /// How many actions they got, which Lua's memory does not count.
    pub(crate) actions: Cell<usize>,
    pub(crate) exports: RefCell<Vec<Export>>,
    pub(crate) files: RefCell<Vec<Rc<Loaded>>>,
    pub(crate) diagnostics: RefCell<Vec<Diagnostic>>,
    /// The warnings among them, each once: by file, range and message.
    pub(crate) warned: RefCell<BTreeSet<(String, TextRange, String)>>,
    pub(crate) output: RefCell<Vec<Printed>>,
    pub(crate) printed: Cell<usize>,
    pub(crate) args_read: RefCell<BTreeSet<String>>,
    pub(crate) observations: RefCell<crate::observe::Observations>,
    /// What ended the script, seen where it happened.
    pub(crate) failure: RefCell<Option<Failure>>,
    /// Set once by a limit; nothing a script does takes it back.
    pub(crate) stopped: RefCell<Option<Failure>>,
    /// Errors that `pcall` turned into strings, so that `error(message)` finds their place again.
    pub(crate) caught: RefCell<BTreeMap<String, Failure>>,
    /// Where the running coroutines were resumed, the outermost first.
    pub(crate) resumed: RefCell<Vec<Resumed>>,
    pub(crate) collected: crate::collect::Collected,
    pub(crate) data: Cell<usize>,
    /// The machine itself; [`crate::Memory`] says why it is kept.
    pub(crate) vm: RefCell<Option<mlua::Lua>>,
}

/// Where a coroutine was resumed.
pub(crate) struct Resumed {
    pub(crate) frames: Vec<crate::frames::Frame>,
    /// Whether whoever resumed it catches its errors.
    pub(crate) guarded: bool,
}

/// The actions of a `files` while its function runs.
pub(crate) struct FilesList {
    pub(crate) base: State,
    /// `None` once the function has ended.
    pub(crate) actions: Option<Vec<luakit_llb::FileAction>>,
    /// Whether an action was wrong, in a collecting pass.
    pub(crate) failed: bool,
}

/// A file that was compiled, and the way back to its text.
pub(crate) struct Loaded {
    pub(crate) file: Arc<SourceFile>,
    /// The path relative to the script's folder, which is the same on every machine.
    pub(crate) path: String,
    pub(crate) prepared: Prepared,
    pub(crate) source: SourceId,
    /// The locations of lines that were asked for: columns are counted from the line's start, which may be far.
    pub(crate) locations: RefCell<HashMap<usize, Location>>,
    /// Whether each character of the text is a byte.
    pub(crate) ascii: bool,
}

impl Run {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            graph: RefCell::default(),
            states: RefCell::default(),
            runs: RefCell::default(),
            mounts: RefCell::default(),
            platforms: RefCell::default(),
            files_lists: RefCell::default(),
            actions: Cell::new(0),
            exports: RefCell::default(),
            files: RefCell::default(),
            diagnostics: RefCell::default(),
            warned: RefCell::default(),
            output: RefCell::default(),
            printed: Cell::new(0),
            args_read: RefCell::default(),
            observations: RefCell::default(),
            failure: RefCell::default(),
            stopped: RefCell::default(),
            caught: RefCell::default(),
            resumed: RefCell::default(),
            collected: crate::collect::Collected::default(),
            data: Cell::new(0),
            vm: RefCell::default(),
        }
    }

    pub(crate) fn add_file(&self, file: &Arc<SourceFile>, path: &str, prepared: Prepared) -> usize {
        let source = self.graph.borrow_mut().add_source(path, file.text.as_bytes(), "Lua");
        let mut files = self.files.borrow_mut();
        files.push(Rc::new(Loaded {
            file: file.clone(),
            path: path.to_owned(),
            prepared,
            source,
            locations: RefCell::default(),
            ascii: file.text.is_ascii(),
        }));
        files.len() - 1
    }

    /// Looks an argument up: what was given for the script, else what the environment has, where there is one.
    pub(crate) fn argument(&self, name: &str) -> Option<String> {
        self.config.args.get(name).cloned().or_else(|| self.config.env.and_then(|env| env(name)))
    }

    pub(crate) fn state(&self, id: luakit_api::values::State) -> State {
        self.states.borrow().get(id.0 as usize).cloned().unwrap_or_else(State::scratch)
    }

    pub(crate) fn add_state(&self, state: State) -> u32 {
        let mut states = self.states.borrow_mut();
        states.push(state);
        (states.len() - 1) as u32
    }

    /// Returns what a `files` works on.
    pub(crate) fn files_base(&self, id: u32) -> State {
        self.files_lists.borrow().get(id as usize).map_or_else(State::scratch, |list| list.base.clone())
    }

    pub(crate) fn add_mount(&self, mount: Mount) -> u32 {
        let mut mounts = self.mounts.borrow_mut();
        mounts.push(mount);
        (mounts.len() - 1) as u32
    }

    pub(crate) fn add_platform(&self, platform: Platform) -> u32 {
        let mut platforms = self.platforms.borrow_mut();
        platforms.push(platform);
        (platforms.len() - 1) as u32
    }

    /// Ends the script with a failure that no `pcall` holds up: whatever runs next raises it again.
    pub(crate) fn stop(&self, failure: Failure) -> Failure {
        self.stopped.borrow_mut().get_or_insert(failure).clone()
    }

    /// Returns how many objects were made.
    pub(crate) fn objects(&self) -> usize {
        self.states.borrow().len()
            + self.mounts.borrow().len()
            + self.platforms.borrow().len()
            + self.files_lists.borrow().len()
            + self.actions.get()
            + self.exports.borrow().len()
    }

    /// Returns the place a line of an error is about where nothing better is known: the end of the script.
    pub(crate) fn end_of_script(&self) -> Option<Place> {
        let files = self.files.borrow();
        let file = &files.first()?.file;
        let last = file.text.trim_end().len();
        let range = file.line_range(file.lines.line(last.saturating_sub(1)));
        Some(Place { file: file.clone(), range })
    }
}
