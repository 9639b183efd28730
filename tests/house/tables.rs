//! Tables in README and docs equal the ledgers.
//!
//! A marker is an HTML comment on a line of its own, in a doc comment too:
//!
//! | from | to | holds |
//! |---|---|---|
//! | `<!-- ledger: NAME -->` | `<!-- end -->` | all lines of `tests/ledger/NAME.txt` |
//! | `<!-- ledger: NAME; rows: A, B -->` | `<!-- end -->` | its heading and the rows that begin with A or B |
//! | `<!-- ladder -->` | `<!-- end -->` | the table made from `tests/ledger/report.json` |
//! | `<!-- versus: CASE, CASE -->` | `<!-- end -->` | the table made from `tests/ledger/versus.json` |
//!
//! A code fence around the lines is ignored; so are blank lines at the ends.

use crate::tree::{self, Complaint, Source};
use crate::versus;
use std::fmt::Write as _;

const RULE: &str = "tables";
const REPORT: &str = "tests/ledger/report.json";
const BLESS: &str = "run `BLESS=1 cargo test --test house` and read the diff";

/// Checks README, docs and guide; with `bless`, first writes their tables anew.
pub(crate) fn check_tree(bless: bool) -> Vec<Complaint> {
    let mut files: Vec<_> = tree::read("README.md").into_iter().collect();
    files.extend(tree::sources(&["src"], "rs"));
    files.extend(tree::sources(&["src"], "md"));
    if bless {
        for file in &mut files {
            let blessed = blessed(file, &tree::read);
            if blessed != file.text {
                file.text = blessed;
                tree::write(file).expect("a file with tables is writable");
            }
        }
    }
    check(&files, &tree::read)
}

/// `read` gives the ledgers, by path from the root.
fn check(files: &[Source], read: &dyn Fn(&str) -> Option<Source>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut ladder_in_readme = false;
    for file in files {
        let mut complain = |line, fix: String| {
            complaints.push(Complaint::new(&*file.path, line, RULE, fix));
        };
        for region in regions(&file.text) {
            ladder_in_readme |= file.path == "README.md" && region.content == Content::Ladder;
            let line = region.start + 1;
            if region.end.is_none() {
                complain(line, "no `<!-- end -->` below this marker: add it".into());
                continue;
            }
            match region.content.lines(read) {
                Err(wrong) => complain(line, wrong),
                Ok(expected) => {
                    let found = region.body(&file.text);
                    let found = strip(&found);
                    if let Some(at) = first_difference(&found, &expected) {
                        let was = found.get(at).map_or("nothing", |line| line);
                        let is = expected.get(at).map_or("nothing", |line| line);
                        complain(
                            line,
                            format!(
                                "line {} of the table is {was:?}, the ledger says {is:?}: {BLESS}",
                                at + 1
                            ),
                        );
                    }
                }
            }
        }
    }
    if !ladder_in_readme {
        let fix = "no table of the ladder: add the lines `<!-- ladder -->` and `<!-- end -->`";
        complaints.push(Complaint::new("README.md", 1, RULE, format!("{fix}, then {BLESS}")));
    }
    complaints
}

/// The text of `file` with every table replaced by what its ledger says.
fn blessed(file: &Source, read: &dyn Fn(&str) -> Option<Source>) -> String {
    let lines: Vec<_> = file.text.lines().collect();
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut done = 0;
    for region in regions(&file.text) {
        let (Some(end), Ok(expected)) = (region.end, region.content.lines(read)) else { continue };
        out.extend(lines[done..=region.start].iter().map(|&line| line.to_owned()));
        let is_table = expected.first().is_some_and(|line| line.starts_with('|'));
        let mut put =
            |line: &str| out.push(format!("{}{line}", region.prefix).trim_end().to_owned());
        if is_table {
            for line in &expected {
                put(line);
            }
        } else {
            put("```text");
            for line in &expected {
                put(line);
            }
            put("```");
        }
        done = end;
    }
    out.extend(lines[done..].iter().map(|&line| line.to_owned()));
    let mut text = out.join("\n");
    text.push('\n');
    if done == 0 { file.text.clone() } else { text }
}

/// The lines between two markers.
struct Region {
    content: Content,
    /// What stands before the marker on its line: nothing, `//! ` or `/// ` with its indent.
    prefix: String,
    /// Indices of the lines of the two markers.
    start: usize,
    end: Option<usize>,
}

#[derive(PartialEq, Eq)]
enum Content {
    Ladder,
    /// The scoreboard's cases.
    Versus(Vec<String>),
    /// All rows, or those that begin with one of these names.
    Ledger(String, Vec<String>),
}

fn regions(text: &str) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let bare = undocumented(line).trim();
        if let Some(content) = Content::of_marker(bare) {
            let prefix = line[..line.find("<!--").unwrap_or_default()].to_owned();
            regions.push(Region { content, prefix, start: index, end: None });
        } else if bare == "<!-- end -->"
            && let Some(open) = regions.last_mut().filter(|region| region.end.is_none())
        {
            open.end = Some(index);
        }
    }
    regions
}

impl Region {
    fn body(&self, text: &str) -> Vec<String> {
        let count = self.end.unwrap_or(self.start + 1) - self.start - 1;
        let prefix = self.prefix.trim_end();
        text.lines()
            .skip(self.start + 1)
            .take(count)
            .map(|line| {
                line.strip_prefix(&*self.prefix)
                    .or_else(|| line.strip_prefix(prefix))
                    .unwrap_or(line)
            })
            .map(|line| line.trim_end().to_owned())
            .collect()
    }
}

impl Content {
    fn of_marker(line: &str) -> Option<Self> {
        let inside = line.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
        if inside == "ladder" {
            return Some(Self::Ladder);
        }
        if let Some(cases) = inside.strip_prefix("versus:") {
            return Some(Self::Versus(
                cases.split(',').map(|case| case.trim().to_owned()).collect(),
            ));
        }
        let mut parts = inside.strip_prefix("ledger:")?.split(';').map(str::trim);
        let name = parts.next()?.to_owned();
        let rows = parts.next().and_then(|part| part.strip_prefix("rows:"));
        let rows = rows.into_iter().flat_map(|list| list.split(','));
        Some(Self::Ledger(name, rows.map(|row| row.trim().to_owned()).collect()))
    }

    /// What must stand between the markers.
    fn lines(&self, read: &dyn Fn(&str) -> Option<Source>) -> Result<Vec<String>, String> {
        match self {
            Self::Ladder => {
                let report = read(REPORT).ok_or_else(|| {
                    format!(
                        "{REPORT} is missing: `cargo run --release --example report -- --json` \
                         prints it"
                    )
                })?;
                ladder(&report.text).map_err(|wrong| format!("{REPORT}: {wrong}"))
            }
            Self::Versus(cases) => {
                let path = versus::FIGURES;
                let figures = read(path).ok_or_else(|| {
                    format!("{path} is missing: tests/house/versus.rs says how it is made")
                })?;
                versus::table(&figures.text, cases).map_err(|wrong| format!("{path}: {wrong}"))
            }
            Self::Ledger(name, rows) => {
                let path = format!("tests/ledger/{name}.txt");
                let ledger =
                    read(&path).ok_or_else(|| format!("{path} is missing: correct the name"))?;
                let lines: Vec<_> =
                    ledger.text.lines().map(|line| line.trim_end().to_owned()).collect();
                if rows.is_empty() { Ok(strip(&lines)) } else { select(&lines, rows, &path) }
            }
        }
    }
}

/// The heading, the rule below it, and the rows that begin with one of `names`.
fn select(lines: &[String], names: &[String], path: &str) -> Result<Vec<String>, String> {
    let is_rule = |line: &String| {
        line.contains("---") && line.chars().all(|c| matches!(c, '-' | ' ' | '|' | ':'))
    };
    let rule = lines.iter().position(is_rule).filter(|&at| at > 0);
    let rule = rule.ok_or_else(|| format!("{path} has no heading with a line of dashes below"))?;
    let rows = &lines[rule + 1..];
    let mut out = lines[rule - 1..=rule].to_vec();
    for name in names {
        let before = out.len();
        out.extend(rows.iter().filter(|row| is_row_of(row, name)).cloned());
        if out.len() == before {
            return Err(format!("{path} has no row {name:?}: correct the marker"));
        }
    }
    Ok(out)
}

fn is_row_of(row: &str, name: &str) -> bool {
    let cells = row.trim_start_matches(['|', ' ']);
    cells.strip_prefix(name).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with("  ") || rest.trim_start().starts_with('|')
    })
}

/// The table of the ladder, in the order of the report.
fn ladder(json: &str) -> Result<Vec<String>, String> {
    let report: serde_json::Value =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let variants = report["variants"].as_array().ok_or("`variants` is no list")?;
    let mut lines = vec![
        "| variant | allocations | reallocations | bytes | peak bytes |".to_owned(),
        "|---|--:|--:|--:|--:|".to_owned(),
    ];
    for variant in variants {
        let name = variant["name"].as_str().ok_or("a variant has no `name`")?;
        let mut line = format!("| {name} |");
        for column in ["allocations", "reallocations", "bytes", "peak_bytes"] {
            let figure = variant[column]
                .as_u64()
                .ok_or_else(|| format!("`{column}` of `{name}` is no whole number"))?;
            let _ = write!(line, " {figure} |");
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Without code fences and blank lines at both ends.
fn strip(lines: &[String]) -> Vec<String> {
    let outer = |line: &&String| line.is_empty() || line.starts_with("```");
    let from = lines.iter().take_while(outer).count();
    let behind = lines[from..].iter().rev().take_while(outer).count();
    lines[from..lines.len() - behind].to_vec()
}

/// A line of a doc comment without its slashes.
fn undocumented(line: &str) -> &str {
    let line = line.trim_start();
    line.strip_prefix("//!").or_else(|| line.strip_prefix("///")).unwrap_or(line)
}

fn first_difference(found: &[String], expected: &[String]) -> Option<usize> {
    (0..found.len().max(expected.len())).find(|&at| found.get(at) != expected.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    const JSON: &str = r#"{"allocator": "System", "variants": [
        {"name": "naive", "allocations": 120, "reallocations": 8, "bytes": 9000, "peak_bytes": 800},
        {"name": "best", "allocations": 1, "reallocations": 0, "bytes": 64, "peak_bytes": 64}]}"#;
    const LADDER: &str = "<!-- ladder -->\n\
        | variant | allocations | reallocations | bytes | peak bytes |\n|---|--:|--:|--:|--:|\n\
        | naive | 120 | 8 | 9000 | 800 |\n| best | 1 | 0 | 64 | 64 |\n<!-- end -->\n";
    const LEDGER: &str = "About.\n\ncase     who  blocks\n-------  ---  ------\n\
        under 8  std       1\nunder 9  std       1\nunder    std       2\n";

    fn ledgers(path: &str) -> Option<Source> {
        match path {
            REPORT => Some(Source::new(path, JSON)),
            "tests/ledger/ring.txt" => Some(Source::new(path, LEDGER)),
            _ => None,
        }
    }

    fn readme(text: &str) -> Vec<Complaint> {
        check(&[Source::new("README.md", text)], &ledgers)
    }

    #[test]
    fn the_ladder_equals_the_report() {
        assert_complaints(&readme(LADDER), &[]);
        assert_complaints(
            &readme(&LADDER.replace("9000", "8000")),
            &["README.md:1: tables: line 3 of the table is \"| naive | 120 | 8 | 8000 | 800 |\""],
        );
        assert_complaints(
            &readme(&LADDER.replace("| best | 1 | 0 | 64 | 64 |\n", "")),
            &["line 4 of the table is \"nothing\""],
        );
    }

    #[test]
    fn the_ladder_must_be_there() {
        assert_complaints(&readme("# thrifty\n"), &["README.md:1: tables: no table of the ladder"]);
        assert_complaints(&check(&[], &ledgers), &["README.md:1: tables: no table of the ladder"]);
        assert_complaints(
            &readme("<!-- ladder -->\n| variant |\n"),
            &["no `<!-- end -->` below this marker"],
        );
        assert_complaints(
            &check(&[Source::new("README.md", LADDER)], &|_| None),
            &["tests/ledger/report.json is missing"],
        );
        let broken = |path: &str| Some(Source::new(path, JSON.replace("9000", "-1")));
        assert_complaints(
            &check(&[Source::new("README.md", LADDER)], &broken),
            &["`bytes` of `naive` is no whole number"],
        );
    }

    #[test]
    fn a_ledger_in_docs_equals_the_file() {
        let docs = |row: &str| {
            format!(
                "{LADDER}/// <!-- ledger: ring; rows: under -->\n/// ```text\n\
                 /// case     who  blocks\n/// -------  ---  ------\n/// {row}\n/// ```\n\
                 /// <!-- end -->\n"
            )
        };
        assert_complaints(&readme(&docs("under    std       2")), &[]);
        assert_complaints(
            &readme(&docs("under    std       3")),
            &["README.md:7: tables: line 3 of the table is \"under    std       3\""],
        );
    }

    #[test]
    fn a_whole_ledger_equals_the_file() {
        let whole = format!("{LADDER}<!-- ledger: ring -->\n```text\n{LEDGER}```\n<!-- end -->\n");
        assert_complaints(&readme(&whole), &[]);
        assert_complaints(&readme(&whole.replace("About.", "Of.")), &["line 1 of the table is"]);
    }

    #[test]
    fn a_marker_names_what_exists() {
        let at_end = |marker: &str| readme(&format!("{LADDER}{marker}\n<!-- end -->\n"));
        assert_complaints(&at_end("<!-- ledger: rung -->"), &["tests/ledger/rung.txt is missing"]);
        assert_complaints(
            &at_end("<!-- ledger: ring; rows: over -->"),
            &["tests/ledger/ring.txt has no row \"over\""],
        );
    }

    #[test]
    fn blessing_writes_what_the_check_wants() {
        let stale = "# T\n<!-- ladder -->\nold\n<!-- end -->\nText.\n/// <!-- ledger: ring -->\n\
            /// <!-- end -->\n/// <!-- ledger: ring; rows: under 8 -->\n/// x\n/// <!-- end -->\nEnd.\n";
        let text = blessed(&Source::new("README.md", stale), &ledgers);
        assert_complaints(&readme(&text), &[]);
        assert!(text.starts_with("# T\n<!-- ladder -->\n| variant"), "{text}");
        assert!(
            text.contains("<!-- end -->\nText.\n/// <!-- ledger: ring -->\n/// ```text\n"),
            "{text}"
        );
        assert!(text.ends_with("/// ```\n/// <!-- end -->\nEnd.\n"), "{text}");
        let again = blessed(&Source::new("README.md", &*text), &ledgers);
        assert_eq!(again, text, "blessing twice changes nothing more");
    }
}
