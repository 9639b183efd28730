//! The report on the terminal, and as Markdown.

use std::path::Path;

use crate::advice::{self, Advice};
use crate::layout::{grouped, wrapped};
use crate::model::Report;
use crate::steady::Steady;
use crate::table;

const WIDTH: usize = 96;

/// For the terminal.
pub(crate) fn terminal(report: &Report, folder: Option<&Path>) -> String {
    let mut parts = vec![head(report), table::text(report), footnote(report)];
    if let Some(folder) = folder {
        let folder = folder.display();
        parts.push(format!("Written to {folder}: report.md, report.json, report.svg"));
    }
    let advice: Vec<String> = advice::all(report).iter().map(bullet).collect();
    parts.push(format!("What to do next\n{}", advice.join("\n")));
    parts.join("\n\n") + "\n"
}

/// For a file, beside `report.svg`.
pub(crate) fn markdown(report: &Report) -> String {
    let list = |lines: Vec<String>| lines.join("\n");
    let facts = facts(report).into_iter().map(|(name, value)| format!("- {name}: {value}"));
    let warnings = report.warnings().into_iter().map(|text| format!("> **Warning:** {text}.\n\n"));
    let about = report.variants.iter().map(|row| format!("| {} | {} |", row.name, row.about));
    let advice = advice::all(report).into_iter().map(|Advice { text, code }| match code {
        Some(code) => format!("- {text}\n\n{}\n", indented(&format!("```text\n{code}\n```"), 2)),
        None => format!("- {text}"),
    });
    [
        "# What one request costs\n".to_owned(),
        list(facts.collect()) + "\n",
        warnings.collect::<String>() + "![Allocations and time of each variant](report.svg)\n",
        table::markdown(report) + "\n",
        footnote(report) + "\n",
        format!("| variant | what it does |\n|---|---|\n{}\n", list(about.collect())),
        "## What to do next\n".to_owned(),
        list(advice.collect()) + "\n",
        format!("## How it was measured\n\n{METHOD}"),
    ]
    .join("\n")
}

const METHOD: &str = "\
Counts, bytes and peaks are exact: every variant ran 64 times after a warm-up (a huge request runs less
often), and each run was counted. Bytes are those requested, with the growth of reallocations; frees
include the response before.

Times come from processes of their own that do not count. In each, all variants take turns, in batches
of half a millisecond, in a new random order each round; each round gives one ratio to `naive`. The figure is the
median of these ratios, the bracket its bootstrap 95 % confidence interval, for which whole processes
are drawn: where code and data lie in memory differs from one to the next and can make a tenth of the
time. Where the bracket holds 1, no ratio is given. The rows of allocators compare whole processes that
take turns.

`cargo run --release --example report` makes all of it again.
";

fn head(report: &Report) -> String {
    let mut lines =
        vec!["What one request costs, on the heap and in time".to_owned(), String::new()];
    lines.extend(facts(report).into_iter().map(|(name, value)| format!("  {name:<10} {value}")));
    if let Some(note) = &report.request.note {
        lines.push(format!("{:13}{}", "", wrapped(note, WIDTH - 13).join("\n             ")));
    }
    for warning in report.warnings() {
        let warning = wrapped(&warning, WIDTH - 9).join("\n         ");
        lines.extend([String::new(), format!("warning: {warning}")]);
    }
    lines.join("\n")
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let machine = &report.machine;
    let versions = &report.versions;
    let crates: Vec<String> =
        versions.crates.iter().map(|c| format!("{} {}", c.name, c.version)).collect();
    let rustc = versions.rustc.as_ref().map_or_else(String::new, |v| format!(", rustc {v}"));
    let rounds = match report.rounds {
        0 => String::new(),
        rounds => {
            let rounds = grouped(rounds as u64);
            format!(", {rounds} rounds in {} processes", report.processes)
        }
    };
    vec![
        ("machine", machine.in_words()),
        ("allocator", versions.allocator.clone()),
        ("build", format!("thrifty {}{rustc}, {}{rounds}", versions.thrifty, report.profile)),
        ("crates", crates.join(", ")),
        (
            "request",
            format!(
                "{}, {} bytes: {}",
                report.request.name,
                grouped(report.request.bytes as u64),
                report.request.stages
            ),
        ),
    ]
}

fn footnote(report: &Report) -> String {
    let mut text = match &report.untimed {
        Some(why) => format!("Figures are per request. There are no times: {why}."),
        None => format!(
            "Figures are per request; = is the figure of naive. Brackets: 95 % interval of the median \
             ratio. Naive beside itself: {}.",
            report.self_check.as_ref().map_or_else(String::new, |check| check.estimate.in_words())
        ),
    };
    if let Some(steady) = &report.steady {
        text += " ";
        text += &in_words(steady);
    }
    wrapped(&text, WIDTH).join("\n")
}

/// What many requests cost together, and what memory that holds.
fn in_words(steady: &Steady) -> String {
    let resident = steady.resident.map_or_else(String::new, |bytes| {
        format!("; the whole process has {} resident", kib(bytes))
    });
    format!(
        "{} orders that differ, in random order: `{}` makes {} allocations and {} reallocations for all \
         of them together, naive {}. For that it holds {} of heap between two requests (buffers, kept \
         vectors, scratch){resident}.",
        grouped(steady.requests as u64),
        steady.name,
        grouped(steady.allocations),
        grouped(steady.reallocations),
        grouped(steady.naive),
        kib(steady.keeps as u64),
    )
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", grouped(bytes.div_ceil(1024)))
}

fn bullet(advice: &Advice) -> String {
    let text = format!("\n  - {}", wrapped(&advice.text, WIDTH - 4).join("\n    "));
    match advice.code {
        Some(code) => format!("{text}\n\n{}", indented(code, 8)),
        None => text,
    }
}

fn indented(text: &str, by: usize) -> String {
    let indent = |line: &str| if line.is_empty() { String::new() } else { " ".repeat(by) + line };
    text.lines().map(indent).collect::<Vec<_>>().join("\n")
}
