//! The bugs that are sown in the code are those of the table, and there are enough of each kind.

use std::collections::BTreeSet;

use crate::tree::{Complaint, Source};

const RULE: &str = "seeded";
const TABLE: &str = "tests/seeded/bugs.txt";

/// The columns: name, room, class, advisory, lane, binary, test, what is wrong.
const COLUMNS: usize = 8;

/// How many there must be, and how many advisories of others they must re-enact.
const FEWEST: usize = 40;
const FEWEST_ADVISORIES: usize = 10;

pub(crate) fn check(sources: &[Source], table: &str, rooms: &[&str]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let rows = rows(table, &mut complaints);
    let sown: Vec<_> = sources.iter().flat_map(sown).collect();
    for (index, (source, line, name)) in sown.iter().enumerate() {
        if !rows.iter().any(|(_, row)| row[0] == *name) {
            let fix = format!("`{name}` is sown here: add its row to {TABLE}");
            complaints.push(Complaint::new(*source, *line, RULE, fix));
        }
        if sown[..index].iter().any(|(_, _, other)| other == name) {
            let fix = format!("`{name}` is sown twice: one name, one line");
            complaints.push(Complaint::new(*source, *line, RULE, fix));
        }
    }
    for (line, row) in &rows {
        if !sown.iter().any(|(_, _, name)| *name == row[0]) {
            let fix = format!("`{}` is not sown in src: remove the row", row[0]);
            complaints.push(Complaint::new(TABLE, *line, RULE, fix));
        }
        if !rooms.contains(&row[1]) {
            let fix = format!("there is no room `{}`", row[1]);
            complaints.push(Complaint::new(TABLE, *line, RULE, fix));
        }
    }
    for room in rooms {
        if !rows.iter().any(|(_, row)| row[1] == *room) {
            let fix = format!("no bug is sown in room `{room}`");
            complaints.push(Complaint::new(TABLE, 1, RULE, fix));
        }
    }
    let advisories: BTreeSet<_> =
        rows.iter().map(|(_, row)| row[3]).filter(|id| *id != "-").collect();
    for (what, count, fewest) in
        [("bugs", rows.len(), FEWEST), ("advisories", advisories.len(), FEWEST_ADVISORIES)]
    {
        if count < fewest {
            let fix = format!("{count} {what}, at least {fewest}");
            complaints.push(Complaint::new(TABLE, 1, RULE, fix));
        }
    }
    complaints
}

fn rows<'t>(table: &'t str, complaints: &mut Vec<Complaint>) -> Vec<(usize, Vec<&'t str>)> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(table.lines()) {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let row: Vec<_> = text.split(" | ").collect();
        if row.len() == COLUMNS {
            rows.push((line, row));
        } else {
            let fix = format!("{} columns, not {COLUMNS}", row.len());
            complaints.push(Complaint::new(TABLE, line, RULE, fix));
        }
    }
    rows
}

/// File, line and name of each bug: `seeded!(right, "name" => wrong)`.
fn sown(source: &Source) -> Vec<(&str, usize, &str)> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(source.text.lines()) {
        let calls = text.split("seeded!(").skip(1).filter(|_| !text.trim_start().starts_with("//"));
        let names = calls.filter_map(|call| {
            let (before, _) = call.split_once("\" => ")?;
            Some(before.rsplit_once('"')?.1)
        });
        found.extend(names.map(|name| (&*source.path, line, name)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    fn enough() -> String {
        let row = |n: u32| format!("bug-{n} | map | class | A-{n} | debug | model | test | what\n");
        (0..40).map(row).collect()
    }

    fn code() -> Source {
        let line = |n: u32| format!("    f(seeded!(a, \"bug-{n}\" => b));\n");
        Source::new("src/map/x.rs", (0..40).map(line).collect::<String>())
    }

    #[test]
    fn a_table_that_is_as_the_code_passes() {
        assert_complaints(&check(&[code()], &enough(), &["map"]), &[]);
    }

    #[test]
    fn each_difference_is_a_complaint() {
        let more =
            Source::new("src/map/y.rs", "// seeded!(a, \"no\" => b)\nseeded!(a, \"new\" => b)\n");
        assert_complaints(
            &check(&[code(), more], &enough(), &["map"]),
            &["y.rs:2: seeded: `new` is sown"],
        );
        let twice = Source::new("src/map/y.rs", "seeded!(a, \"bug-1\" => b)\n");
        assert_complaints(
            &check(&[code(), twice], &enough(), &["map"]),
            &["`bug-1` is sown twice"],
        );
        let stale = enough() + "gone | map | class | - | debug | model | test | what\n";
        assert_complaints(
            &check(&[code()], &stale, &["map"]),
            &["bugs.txt:41: seeded: `gone` is not"],
        );
        assert_complaints(
            &check(&[code()], &enough(), &["map", "set"]),
            &["no bug is sown in room `set`"],
        );
        assert_complaints(
            &check(&[], "a | b\n", &[]),
            &["2 columns, not 8", "0 bugs, at least 40", "0 advisories, at least 10"],
        );
    }
}
