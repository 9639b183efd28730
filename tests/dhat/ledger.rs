//! Rows, blocks, and the rules by which measured figures meet the stated and the blessed ones.
//!
//! | owner | a measured figure differs from the code | `BLESS=1` |
//! |---|---|---|
//! | `Thrifty` (re-exported types too) | fails, everywhere | still fails, writes nothing |
//! | `Std`, `Peer` | fails with `CI` set and the toolchain of `.ci/toolchain`, else a note | writes the measured figure |
//!
//! Bytes and peaks are stated for 64-bit targets; on others only the blocks are compared.

use crate::{rules::Rules, text};
use libtest_mimic::{Failed, Trial};
use std::{
    fmt, fs,
    hint::black_box,
    io,
    path::{Path, PathBuf},
    process,
    sync::{Arc, Mutex},
};

/// Writes every ledger anew.
pub(crate) const BLESS: &str = "BLESS=1 cargo test --test dhat";

/// The pointer width that bytes and peaks are stated for.
pub(crate) const WIDTH: u32 = 64;

/// All rows of one block: one ledger, and one trial a row.
pub(crate) struct Block {
    /// Names the code `tests/dhat/NAME.rs` and the ledger `tests/ledger/NAME.txt`.
    pub(crate) name: &'static str,
    /// Sentences for the head of the ledger that explain the cases.
    pub(crate) about: &'static str,
    /// In the order of the ledger.
    pub(crate) rows: Vec<Row>,
}

/// One case done by one implementation, and what it must take from the heap.
pub(crate) struct Row {
    pub(crate) case: String,
    pub(crate) implementation: String,
    pub(crate) owner: Owner,
    pub(crate) expected: Heap,
    body: Box<dyn Fn() -> Heap + Send + Sync>,
}

/// Whose promise a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    /// Ours, re-exported types included.
    Thrifty,
    /// The standard library's, for comparison.
    Std,
    /// A third party's, for comparison.
    Peer,
}

/// What a measured part takes from the heap, as dhat counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Heap {
    /// Allocations plus reallocations.
    pub(crate) blocks: u64,
    /// The sizes of those blocks, summed: a reallocation counts with its whole new size.
    pub(crate) bytes: u64,
    /// The most bytes alive at one time.
    pub(crate) peak: u64,
}

/// Differences that fail nothing, printed when all trials have run.
#[derive(Default)]
pub(crate) struct Notes(Mutex<Vec<String>>);

/// `blocks` allocations and reallocations of `bytes` in all, with at most `peak` alive at a time.
pub(crate) const fn heap(blocks: u64, bytes: u64, peak: u64) -> Heap {
    Heap { blocks, bytes, peak }
}

/// Nothing taken from the heap.
pub(crate) const NOTHING: Heap = heap(0, 0, 0);

/// Counts what `op` and the drop of its result take from the heap.
///
/// What a row needs beforehand (input, a warmed-up collection) it makes before this call. Such
/// blocks do not count, nor does freeing them inside; **reallocating** one inside counts like a new
/// block. The result goes through `black_box`, else an optimised build may leave out the allocation
/// along with the value.
///
/// # Panics
///
/// If blocks that `op` allocated are still alive afterwards: the row would hide a leak or measure
/// the warming up of something. Make that in the set-up instead.
pub(crate) fn measure<R>(op: impl FnOnce() -> R) -> Heap {
    let profiler = dhat::Profiler::builder().testing().build();
    drop(black_box(op()));
    let stats = dhat::HeapStats::get();
    drop(profiler);
    assert_eq!(
        stats.curr_blocks, 0,
        "the measured part left blocks ({} bytes) on the heap",
        stats.curr_bytes
    );
    heap(stats.total_blocks, stats.total_bytes, stats.max_bytes as u64)
}

impl Block {
    /// A trial for each row and one, `NAME::ledger`, that compares or writes the file.
    pub(crate) fn trials(self, rules: &Arc<Rules>, notes: &Arc<Notes>) -> Vec<Trial> {
        let block = Arc::new(self);
        let mut trials = Vec::with_capacity(block.rows.len() + 1);
        for index in 0..block.rows.len() {
            let (block, rules, notes) = (Arc::clone(&block), Arc::clone(rules), Arc::clone(notes));
            let row = &block.rows[index];
            let name = format!("{}::{}::{}", block.name, row.case, row.implementation);
            trials.push(Trial::test(name, move || {
                let row = &block.rows[index];
                notes.take(block.check_row(row, row.measure(), &rules))
            }));
        }
        let (rules, notes) = (Arc::clone(rules), Arc::clone(notes));
        let name = format!("{}::ledger", block.name);
        trials.push(Trial::test(name, move || notes.take(block.check_ledger(&rules))));
        trials
    }

    /// The ledger's path.
    pub(crate) fn ledger(&self, rules: &Rules) -> PathBuf {
        rules.dir.join(format!("{}.txt", self.name))
    }

    /// Compares one measured row with the figure that the code states.
    pub(crate) fn check_row(&self, row: &Row, measured: Heap, rules: &Rules) -> Checked {
        let same = measured.blocks == row.expected.blocks
            && (rules.width != WIDTH || measured == row.expected);
        if same {
            return Ok(Vec::new());
        }
        let found = format!("{}: expected {}; measured {measured}.", self.place(row), row.expected);
        let code = self.code();
        match (row.owner, &rules.foreign_rows_fail) {
            (Owner::Thrifty, _) => Err(format!(
                "{found}\n  The promise stands in {code} and blessing never changes it: make the \
                 code keep it, or\n  state another figure there and run `{BLESS}` for the ledger."
            )),
            (_, Ok(())) => Err(format!(
                "{found}\n  State the new figure in {code} and run `{BLESS}` for the ledger."
            )),
            (_, Err(why)) => Ok(vec![format!("{found} No failure: {why}.")]),
        }
    }

    /// Compares the ledger with the code; with `bless`, measures all rows and writes it.
    pub(crate) fn check_ledger(&self, rules: &Rules) -> Checked {
        if rules.bless { self.bless(rules) } else { self.compare(rules) }
    }

    fn bless(&self, rules: &Rules) -> Checked {
        let path = self.ledger(rules);
        let shown = path.display();
        if rules.width != WIDTH {
            return Err(format!(
                "{shown}: not written, ledgers hold the bytes of {WIDTH}-bit targets; \
                 run `{BLESS}` on one."
            ));
        }
        let toolchain = rules.toolchain.as_deref().ok_or_else(|| {
            format!("{shown}: not written, `rustc --version` did not run; run `{BLESS}` again.")
        })?;

        let (mut notes, mut wrong) = (Vec::new(), Vec::new());
        let mut figures = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let measured = row.measure();
            match self.check_row(row, measured, rules) {
                Ok(said) => notes.extend(said),
                // The trial of that row fails by itself; the ledger may take the figure.
                Err(_) if row.owner != Owner::Thrifty => {}
                Err(said) => wrong.push(said),
            }
            figures.push(measured);
        }
        // So an own figure reaches the file only as the code states it.
        if !wrong.is_empty() {
            return Err(format!("{shown}: not written.\n{}", wrong.join("\n")));
        }
        write_atomically(&path, &text::render(self, &figures, toolchain))
            .map_err(|error| format!("{shown}: not written: {error}"))?;
        Ok(notes)
    }

    fn compare(&self, rules: &Rules) -> Checked {
        let path = self.ledger(rules);
        let shown = path.display();
        let found = fs::read_to_string(&path)
            .map_err(|error| format!("{shown}: {error}. Run `{BLESS}` to write it."))?
            // git may check out text so on Windows
            .replace("\r\n", "\n");
        let blessed = text::parse(&found)
            .map_err(|wrong| format!("{shown}: {wrong}. Run `{BLESS}` to write it anew."))?;

        let (mut notes, mut wrong) = (Vec::new(), Vec::new());
        let mut figures = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let Some(figure) = blessed.figure(row) else {
                wrong.push(format!("{}: missing in the ledger.", self.place(row)));
                continue;
            };
            figures.push(figure);
            if figure == row.expected {
                continue;
            }
            let differs = format!(
                "{}: the code states {}; the ledger has {figure}.",
                self.place(row),
                row.expected,
            );
            match (row.owner, &rules.foreign_rows_fail) {
                (Owner::Thrifty, _) | (_, Ok(())) => wrong.push(differs),
                (_, Err(why)) => notes.push(format!("{differs} No failure: {why}.")),
            }
        }
        if rules.foreign_rows_fail.is_ok() && rules.toolchain.as_ref() != Some(&blessed.toolchain) {
            wrong.push(format!("blessed with rustc {}, not with CI's.", blessed.toolchain));
        }
        if wrong.is_empty() && text::render(self, &figures, &blessed.toolchain) != found {
            wrong.push("other rows, order or layout than the code gives.".into());
        }
        if rules.width != WIDTH {
            notes.push(format!(
                "{}: bytes and peaks are those of {WIDTH}-bit targets; here only blocks are compared.",
                self.name
            ));
        }
        if wrong.is_empty() {
            return Ok(notes);
        }
        Err(format!(
            "{shown} differs from {}:\n{}\nRun `{BLESS}` and read the diff.",
            self.code(),
            wrong.join("\n")
        ))
    }

    fn code(&self) -> String {
        format!("tests/dhat/{}.rs", self.name)
    }

    /// Names a row, its owner and the ledger's line.
    fn place(&self, row: &Row) -> String {
        format!(
            "tests/ledger/{}.txt, row `{}  {}` ({})",
            self.name, row.case, row.implementation, row.owner
        )
    }
}

impl Row {
    /// A row of our own: its figure is a promise.
    pub(crate) fn thrifty(
        case: impl Into<String>,
        implementation: impl Into<String>,
        expected: Heap,
        body: impl Fn() -> Heap + Send + Sync + 'static,
    ) -> Self {
        Self::new(case.into(), implementation.into(), Owner::Thrifty, expected, Box::new(body))
    }

    /// The same case done with the standard library.
    pub(crate) fn std(
        case: impl Into<String>,
        implementation: impl Into<String>,
        expected: Heap,
        body: impl Fn() -> Heap + Send + Sync + 'static,
    ) -> Self {
        Self::new(case.into(), implementation.into(), Owner::Std, expected, Box::new(body))
    }

    /// The same case done with another crate; name it with its version.
    pub(crate) fn peer(
        case: impl Into<String>,
        implementation: impl Into<String>,
        expected: Heap,
        body: impl Fn() -> Heap + Send + Sync + 'static,
    ) -> Self {
        Self::new(case.into(), implementation.into(), Owner::Peer, expected, Box::new(body))
    }

    /// Runs the row's set-up and counts its measured part.
    pub(crate) fn measure(&self) -> Heap {
        (self.body)()
    }

    fn new(
        case: String,
        implementation: String,
        owner: Owner,
        expected: Heap,
        body: Box<dyn Fn() -> Heap + Send + Sync>,
    ) -> Self {
        for name in [&case, &implementation] {
            assert!(text::is_cell(name), "{name:?} cannot stand in a column of a ledger");
        }
        Self { case, implementation, owner, expected, body }
    }
}

/// Notes, or what is wrong.
pub(crate) type Checked = Result<Vec<String>, String>;

impl Notes {
    /// Prints all notes to stderr.
    pub(crate) fn print(&self) {
        for note in self.0.lock().unwrap().iter() {
            eprintln!("note: {note}");
        }
    }

    /// Keeps the notes of one trial and turns the rest into its outcome.
    fn take(&self, checked: Checked) -> Result<(), Failed> {
        let mut notes = self.0.lock().unwrap();
        for note in checked? {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Ok(())
    }
}

impl fmt::Display for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} blocks, {} bytes, peak {}", self.blocks, self.bytes, self.peak)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Thrifty => "thrifty",
            Self::Std => "std",
            Self::Peer => "peer",
        })
    }
}

/// Readers see the old file or the new one, never a part of it.
fn write_atomically(path: &Path, content: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(dir)?;
    let draft = path.with_extension(format!("{}.tmp", process::id()));
    let written = fs::write(&draft, content).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&draft);
    }
    written
}
