//! Whether rows and ledgers can be trusted: each rule is broken here once, in a folder apart.

use crate::{
    ledger::{BLESS, Block, Checked, Heap, NOTHING, Owner, Row, heap, measure},
    rules::{Rules, is_pinned},
    text,
};
use libtest_mimic::Trial;
use std::{env, fs, hint::black_box, panic, path::PathBuf, process, thread};

pub(crate) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 18] = [
        ("rows run on the main thread", rows_run_on_the_main_thread),
        ("dhat sees the heap", dhat_sees_the_heap),
        ("a reallocation is a block of its whole size", a_reallocation_is_a_block),
        ("blocks from before do not count", blocks_from_before_do_not_count),
        ("a block left behind fails", a_block_left_behind_fails),
        ("a panic leaves dhat usable", a_panic_leaves_dhat_usable),
        ("an own row off by one fails", an_own_row_off_by_one_fails),
        ("an own row is no better for blessing", an_own_row_is_no_better_for_blessing),
        ("a foreign row off by one is a note", a_foreign_row_off_by_one_is_a_note),
        ("a foreign row off by one fails in CI", a_foreign_row_off_by_one_fails_in_ci),
        ("blessing moves foreign figures only", blessing_moves_foreign_figures_only),
        ("blessing twice changes nothing", blessing_twice_changes_nothing),
        ("a missing ledger names the command", a_missing_ledger_names_the_command),
        ("an edited own figure fails", an_edited_own_figure_fails),
        ("an edited foreign figure is a note, in CI a failure", an_edited_foreign_figure),
        ("another order, row or head fails", another_layout_fails),
        ("other pointer widths compare blocks alone", other_pointer_widths),
        ("only the pinned toolchain is strict", only_the_pinned_toolchain_is_strict),
    ];
    trials
        .into_iter()
        .map(|(name, check)| {
            Trial::test(format!("machinery::{name}"), move || {
                check();
                Ok(())
            })
        })
        .collect()
}

fn rows_run_on_the_main_thread() {
    assert_eq!(thread::current().name(), Some("main"));
}

fn dhat_sees_the_heap() {
    // Were another allocator installed, every row that expects nothing would pass.
    assert_eq!(measure(|| vec![0_u8; black_box(24)]), heap(1, 24, 24));
    let pair = measure(|| (Box::new(black_box(1_u64)), Box::new(black_box(2_u32))));
    assert_eq!(pair, heap(2, 12, 12));
    let in_turn = measure(|| {
        drop(black_box(vec![0_u8; 8]));
        drop(black_box(vec![0_u8; 16]));
    });
    assert_eq!(in_turn, heap(2, 24, 16));
    assert_eq!(measure(|| black_box(5)), NOTHING);
}

fn a_reallocation_is_a_block() {
    let grown = measure(|| {
        let mut bytes = Vec::<u8>::with_capacity(black_box(8));
        bytes.reserve_exact(black_box(32));
        bytes
    });
    assert_eq!(grown, heap(2, 40, 32));
}

fn blocks_from_before_do_not_count() {
    let bytes = vec![0_u8; black_box(64)];
    assert_eq!(measure(move || drop(bytes)), NOTHING);

    let mut bytes = vec![0_u8; black_box(64)];
    let grown_inside = measure(move || {
        bytes.reserve_exact(black_box(64));
        bytes
    });
    assert_eq!(grown_inside, heap(1, 128, 128));
}

fn a_block_left_behind_fails() {
    let mut outlives = None;
    let caught = caught(panic::AssertUnwindSafe(|| {
        measure(|| outlives = Some(vec![0_u8; black_box(64)]));
    }));
    assert!(caught.contains("left blocks (64 bytes)"), "{caught}");
}

fn a_panic_leaves_dhat_usable() {
    let caught = caught(|| {
        measure(|| panic!("inside {}", black_box("a row")));
    });
    assert_eq!(caught, "inside a row");
    assert_eq!(measure(|| vec![0_u8; black_box(24)]), heap(1, 24, 24));
}

fn an_own_row_off_by_one_fails() {
    let folder = Folder::new("own");
    let block = block(heap(2, 8, 8), heap(1, 8, 8));
    for rules in [folder.at_home(), folder.in_ci()] {
        let said = rows(&block, &rules).unwrap_err();
        for part in [
            "tests/ledger/sample.txt",
            "row `push 1  Ours` (thrifty)",
            "expected 2 blocks, 8 bytes, peak 8",
            "measured 1 blocks, 8 bytes, peak 8",
            "tests/dhat/sample.rs",
            BLESS,
        ] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
    }
    // Each of the three figures counts.
    for expected in [heap(1, 9, 8), heap(1, 8, 9), NOTHING] {
        rows(&self::block(expected, heap(1, 8, 8)), &folder.at_home()).unwrap_err();
    }
}

fn an_own_row_is_no_better_for_blessing() {
    let folder = Folder::new("own-bless");
    let block = block(heap(2, 8, 8), heap(1, 8, 8));
    rows(&block, &folder.blessing()).unwrap_err();
    let said = block.check_ledger(&folder.blessing()).unwrap_err();
    assert!(said.contains("not written") && said.contains("push 1  Ours"), "{said}");
    assert_eq!(folder.ledger(), None);

    folder.write("kept as it is");
    block.check_ledger(&folder.blessing()).unwrap_err();
    assert_eq!(folder.ledger().as_deref(), Some("kept as it is"));
}

fn a_foreign_row_off_by_one_is_a_note() {
    let folder = Folder::new("note");
    let notes = rows(&block(heap(1, 8, 8), heap(2, 8, 8)), &folder.at_home()).unwrap();
    assert_eq!(notes.len(), 1);
    for part in ["row `push 1  Theirs` (std)", "measured 1 blocks", "`CI` is not set"] {
        assert!(notes[0].contains(part), "{part} is not in: {}", notes[0]);
    }
}

fn a_foreign_row_off_by_one_fails_in_ci() {
    let folder = Folder::new("strict");
    let said = rows(&block(heap(1, 8, 8), heap(2, 8, 8)), &folder.in_ci()).unwrap_err();
    assert!(said.contains("row `push 1  Theirs` (std)") && said.contains(BLESS), "{said}");
    assert_eq!(rows(&block(heap(1, 8, 8), heap(1, 8, 8)), &folder.in_ci()), Ok(Vec::new()));
}

fn blessing_moves_foreign_figures_only() {
    let folder = Folder::new("moves");
    let right = block(heap(1, 8, 8), heap(1, 8, 8));
    assert_eq!(right.check_ledger(&folder.blessing()), Ok(Vec::new()));
    assert_eq!(right.check_ledger(&folder.in_ci()), Ok(Vec::new()));
    let blessed = folder.ledger().unwrap();

    // Another compiler: the file had an older figure, the code still states it.
    let outdated = block(heap(1, 8, 8), heap(3, 8, 8));
    folder.write(&blessed.replace("std           1", "std           3"));
    assert_ne!(folder.ledger().unwrap(), blessed, "the replacement found its line");
    assert_eq!(outdated.check_ledger(&folder.at_home()), Ok(Vec::new()));
    let notes = outdated.check_ledger(&folder.blessing()).unwrap();
    assert!(notes[0].contains("row `push 1  Theirs` (std)"), "{notes:?}");
    assert_eq!(folder.ledger().unwrap(), blessed);
    // The code must follow, and only CI insists.
    outdated.check_ledger(&folder.at_home()).unwrap();
    outdated.check_ledger(&folder.in_ci()).unwrap_err();
}

fn blessing_twice_changes_nothing() {
    let folder = Folder::new("twice");
    let block = block(heap(1, 8, 8), heap(1, 8, 8));
    block.check_ledger(&folder.blessing()).unwrap();
    let first = folder.ledger().unwrap();
    block.check_ledger(&folder.blessing()).unwrap();
    assert_eq!(folder.ledger().unwrap(), first);
    let files = fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(files, 1, "a draft was left in {}", folder.0.display());
}

fn a_missing_ledger_names_the_command() {
    let folder = Folder::new("missing");
    let said = block(heap(1, 8, 8), heap(1, 8, 8)).check_ledger(&folder.at_home()).unwrap_err();
    assert!(said.contains("sample.txt") && said.contains(BLESS), "{said}");
}

fn an_edited_own_figure_fails() {
    let folder = Folder::new("edited-own");
    let block = folder.blessed();
    folder.write(&folder.ledger().unwrap().replace("thrifty       1", "thrifty       0"));
    for rules in [folder.at_home(), folder.in_ci()] {
        let said = block.check_ledger(&rules).unwrap_err();
        assert!(said.contains("row `push 1  Ours` (thrifty)"), "{said}");
        assert!(
            said.contains("the ledger has 0 blocks, 8 bytes") && said.contains(BLESS),
            "{said}"
        );
    }
    block.check_ledger(&folder.blessing()).unwrap();
    block.check_ledger(&folder.in_ci()).unwrap();
}

fn an_edited_foreign_figure() {
    let folder = Folder::new("edited-foreign");
    let block = folder.blessed();
    folder.write(&folder.ledger().unwrap().replace("std           1", "std           0"));
    let notes = block.check_ledger(&folder.at_home()).unwrap();
    assert!(notes[0].contains("row `push 1  Theirs` (std)"), "{notes:?}");
    block.check_ledger(&folder.in_ci()).unwrap_err();

    // Blessed with a compiler that is not CI's.
    block.check_ledger(&Rules { toolchain: Some("1.2.3".into()), ..folder.blessing() }).unwrap();
    block.check_ledger(&folder.at_home()).unwrap();
    let said = block.check_ledger(&folder.in_ci()).unwrap_err();
    assert!(said.contains("blessed with rustc 1.2.3"), "{said}");
}

fn another_layout_fails() {
    let folder = Folder::new("layout");
    let block = folder.blessed();
    let blessed = folder.ledger().unwrap();
    let mut lines: Vec<&str> = blessed.lines().collect();
    let last = lines.len() - 1;

    lines.swap(last, last - 1);
    let other_order = lines.join("\n") + "\n";
    let other_head = blessed.replace("blocks  allocations", "blocks  some allocations");
    let one_more = format!("{blessed}push 2  Ours  thrifty  0  0  0\n");
    let twice = format!("{blessed}{}\n", lines[last]);
    let one_less = blessed.lines().take(last).collect::<Vec<_>>().join("\n") + "\n";
    for text in [&*other_order, &other_head, &one_more, &twice, &one_less, "no ledger at all"] {
        assert_ne!(text, blessed);
        folder.write(text);
        let said = block.check_ledger(&folder.at_home()).unwrap_err();
        assert!(said.contains(BLESS), "{said}");
    }
    for cell in ["", " x", "a  b", "a\nb"] {
        assert!(!text::is_cell(cell), "{cell:?}");
    }
    assert!(text::is_cell("SmallVec<[u64; 8]>"));
}

fn other_pointer_widths() {
    let folder = Folder::new("width");
    folder.blessed();
    let narrow = Rules { width: 32, ..folder.in_ci() };
    let other_bytes = block(heap(1, 4, 4), heap(1, 4, 4));
    assert_eq!(rows(&other_bytes, &narrow), Ok(Vec::new()));
    rows(&other_bytes, &folder.in_ci()).unwrap_err();
    rows(&block(NOTHING, heap(1, 8, 8)), &narrow).unwrap_err();

    let block = block(heap(1, 8, 8), heap(1, 8, 8));
    let notes = block.check_ledger(&narrow).unwrap();
    assert!(notes[0].contains("only blocks are compared"), "{notes:?}");
    let said = block.check_ledger(&Rules { width: 32, ..folder.blessing() }).unwrap_err();
    assert!(said.contains("not written"), "{said}");
}

fn only_the_pinned_toolchain_is_strict() {
    let folder = Folder::new("pin");
    let pin = folder.0.join("toolchain");
    assert!(is_pinned(&pin, Some("1.2.3")).unwrap_err().contains("no `.ci/toolchain`"));
    fs::write(&pin, "1.2.3\n").unwrap();
    assert_eq!(is_pinned(&pin, Some("1.2.3")), Ok(()));
    let other = is_pinned(&pin, Some("1.2.4-nightly")).unwrap_err();
    assert!(other.contains("1.2.4-nightly is in use") && other.contains("pins 1.2.3"), "{other}");
    is_pinned(&pin, None).unwrap_err();
}

/// One row of ours and one of std; both in truth take one block of 8 bytes.
fn block(ours: Heap, theirs: Heap) -> Block {
    let body = || measure(|| Box::new(black_box(1_u64)));
    Block {
        name: "sample",
        about: "A sample.",
        rows: vec![
            Row::thrifty("push 1", "Ours", ours, body),
            Row::std("push 1", "Theirs", theirs, body),
        ],
    }
}

/// All rows measured and compared, as their trials do it.
fn rows(block: &Block, rules: &Rules) -> Checked {
    assert!(block.rows.iter().any(|row| row.owner == Owner::Thrifty));
    let mut notes = Vec::new();
    for row in &block.rows {
        notes.extend(block.check_row(row, row.measure(), rules)?);
    }
    Ok(notes)
}

/// What `act` says when it panics; the message does not go to stderr.
fn caught(act: impl FnOnce() + panic::UnwindSafe) -> String {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let payload = panic::catch_unwind(act).unwrap_err();
    panic::set_hook(hook);
    *payload.downcast::<String>().unwrap()
}

/// An empty folder for ledgers, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("thrifty-ledger-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// A ledger as it should be, and its block.
    fn blessed(&self) -> Block {
        let block = block(heap(1, 8, 8), heap(1, 8, 8));
        block.check_ledger(&self.blessing()).unwrap();
        block
    }

    fn at_home(&self) -> Rules {
        Rules {
            dir: self.0.clone(),
            bless: false,
            foreign_rows_fail: Err("`CI` is not set".into()),
            width: 64,
            toolchain: None,
        }
    }

    fn in_ci(&self) -> Rules {
        let toolchain = Some("1.0.0".into());
        Rules { foreign_rows_fail: Ok(()), toolchain, ..self.at_home() }
    }

    fn blessing(&self) -> Rules {
        Rules { bless: true, toolchain: Some("1.0.0".into()), ..self.at_home() }
    }

    fn ledger(&self) -> Option<String> {
        fs::read_to_string(self.0.join("sample.txt")).ok()
    }

    fn write(&self, text: &str) {
        fs::write(self.0.join("sample.txt"), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder left behind harms no later run: its name holds the process.
        let _ = fs::remove_dir_all(&self.0);
    }
}
