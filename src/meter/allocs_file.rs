//! The text file that keeps the figures of [`snapshot!`](crate::snapshot).
//!
//! One line an entry, sorted, so that two branches which add entries merge. It is rewritten under a
//! lock, whole, and by a rename: nothing is lost and nobody sees half a file.

use core::fmt;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::usage::Usage;
use super::whole_file;

/// The name beside the source file that calls the macro.
pub(super) const NAME: &str = "allocs.txt";

/// Stands between name, build and figures of a line.
const SEPARATOR: &str = " | ";

const HEADER: &str = "\
# What this folder's code does to the heap, one line for each `thrifty::snapshot!`:
# name | build and pointer width | figures of one run (bytes as requested)
#
# Written by `BLESS=1 cargo test` (and `BLESS=1 cargo test --release`): read the difference, commit it.
# Entries whose test is gone stay until their line is deleted. Comments of your own are not kept.
";

/// Which entry of the file is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) build: Build,
}

/// What changes the figures of the same code: `debug-64` in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Build {
    /// `!debug_assertions`, so that `debug` is sorted before `release`.
    pub(super) release: bool,
    pub(super) width: u32,
}

/// The figures of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) allocs: u64,
    pub(super) reallocs: u64,
    pub(super) frees: u64,
    pub(super) bytes: u64,
    pub(super) peak: u64,
}

/// Sorted by key, each key once.
pub(super) type Entries = Vec<(Key, Figures)>;

/// Reads all entries; a file that does not exist has none.
pub(super) fn read(path: &Path) -> Result<Entries, String> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|wrong| format!("{}:{wrong}", shown(path).display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entries::new()),
        Err(error) => Err(format!("{} cannot be read: {error}", shown(path).display())),
    }
}

/// Puts one entry into the file and leaves all others as they are.
///
/// Safe among threads and processes that do the same.
pub(super) fn record(path: &Path, key: Key, figures: Figures) -> Result<(), String> {
    let failed = |error| format!("{} cannot be written: {error}", shown(path).display());
    let _lock = lock(path).map_err(failed)?;
    let mut entries = read(path)?;
    match entries.binary_search_by(|(other, _)| other.cmp(&key)) {
        Ok(found) if entries[found].1 == figures => return Ok(()),
        Ok(found) => entries[found].1 = figures,
        Err(place) => entries.insert(place, (key, figures)),
    }
    whole_file::replace(path, &Content(&entries).to_string()).map_err(failed)
}

/// The path as the reader of a message knows it: tests run in the folder of their package.
pub(super) fn shown(path: &Path) -> &Path {
    let here = std::env::current_dir();
    here.ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}

/// Why a name cannot stand in the file.
pub(super) fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        Err("it is empty")
    } else if name.trim() != name {
        Err("it begins or ends with white space")
    } else if name.starts_with('#') {
        Err("it begins with `#`, as comments do")
    } else if name.contains('|') {
        Err("`|` separates the columns of the file")
    } else if name.contains(char::is_control) {
        Err("it has a line break or another control character")
    } else {
        Ok(())
    }
}

/// The lock ends with the handle.
///
/// The folder itself is locked, so nothing is left beside the sources; where folders cannot be locked
/// (Windows, some network file systems) a file that stays there is.
fn lock(path: &Path) -> io::Result<File> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if let Ok(lock) = File::open(folder)
        && lock.lock().is_ok()
    {
        return Ok(lock);
    }
    lock_beside(path)
}

fn lock_beside(path: &Path) -> io::Result<File> {
    let beside = whole_file::beside(path, ".lock");
    let lock = File::options().create(true).truncate(false).write(true).open(beside)?;
    lock.lock()?;
    Ok(lock)
}

/// The whole file.
struct Content<'a>(&'a Entries);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for (Key { name, build }, figures) in self.0 {
            writeln!(f, "{name}{SEPARATOR}{build}{SEPARATOR}{figures}")?;
        }
        Ok(())
    }
}

/// The error begins with the number of the line.
fn parse(text: &str) -> Result<Entries, String> {
    let mut lines = HashMap::new();
    let mut entries = Entries::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, figures) = entry(line).map_err(|why| format!("{number}: {why}"))?;
        if let Some(first) = lines.insert(key.clone(), number) {
            let Key { name, build } = key;
            return Err(format!(
                "{number}: a second entry \"{name}\" for {build}, the first is in line {first}: \
                 delete one of them"
            ));
        }
        entries.push((key, figures));
    }
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries)
}

fn entry(line: &str) -> Result<(Key, Figures), String> {
    if ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
        return Err("a merge conflict: keep the lines of both sides, delete its marks, and bless \
                    entries that both have"
            .into());
    }
    let mut columns = line.split(SEPARATOR);
    let (Some(name), Some(build), Some(figures), None) =
        (columns.next(), columns.next(), columns.next(), columns.next())
    else {
        return Err(malformed("three columns, as in", line));
    };
    check_name(name).map_err(|why| format!("\"{name}\" is no name: {why}"))?;
    let build = Build::parse(build).ok_or_else(|| malformed("a build, as in", build))?;
    let figures = Figures::parse(figures).ok_or_else(|| malformed("figures, as in", figures))?;
    Ok((Key { name: name.to_owned(), build }, figures))
}

fn malformed(expected: &str, found: &str) -> String {
    format!(
        "expected {expected} `name | debug-64 | allocs 1, reallocs 0, frees 1, bytes 8, peak 8`, \
         found `{found}`"
    )
}

impl Build {
    fn parse(text: &str) -> Option<Self> {
        let (profile, width) = text.split_once('-')?;
        let release = match profile {
            "debug" => false,
            "release" => true,
            _ => return None,
        };
        Some(Self { release, width: number(width)? })
    }
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", if self.release { "release" } else { "debug" }, self.width)
    }
}

impl Figures {
    /// Each figure with its name, in the order of the file.
    pub(super) const fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("allocs", self.allocs),
            ("reallocs", self.reallocs),
            ("frees", self.frees),
            ("bytes", self.bytes),
            ("peak", self.peak),
        ]
    }

    fn parse(text: &str) -> Option<Self> {
        let mut columns = text.split(", ");
        let mut next = |name| number(columns.next()?.strip_prefix(name)?.strip_prefix(' ')?);
        let figures = Self {
            allocs: next("allocs")?,
            reallocs: next("reallocs")?,
            frees: next("frees")?,
            bytes: next("bytes")?,
            peak: next("peak")?,
        };
        columns.next().is_none().then_some(figures)
    }
}

/// Digits only: `parse` alone would take `+1`, which is written back as something else.
fn number<T: core::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl From<Usage> for Figures {
    fn from(usage: Usage) -> Self {
        Self {
            allocs: usage.allocs,
            reallocs: usage.reallocs,
            frees: usage.frees,
            bytes: usage.bytes_allocated,
            peak: usage.peak_bytes,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, figure)) in self.named().into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {figure}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "parse small | debug-64 | allocs 1, reallocs 2, frees 3, bytes 4, peak 5";

    #[test]
    fn what_is_written_is_read_back() {
        let lines = [
            "a | debug-64 | allocs 0, reallocs 0, frees 0, bytes 0, peak 0",
            "a | release-32 | allocs 0, reallocs 0, frees 0, bytes 0, peak 0",
            "a | release-64 | allocs 0, reallocs 0, frees 0, bytes 0, peak 0",
            LINE,
        ];
        let shuffled = [lines[3], "", lines[1], "# mine", lines[2], lines[0]].join("\r\n");
        let entries = parse(&shuffled).expect("well-formed");
        let text = Content(&entries).to_string();
        assert_eq!(text, format!("{HEADER}{}\n", lines.join("\n")));
        assert_eq!(parse(&text).expect("well-formed"), entries);
        let figures = Figures { allocs: 1, reallocs: 2, frees: 3, bytes: 4, peak: 5 };
        assert_eq!(entries.last().map(|(_, last)| *last), Some(figures));
    }

    #[test]
    fn what_is_malformed_is_named_with_its_line() {
        let wrong = |line: &str| parse(&format!("# head\n{LINE}\n{line}\n")).expect_err("wrong");
        for (line, part) in [
            ("parse small", "3: expected three columns"),
            ("a | debug-64 | allocs 1 | more", "3: expected three columns"),
            ("a | fast-64 | allocs 1", "3: expected a build"),
            ("a | debug-x | allocs 1", "3: expected a build"),
            ("a | debug-64 | allocs 1, reallocs 2", "3: expected figures"),
            (&*LINE.replace("parse small", "a").replace("bytes 4", "bytes -4"), "found `allocs 1,"),
            (&*LINE.replace("parse small", "a").replace("bytes 4", "bytes +4"), "found `allocs 1,"),
            (&*LINE.replace("small", "big").replace("peak 5", "peak 5, more 6"), "3: expected fig"),
            (&*LINE.replace("parse small", " a"), "3: \" a\" is no name: it begins or ends"),
            (LINE, "3: a second entry \"parse small\" for debug-64, the first is in line 2"),
            ("<<<<<<< HEAD", "3: a merge conflict"),
            ("=======", "3: a merge conflict"),
        ] {
            assert!(wrong(line).contains(part), "{line}: {}", wrong(line));
        }
    }

    #[test]
    fn a_lock_keeps_others_out_until_it_is_dropped() {
        let folder = std::env::temp_dir().join(format!("thrifty-lock-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(NAME);
        let mut locks = vec![(lock_beside(&path), folder.join("allocs.txt.lock"))];
        if cfg!(unix) {
            locks.push((lock(&path), folder.clone()));
        }
        for (lock, locked) in locks {
            let other = File::open(&locked).expect("what is locked");
            let lock = lock.expect("locked");
            assert!(other.try_lock().is_err(), "{}", locked.display());
            drop(lock);
            assert!(other.try_lock().is_ok(), "{}", locked.display());
        }
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn names_that_would_break_the_file_are_refused() {
        for name in ["a", "parse small", "json::parse (4 KiB)", "größe"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for (name, why) in [
            ("", "empty"),
            (" a", "white space"),
            ("a\u{a0}", "white space"),
            ("# a", "comments"),
            ("a|b", "separates"),
            ("a\nb", "line break"),
            ("a\tb", "control"),
        ] {
            assert!(check_name(name).expect_err("refused").contains(why), "{name:?}");
        }
    }
}
