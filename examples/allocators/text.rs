//! The comparison on the terminal, and as Markdown.

use std::path::Path;

use crate::layout::{aligned, grouped, markdown_table, wrapped};
use crate::model::{Compared, Comparison};
use crate::workloads::{LeftOut, Workload};

const WIDTH: usize = 100;

const HEAD: [&str; 8] = [
    "allocator",
    "time ratio",
    "time",
    "CPU",
    "peak RSS",
    "after work",
    "after purge",
    "page faults",
];
const LEFT: [usize; 2] = [0, 1];
const GLANCE_LEFT: [usize; 2] = [0, 4];

/// For the terminal.
pub(crate) fn terminal(comparison: &Comparison, folder: &Path) -> String {
    let mut parts = vec![head(comparison)];
    parts.extend(comparison.workloads.iter().map(block));
    if comparison.workloads.len() > 1 {
        let lines = aligned(&glance(comparison), &GLANCE_LEFT);
        parts.push(format!(
            "At a glance: time ratios, and how far {} differs from itself\n{}",
            comparison.baseline,
            lines.join("\n")
        ));
    }
    if let Some(line) = left_out(comparison) {
        parts.push(wrapped(&line, WIDTH).join("\n"));
    }
    parts.push(wrapped(&footnote(comparison), WIDTH).join("\n"));
    parts.push(format!("Written to {}: allocators.md, allocators.json", folder.display()));
    parts.join("\n\n") + "\n"
}

/// For a file.
pub(crate) fn markdown(comparison: &Comparison) -> String {
    let mut parts = vec![format!("# {}\n", title(comparison))];
    let facts = facts(comparison).into_iter().map(|(name, value)| format!("- {name}: {value}"));
    parts.push(facts.collect::<Vec<_>>().join("\n") + "\n");
    parts.extend(comparison.warnings.iter().map(|text| format!("> **Warning:** {text}.\n")));
    if comparison.workloads.len() > 1 {
        parts.push(format!(
            "## At a glance\n\n{}\n",
            markdown_table(&glance(comparison), &GLANCE_LEFT)
        ));
    }
    for compared in &comparison.workloads {
        parts.push(format!(
            "## {}\n\n{}\n\n{}\n",
            heading(compared),
            markdown_table(&cells(compared), &LEFT),
            conclusion(compared)
        ));
    }
    parts.extend(left_out(comparison).map(|line| line + "\n"));
    parts.push(footnote(comparison));
    parts.join("\n") + "\n"
}

/// What there is to choose from.
pub(crate) fn list(workloads: &[Workload], left_out: &[LeftOut]) -> String {
    let row =
        |name: &str, threads: String, about: &str| [name.to_owned(), threads, about.to_owned()];
    let mut rows = vec![row("workload", "threads".to_owned(), "what it does")];
    rows.extend(workloads.iter().map(|one| row(&one.name, one.threads.to_string(), one.about)));
    rows.extend(
        left_out
            .iter()
            .map(|one| row(&one.name, String::new(), &format!("left out: {}", one.reason))),
    );
    aligned(&rows, &[0, 2]).join("\n") + "\n"
}

fn title(comparison: &Comparison) -> String {
    let what = comparison
        .command
        .as_ref()
        .map_or_else(|| "the same work".to_owned(), |command| format!("`{command}`"));
    format!(
        "Allocators compared on {what}: time relative to {}, lower is better",
        comparison.baseline
    )
}

fn head(comparison: &Comparison) -> String {
    let mut lines = vec![title(comparison), String::new()];
    for (name, value) in facts(comparison) {
        let value = wrapped(&value, WIDTH - 14).join("\n              ");
        lines.push(format!("  {name:<10}  {value}"));
    }
    for warning in &comparison.warnings {
        let warning = wrapped(warning, WIDTH - 9).join("\n         ");
        lines.extend([String::new(), format!("warning: {warning}")]);
    }
    lines.join("\n")
}

fn facts(comparison: &Comparison) -> Vec<(&'static str, String)> {
    let machine = &comparison.machine;
    let unknown = || "unknown".to_owned();
    let rustc = comparison.rustc.as_ref().map_or_else(String::new, |v| format!(", rustc {v}"));
    let part = match comparison.percent {
        100 => String::new(),
        percent if comparison.command.is_none() => format!(", {percent} % of the work"),
        _ => String::new(),
    };
    let mut facts = vec![
        ("machine", machine.in_words()),
        (
            "kernel",
            format!(
                "{}, transparent huge pages: {}",
                machine.kernel.clone().unwrap_or_else(unknown),
                machine.huge_pages.clone().unwrap_or_else(unknown)
            ),
        ),
        ("allocators", comparison.allocators.join(", ")),
        (
            "build",
            format!(
                "thrifty {}{rustc}, {}, {} rounds{part}",
                comparison.thrifty, comparison.profile, comparison.rounds
            ),
        ),
    ];
    if comparison.command.is_some() {
        facts.push(("variable", comparison.variable.clone()));
    }
    facts
}

fn block(compared: &Compared) -> String {
    let lines = aligned(&cells(compared), &LEFT).join("\n");
    format!("{}\n{lines}\n  => {}", heading(compared), conclusion(compared))
}

fn heading(compared: &Compared) -> String {
    let threads = match compared.threads {
        None => String::new(),
        Some(1) => ", 1 thread".to_owned(),
        Some(threads) => format!(", {threads} threads"),
    };
    format!("{}: {}{threads}", compared.name, compared.about)
}

fn conclusion(compared: &Compared) -> String {
    match (compared.noise, compared.rows.first()) {
        (Some([low, high]), Some(row)) => {
            format!("{}; {} beside itself: [{low:.2}, {high:.2}]", compared.verdict, row.allocator)
        }
        _ => compared.verdict.clone(),
    }
}

fn cells(compared: &Compared) -> Vec<[String; 8]> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(compared.rows.iter().enumerate().map(|(place, row)| {
        let ratio = if place == 0 { "1".to_owned() } else { ratio(row.time_ratio, row.spread) };
        let faults = row.minor_faults.map(|minor| minor + row.major_faults.unwrap_or(0));
        [
            row.allocator.clone(),
            ratio,
            time(Some(row.seconds)),
            time(row.cpu_seconds),
            bytes(row.peak_rss_bytes),
            bytes(row.rss_after_bytes),
            bytes(row.rss_purged_bytes)
                + &beside_live(row.rss_before_bytes, row.rss_purged_bytes, row.live_bytes),
            faults.map_or_else(nothing, grouped),
        ]
    }));
    rows
}

/// How much of it the work has added for each byte that is still in use.
fn beside_live(before: Option<u64>, purged: Option<u64>, live: u64) -> String {
    let added = purged.zip(before).map(|(purged, before)| purged.saturating_sub(before));
    #[expect(clippy::cast_precision_loss, reason = "a ratio of two sizes")]
    match added {
        Some(added) if live > 0 => format!(", {:.1}x live", added as f64 / live as f64),
        _ => String::new(),
    }
}

/// A row for each workload: the baseline beside itself, two others, and the verdict. With fewer
/// allocators there are fewer columns with something in them.
fn glance(comparison: &Comparison) -> Vec<[String; 5]> {
    let name = |place: usize| {
        let row = comparison.workloads.first().and_then(|one| one.rows.get(place));
        row.map_or_else(String::new, |row| row.allocator.clone())
    };
    let again = format!("{} again", comparison.baseline);
    let mut rows = vec![["workload".to_owned(), again, name(1), name(2), "fastest".to_owned()]];
    rows.extend(comparison.workloads.iter().map(|compared| {
        let of = |place: usize| {
            compared
                .rows
                .get(place)
                .map_or_else(String::new, |row| ratio(row.time_ratio, row.spread))
        };
        let noise =
            compared.noise.map_or_else(nothing, |[low, high]| format!("[{low:.2}, {high:.2}]"));
        [compared.name.clone(), noise, of(1), of(2), fastest(compared)]
    }));
    rows
}

/// The verdict in a word or two.
fn fastest(compared: &Compared) -> String {
    match compared.fastest[..] {
        [] => "none shown".to_owned(),
        _ => compared.fastest.join(" or "),
    }
}

fn left_out(comparison: &Comparison) -> Option<String> {
    let one = |one: &LeftOut| format!("{} ({})", one.name, one.reason);
    let all: Vec<String> = comparison.left_out.iter().map(one).collect();
    (!all.is_empty()).then(|| format!("Left out: {}.", all.join(", ")))
}

fn footnote(comparison: &Comparison) -> String {
    let (figures, peak) = if comparison.command.is_some() {
        (
            "time, CPU and page faults are those of the whole process, as the kernel accounts them. What \
             is resident after the work and after a purge only the program could say: -.",
            " A peak below that of this process cannot be seen: -.",
        )
    } else {
        (
            "time, CPU and page faults are those of the work; resident memory is that of the process: at \
             its peak, after the work, and after heap::purge(), with what the work added to it for each \
             byte that it keeps.",
            "",
        )
    };
    format!(
        "Figures are medians of processes that do the work once, from a cold start; {figures}{peak} Brackets: \
         bootstrap 95 % interval of the median of the ratios, round by round. A difference is named only \
         where the interval overlaps neither 1 nor what the baseline shows beside itself, and a fastest \
         only where its interval overlaps no other. An allocator whose memory gets transparent huge pages \
         has few page faults. All holds for this machine and this work."
    )
}

fn ratio(ratio: f64, [low, high]: [f64; 2]) -> String {
    format!("{ratio:.2} [{low:.2}, {high:.2}]")
}

fn nothing() -> String {
    "-".to_owned()
}

fn time(seconds: Option<f64>) -> String {
    match seconds {
        None => nothing(),
        Some(seconds) if seconds < 0.1 => format!("{:.1} ms", seconds * 1e3),
        Some(seconds) if seconds < 10.0 => format!("{:.0} ms", seconds * 1e3),
        Some(seconds) => format!("{seconds:.1} s"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "printed with one decimal")]
fn bytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(nothing, |bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_units_and_what_is_not_known_is_a_dash() {
        assert_eq!(time(Some(0.061_23)), "61.2 ms");
        assert_eq!(time(Some(1.5)), "1500 ms");
        assert_eq!(time(Some(12.34)), "12.3 s");
        assert_eq!(bytes(Some(3 << 19)), "1.5 MiB");
        assert_eq!((time(None), bytes(None)), ("-".to_owned(), "-".to_owned()));
        assert_eq!(ratio(0.5, [0.25, 1.0]), "0.50 [0.25, 1.00]");
    }

    /// The process itself is some MiB, and would be most of a small workload's figure.
    #[test]
    fn what_was_resident_before_is_not_held_against_the_allocator() {
        assert_eq!(beside_live(Some(5 << 20), Some(25 << 20), 10 << 20), ", 2.0x live");
        assert_eq!(beside_live(Some(5 << 20), Some(4 << 20), 1), ", 0.0x live");
        assert_eq!(beside_live(Some(5), Some(25), 0), "");
        assert_eq!(beside_live(None, Some(25), 10), "");
    }
}
