//! Compares the exact figures with a committed file, and writes that file.
//!
//! Any `report.json` will do as the committed file; a blessed one holds the exact figures only, so
//! it changes only when they do.

use std::path::{Path, PathBuf};
use std::{error, fmt, fs, io};

use serde::{Deserialize, Serialize};

use crate::count::Counts;
use crate::model::Report;

/// The environment variable that makes `--check` write instead of compare.
pub(crate) const BLESS: &str = "BLESS";

/// The exact part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    /// Sizes depend on it; where it differs, only counts are compared.
    #[serde(default = "usual_width")]
    pub pointer_width: usize,
    pub request: Request,
    pub variants: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub name: String,
    pub bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub name: String,
    #[serde(flatten)]
    pub counts: Counts,
}

const fn usual_width() -> usize {
    64
}

impl From<&Report> for Ledger {
    fn from(report: &Report) -> Self {
        let row = |row: &crate::model::Row| Row { name: row.name.to_owned(), counts: row.counts };
        Self {
            pointer_width: report.machine.pointer_width,
            request: Request { name: report.request.name.clone(), bytes: report.request.bytes },
            variants: report.variants.iter().map(row).collect(),
        }
    }
}

impl Ledger {
    pub(crate) fn read(path: &Path) -> Result<Self, Unusable> {
        let unusable = |why| Unusable { path: path.to_owned(), why };
        let text = fs::read_to_string(path).map_err(|error| unusable(Why::Unreadable(error)))?;
        serde_json::from_str(&text).map_err(|error| unusable(Why::Malformed(error)))
    }

    /// Replaces the file by these figures, in the order of the ladder, one variant a line.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Unusable> {
        let unusable = |why| Unusable { path: path.to_owned(), why: Why::Unwritable(why) };
        let text = self.to_text().map_err(|error| unusable(error.into()))?;
        fs::write(path, text).map_err(unusable)
    }

    fn to_text(&self) -> serde_json::Result<String> {
        let request = serde_json::to_string(&self.request)?;
        let rows: Result<Vec<String>, _> = self
            .variants
            .iter()
            .map(|row| Ok(format!("    {}", serde_json::to_string(row)?)))
            .collect();
        Ok(format!(
            "{{\n  \"pointer_width\": {},\n  \"request\": {request},\n  \"variants\": [\n{}\n  ]\n}}\n",
            self.pointer_width,
            rows?.join(",\n")
        ))
    }

    /// A line for every difference from `committed`.
    pub(crate) fn differences(&self, committed: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.request != committed.request {
            lines.push(format!(
                "request: committed {} of {} bytes, measured {} of {} bytes",
                committed.request.name,
                committed.request.bytes,
                self.request.name,
                self.request.bytes
            ));
        }
        let same_width = self.pointer_width == committed.pointer_width;
        for old in &committed.variants {
            let Some(new) = self.variants.iter().find(|new| new.name == old.name) else {
                lines.push(format!("{}: committed, but no such variant is measured", old.name));
                continue;
            };
            let columns = old.counts.columns().into_iter().zip(new.counts.columns());
            for ((column, committed), (_, measured)) in columns {
                let comparable = same_width || !column.contains("bytes");
                if comparable && committed != measured {
                    lines.push(format!(
                        "{}, {column}: committed {committed}, measured {measured}",
                        old.name
                    ));
                }
            }
        }
        let is_new = |new: &&Row| !committed.variants.iter().any(|old| old.name == new.name);
        for new in self.variants.iter().filter(is_new) {
            lines.push(format!("{}: measured, but not in the committed file", new.name));
        }
        lines
    }
}

/// A committed file that cannot be compared with: what was asked, why not, what to do.
#[derive(Debug)]
pub(crate) struct Unusable {
    path: PathBuf,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Unreadable(io::Error),
    Unwritable(io::Error),
    Malformed(serde_json::Error),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.why {
            Why::Unreadable(error) => write!(
                f,
                "cannot check against {path}: {error}; write it with `{BLESS}=1 ... --check {path}`"
            ),
            Why::Unwritable(error) => {
                write!(f, "cannot write {path}: {error}; pass a path in a folder that exists")
            }
            Why::Malformed(error) => write!(
                f,
                "cannot check against {path}: it is no report.json: {error}; write it anew with \
                 `{BLESS}=1 ... --check {path}`"
            ),
        }
    }
}

impl error::Error for Unusable {}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(rows: &[(&str, u64)]) -> Ledger {
        let row = |&(name, allocations): &(&str, u64)| Row {
            name: name.to_owned(),
            counts: Counts { allocations, bytes: 10 * allocations, ..Counts::default() },
        };
        Ledger {
            pointer_width: 64,
            request: Request { name: "a".to_owned(), bytes: 7 },
            variants: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn what_is_equal_has_no_differences_also_by_way_of_a_file() {
        let measured = ledger(&[("naive", 143), ("best", 1)]);
        let text = measured.to_text().unwrap();
        let committed: Ledger = serde_json::from_str(&text).unwrap();
        assert_eq!(committed, measured);
        assert_eq!(measured.differences(&committed), [""; 0]);
        assert_eq!(text.lines().count(), 8, "{text}");
    }

    #[test]
    fn every_difference_is_a_line_with_variant_column_committed_and_measured() {
        let committed = ledger(&[("naive", 143), ("gone", 3)]);
        let measured = ledger(&[("naive", 144), ("new", 2)]);
        assert_eq!(
            measured.differences(&committed),
            [
                "naive, allocations: committed 143, measured 144",
                "naive, bytes: committed 1430, measured 1440",
                "gone: committed, but no such variant is measured",
                "new: measured, but not in the committed file",
            ]
        );
    }

    #[test]
    fn another_request_is_a_difference() {
        let mut measured = ledger(&[("naive", 1)]);
        measured.request.bytes = 8;
        let lines = measured.differences(&ledger(&[("naive", 1)]));
        assert_eq!(lines, ["request: committed a of 7 bytes, measured a of 8 bytes"]);
    }

    #[test]
    fn sizes_are_compared_for_one_pointer_width_only() {
        let mut measured = ledger(&[("naive", 2)]);
        measured.pointer_width = 32;
        let lines = measured.differences(&ledger(&[("naive", 1)]));
        assert_eq!(lines, ["naive, allocations: committed 1, measured 2"]);
    }

    #[test]
    fn a_whole_report_is_read_as_well() {
        let text = r#"{"allocator":"system","request":{"name":"a","bytes":7,"shape":"order"},
            "variants":[{"name":"naive","about":"x","allocations":143,"reallocations":0,"bytes":1430,
            "peak_bytes":0,"frees":0,"time_ratio":1.0,"spread":[1.0,1.0]}],"rounds":61}"#;
        let committed: Ledger = serde_json::from_str(text).unwrap();
        assert_eq!(committed, ledger(&[("naive", 143)]));
    }

    #[test]
    fn a_file_that_is_missing_or_malformed_is_named() {
        let text = Ledger::read(Path::new("no/such.json")).unwrap_err().to_string();
        assert!(text.starts_with("cannot check against no/such.json: "), "{text}");
        let text = Ledger::read(Path::new("Cargo.toml")).unwrap_err().to_string();
        assert!(text.contains("Cargo.toml: it is no report.json: "), "{text}");
    }
}
