//! Compares exact figures with those that were committed beside the test.

use core::panic::Location;
use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::allocs_file::{self, Build, Figures, Key};
use super::assert::fail;
use super::scope::{Scope, pause};
use super::verdict::{Report, Verdict};
use super::watch::{self, Limits, Offence};

/// Runs a closure and compares its use of the heap with the committed figures.
///
/// The figures of all snapshots of a folder stand in one text file, `allocs.txt`, beside the source
/// file that calls the macro: `tests/allocs.txt` for integration tests. It has one line for each
/// name, build (debug or release) and pointer width: allocations, reallocations, frees, bytes and
/// peak of one run on this thread. The macro evaluates to the closure's value.
///
/// | The figures | `cargo test` | with `CI` set |
/// |---|---|---|
/// | are the committed ones | passes | passes |
/// | are higher, any of them | fails | fails |
/// | are lower | passes with a note; fails if `strict` | the same |
/// | have no line in the file | passes with a note | fails |
///
/// `BLESS=1 cargo test` writes what is measured, whatever it is, and touches no other line: read the
/// difference and commit it. Tests may run in parallel, as threads or as processes. Write
/// `snapshot!("name", strict, || ..)` so that nobody can lose an improvement unnoticed, since it
/// must be committed too. A failure shows each figure, the caller's line, the command that accepts
/// it, and the backtrace of the first request over the committed figures. `BLESS` and `CI` count as
/// not set if they are empty, `0` or `false`.
///
/// The closure runs once, so what it does on first use (a cache, a `static`) is in the figures: run
/// it before the macro to leave that out. Take [`assert_allocs!`](crate::assert_allocs) to state a
/// bound in the code.
///
/// # Allocation
///
/// Allocates freely: a tool for tests. A scope around it sees only what the closure does.
///
/// # Panics
///
/// Panics where the table says so; if the name is empty or holds a line break or `|`; if a name gives
/// two results in one process; if the file is malformed or cannot be read or written; and where
/// [`measure`](crate::meter::measure) does.
///
/// # Examples
///
/// ```no_run
/// # use std::alloc::System;
/// # use thrifty::meter::Metered;
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// use thrifty::snapshot;
///
/// let words = snapshot!("split three words", || {
///     let mut words = Vec::with_capacity(3);
///     words.extend("a b c".split(' '));
///     words
/// });
/// assert_eq!(words.len(), 3);
///
/// let text = snapshot!("join them", strict, || words.concat());
/// assert_eq!(text, "abc");
/// ```
///
/// ```text
/// join them | debug-64 | allocs 1, reallocs 0, frees 0, bytes 3, peak 3
/// split three words | debug-64 | allocs 1, reallocs 0, frees 0, bytes 48, peak 48
/// ```
#[macro_export]
macro_rules! snapshot {
    ($name:expr, strict, $work:expr $(,)?) => {
        $crate::__snapshot!($name, true, $work)
    };
    ($name:expr, $word:ident, $work:expr $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "snapshot! knows no `",
            ::core::stringify!($word),
            "`: write strict, or nothing"
        ))
    };
    ($name:expr, $work:expr $(,)?) => {
        $crate::__snapshot!($name, false, $work)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __snapshot {
    ($name:expr, $strict:expr, $work:expr) => {
        $crate::meter::__private::Snapshot::new(
            $name,
            $strict,
            $crate::meter::__private::SnapshotSite {
                package: ::core::env!("CARGO_MANIFEST_DIR"),
                file: ::core::file!(),
                debug: ::core::cfg!(debug_assertions),
            },
        )
        .run($work)
    };
}

/// Where the macro was called, as only its expansion knows.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The folder of the package.
    pub package: &'static str,
    /// The source file, as the compiler was given it.
    pub file: &'static str,
    /// Whether the calling crate has debug assertions.
    pub debug: bool,
}

/// What the environment asks for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Write what is measured.
    pub bless: bool,
    /// What is missing is a failure.
    pub ci: bool,
    /// Notes are not printed: for tests that give rise to them on purpose.
    pub quiet: bool,
}

impl Mode {
    /// Reads `BLESS` and `CI`.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    #[must_use]
    pub fn from_env() -> Self {
        Self::of(env::var_os("BLESS").as_deref(), env::var_os("CI").as_deref())
    }

    /// Decides by the values of `BLESS` and `CI`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn of(bless: Option<&OsStr>, ci: Option<&OsStr>) -> Self {
        let is_on = |value: Option<&OsStr>| {
            value.is_some_and(|value| !["", "0", "false"].iter().any(|off| value == *off))
        };
        Self { bless: is_on(bless), ci: is_on(ci), quiet: false }
    }
}

/// One comparison.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    name: &'a str,
    strict: bool,
    site: Site,
    file: Option<&'a Path>,
    mode: Option<Mode>,
}

impl<'a> Snapshot<'a> {
    /// Prepares a comparison with the file beside the source.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new(name: &'a str, strict: bool, site: Site) -> Self {
        Self { name, strict, site, file: None, mode: None }
    }

    /// Takes another file.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn in_file(self, file: &'a Path) -> Self {
        Self { file: Some(file), ..self }
    }

    /// Takes another mode than the environment's.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn in_mode(self, mode: Mode) -> Self {
        Self { mode: Some(mode), ..self }
    }

    /// Runs the closure and compares.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics where [`snapshot!`](crate::snapshot) does.
    #[track_caller]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let caller = Location::caller();
        // Nothing of this belongs to a scope around the snapshot.
        let prepared = match pause(|| self.prepare(caller)) {
            Ok(prepared) => prepared,
            Err(why) => fail(&why),
        };
        let scope = Scope::enter();
        let watch = Watch::start(prepared.limits(), &scope);
        let value = work();
        let found = Figures::from(scope.finish());
        let judged = pause(|| prepared.judge(found, watch.end()));
        if let Err(message) = judged {
            fail(&message);
        }
        value
    }

    fn prepare(self, caller: &'static Location<'static>) -> Result<Prepared, String> {
        let Self { name, strict, site, file, mode } = self;
        let failed = |why: &str| format!("snapshot {name:?} at {caller} failed: {why}");
        allocs_file::check_name(name)
            .map_err(|why| failed(&format!("this cannot be its name: {why}")))?;
        let path = match file {
            Some(file) => file.to_owned(),
            None => beside(site).map_err(|why| failed(&why))?,
        };
        let build = Build { release: !site.debug, width: usize::BITS };
        let key = Key { name: name.to_owned(), build };
        let mode = mode.unwrap_or_else(Mode::from_env);
        let entries = allocs_file::read(&path).map_err(|why| failed(&why))?;
        let committed = entries.into_iter().find(|(other, _)| *other == key);
        let committed = committed.map(|(_, figures)| figures);
        Ok(Prepared { key, strict, mode, caller, path, committed })
    }
}

/// A comparison that lacks only what is measured.
struct Prepared {
    key: Key,
    strict: bool,
    mode: Mode,
    caller: &'static Location<'static>,
    path: PathBuf,
    committed: Option<Figures>,
}

impl Prepared {
    fn limits(&self) -> Limits {
        self.committed.map_or(Limits::NONE, |committed| Limits {
            requests: committed.allocs.saturating_add(committed.reallocs),
            reallocs: committed.reallocs,
            bytes: committed.bytes,
            peak: committed.peak,
        })
    }

    fn judge(self, found: Figures, offence: Option<Offence>) -> Result<(), String> {
        let Self { key: Key { name, .. }, caller, .. } = &self;
        let failed = |why: &str| format!("snapshot {name:?} at {caller} failed: {why}");
        remember(&self.path, &self.key, self.caller, found).map_err(|why| failed(&why))?;
        if self.mode.bless {
            let written = allocs_file::record(&self.path, self.key.clone(), found);
            return written.map_err(|why| failed(&why));
        }
        let verdict = Verdict::of(self.committed, found);
        if verdict == Verdict::Same {
            return Ok(());
        }
        let thread = thread::current();
        let report = Report {
            key: &self.key,
            caller: self.caller,
            file: allocs_file::shown(&self.path),
            strict: self.strict,
            fails: verdict.fails(self.strict, self.mode.ci),
            verdict,
            committed: self.committed,
            found,
            offence,
            test: thread.name(),
        };
        let text = report.to_string();
        if report.fails {
            return Err(text);
        }
        if self.mode.quiet {
            return Ok(());
        }
        // Past the harness, which hides what a passing test prints. Nobody misses a note that
        // cannot be written.
        let _ = io::stderr().write_all(text.as_bytes());
        Ok(())
    }
}

/// The file beside the source file of the caller.
fn beside(site: Site) -> Result<PathBuf, String> {
    // Where the tests run may not be where they were built.
    let moved = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let packages = [Some(Path::new(site.package)), moved.as_deref()];
    // Cargo names sources from the workspace's root, which is above the package or is it.
    let source = packages
        .into_iter()
        .flatten()
        .flat_map(Path::ancestors)
        .map(|root| root.join(site.file))
        .find(|source| source.is_file())
        .ok_or_else(|| {
            format!(
                "{} is kept beside {}, which is not found in {} or above: run the test where its \
                 sources are",
                allocs_file::NAME,
                site.file,
                site.package
            )
        })?;
    Ok(source.with_file_name(allocs_file::NAME))
}

/// What the snapshots of this process measured.
static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

struct Seen {
    path: PathBuf,
    key: Key,
    caller: &'static Location<'static>,
    found: Figures,
}

/// One name must not stand for two results, of which a bless would keep one by chance.
fn remember(
    path: &Path,
    key: &Key,
    caller: &'static Location<'static>,
    found: Figures,
) -> Result<(), String> {
    let mut all = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    match all.iter().find(|seen| seen.key == *key && seen.path == path) {
        None => {
            all.push(Seen { path: path.to_owned(), key: key.clone(), caller, found });
            Ok(())
        }
        Some(seen) if seen.found == found => Ok(()),
        Some(first) => Err(format!(
            "two results under its name in this process\n  {} at {}\n  {found} at {caller}\n  \
             give each a name of its own; if the code is the same, run it once before the snapshot",
            first.found, first.caller
        )),
    }
}

/// Ends the watch of [`watch::start`] also where the work unwinds.
struct Watch {
    /// Its number; `None` once it has ended.
    id: Option<u64>,
}

impl Watch {
    fn start(limits: Limits, scope: &Scope) -> Self {
        Self { id: Some(watch::start(limits, scope.since())) }
    }

    fn end(mut self) -> Option<Offence> {
        self.id.take().and_then(watch::stop)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            pause(|| drop(watch::stop(id)));
        }
    }
}
