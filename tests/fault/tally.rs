//! How many points the sweeps of each block have met, and the floor below which none may fall.
//!
//! The blocks' tests call the tools of room `fault` by way of this file, which adds up what they met.
//! One test runs all others once more, in a process of its own, and compares the sums with
//! `floors.txt`: a sweep that meets fewer points than it did, or is gone, is seen there.
//!
//! ```text
//! all=fault,arena,async,http-body,tokio
//! cargo test --features $all --test fault tally -- --nocapture       # shows them
//! BLESS=1 cargo test --features $all --test fault tally              # raises the floors
//! ```

#![cfg_attr(
    not(all(target_os = "linux", target_env = "gnu", not(miri))),
    allow(dead_code, reason = "the floors are compared in one place")
)]

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::Command;

use thrifty::fault::{self, Fail, Fuse, Panics, Run, Sweep};

/// The file that the points are written to, in the process that runs for their sake.
const POINTS: &str = "THRIFTY_TEST_POINTS";

/// A file of this folder for each, and whether it is compiled.
const BLOCKS: [(&str, bool); 18] = [
    ("acquire", cfg!(feature = "async")),
    ("arena", cfg!(feature = "arena")),
    ("body", cfg!(feature = "http-body")),
    ("buffer_pool", cfg!(feature = "pool")),
    ("clone_from", cfg!(feature = "share")),
    ("cow", cfg!(feature = "share")),
    ("fields", cfg!(feature = "share")),
    ("heap", cfg!(feature = "heap")),
    ("inline", cfg!(feature = "inline")),
    ("meter", cfg!(all(feature = "heap", feature = "meter"))),
    ("objects", cfg!(feature = "pool")),
    ("read_async", cfg!(feature = "tokio")),
    ("recycle", cfg!(feature = "pool")),
    ("scratch", cfg!(feature = "pool")),
    ("small_map", cfg!(feature = "inline")),
    ("small_set", cfg!(feature = "inline")),
    ("small_string", cfg!(feature = "inline")),
    ("str", cfg!(feature = "share")),
];

#[track_caller]
pub(crate) fn with<R>(plan: Fail, f: impl FnOnce() -> R) -> Run<R> {
    let run = fault::with(plan, f);
    note(Kind::Request, run.failed);
    run
}

#[track_caller]
pub(crate) fn sweep<T, E>(f: impl FnMut() -> Result<T, E>) -> Sweep {
    let sweep = fault::sweep(f);
    note(Kind::Request, sweep.points);
    sweep
}

#[cfg(all(unix, not(miri)))]
#[track_caller]
pub(crate) fn sweep_infallible<T>(f: impl FnMut() -> T) -> fault::InfallibleSweep {
    let sweep = fault::sweep_infallible(f);
    note(Kind::Request, sweep.points);
    sweep
}

#[track_caller]
pub(crate) fn each_panic_point(f: impl FnMut(Fuse)) -> Panics {
    let panics = fault::each_panic_point(f);
    note(Kind::Panic, panics.points);
    panics
}

#[derive(Clone, Copy)]
enum Kind {
    Request,
    Panic,
}

/// Adds to the sums of the block whose file called.
#[track_caller]
fn note(kind: Kind, points: u64) {
    let Some(file) = env::var_os(POINTS) else { return };
    let block = Path::new(Location::caller().file()).file_stem().expect("a file");
    let [requests, panics] = match kind {
        Kind::Request => [points, 0],
        Kind::Panic => [0, points],
    };
    // One short write at the end of the file: other threads' lines stay whole.
    let line = format!("{} {requests} {panics}\n", block.display());
    let mut file = OpenOptions::new().append(true).create(true).open(file).expect("it opens");
    file.write_all(line.as_bytes()).expect("it can be written");
}

/// Failed requests and panics of each block.
type Points = BTreeMap<String, [u64; 2]>;

/// Adds up the lines of a text.
fn read(text: &str) -> Points {
    let mut points = Points::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<_> = line.split_whitespace().collect();
        let [block, requests, panics] = words[..] else {
            panic!("no block and two counts: {line}")
        };
        let sums = points.entry(block.to_owned()).or_default();
        for (sum, number) in sums.iter_mut().zip([requests, panics]) {
            *sum += number.parse::<u64>().expect("a count");
        }
    }
    points
}

/// What is wrong with the counts, and whether they are above the floors.
fn compare(seen: &Points, floors: &Points, blocks: &[(&str, bool)]) -> (Vec<String>, bool) {
    let mut complaints = Vec::new();
    for name in seen.keys().chain(floors.keys()) {
        if !blocks.iter().any(|(block, _)| block == name) {
            complaints.push(format!("{name} is not in `BLOCKS` of tests/fault/tally.rs"));
        }
    }
    let mut above = false;
    for (block, _) in blocks.iter().filter(|(_, compiled)| *compiled) {
        let seen = seen.get(*block).copied().unwrap_or_default();
        let Some(floor) = floors.get(*block) else {
            complaints.push(format!("{block} has no floor"));
            continue;
        };
        for (what, seen, floor) in
            [("failing requests", seen[0], floor[0]), ("panics", seen[1], floor[1])]
        {
            above |= seen > floor + floor / 10;
            if seen < floor {
                complaints.push(format!("{block}: {seen} {what}, the floor is {floor}"));
            }
        }
    }
    (complaints, above)
}

const BLESS: &str =
    "BLESS=1 cargo test --features fault,arena,async,http-body,tokio --test fault tally";

const HEAD: &str = "\
# What the sweeps of each block must meet at least, a fiftieth below what they met: see tally.rs.
# block       requests  panics
";

fn floors_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fault/floors.txt")
}

fn run_all_others() -> Points {
    let file = env::temp_dir().join(format!("thrifty-points-{}", std::process::id()));
    let output = Command::new(env::current_exe().unwrap())
        .args(["--skip", "tally::", "--test-threads=1"])
        .env(POINTS, &file)
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    let text = fs::read_to_string(&file).unwrap_or_default();
    let _ = fs::remove_file(&file);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    read(&text)
}

/// Elsewhere some figures of the heap are unknown, and what is not there is not written down.
#[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
#[test]
fn no_block_falls_below_its_floor() {
    let seen = run_all_others();
    let mut blessed = String::from(HEAD);
    for (block, points) in &seen {
        let [requests, panics] = points;
        println!("{block:<12} {requests:>9} {panics:>7}");
        // Random hashers and what other pools have left move the counts a little.
        let [requests, panics] = points.map(|points| points - points / 50);
        writeln!(blessed, "{block:<12} {requests:>9} {panics:>7}").unwrap();
    }
    // More features only add points: the floors are those of the fewest that have all blocks.
    let may_bless = BLOCKS.iter().all(|(_, compiled)| *compiled) && !cfg!(feature = "serde");
    if may_bless && env::var_os("BLESS").is_some() {
        fs::write(floors_file(), blessed).unwrap();
        return;
    }
    let mut floors = read(&fs::read_to_string(floors_file()).expect("tests/fault/floors.txt"));
    if !cfg!(debug_assertions) {
        // With optimisation some requests are left out.
        floors.values_mut().flatten().for_each(|floor| *floor /= 2);
    }
    let (complaints, above) = compare(&seen, &floors, &BLOCKS);
    assert!(
        complaints.is_empty(),
        "{complaints:#?}\nA sweep is gone or meets fewer points. If that is right, say why in the \
         commit, and: {BLESS}"
    );
    if above && may_bless && cfg!(debug_assertions) {
        println!("note: above the floors; raise them: {BLESS}");
    }
}

#[test]
fn a_count_that_falls_is_seen() {
    let blocks = [("map", true), ("set", true), ("off", false)];
    let floors = read("# a comment\nmap 3 40\nset 0 1\noff 9 9\n");
    let against = |text: &str| compare(&read(text), &floors, &blocks);
    assert_eq!(against("map 1 40\nset 0 1\nmap 2 0\n"), (vec![], false));
    assert_eq!(against("map 3 45\nset 0 1\n"), (vec![], true));
    assert_eq!(against("map 2 40\nset 0 1\n").0, ["map: 2 failing requests, the floor is 3"]);
    assert_eq!(against("map 3 40\n").0, ["set: 0 panics, the floor is 1"]);
    assert!(against("map 3 40\nset 0 1\nnew 1 1\n").0[0].starts_with("new is not in `BLOCKS`"));
    assert_eq!(compare(&read(""), &read(""), &blocks).0, ["map has no floor", "set has no floor"]);
}
