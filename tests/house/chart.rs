//! The chart in README equals the ledger of the report.
//!
//! A card with a ground of its own, so that it reads on a light page and on a dark one; a viewer that
//! knows which of the two is asked for gets the colours of that.

use std::fmt::Write as _;

use crate::tree::{self, Complaint, Source};

const RULE: &str = "chart";
const REPORT: &str = "tests/ledger/report.json";
const CHART: &str = "tests/ledger/report.svg";
const BLESS: &str = "run `BLESS=1 cargo test --test house` and look at it";

const WIDTH: usize = 720;
const TOP: usize = 64;
const ROW: usize = 26;
const BARS: usize = 168;
const LONGEST: usize = 460;

/// Checks the chart; with `bless`, first draws it anew.
pub(crate) fn check_tree(bless: bool) -> Vec<Complaint> {
    let Some(report) = tree::read(REPORT) else {
        return vec![Complaint::new(REPORT, 1, RULE, "is missing: the chart is drawn from it")];
    };
    if bless && let Ok(drawn) = chart(&report.text) {
        tree::write(&Source { path: CHART.into(), text: drawn }).expect("the chart is writable");
    }
    let chart = tree::read(CHART).map(|chart| chart.text);
    let readme = tree::read("README.md").map(|readme| readme.text).unwrap_or_default();
    check(&report.text, chart.as_deref(), &readme)
}

fn check(report: &str, found: Option<&str>, readme: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    match chart(report) {
        Err(wrong) => complaints.push(Complaint::new(REPORT, 1, RULE, wrong)),
        Ok(drawn) if found != Some(&drawn) => {
            let fix = format!("is not what {REPORT} says: {BLESS}");
            complaints.push(Complaint::new(CHART, 1, RULE, fix));
        }
        Ok(_) => {}
    }
    if !readme.contains(&format!("]({CHART})")) {
        let fix = format!("does not show {CHART}");
        complaints.push(Complaint::new("README.md", 1, RULE, fix));
    }
    complaints
}

/// The ladder as a picture: one bar a variant, allocations and, paler, reallocations.
fn chart(json: &str) -> Result<String, String> {
    let rows = rows(json)?;
    let most = rows.iter().map(|row| row.allocations + row.reallocations).max().unwrap_or(0).max(1);
    let height = TOP + rows.len() * ROW + 40;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Heap allocations of one request, variant by variant\">\n{STYLE}\
         <rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n\
         <text class=\"title\" x=\"24\" y=\"36\">One request: allocations + reallocations</text>\n",
        WIDTH - 1,
        height - 1
    );
    for (place, row) in rows.iter().enumerate() {
        let y = TOP + place * ROW;
        let [solid, pale] =
            [row.allocations, row.reallocations].map(|n| (n * LONGEST).div_ceil(most));
        let (base, end) = (y + 14, BARS + solid + pale);
        let label = match row.reallocations {
            0 => row.allocations.to_string(),
            more => format!("{} + {more}", row.allocations),
        };
        let kind = row.kind();
        let _ = writeln!(svg, "<text class=\"name\" x=\"156\" y=\"{base}\">{}</text>", row.name);
        let _ = writeln!(
            svg,
            "<rect class=\"{kind}\" x=\"{BARS}\" y=\"{y}\" width=\"{solid}\" height=\"18\"/>"
        );
        let _ = writeln!(
            svg,
            "<rect class=\"{kind} pale\" x=\"{}\" y=\"{y}\" width=\"{pale}\" height=\"18\"/>",
            BARS + solid
        );
        let _ =
            writeln!(svg, "<text class=\"figure\" x=\"{}\" y=\"{base}\">{label}</text>", end + 8);
    }
    let y = TOP + rows.len() * ROW + 12;
    for (x, kind, text) in [
        (24, "naive", "what most back ends write"),
        (222, "lever", "levers"),
        (298, "existing", "existing crates: the baseline"),
        (500, "block", "with blocks of this crate"),
    ] {
        let _ = writeln!(
            svg,
            "<rect class=\"{kind}\" x=\"{x}\" y=\"{}\" width=\"10\" height=\"10\"/>\
             <text class=\"legend\" x=\"{}\" y=\"{}\">{text}</text>",
            y,
            x + 16,
            y + 9
        );
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

const STYLE: &str = "\
<style>
text { font: 13px sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: bold }
.name { text-anchor: end }
.legend { font-size: 12px; fill: #59636e }
.ground { fill: #ffffff; stroke: #d1d9e0 }
.naive { fill: #7d8590 } .lever { fill: #1565c0 } .existing { fill: #d97706 } .block { fill: #0f766e }
.pale { opacity: 0.45 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.legend { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d }
.naive { fill: #8b949e } .lever { fill: #58a6ff } .existing { fill: #f0a33a } .block { fill: #2dd4bf }
}
</style>
";

struct Row {
    name: String,
    allocations: usize,
    reallocations: usize,
}

impl Row {
    fn kind(&self) -> &'static str {
        match &*self.name {
            "naive" => "naive",
            "existing" => "existing",
            "small" | "shared" | "pooled" | "best" => "block",
            _ => "lever",
        }
    }
}

fn rows(json: &str) -> Result<Vec<Row>, String> {
    let report: serde_json::Value =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let variants = report["variants"].as_array().ok_or("`variants` is no list")?;
    let row = |variant: &serde_json::Value| {
        let figure = |column: &str| {
            let figure = variant[column].as_u64().and_then(|figure| usize::try_from(figure).ok());
            figure.ok_or_else(|| format!("a variant has no `{column}`"))
        };
        Ok(Row {
            name: variant["name"].as_str().ok_or("a variant has no `name`")?.to_owned(),
            allocations: figure("allocations")?,
            reallocations: figure("reallocations")?,
        })
    };
    variants.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"variants":[{"name":"naive","allocations":119,"reallocations":7},
                          {"name":"best","allocations":0,"reallocations":0}]}"#;
    const README: &str = "![the ladder](tests/ledger/report.svg)";

    #[test]
    fn what_is_drawn_is_what_the_ledger_says() {
        let drawn = chart(TWO).unwrap();
        assert!(drawn.contains(">119 + 7</text>") && drawn.contains(">0</text>"), "{drawn}");
        assert!(check(TWO, Some(&drawn), README).is_empty());
        let other = TWO.replace("119", "118");
        assert_eq!(check(&other, Some(&drawn), README).len(), 1);
        assert_eq!(check(TWO, None, README).len(), 1);
    }

    #[test]
    fn the_longest_bar_is_as_long_as_there_is_room() {
        let drawn = chart(TWO).unwrap();
        let widths = drawn.lines().filter(|line| line.starts_with("<rect class=\"naive"));
        let widths: Vec<usize> = widths
            .filter(|line| line.contains("height=\"18\""))
            .map(|line| line.split("width=\"").nth(1).unwrap().split('"').next().unwrap())
            .map(|width| width.parse().unwrap())
            .collect();
        assert!(widths.iter().sum::<usize>().abs_diff(LONGEST) <= 1, "{widths:?}");
    }

    #[test]
    fn the_chart_must_be_shown() {
        let drawn = chart(TWO).unwrap();
        assert_eq!(check(TWO, Some(&drawn), "# thrifty").len(), 1);
        assert_eq!(check("{}", Some(&drawn), README).len(), 1);
    }
}
