//! Snapshots: what is compared, what is written, and by whom at the same time.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hint::black_box;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;

use thrifty::meter::__private::{Mode, Snapshot, SnapshotSite as Site};
use thrifty::meter::{measure, pause};
use thrifty::snapshot;

use crate::assert::has_line_numbers;
use crate::message;

const BLESS: Mode = Mode { bless: true, ci: false, quiet: true };
const CHECK: Mode = Mode { bless: false, ci: false, quiet: true };
const CI: Mode = Mode { bless: false, ci: true, quiet: true };

/// The build that the tests run in, and one that they do not.
const BUILD: &str = if cfg!(debug_assertions) { "debug" } else { "release" };
const OTHER: &str = if cfg!(debug_assertions) { "release" } else { "debug" };

/// A folder of one test, which goes away with it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("thrifty-snapshot-{test}-{}", process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("allocs.txt")
    }

    /// A file with the given entries of this build: name and figures.
    fn with(test: &str, entries: &[(&str, [u64; 5])]) -> Self {
        let folder = Self::new(test);
        let lines: Vec<_> = entries.iter().map(|(name, figures)| line(name, *figures)).collect();
        fs::write(folder.file(), lines.join("\n")).unwrap();
        folder
    }

    /// The lines that are no comments.
    fn entries(&self) -> Vec<String> {
        let text = fs::read_to_string(self.file()).unwrap();
        let entries = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        entries.map(ToOwned::to_owned).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn line(name: &str, [allocs, reallocs, frees, bytes, peak]: [u64; 5]) -> String {
    format!(
        "{name} | {BUILD}-{} | allocs {allocs}, reallocs {reallocs}, frees {frees}, bytes {bytes}, \
         peak {peak}",
        usize::BITS
    )
}

/// What the macro expands to, with a file and a mode of the test's own.
fn taken<'a>(name: &'a str, strict: bool, file: &'a Path, mode: Mode) -> Snapshot<'a> {
    let site = Site { package: "", file: file!(), debug: cfg!(debug_assertions) };
    Snapshot::new(name, strict, site).in_file(file).in_mode(mode)
}

#[inline(never)]
fn waste(n: usize) -> Vec<u8> {
    black_box(vec![7; n])
}

/// The example of the macro's documentation, and the lines that it shows.
#[test]
fn the_committed_file_of_this_folder_holds() {
    let words = snapshot!("split three words", || {
        let mut words = Vec::with_capacity(3);
        words.extend("a b c".split(' '));
        words
    });
    assert_eq!(words.len(), 3);
    let text = snapshot!("join them", strict, || words.concat());
    assert_eq!(text, "abc");
    snapshot!("nothing", strict, || ());
    if Mode::from_env().bless || usize::BITS != 64 {
        return;
    }
    let committed = fs::read_to_string(in_package("tests/meter/allocs.txt")).unwrap();
    let source = fs::read_to_string(in_package("src/meter/snapshot.rs")).unwrap();
    let shown: Vec<_> = source.lines().filter(|line| line.contains(" | debug-64 | ")).collect();
    assert_eq!(shown.len(), 2);
    for line in shown {
        let line = line.trim_start_matches("/// ");
        assert!(committed.contains(&format!("\n{line}\n")), "`{line}` is not in:\n{committed}");
    }
}

fn in_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn sources_are_found_from_a_package_deep_in_a_workspace() {
    // The workspace is `tests`, so that nothing but the way up leads to the file.
    let package = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/crates/app");
    let site = Site { package, file: "meter/snapshot.rs", debug: cfg!(debug_assertions) };
    let text = message(|| {
        Snapshot::new("sources", false, site).in_mode(CI).run(|| ());
    });
    let file = Path::new("tests").join("meter").join("allocs.txt");
    assert!(text.contains(&format!("{} has no line for", file.display())), "{text}");
}

#[test]
fn the_same_figures_pass_and_the_value_comes_back() {
    let folder = Folder::with("same", &[("a", [1, 0, 0, 5, 5])]);
    for mode in [CHECK, CI] {
        assert_eq!(taken("a", true, &folder.file(), mode).run(|| waste(5)).len(), 5);
    }
    assert_eq!(folder.entries(), [line("a", [1, 0, 0, 5, 5])]);
}

#[test]
fn a_regression_fails_with_table_command_and_backtrace() {
    #[inline(never)]
    fn second() -> Vec<u8> {
        let bytes = waste(33);
        // Not a tail call, which would leave no frame.
        assert_eq!(bytes.len(), 33);
        bytes
    }
    let folder = Folder::with("regression", &[("b", [1, 0, 0, 60, 60])]);
    let file = folder.file();
    let at = line!() + 1;
    let text = message(|| drop(taken("b", false, &file, CHECK).run(|| (waste(11), second()))));
    let release = if cfg!(debug_assertions) { "" } else { " --release" };
    let expected = format!(
        "snapshot \"b\" at {}:{at}:64 failed: more than {} has for {BUILD}-{}\n  \
         allocs           1 -> 2         +1\n  \
         reallocs         0 -> 0\n  \
         frees            0 -> 0\n  \
         bytes           60 -> 44        -16\n  \
         peak            60 -> 44        -16\n  \
         accept it if it is meant: BLESS=1 cargo test{release} \
         snapshot::a_regression_fails_with_table_command_and_backtrace\n\
         the first request over the committed figures (33 B) was made",
        file!(),
        file.display(),
        usize::BITS
    );
    assert!(text.starts_with(&expected), "{text}\n---\n{expected}");
    if has_line_numbers() {
        assert!(text.contains("second\n        at ./tests/meter/snapshot.rs:"), "{text}");
    }
    for own in ["meter::snapshot::Snapshot", "meter::watch", "__rust_alloc"] {
        assert!(!text.contains(own), "{own} in {text}");
    }
}

#[test]
fn an_improvement_passes_unless_strict() {
    let folder = Folder::with("improvement", &[("c", [2, 0, 0, 60, 60])]);
    let file = folder.file();
    let value = taken("c", false, &file, CI).run(|| waste(60));
    let text = message(|| drop(taken("c", true, &file, CHECK).run(|| waste(60))));
    assert_eq!(value.len(), 60);
    assert!(text.contains("and it is strict\n  allocs           2 -> 1         -1\n"), "{text}");
    assert!(text.contains("lock it in: BLESS=1"), "{text}");
    assert_eq!(folder.entries(), [line("c", [2, 0, 0, 60, 60])], "only a bless writes");
}

#[test]
fn a_missing_entry_fails_in_ci_only() {
    let folder = Folder::new("missing");
    let file = folder.file();
    taken("d", true, &file, CHECK).run(|| ());
    assert!(!file.exists(), "only a bless writes");
    let text = message(|| taken("d", false, &file, CI).run(|| ()));
    assert!(text.contains("has no line for") && text.contains("record it: BLESS=1"), "{text}");
}

#[test]
fn the_environment_decides_what_is_done() {
    let of = |bless: Option<&str>, ci: Option<&str>| {
        let mode = Mode::of(bless.map(OsStr::new), ci.map(OsStr::new));
        (mode.bless, mode.ci)
    };
    assert_eq!(of(None, None), (false, false));
    assert_eq!(of(Some("1"), None), (true, false));
    assert_eq!(of(None, Some("true")), (false, true));
    assert_eq!(of(Some("yes"), Some("1")), (true, true));
    for off in ["", "0", "false"] {
        assert_eq!(of(Some(off), Some(off)), (false, false), "{off:?}");
    }
}

#[test]
fn a_bless_writes_its_own_line_and_keeps_the_others() {
    let others = [
        format!("e | {OTHER}-64 | allocs 9, reallocs 9, frees 9, bytes 9, peak 9"),
        format!("e | {BUILD}-16 | allocs 8, reallocs 8, frees 8, bytes 8, peak 8"),
        line("z", [7, 7, 7, 7, 7]),
        line("a", [6, 6, 6, 6, 6]),
    ];
    let folder = Folder::new("bless");
    let file = folder.file();
    let old = line("e", [0, 0, 0, 0, 0]);
    fs::write(&file, format!("# a head\r\n{}\r\n{old}\r\n", others.join("\r\n"))).unwrap();
    taken("e", true, &file, BLESS).run(|| drop(waste(3)));
    let mut expected = [&others[..], &[line("e", [1, 0, 1, 3, 3])]].concat();
    let mut found = folder.entries();
    assert_eq!(found.first(), Some(&others[3]));
    assert_eq!(found.last(), Some(&others[2]));
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# What this folder's code does to the heap"), "{text}");
    assert!(text.contains("BLESS=1 cargo test") && !text.contains('\r'), "{text}");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "no draft and no lock is left");
    taken("e", true, &file, CI).run(|| drop(waste(3)));
}

#[test]
fn a_malformed_file_is_named_with_its_line_and_never_rewritten() {
    let folder = Folder::with("malformed", &[("f", [0, 0, 0, 0, 0])]);
    let file = folder.file();
    let broken = format!("{}\n<<<<<<< HEAD\n", line("f", [0, 0, 0, 0, 0]));
    fs::write(&file, &broken).unwrap();
    for mode in [CHECK, BLESS] {
        let text = message(|| taken("f", false, &file, mode).run(|| ()));
        assert!(text.contains(&format!("{}:2: a merge conflict", file.display())), "{text}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), broken);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let folder = Folder::new("unwritable");
    let file = folder.0.join("gone").join("allocs.txt");
    let text = message(|| taken("g", false, &file, BLESS).run(|| ()));
    assert!(text.contains("allocs.txt cannot be written: "), "{text}");
}

#[test]
fn bad_names_are_refused_before_anything_runs() {
    let folder = Folder::new("names");
    for name in ["", "a|b", "a\nb", " a", "#a"] {
        let text = message(|| {
            taken(name, false, &folder.file(), BLESS).run(|| panic!("ran"));
        });
        assert!(text.contains("this cannot be its name: "), "{text}");
    }
    assert!(!folder.file().exists());
}

#[test]
fn sources_that_are_not_there_are_said() {
    let site = Site { package: "/nowhere", file: "no/such/file.rs", debug: true };
    let text = message(|| Snapshot::new("h", false, site).in_mode(CHECK).run(|| ()));
    assert!(text.contains("allocs.txt is kept beside no/such/file.rs, which is not fo"), "{text}");
}

#[test]
fn one_name_has_one_result_in_a_process() {
    let folder = Folder::new("twice");
    let file = folder.file();
    taken("i", false, &file, BLESS).run(|| drop(waste(3)));
    taken("i", false, &file, BLESS).run(|| drop(waste(3)));
    let text = message(|| taken("i", false, &file, BLESS).run(|| drop(waste(4))));
    assert!(text.contains("failed: two results under its name in this process\n"), "{text}");
    assert!(text.contains("bytes 3, peak 3 at tests/meter/snapshot.rs:"), "{text}");
    assert!(text.contains("bytes 4, peak 4 at tests/meter/snapshot.rs:"), "{text}");
    assert_eq!(folder.entries(), [line("i", [1, 0, 1, 3, 3])]);
}

#[test]
fn a_scope_around_sees_only_the_work() {
    let folder = Folder::with("nested", &[("j", [2, 0, 2, 20, 20]), ("k", [1, 0, 1, 9, 9])]);
    let file = folder.file();
    for (name, mode) in [("j", CHECK), ("k", CI), ("l", BLESS), ("m", CHECK)] {
        let ((), usage) = measure(|| taken(name, false, &file, mode).run(|| drop(waste(9))));
        assert_eq!((usage.allocs, usage.frees, usage.peak_bytes), (1, 1, 9), "{name}");
    }
    // And what the work leaves out is in no snapshot.
    taken("n", false, &file, BLESS).run(|| pause(|| drop(waste(9))));
    assert!(folder.entries().contains(&line("n", [0, 0, 0, 0, 0])));
}

#[test]
fn work_that_panics_ends_its_watch_and_writes_nothing() {
    let folder = Folder::with("panic", &[("o", [1, 0, 1, 9, 9])]);
    let file = folder.file();
    for mode in [CHECK, BLESS] {
        let text = message(|| taken("o", true, &file, mode).run(|| panic!("the test's own")));
        assert_eq!(text, "the test's own");
    }
    assert_eq!(folder.entries(), [line("o", [1, 0, 1, 9, 9])]);
    taken("o", true, &file, CHECK).run(|| drop(waste(9)));
    let caught = catch_unwind(|| taken("o", true, &file, CHECK).run(|| drop(waste(10))));
    assert!(caught.is_err());
}

#[test]
fn work_that_panics_leaves_the_watch_around_it_alone() {
    let most = [1000, 1000, 1000, 1 << 20, 1 << 20];
    let folder = Folder::with("around", &[("p", most)]);
    let file = folder.file();
    let text = message(|| {
        taken("p", false, &file, CHECK).run(|| {
            let inner = catch_unwind(|| taken("q", false, &file, CHECK).run(|| panic!("inner")));
            drop(inner.expect_err("panics"));
            drop(waste((1 << 20) + 7));
        });
    });
    assert!(text.contains("over the committed figures (1048583 B) was made"), "{text}");
}

#[test]
fn threads_that_bless_together_lose_nothing() {
    let folder = Folder::new("threads");
    let file = folder.file();
    thread::scope(|scope| {
        let file = &file;
        let writers: Vec<_> =
            (0..16).map(|writer| scope.spawn(move || bless_eight(file, writer, BLESS))).collect();
        while !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
            let Ok(text) = fs::read_to_string(file) else { continue };
            assert!(text.starts_with('#') && text.ends_with('\n'), "half a file: {text:?}");
        }
    });
    assert_all_of_16(&folder);
}

/// Names the file to [`one_of_the_processes`].
const SHARED: &str = "THRIFTY_TEST_SNAPSHOT_FILE";

#[test]
fn processes_that_bless_together_lose_nothing() {
    let folder = Folder::new("processes");
    let this = env::current_exe().unwrap();
    let processes: Vec<_> = (0..16)
        .map(|process: usize| {
            Command::new(&this)
                .args(["--exact", "snapshot::one_of_the_processes"])
                .env(SHARED, folder.file())
                .env("THRIFTY_TEST_PROCESS", process.to_string())
                .env("BLESS", "1")
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    assert_all_of_16(&folder);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "no draft and no lock is left");
}

#[test]
fn one_of_the_processes() {
    let (Some(file), Ok(process)) = (env::var_os(SHARED), env::var("THRIFTY_TEST_PROCESS")) else {
        // Run by the harness, and not by the test above.
        return;
    };
    bless_eight(Path::new(&file), process.parse().unwrap(), Mode::from_env());
}

fn bless_eight(file: &Path, writer: usize, mode: Mode) {
    for n in 0..8 {
        let name = format!("writer {writer:02} entry {n}");
        taken(&name, true, file, mode).run(|| drop(waste(writer * 8 + n + 1)));
    }
}

fn assert_all_of_16(folder: &Folder) {
    let expected: Vec<_> = (0..128_usize)
        .map(|index| {
            let bytes = index as u64 + 1;
            let name = format!("writer {:02} entry {}", index / 8, index % 8);
            line(&name, [1, 0, 1, bytes, bytes])
        })
        .collect();
    assert_eq!(folder.entries(), expected);
}
