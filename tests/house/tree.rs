//! What the rules read, and how they complain.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// A text file: its path from the root, with `/`, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Parses Rust; what does not parse becomes the complaint.
    pub(crate) fn parse(&self, rule: &'static str) -> Result<syn::File, Complaint> {
        syn::parse_file(&self.text)
            .map_err(|error| Complaint::new(&*self.path, 1, rule, format!("not Rust: {error}")))
    }

    /// The number of the first line from `from` on that is code and contains `needle`, else `from`.
    pub(crate) fn line_of(&self, from: usize, needle: &str) -> usize {
        self.text
            .lines()
            .enumerate()
            .skip(from - 1)
            .find(|(_, line)| !line.trim_start().starts_with("//") && has_word(line, needle))
            .map_or(from, |(index, _)| index + 1)
    }
}

/// One breach: where, of which rule, and what to do about it.
#[derive(Debug)]
pub(crate) struct Complaint {
    file: String,
    line: usize,
    rule: &'static str,
    fix: String,
}

impl Complaint {
    pub(crate) fn new(
        file: impl Into<String>,
        line: usize,
        rule: &'static str,
        fix: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), line, rule, fix: fix.into() }
    }

    /// `file:line: rule: fix`
    pub(crate) fn text(&self) -> String {
        format!("{}:{}: {}: {}", self.file, self.line, self.rule, self.fix)
    }
}

/// Fails with every complaint, a line each.
pub(crate) fn assert_tidy(complaints: &[Complaint]) {
    let mut list = String::new();
    for complaint in complaints {
        let _ = writeln!(list, "  {}", complaint.text());
    }
    assert!(complaints.is_empty(), "{} complaint(s):\n{list}", complaints.len());
}

/// Fails unless `complaints` are exactly these, in order; each need only contain the words given.
#[track_caller]
pub(crate) fn assert_complaints(complaints: &[Complaint], expected: &[&str]) {
    let texts: Vec<_> = complaints.iter().map(Complaint::text).collect();
    assert_eq!(texts.len(), expected.len(), "complaints: {texts:#?}");
    for (text, part) in texts.iter().zip(expected) {
        assert!(text.contains(part), "{text:?} does not contain {part:?}");
    }
}

/// Whether `word` stands in `line` with no letter, digit or `_` before or after it.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(of_a_name) && !line[at + word.len()..].starts_with(of_a_name)
    })
}

/// The text of one file, or nothing if there is none.
pub(crate) fn read(path: &str) -> Option<Source> {
    fs::read_to_string(root().join(path)).ok().map(|text| Source::new(path, text))
}

/// Writes a file so that another test sees the old text or the new one, never a part.
pub(crate) fn write(file: &Source) -> std::io::Result<()> {
    let target = root().join(&file.path);
    let draft = target.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&draft, &file.text)?;
    fs::rename(&draft, &target)
}

pub(crate) fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// Every file under these folders whose name ends in `.extension`, sorted.
pub(crate) fn sources(folders: &[&str], extension: &str) -> Vec<Source> {
    let mut paths = BTreeSet::new();
    for folder in folders {
        walk(&root().join(folder), &mut paths);
    }
    paths
        .iter()
        .filter(|path| has_extension(path, extension))
        .filter_map(|path| read(path))
        .collect()
}

/// The paths of all files that a rule may ask for.
pub(crate) fn all_paths() -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for folder in ["src", "tests", "benches", "examples"] {
        walk(&root().join(folder), &mut paths);
    }
    paths
}

/// The text files that are no Rust: documents, manifests, and the scripts of the whole check.
pub(crate) fn prose() -> Vec<Source> {
    let mut paths = BTreeSet::new();
    for folder in ["src", ".ci", ".github"] {
        walk(&root().join(folder), &mut paths);
    }
    paths.retain(|path| !has_extension(path, "rs"));
    paths.extend(["README.md", "CHANGELOG.md", "Cargo.toml"].map(str::to_owned));
    paths.iter().filter_map(|path| read(path)).collect()
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == extension)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Build output and hidden folders are no part of the house.
fn walk(folder: &Path, paths: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "target" && !name.to_string_lossy().starts_with('.') {
                walk(&path, paths);
            }
        } else if let Ok(inside) = path.strip_prefix(root()) {
            let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            paths.insert(parts.join("/"));
        }
    }
}

#[test]
fn a_word_is_whole() {
    assert!(has_word("pub fn push(", "fn push"));
    assert!(!has_word("pub fn push_str(", "fn push"));
    assert!(!has_word("a_fn push(", "fn push"));
}

#[test]
#[should_panic(expected = "1 complaint(s):\n  src/x.rs:7: shape: split it")]
fn a_complaint_names_file_line_rule_and_fix() {
    assert_tidy(&[Complaint::new("src/x.rs", 7, "shape", "split it")]);
}
