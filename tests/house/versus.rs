//! Tables of the scoreboard's figures, made from `tests/ledger/versus.json`.
//!
//! ```text
//! for room in meter inline pool share; do
//!     cargo run --release --manifest-path benches/versus/Cargo.toml -- \
//!         --room $room --metric instructions --all --json
//! done >tests/ledger/versus.json
//! BLESS=1 cargo test --test house
//! ```
//!
//! `<!-- versus: CASE, CASE -->` stands for a table with a column for each case and a row for each
//! peer, ours first, then the best of the first case. The comparison names every peer that the
//! scoreboard measures, in the version that its lock file has.

use crate::tree::{Complaint, Source, has_word};
use serde_json::Value;
use std::collections::BTreeSet;

const RULE: &str = "versus";
pub(crate) const FIGURES: &str = "tests/ledger/versus.json";
const PAGE: &str = "src/guide/comparison.rs";

/// The table of these cases, from the scoreboard's lines.
pub(crate) fn table(figures: &str, cases: &[String]) -> Result<Vec<String>, String> {
    let mut rows: Vec<(String, Vec<Option<f64>>)> = Vec::new();
    for line in figures.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
        let case = row["case"].as_str().ok_or("a line has no `case`")?;
        let Some(column) = cases.iter().position(|wanted| wanted == case) else { continue };
        let peer = row["peer"].as_str().ok_or("a line has no `peer`")?;
        let peer = shown(peer);
        for (name, figure) in [("**thrifty**", &row["thrifty"]), (&*peer, &row["theirs"])] {
            let at = rows.iter().position(|row| row.0 == name).unwrap_or_else(|| {
                rows.push((name.to_owned(), vec![None; cases.len()]));
                rows.len() - 1
            });
            rows[at].1[column] = figure.as_f64();
        }
    }
    for (column, case) in cases.iter().enumerate() {
        if !rows.iter().any(|row| row.1[column].is_some()) {
            return Err(format!("no figure of `{case}`: run its room, or correct the name"));
        }
    }
    let weight =
        |figures: &[Option<f64>]| figures.iter().flatten().next().copied().unwrap_or_default();
    let missing = |figures: &[Option<f64>]| figures.iter().take_while(|it| it.is_none()).count();
    // Ours, then those of the first column by their figure, then those of the second.
    rows.sort_by(|a, b| {
        let key = |row: &(String, Vec<Option<f64>>)| (!row.0.starts_with("**"), missing(&row.1));
        key(a).cmp(&key(b)).then(weight(&a.1).total_cmp(&weight(&b.1)))
    });
    let head: Vec<_> = cases.iter().map(|case| format!(" `{case}` |")).collect();
    let mut lines =
        vec![format!("| |{}", head.concat()), format!("|---|{}", "--:|".repeat(cases.len()))];
    for (name, figures) in rows {
        let cells = figures.iter().map(|figure| match figure {
            Some(figure) => format!(" {figure:.0} |"),
            None => " |".to_owned(),
        });
        let cells: Vec<_> = cells.collect();
        lines.push(format!("| {name} |{}", cells.concat()));
    }
    Ok(lines)
}

/// A type's name would be read as HTML.
fn shown(peer: &str) -> String {
    match peer.rsplit_once(' ') {
        Some((name, version)) if name.contains('<') => format!("`{name}` {version}"),
        _ => peer.to_owned(),
    }
}

/// Every peer of the scoreboard is on the page, in the version that is measured.
pub(crate) fn check(manifest: &Source, lock: &Source, page: &Source) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for peer in peers(&manifest.text) {
        let versions = locked(&lock.text, &peer);
        let is_named = |version: &String| {
            page.text.lines().any(|line| {
                line.contains(&format!("{peer} {version}"))
                    || line.contains(&format!("{peer} {}", version.trim_end_matches(".0")))
            })
        };
        if versions.is_empty() {
            let fix = format!("`{peer}` is not in {}: build the scoreboard", lock.path);
            complaints.push(Complaint::new(&*manifest.path, 1, RULE, fix));
        } else if !versions.iter().any(is_named) {
            let known = page.text.lines().position(|line| has_word(line, &peer));
            let fix = format!("name `{peer} {}`, which is measured", versions.join("` or `"));
            complaints.push(Complaint::new(PAGE, known.map_or(1, |line| line + 1), RULE, fix));
        }
    }
    complaints
}

/// The crates below a comment that begins with `# peers`, up to the next empty line.
fn peers(manifest: &str) -> BTreeSet<String> {
    let mut peers = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        match line {
            "" => inside = false,
            _ if line.starts_with("# peers") => inside = true,
            _ if inside && !line.starts_with('#') => {
                let renamed =
                    line.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
                let name = renamed.or_else(|| line.split(" = ").next());
                peers.extend(name.map(str::to_owned));
            }
            _ => {}
        }
    }
    peers
}

/// All versions of a crate in a lock file.
fn locked(lock: &str, name: &str) -> Vec<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    lock.split(&entry)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    const LINES: &str = r#"{"case":"a/1","thrifty":2.0,"peer":"x 1.0.0","theirs":3.0}
{"case":"a/1","thrifty":2.0,"peer":"y 2.0.0","theirs":1.4}
{"case":"a/2","thrifty":5.0,"peer":"x 1.0.0","theirs":null}
"#;

    #[test]
    fn a_table_has_ours_first_then_the_best() {
        let cases = ["a/1".to_owned(), "a/2".to_owned()];
        assert_eq!(
            table(LINES, &cases).unwrap(),
            [
                "| | `a/1` | `a/2` |",
                "|---|--:|--:|",
                "| **thrifty** | 2 | 5 |",
                "| y 2.0.0 | 1 | |",
                "| x 1.0.0 | 3 | |",
            ]
        );
    }

    #[test]
    fn a_type_is_code() {
        assert_eq!(shown("Arc<str> 1.95.0"), "`Arc<str>` 1.95.0");
        assert_eq!(shown("hipstr 0.8.0"), "hipstr 0.8.0");
    }

    #[test]
    fn a_case_without_figures_is_an_error() {
        assert!(table(LINES, &["a/3".to_owned()]).unwrap_err().contains("a/3"));
        assert!(table("no json", &["a/1".to_owned()]).is_err());
    }

    #[test]
    fn a_peer_that_is_not_named_or_in_another_version_is_a_complaint() {
        let manifest = "[dependencies]\nclap = \"4\"\n\n# peers of the room\nx = \"1\"\n\
            z2 = { package = \"z\", version = \"2\" }\n\n# what is no peer\nw = \"1\"\n";
        let lock = "name = \"x\"\nversion = \"1.0.0\"\n\nname = \"z\"\nversion = \"2.1.0\"\n";
        let complaints = |page: &str| {
            check(
                &Source::new("Cargo.toml", manifest),
                &Source::new("Cargo.lock", lock),
                &Source::new(PAGE, page),
            )
        };
        assert_complaints(&complaints("//! x 1.0.0\n//! z 2.1.0\n"), &[]);
        assert_complaints(&complaints("//! x 1.0\n//! z 2.1\n"), &[]);
        assert_complaints(
            &complaints("//! x 0.9.0\n"),
            &["comparison.rs:1: versus: name `x 1.0.0`", "name `z 2.1.0`"],
        );
    }
}
