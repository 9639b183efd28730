//! The figures of the heap lines that have an id: kept in a file, and compared with one.

mod compare;
mod json;

use alloc::collections::btree_map::Entry;
use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{env, fs, io, process};

use super::usage::Usage;
use super::whole_file;
use compare::Verdict;
use json::{Figures, Malformed, Text};

/// The exit code when a figure got worse, and the one when a file could not be used.
const WORSE: i32 = 1;
const TROUBLE: i32 = 2;

/// What the [`HeapLine`](super::HeapLine)s of this process have counted.
static RECORDED: Mutex<Figures> = Mutex::new(Figures::new());

/// Saves the figures of every [`HeapLine`], compares them, and exits if one got worse.
///
/// Call it last in `main` of a bench, after Criterion's `final_summary`. Returns if nothing is wrong.
///
/// The figures go to `thrifty/heap.json` in Cargo's target directory, or to the file that
/// `THRIFTY_SAVE_BASELINE` names. Ids that are in the file already and were not counted now stay: all
/// benches of a package share one file. It is JSON, one line an id, sorted, and replaced as a whole.
///
/// With `THRIFTY_BASELINE` set, each figure is compared exactly with that file, and each difference
/// is a line: id, field, before, now. More `allocs`, `reallocs`, `frees`, `bytes_allocated`,
/// `bytes_kept`, `peak_bytes` or `net_bytes` (what is still live after a run) is worse. What got
/// better, and what the file does not know, is printed and is no failure.
///
/// `cargo bench` runs in the folder of the package, so a relative name is looked for there. The
/// counts do not depend on the machine, but may on the profile and the pointer width: save and
/// compare with the same command. Criterion's `--test` spares the time and gives the same counts.
///
/// ```text
/// THRIFTY_SAVE_BASELINE=benches/heap.json cargo bench -- --test   # accept, and commit the file
/// THRIFTY_BASELINE=benches/heap.json cargo bench -- --test        # in CI: 0 or 1
/// ```
///
/// Exits with code 1 if a figure got worse, and with 2 if a file that a variable names is missing,
/// not a baseline (the line is named) or cannot be written. Destructors of `main` do not run then.
///
/// [`HeapLine`]: super::HeapLine
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Examples
///
/// ```no_run
/// # use std::alloc::System;
/// # use std::hint::black_box;
/// use thrifty::meter::{HeapLine, Metered, exit_on_regress};
///
/// #[global_allocator]
/// static GLOBAL: Metered<System> = Metered::new(System);
///
/// fn main() {
///     let words = ["allocations", "are", "a", "number"];
///     let usage = HeapLine::new("join").iter(|| black_box(&words).join(" "));
///     assert_eq!(usage.requests(), 1);
///     exit_on_regress();
/// }
/// ```
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]
pub fn exit_on_regress() {
    let figures = RECORDED.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let asked = |name| env::var_os(name).filter(|file| !file.is_empty()).map(PathBuf::from);

    // Read before anything is written: both variables may name one file.
    let mut code = 0;
    if let Some(file) = asked("THRIFTY_BASELINE") {
        match load(&file) {
            Ok(before) => {
                let verdict = Verdict::new(&file, &before, &figures);
                print!("{verdict}");
                code = if verdict.worse() > 0 { WORSE } else { 0 };
            }
            Err(trouble) => {
                eprintln!("{trouble}");
                code = TROUBLE;
            }
        }
    }

    if let Some(file) = asked("THRIFTY_SAVE_BASELINE") {
        match save(&file, &figures) {
            Ok(()) => println!("heap baseline {}: {} saved", file.display(), figures.len()),
            Err(trouble) => {
                eprintln!("{trouble}");
                code = TROUBLE;
            }
        }
    } else if !figures.is_empty()
        && let Err(trouble) = save(&default_file(), &figures)
    {
        // Nobody asked for this file, so a folder that is read-only fails no bench.
        eprintln!("note: {trouble}");
    }

    if code != 0 {
        process::exit(code);
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "a mistake in the bench")]
pub(super) fn record(id: String, usage: Usage) {
    let mut recorded = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = match recorded.entry(id) {
        Entry::Vacant(entry) => {
            entry.insert(usage);
            None
        }
        Entry::Occupied(entry) => Some(entry.key().clone()),
    };
    drop(recorded);
    if let Some(id) = known {
        panic!("two heap lines have the id {id:?}: give each its own");
    }
}

/// `thrifty/heap.json` in Cargo's target directory.
fn default_file() -> PathBuf {
    // Cargo marks the directory with this file; the program runs somewhere below it.
    let marked = |dir: &Path| dir.join("CACHEDIR.TAG").is_file();
    let target = match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => env::current_exe()
            .ok()
            .and_then(|exe| exe.ancestors().skip(1).find(|dir| marked(dir)).map(Path::to_owned))
            .unwrap_or_else(|| PathBuf::from("target")),
    };
    target.join("thrifty").join("heap.json")
}

/// Writes `figures` into `file`, beside those that are there under other ids.
fn save(file: &Path, figures: &Figures) -> Result<(), Trouble> {
    let mut all = match load(file) {
        Err(Trouble::Read(_, error)) if error.kind() == io::ErrorKind::NotFound => Figures::new(),
        other => other?,
    };
    all.extend(figures.iter().map(|(id, usage)| (id.clone(), *usage)));

    whole_file::replace(file, &Text(&all).to_string())
        .map_err(|error| Trouble::Write(file.to_owned(), error))
}

fn load(file: &Path) -> Result<Figures, Trouble> {
    let text = fs::read_to_string(file).map_err(|error| Trouble::Read(file.to_owned(), error))?;
    json::read(&text).map_err(|malformed| Trouble::Malformed(file.to_owned(), malformed))
}

/// Why a file is of no use.
#[derive(Debug)]
enum Trouble {
    Read(PathBuf, io::Error),
    Write(PathBuf, io::Error),
    Malformed(PathBuf, Malformed),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(file, error) => {
                write!(f, "heap baseline {}: cannot be read: {error}", file.display())
            }
            Self::Write(file, error) => {
                write!(f, "heap baseline {}: cannot be written: {error}", file.display())
            }
            Self::Malformed(file, Malformed { line, why }) => write!(
                f,
                "heap baseline {}: line {line}: {why}; repair it, or delete the file and save anew",
                file.display()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, gone at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = env::temp_dir().join(format!("thrifty-{}-{name}", process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn file(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn usage(allocs: u64, bytes: u64) -> Usage {
        Usage {
            allocs,
            frees: allocs,
            bytes_allocated: bytes,
            bytes_freed: bytes,
            peak_bytes: bytes,
            ..Usage::default()
        }
    }

    fn figures(list: &[(&str, Usage)]) -> Figures {
        list.iter().map(|&(id, usage)| (String::from(id), usage)).collect()
    }

    #[test]
    fn saving_merges_by_id_and_leaves_no_other_file() {
        let folder = Folder::new("merge");
        let file = folder.file("deep/heap.json");
        save(&file, &figures(&[("b", usage(1, 1)), ("c", usage(2, 2))])).unwrap();
        save(&file, &figures(&[("a", usage(3, 3)), ("c", usage(4, 4))])).unwrap();
        let all = figures(&[("a", usage(3, 3)), ("b", usage(1, 1)), ("c", usage(4, 4))]);
        assert_eq!(load(&file).unwrap(), all);
        assert_eq!(fs::read_dir(folder.file("deep")).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_used_is_said_and_stays_as_it_is() {
        let folder = Folder::new("trouble");
        let file = folder.file("heap.json");
        let missing = load(&file).unwrap_err().to_string();
        assert!(missing.contains("heap.json: cannot be read: "), "{missing}");

        fs::write(&file, "[\n{}\n]\n").unwrap();
        let text = save(&file, &figures(&[("a", usage(1, 1))])).unwrap_err().to_string();
        assert!(text.contains("heap.json: line 2: expected `{\"id\":`, found `{}`"), "{text}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "[\n{}\n]\n");

        // A folder cannot be made below a file.
        assert!(whole_file::replace(&file.join("heap.json"), "").is_err());
        // A file cannot take the place of a folder; what was written on the way is removed.
        fs::create_dir(folder.file("folder")).unwrap();
        assert!(whole_file::replace(&folder.file("folder"), "").is_err());
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
    }
}
