//! The functions whose documentation says that they never allocate, read from the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// `room/file::name` of each public function that is no `const fn` and promises it without a
/// condition.
pub(crate) fn read() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
    let mut promised = BTreeSet::new();
    // `fault` is a tool for tests, and none of its functions runs where time matters.
    for room in ["heap", "inline", "meter", "pool", "share"] {
        walk(&source.join(room), room, &mut promised);
    }
    promised
}

fn walk(folder: &Path, path: &str, promised: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the library's source is beside this package") {
        let entry = entry.expect("readable").path();
        let name = entry.file_stem().expect("a name").to_string_lossy().into_owned();
        let inside = format!("{path}/{name}");
        if entry.is_dir() {
            walk(&entry, &inside, promised);
        } else {
            let text = fs::read_to_string(&entry).expect("text");
            promised.extend(functions(&text).map(|name| format!("{inside}::{name}")));
        }
    }
}

fn functions(text: &str) -> impl Iterator<Item = &str> {
    let mut promises = false;
    text.lines().map(str::trim).filter_map(move |line| {
        if line.starts_with("///") {
            promises |= line == "/// Never allocates." || line.starts_with("/// Never allocates. ");
            return None;
        }
        if line.starts_with("#[") || line.starts_with("//") {
            return None;
        }
        let after = line.strip_prefix("pub fn ").or(line.strip_prefix("pub unsafe fn "));
        let did = std::mem::take(&mut promises);
        after.filter(|_| did)?.split(['(', '<']).next()
    })
}
