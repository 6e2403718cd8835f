//! Lua's call stack, led back to places in the text.
//!
//! The text that runs has a line for each call (see [`luakit_api::Prepared`]), so that a line number names a call.

use crate::run::{Loaded, Run};
use luakit_api::{CallSite, Problem};
use luakit_diagnostics::{LineColumn, Place, Related, TextRange};
use luakit_llb::{Location, Position};
use mlua::Lua;
use std::rc::Rc;

/// The name of a chunk is this and the number of its file; a user's file cannot be called so, as names are paths.
pub(crate) const CHUNK: &str = "luakit#";

/// What the messages of our own chunk begin with.
pub(crate) const PRELUDE: &str = "[luakit]:";

/// A function of a script that is being run, and the line it is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) file: usize,
    /// From 1, in the text that runs.
    pub(crate) line: usize,
}

/// The most frames that are worth showing; deeper recursion repeats itself.
const DEEPEST: usize = 64;

/// The frames that are shown of the other end of a deeper stack: who began the recursion.
const OUTERMOST: usize = 8;

/// More frames than any stack has.
const EVERY: usize = 1 << 20;

/// Returns the frames of the scripts on the stack, innermost first, also those that resumed this coroutine.
pub(crate) fn capture(lua: &Lua, run: &Run) -> Vec<Frame> {
    let mut frames = own(lua);
    for resumed in run.resumed.borrow().iter().rev() {
        frames.extend(&resumed.frames);
    }
    if frames.len() > DEEPEST + OUTERMOST {
        frames.drain(DEEPEST..frames.len() - OUTERMOST);
    }
    frames
}

/// Returns the frames that an operation is remembered with, which is most often all there are.
pub(crate) fn capture_near(lua: &Lua, run: &Run) -> Vec<Frame> {
    capture_some(lua, run, CALLERS)
}

/// Tells whether a function of a file is running, however deep.
pub(crate) fn runs(lua: &Lua, run: &Run, file: usize) -> bool {
    capture_some(lua, run, EVERY).iter().any(|frame| frame.file == file)
}

fn capture_some(lua: &Lua, run: &Run, most: usize) -> Vec<Frame> {
    let (mut frames, _) = own_some(lua, most);
    for resumed in run.resumed.borrow().iter().rev() {
        frames.extend(resumed.frames.iter().take(most.saturating_sub(frames.len())));
    }
    frames
}

/// Returns the frames of the scripts on the stack of the running coroutine: the innermost, and those that began it.
pub(crate) fn own(lua: &Lua) -> Vec<Frame> {
    let (mut frames, level) = own_some(lua, DEEPEST);
    let mut rest = Vec::new();
    for level in (level..depth(lua, level)).rev().take(OUTERMOST * 4) {
        rest.extend(frame(lua, level).flatten());
    }
    rest.truncate(OUTERMOST);
    frames.extend(rest.into_iter().rev());
    frames
}

/// Returns the innermost frames, and the level that comes after them.
fn own_some(lua: &Lua, most: usize) -> (Vec<Frame>, usize) {
    let mut frames = Vec::new();
    // Half of the levels may be those of functions that are not the script's.
    for level in 0..most * 4 {
        match frame(lua, level) {
            Some(Some(frame)) => frames.push(frame),
            Some(None) => {}
            None => return (frames, level),
        }
        if frames.len() >= most {
            return (frames, level + 1);
        }
    }
    (frames, most * 4)
}

/// Returns how many levels the stack has, of which `known` are known to be there.
fn depth(lua: &Lua, known: usize) -> usize {
    let reaches = |level: usize| lua.inspect_stack(level, |_| ()).is_some();
    if !reaches(known) {
        return known;
    }
    // A stack of a hundred thousand levels is not walked.
    let (mut there, mut beyond) = (known, known * 2 + 1);
    while reaches(beyond) {
        (there, beyond) = (beyond, beyond * 2);
    }
    while there + 1 < beyond {
        let middle = there.midpoint(beyond);
        if reaches(middle) {
            there = middle;
        } else {
            beyond = middle;
        }
    }
    beyond
}

/// Returns the frame at a level if it is that of a script; `None` where the stack has no such level.
fn frame(lua: &Lua, level: usize) -> Option<Option<Frame>> {
    lua.inspect_stack(level, |debug| {
        let file = debug.source().source.as_deref().and_then(chunk_file)?;
        Some(Frame { file, line: debug.current_line()? })
    })
}

fn chunk_file(source: &str) -> Option<usize> {
    source.trim_start_matches('=').strip_prefix(CHUNK)?.parse().ok()
}

/// Splits `luakit#0:12: message` into its frame and the message.
pub(crate) fn split_position(message: &str) -> Option<(Frame, &str)> {
    let rest = message.strip_prefix(CHUNK)?;
    let (file, rest) = rest.split_once(':')?;
    let (line, rest) = rest.split_once(':')?;
    let frame = Frame { file: file.parse().ok()?, line: line.parse().ok()? };
    Some((frame, rest.strip_prefix(' ').unwrap_or(rest)))
}

impl Run {
    pub(crate) fn loaded(&self, frame: Frame) -> Option<Rc<Loaded>> {
        self.files.borrow().get(frame.file).cloned()
    }

    /// Returns the place of a frame: the name that is called there, else the line.
    pub(crate) fn place(&self, frame: Frame) -> Option<Place> {
        let loaded = self.loaded(frame)?;
        let range = loaded.site(frame.line).map_or_else(|| loaded.line_range(frame.line), |site| site.name);
        Some(Place { file: loaded.file.clone(), range })
    }

    /// Returns the place of what is called at a frame, with what it is called on: `os.execute`, not `execute`.
    pub(crate) fn callee_place(&self, frame: Frame) -> Option<Place> {
        let loaded = self.loaded(frame)?;
        let site = loaded.site(frame.line)?;
        Some(Place { file: loaded.file.clone(), range: TextRange::new(site.call.start, site.name.end) })
    }

    /// Returns the place of the name in the first call of `callee` from a frame's line on, if it is near.
    pub(crate) fn call_place(&self, frame: Frame, callee: &str) -> Option<Place> {
        let loaded = self.loaded(frame)?;
        let mut sites = (frame.line..frame.line + 4).filter_map(|line| loaded.site(line));
        let range = sites.find(|site| site.callee == callee)?.name;
        Some(Place { file: loaded.file.clone(), range })
    }

    /// Returns the place of a field's name at a frame: `.name` or `:name`, where the line holds it once.
    pub(crate) fn field_place(&self, frame: Frame, base: &str, name: &str) -> Option<Place> {
        let loaded = self.loaded(frame)?;
        let line = loaded.text_range(frame.line);
        let text = loaded.file.slice(line);
        let found = |dot: &str| {
            let field = format!("{base}{dot}{name}");
            let mut places =
                text.match_indices(&field).map(|(at, _)| line.start + at + field.len() - name.len());
            places.next().filter(|_| places.next().is_none())
        };
        let start = found(".").or_else(|| found(":"))?;
        Some(Place { file: loaded.file.clone(), range: TextRange::new(start, start + name.len()) })
    }

    /// Returns the place of the text that a line of the running text holds, where it is no call that matters.
    pub(crate) fn text_place(&self, frame: Frame) -> Option<Place> {
        let loaded = self.loaded(frame)?;
        Some(Place { file: loaded.file.clone(), range: loaded.text_range(frame.line) })
    }

    /// Returns the place of a problem in the arguments of the call that the innermost frame is at.
    pub(crate) fn problem_place(&self, frames: &[Frame], function: &str, problem: &Problem) -> Option<Place> {
        let frame = *frames.first()?;
        let loaded = self.loaded(frame)?;
        let Some(site) = loaded.site(frame.line) else { return self.place(frame) };
        // `pcall(bk.image, "x")`: the call that is written there is another one.
        let range = if site.calls(function) { site.locate(problem) } else { site.name };
        Some(Place { file: loaded.file.clone(), range })
    }

    /// Returns the callers of the innermost frame, as they are told after a finding.
    pub(crate) fn trace(&self, frames: &[Frame]) -> Vec<Related> {
        let mut related: Vec<Related> = Vec::new();
        for frame in frames.iter().skip(1) {
            let Some(place) = self.place(*frame) else { continue };
            if related.last().is_none_or(|last| last.place != place) {
                related.push(Related { place, message: "called from".into() });
            }
        }
        related
    }

    /// Returns the frames as locations for source maps: where the call is, and its nearest callers.
    pub(crate) fn locations(&self, frames: &[Frame]) -> (Vec<Location>, Vec<Location>) {
        let mut all = frames.iter().take(CALLERS).filter_map(|frame| {
            let loaded = self.loaded(*frame)?;
            let known = loaded.locations.borrow().get(&frame.line).copied();
            let location = known.unwrap_or_else(|| loaded.location(frame.line));
            loaded.locations.borrow_mut().insert(frame.line, location);
            Some(location)
        });
        (all.next().into_iter().collect(), all.collect())
    }
}

/// The most places that are kept of an operation. A recursion has more, a hundred thousand times.
const CALLERS: usize = 16;

impl Loaded {
    pub(crate) fn site(&self, line: usize) -> Option<&CallSite> {
        let call = self.prepared.lines.get(line.checked_sub(1)?)?.call?;
        self.prepared.calls.get(call)
    }

    /// Tells whether what a call returns is called in turn, as in `f()()`: that call has no line of its own.
    pub(crate) fn calls_result_of(&self, site: &CallSite) -> bool {
        let outer = |other: &CallSite| {
            other.callee.is_empty() && other.call.start == site.call.start && other.call.end > site.call.end
        };
        self.prepared.calls.iter().any(outer)
    }

    /// Counts no characters where each is a byte: a script of a single line may be long.
    fn line_column(&self, offset: usize) -> LineColumn {
        if !self.ascii {
            return self.file.line_column(offset);
        }
        let line = self.file.lines.line(offset);
        LineColumn { line, column: offset - self.file.lines.start(line) + 1 }
    }

    fn location(&self, line: usize) -> Location {
        let range = self.site(line).map_or_else(
            || self.line_range(line),
            // From the name, since the call of a chain begins lines above it.
            |site| TextRange::new(site.name.start, site.call.end),
        );
        let (start, end) = (self.line_column(range.start), self.line_column(range.end));
        let position = |at: LineColumn| Position { line: at.line as i32, character: at.column as i32 - 1 };
        Location { source: self.source, start: position(start), end: position(end) }
    }

    /// Returns the range of the original text that a line of the running text holds.
    fn text_range(&self, line: usize) -> TextRange {
        let start_of = |line: usize| self.prepared.lines.get(line).map(|line| line.start);
        let start = start_of(line.saturating_sub(1)).unwrap_or(self.file.text.len());
        let end = start_of(line).unwrap_or(self.file.text.len());
        let text = self.file.slice(TextRange::new(start, end));
        let start = start + (text.len() - text.trim_start().len());
        TextRange::new(start, start + text.trim().len())
    }

    /// Returns the range of the original line that a line of the running text comes from.
    pub(crate) fn line_range(&self, line: usize) -> TextRange {
        let start =
            self.prepared.lines.get(line.saturating_sub(1)).map_or(self.file.text.len(), |line| line.start);
        self.file.line_range(self.file.lines.line(start))
    }
}
