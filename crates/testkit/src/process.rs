//! Processes that must not outlive the one that started them.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::Result;

/// Reads `PID NAME` lines until the end of its input, then ends those processes and their groups: politely, and after five seconds by
/// force. The names guard against a number that belongs to someone else by now. The folder `$1`, if given, is deleted at the end.
const REAPER: &str = r#"
pids=
while read -r pid name; do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$name" ] && pids="$pids $pid"
done
alive() {
    for pid in $pids; do
        case $(cut -d' ' -f3 "/proc/$pid/stat" 2>/dev/null) in '' | Z) ;; *) return 0 ;; esac
    done
    return 1
}
end() {
    for pid in $pids; do kill -s "$1" -- "-$pid"; done
    tries=25
    while alive && [ $tries -gt 0 ]; do sleep 0.2; tries=$((tries - 1)); done
}
end TERM
if alive; then end KILL; fi
[ -z "$1" ] || rm -rf --one-file-system "$1"
"#;

/// Ends the processes it was told of as soon as this process is gone, however it went.
///
/// The test harness drops no statics, a panic or a signal runs no destructors, and `PR_SET_PDEATHSIG` follows the *thread* that spawned the
/// child, which in a test is gone after the test. So a small shell waits at the end of a pipe: the kernel closes it in all these cases.
#[derive(Debug)]
pub(crate) struct Reaper {
    pids: ChildStdin,
}

impl Reaper {
    /// Starts it; `delete` is a folder to delete at the end.
    pub(crate) fn start(delete: Option<&Path>) -> Result<Self> {
        let mut shell = reaper(delete)?;
        // Dropping the handle leaves the shell running; `stdin` is all that is needed.
        let pids = shell.stdin.take().ok_or("the shell that ends the daemon has no input")?;
        Ok(Self { pids })
    }

    pub(crate) fn watch(&mut self, process: &Process) -> Result<()> {
        writeln!(self.pids, "{}", process.line())
            .map_err(|error| format!("cannot reach the shell that ends the daemon: {error}"))
    }
}

/// Ends the processes listed in `file` as [`Process::line`] writes them, and forgets the file. False when there were none.
pub fn stop(file: &Path) -> Result<bool> {
    let Ok(lines) = fs::read_to_string(file) else { return Ok(false) };
    let mut shell = reaper(None)?;
    if let Some(mut stdin) = shell.stdin.take() {
        stdin
            .write_all(lines.as_bytes())
            .map_err(|error| format!("cannot reach the shell that ends the daemon: {error}"))?;
    }
    shell.wait().map_err(|error| format!("cannot wait for the daemon's end: {error}"))?;
    fs::remove_file(file).map_err(|error| format!("cannot remove {}: {error}", file.display()))?;
    Ok(true)
}

/// Whether one of the processes listed in `file` is still running.
pub(crate) fn any_alive(file: &Path) -> bool {
    let Ok(lines) = fs::read_to_string(file) else { return false };
    lines.lines().filter_map(|line| line.split_once(' ')).any(|(pid, program)| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // `PID (PROGRAM) STATE …`; a zombie waits for nobody but its parent.
        let rest = stat.strip_prefix(&format!("{pid} ({program}) "));
        rest.is_some_and(|rest| !rest.starts_with('Z'))
    })
}

fn reaper(delete: Option<&Path>) -> Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", REAPER, "reaper"])
        .args(delete)
        .stdin(Stdio::piped())
        // Not inherited: whoever reads the tests' output through a pipe would wait for this shell, too.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C at the terminal reaches the foreground's process group; this one has to survive it.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("cannot start /bin/sh: {error}"))
}

/// A program in a process group of its own, with its output in a file.
#[derive(Debug)]
pub(crate) struct Process {
    /// What people call it.
    name: &'static str,
    /// What the kernel calls it, which differs where one program starts another.
    program: String,
    log: PathBuf,
    child: Child,
}

impl Process {
    pub(crate) fn spawn(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let cannot = |error| format!("cannot start {name}: {error}");
        let output = fs::File::create(log).map_err(cannot)?;
        let errors = output.try_clone().map_err(cannot)?;
        let child = command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0).spawn();
        let child = child.map_err(cannot)?;
        let program =
            Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, program, log: log.to_owned(), child })
    }

    /// `PID NAME`, as the reaper wants it.
    pub(crate) fn line(&self) -> String {
        // The kernel keeps 15 bytes of a name.
        let program: String = self.program.chars().take(15).collect();
        format!("{} {program}", self.child.id())
    }

    /// An error with the end of its log if the process has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(self.report(&format!("has ended ({status})"))),
            Err(error) => Err(self.report(&format!("is lost: {error}"))),
        }
    }

    /// `what` about this process, followed by the last lines it wrote.
    pub(crate) fn report(&self, what: &str) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(15)..].join("\n");
        format!("{} {what}; the end of {}:\n{tail}", self.name, self.log.display())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn sleeper(folder: &Path) -> Process {
        Process::spawn("sleeper", Command::new("/bin/sleep").arg("100"), &folder.join("log")).unwrap()
    }

    fn ends(process: &mut Process) -> bool {
        let start = Instant::now();
        while process.check().is_ok() {
            if start.elapsed() > Duration::from_secs(10) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }

    #[test]
    fn what_is_watched_ends_with_the_watcher_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap().keep();
        let mut reaper = Reaper::start(Some(&folder)).unwrap();
        let mut watched = sleeper(&folder);
        reaper.watch(&watched).unwrap();
        assert!(watched.check().is_ok());
        drop(reaper);
        assert!(ends(&mut watched));
        while folder.exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn stop_ends_what_is_listed_and_spares_who_has_the_number_now() {
        let folder = tempfile::tempdir().unwrap();
        let (mut listed, mut other) = (sleeper(folder.path()), sleeper(folder.path()));
        let pids = folder.path().join("pids");
        fs::write(&pids, format!("{}\n{} buildkitd\n", listed.line(), other.child.id())).unwrap();
        assert!(any_alive(&pids));

        assert!(stop(&pids).unwrap());
        assert!(!any_alive(&pids));
        assert!(ends(&mut listed));
        assert!(other.check().is_ok());
        other.child.kill().unwrap();
        assert!(!stop(&pids).unwrap(), "the list is gone");
    }

    #[test]
    fn who_does_not_listen_is_ended_by_force() {
        let folder = tempfile::tempdir().unwrap();
        let mut deaf = Command::new("/bin/sh");
        deaf.args(["-c", "trap '' TERM; while :; do /bin/sleep 1; done"]);
        let mut deaf = Process::spawn("deaf", &mut deaf, &folder.path().join("log")).unwrap();
        let pids = folder.path().join("pids");
        fs::write(&pids, format!("{}\n", deaf.line())).unwrap();
        // A moment for the shell to say that it does not listen; too short a moment makes the test pass, not fail.
        std::thread::sleep(Duration::from_millis(200));
        assert!(stop(&pids).unwrap());
        assert!(ends(&mut deaf));
    }
}
