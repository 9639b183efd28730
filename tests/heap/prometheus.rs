//! The text for Prometheus, read back by the rules of its format.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use libtest_mimic::{Failed, Trial};
use thrifty::heap::{Backend, Stats};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("prometheus, the_text_is_in_the_format", || check(the_text_is_in_the_format)),
        Trial::test("prometheus, no_line_without_a_figure", || check(no_line_without_a_figure)),
        Trial::test("prometheus, a_failed_writer_is_told", || check(a_failed_writer_is_told)),
        Trial::test("prometheus, the_reader_is_strict", || check(the_reader_is_strict)),
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "the type that a trial has")]
fn check(f: fn()) -> Result<(), Failed> {
    f();
    Ok(())
}

fn text(stats: &Stats) -> String {
    let mut text = String::new();
    stats.write_prometheus(&mut text).unwrap();
    text
}

/// A different number in each figure.
fn whole(backend: Backend) -> Stats {
    let mut stats = Stats::default();
    stats.backend = Some(backend);
    for (value, figure) in (1_u64..).zip([
        &mut stats.rss,
        &mut stats.peak_rss,
        &mut stats.virtual_mem,
        &mut stats.minor_faults,
        &mut stats.major_faults,
        &mut stats.allocated,
        &mut stats.active,
        &mut stats.committed,
        &mut stats.retained,
        &mut stats.metadata,
    ]) {
        *figure = Some(value);
    }
    (stats.arenas, stats.threads) = (Some(u32::MAX), Some(0));
    stats.metadata = Some(u64::MAX);
    stats
}

fn the_text_is_in_the_format() {
    let read = read(&text(&whole(Backend::Jemalloc))).unwrap();
    let process = |name: &str, kind: &str, value: u64| {
        (name.to_owned(), kind.to_owned(), String::new(), value)
    };
    let heap = |name: &str, value: u64| {
        let name = format!("thrifty_heap_{name}");
        (name, "gauge".to_owned(), "backend=\"jemalloc\"".to_owned(), value)
    };
    let expected = [
        process("process_resident_memory_bytes", "gauge", 1),
        process("process_resident_memory_peak_bytes", "gauge", 2),
        process("process_virtual_memory_bytes", "gauge", 3),
        process("process_minor_pagefaults_total", "counter", 4),
        process("process_major_pagefaults_total", "counter", 5),
        process("process_threads", "gauge", 0),
        heap("allocated_bytes", 6),
        heap("active_bytes", 7),
        heap("committed_bytes", 8),
        heap("retained_bytes", 9),
        heap("metadata_bytes", u64::MAX),
        heap("arenas", u32::MAX.into()),
    ];
    assert_eq!(read, expected);
}

fn no_line_without_a_figure() {
    assert_eq!(text(&Stats::default()), "");
    let mut stats = whole(Backend::System);
    stats.rss = None;
    stats.arenas = None;
    let read = read(&text(&stats)).unwrap();
    assert_eq!(read.len(), 10);
    assert!(!text(&stats).contains("process_resident_memory_bytes"));
    // A figure without a backend is not labelled with one.
    stats.backend = None;
    assert!(!text(&stats).contains('{'));
}

fn a_failed_writer_is_told() {
    struct Full(usize);
    impl fmt::Write for Full {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
            Ok(())
        }
    }
    let stats = whole(Backend::Mimalloc);
    let length = text(&stats).len();
    assert_eq!(stats.write_prometheus(&mut Full(length)), Ok(()));
    for room in 0..length {
        assert_eq!(stats.write_prometheus(&mut Full(room)), Err(fmt::Error), "{room}");
    }
}

type Sample = (String, String, String, u64);

/// Reads families of one sample each: name, type, labels, value.
fn read(text: &str) -> Result<Vec<Sample>, String> {
    let mut samples = Vec::new();
    let mut seen = BTreeSet::new();
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line has no end".into());
    }
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, help) = line
            .strip_prefix("# HELP ")
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(|| format!("not HELP: {line:?}"))?;
        if help.trim().is_empty() || help.contains('\\') {
            return Err(format!("a help without text, or to be escaped: {line:?}"));
        }
        let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} ")));
        let kind = kind.ok_or_else(|| format!("no TYPE below HELP of {name}"))?;
        let sample = lines.next().ok_or_else(|| format!("no sample of {name}"))?;
        let (series, value) =
            sample.rsplit_once(' ').ok_or_else(|| format!("no value: {sample:?}"))?;
        let (bare, labels) = match series.split_once('{') {
            Some((bare, labels)) => {
                (bare, labels.strip_suffix('}').ok_or_else(|| format!("open labels: {sample:?}"))?)
            }
            None => (series, ""),
        };
        if bare != name || !is_name(name) || !seen.insert(name.to_owned()) {
            return Err(format!("a name that is not one, not its family's, or twice: {sample:?}"));
        }
        if !matches!(kind, "gauge" | "counter") || (kind == "counter") != name.ends_with("_total") {
            return Err(format!("{name} is no {kind}"));
        }
        read_labels(labels)?;
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("not a number of ours: {sample:?}"));
        }
        let number = value.parse().map_err(|error| format!("{error}: {sample:?}"))?;
        samples.push((name.to_owned(), kind.to_owned(), labels.to_owned(), number));
    }
    Ok(samples)
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`
fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b':';
    name.bytes().next().is_some_and(letter)
        && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

fn read_labels(labels: &str) -> Result<BTreeMap<&str, &str>, String> {
    let mut read = BTreeMap::new();
    for pair in labels.split(',').filter(|pair| !pair.is_empty()) {
        let value = pair.split_once("=\"").and_then(|(name, rest)| {
            let value = rest.strip_suffix('"')?;
            (is_name(name) && !name.contains(':') && !value.contains(['"', '\\', '\n']))
                .then_some((name, value))
        });
        let (name, value) = value.ok_or_else(|| format!("not a label: {pair:?}"))?;
        if read.insert(name, value).is_some() {
            return Err(format!("a label twice: {labels:?}"));
        }
    }
    Ok(read)
}

fn the_reader_is_strict() {
    let good = "# HELP a_b Text.\n# TYPE a_b gauge\na_b{x=\"y\"} 1\n";
    assert_eq!(read(good).unwrap().len(), 1);
    for (from, to) in [
        ("# HELP a_b Text.\n", ""),
        ("# TYPE a_b gauge\n", ""),
        ("# TYPE a_b", "# TYPE a_c"),
        ("gauge", "counter"),
        ("gauge", "number"),
        ("\na_b{", "\na_c{"),
        ("a_b", "a-b"),
        ("a_b", "1a"),
        ("\"y\"", "y"),
        ("\"y\"}", "\"y\""),
        ("{x=", "{x:="),
        ("} 1", "} -1"),
        ("} 1", "} "),
        (" 1\n", " 1"),
        ("Text.", " "),
    ] {
        let bad = good.replace(from, to);
        assert!(read(&bad).is_err(), "{bad}");
    }
    assert!(read(&good.repeat(2)).is_err(), "a family twice");
}
