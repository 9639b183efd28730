//! Every block has its pairs, every file in a room is a block.

use crate::tree::Complaint;
use std::collections::BTreeSet;

const RULE: &str = "pairs";
const TABLE: &str = "tests/house.rs";

/// Room, name, and what must exist for it.
pub(crate) struct Block(pub(crate) &'static str, pub(crate) &'static str, pub(crate) Kind);

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Another crate's type: no file in `src`, but measured as if it were ours.
    Reexport,
    /// A block of our own, with everything that "done" asks for.
    Own,
    /// A tool for tests, which has nothing to be compared with: a test and the room's example.
    Tool,
    /// An allocator, which only a process of its own can try: the room's test and example.
    Backend,
    /// A file without pairs of its own, covered by those of the named block in the same room.
    PartOf(&'static str),
}

impl Block {
    /// The files that must exist, and what each is for.
    fn pairs(&self) -> Vec<(String, &'static str)> {
        let Self(room, name, kind) = self;
        let code = (format!("src/{room}/{name}.rs"), "the code");
        let dhat = (format!("tests/dhat/{name}.rs"), "what it allocates, exactly");
        let ledger = (format!("tests/ledger/{name}.txt"), "`BLESS=1 cargo test --test dhat`");
        let bench = (format!("benches/{name}.rs"), "std beside thrifty, same input");
        let example = (format!("examples/{name}.rs"), "the smallest honest use");
        let room_example = (format!("examples/{room}.rs"), "the smallest honest use of the room");
        match kind {
            Kind::Reexport => vec![dhat, ledger, bench, example],
            Kind::Own => {
                let model = (format!("tests/model/{name}.rs"), "proptest against std's oracle");
                let fault = (format!("tests/fault/{name}.rs"), "allocation k fails, code panics");
                vec![code, dhat, model, fault, ledger, bench, example]
            }
            Kind::Tool => {
                let test = (format!("tests/{room}/{name}.rs"), "its test");
                vec![code, test, room_example]
            }
            Kind::Backend => {
                let test = (format!("tests/{room}/main.rs"), "the room's test");
                vec![code, test, room_example]
            }
            Kind::PartOf(_) => vec![code],
        }
    }
}

pub(crate) fn check(blocks: &[Block], paths: &BTreeSet<String>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for block in blocks {
        let Block(room, name, kind) = block;
        for (path, what) in block.pairs() {
            if !paths.contains(&path) {
                let fix = if path.starts_with("src/") {
                    format!("stale row: {path} does not exist; remove the row or restore the file")
                } else {
                    format!("block `{name}` of room `{room}` lacks {path} ({what}): write it")
                };
                complaints.push(Complaint::new(TABLE, row(block), RULE, fix));
            }
        }
        if let Kind::PartOf(whole) = kind
            && !blocks.iter().any(|other| other.0 == *room && other.1 == *whole)
        {
            let fix = format!("stale row: `{name}` is part of `{whole}`, which has no row");
            complaints.push(Complaint::new(TABLE, row(block), RULE, fix));
        }
        if blocks.iter().filter(|other| other.0 == *room && other.1 == *name).count() > 1 {
            let fix = format!("two rows for `{name}` of room `{room}`: keep one");
            complaints.push(Complaint::new(TABLE, row(block), RULE, fix));
        }
    }
    for path in paths {
        if let Some((room, name)) = in_a_room(path)
            && !blocks.iter().any(|block| block.0 == room && block.1 == name)
        {
            let fix = format!(
                "no row for it: add `Block(\"{room}\", \"{name}\", KIND)` to BLOCKS in {TABLE}"
            );
            complaints.push(Complaint::new(&**path, 1, RULE, fix));
        }
        if let Some(name) =
            path.strip_prefix("tests/ledger/").and_then(|file| file.strip_suffix(".txt"))
            && !blocks.iter().any(|block| block.1 == name)
        {
            let fix = format!("a ledger of no block: remove it, or add a row to BLOCKS in {TABLE}");
            complaints.push(Complaint::new(&**path, 1, RULE, fix));
        }
    }
    complaints
}

/// `src/ROOM/NAME.rs`, where NAME may lie deeper; not `mod.rs`, not the guide.
fn in_a_room(path: &str) -> Option<(&str, &str)> {
    let (room, file) = path.strip_prefix("src/")?.split_once('/')?;
    let name = file.strip_suffix(".rs")?;
    (room != "guide" && name != "mod" && !name.ends_with("/mod")).then_some((room, name))
}

/// The line of a row in the table; 1 for the rows of the tests below.
fn row(block: &Block) -> usize {
    let start = format!("Block({:?}, {:?},", block.0, block.1);
    let line = include_str!("../house.rs").lines().position(|line| line.contains(&start));
    line.map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    fn paths(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|&path| path.to_owned()).collect()
    }

    #[test]
    fn a_complete_house_passes() {
        let blocks = [
            Block("share", "text", Kind::Own),
            Block("share", "text/repr", Kind::PartOf("text")),
            Block("fault", "fuse", Kind::Tool),
            Block("heap", "other", Kind::Backend),
            Block("inline", "ring", Kind::Reexport),
        ];
        let mut all: BTreeSet<String> =
            blocks.iter().flat_map(Block::pairs).map(|(path, _)| path).collect();
        all.extend(paths(&["src/lib.rs", "src/sync.rs", "src/share/mod.rs", "src/guide/a.rs"]));
        assert_complaints(&check(&blocks, &all), &[]);
    }

    #[test]
    fn each_missing_pair_is_named() {
        let blocks = [Block("share", "text", Kind::Own)];
        assert_complaints(
            &check(&blocks, &paths(&["src/share/text.rs", "examples/text.rs"])),
            &[
                "lacks tests/dhat/text.rs",
                "lacks tests/model/text.rs",
                "lacks tests/fault/text.rs",
                "lacks tests/ledger/text.txt (`BLESS=1 cargo test --test dhat`)",
                "lacks benches/text.rs",
            ],
        );
        assert_complaints(
            &check(&[Block("fault", "fuse", Kind::Tool)], &paths(&["src/fault/fuse.rs"])),
            &["lacks tests/fault/fuse.rs", "lacks examples/fault.rs"],
        );
        assert_complaints(
            &check(&[Block("heap", "other", Kind::Backend)], &paths(&["src/heap/other.rs"])),
            &["lacks tests/heap/main.rs", "lacks examples/heap.rs"],
        );
        assert_complaints(
            &check(&[Block("inline", "ring", Kind::Reexport)], &paths(&["benches/ring.rs"])),
            &["lacks tests/dhat/ring.rs", "lacks tests/ledger/ring.txt", "lacks examples/ring.rs"],
        );
    }

    #[test]
    fn a_file_without_a_row_is_a_complaint() {
        assert_complaints(
            &check(&[], &paths(&["src/pool/ring.rs", "src/pool/deep/x.rs", "tests/ledger/x.txt"])),
            &[
                "src/pool/deep/x.rs:1: pairs: no row for it: add `Block(\"pool\", \"deep/x\"",
                "src/pool/ring.rs:1: pairs: no row for it: add `Block(\"pool\", \"ring\", KIND)`",
                "tests/ledger/x.txt:1: pairs: a ledger of no block",
            ],
        );
    }

    #[test]
    fn a_stale_row_is_a_complaint() {
        assert_complaints(
            &check(&[Block("pool", "gone", Kind::PartOf("never"))], &paths(&[])),
            &["stale row: src/pool/gone.rs does not exist", "stale row: `gone` is part of `never`"],
        );
    }

    #[test]
    fn a_row_stands_once() {
        let twice = [Block("pool", "a", Kind::PartOf("a")), Block("pool", "a", Kind::PartOf("a"))];
        assert_complaints(
            &check(&twice, &paths(&["src/pool/a.rs"])),
            &["two rows for `a`", "two rows for `a`"],
        );
    }

    #[test]
    fn a_complaint_about_a_row_has_its_line() {
        let line = row(&Block("inline", "small_vec", Kind::Reexport));
        assert!(line > 1, "the row of small_vec was not found");
    }
}
