//! What to do next: what follows from the figures of this run, and what does not.

use crate::layout::grouped;
use crate::model::{Report, Row};
use crate::parent::Swap;
use crate::request::Shape;

/// The variant that pulls all levers, without a block of our own.
const ALL: &str = "zero_copy_inline";

/// A lever, and what it takes to pull it. Each variant pulls one alone, but for `zero_copy`, which
/// has `numbers` in it.
const LEVERS: [(&str, &str); 4] = [
    (
        "buffers",
        "Std alone does it: keep the `Vec` or `String`, `clear()` it, fill it again. It pays for large \
         bodies.",
    ),
    (
        "zero_copy",
        "It takes no crate besides the parsers: views into the head that `httparse` found, `&str` \
         fields with `#[serde(borrow)]`, and for strings that may have an escape a small type of your \
         own (`benches/support/text.rs`), since serde copies into an `Option<Cow<str>>`. The price is \
         a lifetime in your types.",
    ),
    (
        "inline",
        "`thrifty::inline::SmallVec` for short lists, `SmallMap` for few entries, `SmallString` or the \
         crate `compact_str` for short strings. No lifetimes, a type changed here and there.",
    ),
    (
        "numbers",
        "It takes no crate besides `serde`: `impl Serialize` for your type of amounts, which writes \
         the digits on the stack, in place of `to_string()`. Not all of its time is the heap's: \
         `core::fmt` is left out as well.",
    ),
];

/// A piece of advice: a paragraph, and code to show below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    pub text: String,
    pub code: Option<&'static str>,
}

impl Advice {
    fn text(text: String) -> Self {
        Self { text, code: None }
    }
}

/// All of it, the most useful first.
pub(crate) fn all(report: &Report) -> Vec<Advice> {
    let mut all = Vec::new();
    if let Some(naive) = report.row("naive") {
        all.extend(levers(report, naive).into_iter().map(Advice::text));
        all.extend(baseline(report, naive).map(Advice::text));
        all.extend(owned(report, naive).map(Advice::text));
        all.extend(small(report, naive).map(Advice::text));
        all.extend(shared(report, naive).map(Advice::text));
        all.extend(pooled(report, naive).map(Advice::text));
        all.extend(pieces(report, naive).map(Advice::text));
        all.extend(best(report, naive).map(Advice::text));
    }
    all.push(Advice {
        text:
            "Count one handler of your own, in an ordinary test (an allocation too many fails it, \
               and the message shows the line that made it):"
                .to_owned(),
        code: Some(TEST),
    });
    all.push(Advice::text(allocators(report)));
    if report.request.name == "the embedded order" {
        all.push(Advice {
            text: "See it on a request of your own, captured as raw bytes:".to_owned(),
            code: Some("cargo run --release --example report -- --request FILE"),
        });
    }
    all.extend(in_the_end(report).map(Advice::text));
    all
}

const TEST: &str = "\
#[global_allocator]
static GLOBAL: thrifty::meter::Metered<std::alloc::System> =
    thrifty::meter::Metered::new(std::alloc::System);

#[test]
fn a_request_stays_within_its_budget() {
    let response = thrifty::assert_allocs!(<= 4, { handle(REQUEST) });
    assert_eq!(response.status, 200);
}";

/// Each lever alone, the largest first, and all of them together.
fn levers(report: &Report, naive: &Row) -> Vec<String> {
    let mut levers: Vec<(&Row, &str)> =
        LEVERS.iter().filter_map(|(name, how)| Some((report.row(name)?, *how))).collect();
    // By time, and by allocations where nothing was timed.
    levers.sort_by(|(a, _), (b, _)| {
        let time = |row: &Row| row.estimate.map_or(1.0, |estimate| estimate.median);
        time(a).total_cmp(&time(b)).then(a.counts.requests().cmp(&b.counts.requests()))
    });
    let mut texts: Vec<String> = levers
        .iter()
        .enumerate()
        .map(|(place, (row, how))| {
            let verdict = match worth(row, naive) {
                Worth::Much if place == 0 => "The largest single lever here is",
                Worth::Much => "Then there is",
                Worth::Allocations => "This one takes allocations away, but hardly any time:",
                Worth::Costs => "This one takes allocations away, but costs time here:",
                Worth::Little => "This one brings little here:",
            };
            let shared = if row.name == "zero_copy" { without_numbers(report, row) } else { None };
            let shared = shared.unwrap_or_default();
            format!("{verdict} {}. {shared}{how}", outcome(row, naive))
        })
        .collect();
    if let Some(all) = report.row(ALL) {
        let step = report.row("buffers_zero_copy").zip(report.pair(ALL, "buffers_zero_copy"));
        let step = step.map_or_else(String::new, |(before, pair)| {
            format!(
                "; its last step, inline collections, takes {} down to {}: {}",
                grouped(before.counts.requests()),
                grouped(all.counts.requests()),
                pair.estimate.in_words()
            )
        });
        texts.push(format!("All of them together: {}{step}.", outcome(all, naive)));
    }
    texts
}

/// What a variant that has `numbers` in it brings besides.
fn without_numbers(report: &Report, row: &Row) -> Option<String> {
    // Only a receipt has amounts.
    let numbers = report.row("numbers").filter(|_| report.request.shape == Shape::Order)?;
    let time = report
        .pair(row.name, numbers.name)
        .map_or_else(|| "not timed".to_owned(), |pair| pair.estimate.in_words());
    Some(format!(
        "That includes `numbers`, which alone has {}; beside that: {time}. ",
        grouped(numbers.counts.requests())
    ))
}

/// What a lever brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worth {
    Much,
    Allocations,
    Costs,
    Little,
}

/// A tenth of the allocations and a twentieth of the time are worth mentioning.
fn worth(row: &Row, naive: &Row) -> Worth {
    let fewer = row.counts.requests() * 10 <= naive.counts.requests() * 9;
    match row.estimate {
        Some(estimate) if estimate.high < 0.95 => Worth::Much,
        Some(estimate) if fewer && estimate.differs() && estimate.low > 1.0 => Worth::Costs,
        Some(_) if fewer => Worth::Allocations,
        None if fewer => Worth::Much,
        _ => Worth::Little,
    }
}

fn outcome(row: &Row, naive: &Row) -> String {
    let time = row.estimate.map_or_else(|| "not timed".to_owned(), |time| time.in_words());
    format!(
        "`{}`: {} instead of {} allocations and reallocations, {time}",
        row.name,
        grouped(row.counts.requests()),
        grouped(naive.counts.requests()),
    )
}

/// What existing crates do alone: the baseline that counts.
fn baseline(report: &Report, naive: &Row) -> Option<String> {
    let existing = report.row("existing")?;
    let all = report.row(ALL)?;
    let time = report
        .pair(ALL, "existing")
        .map_or_else(|| "not timed".to_owned(), |pair| pair.estimate.in_words());
    Some(format!(
        "Measure any new block against `existing`, not against `naive`: existing crates alone bring {} \
         allocations and reallocations down to {}. `{ALL}` has {}, and beside `existing`: {time}. Both have `numbers` in them.",
        grouped(naive.counts.requests()),
        grouped(existing.counts.requests()),
        grouped(all.counts.requests()),
    ))
}

fn owned(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("owned")?;
    let beside = beside(report, "owned", ALL);
    Some(format!("Without a lifetime in any type of yours: {}{beside}.", outcome(row, naive)))
}

/// The room `inline` alone.
fn small(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("small")?;
    let inline = report.row("inline")?;
    Some(format!(
        "With the blocks of `thrifty::inline` alone, everything still copied: {}. `inline`, the same \
         with `compact_str` and `smallvec`, has {}{}; \
         `small` leaves out `core::fmt` as well.",
        outcome(row, naive),
        grouped(inline.counts.requests()),
        beside(report, "small", "inline"),
    ))
}

/// The room `share`.
fn shared(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("shared")?;
    let existing = report.row("existing")?;
    Some(format!(
        "With the blocks of `thrifty::share`, the whole request owned and without a lifetime: {}{}. \
         `existing`, which borrows the head, has {}{}. Take `shared` if the request outlives the call \
         or has long strings.",
        outcome(row, naive),
        beside(report, "shared", "owned"),
        grouped(existing.counts.requests()),
        beside(report, "shared", "existing"),
    ))
}

/// The room `pool`, alone.
fn pooled(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("pooled")?;
    Some(format!(
        "With the blocks of `thrifty::pool`, request and response in buffers that many requests share: \
         {}{}. It brings little here, where one thread serves one request after the other in buffers \
         that `existing` keeps. Take it where many are in flight, or orders are large.",
        outcome(row, naive),
        beside(report, "pooled", "existing"),
    ))
}

/// What has nothing to do with the heap.
fn pieces(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("pieces")?;
    Some(format!(
        "Not the heap, and no crate: a response of one shape, joined from literals and values in place \
         of `derive(Serialize)`: {}{}. The price is a shape that only a test checks.",
        outcome(row, naive),
        beside(report, "pieces", "existing"),
    ))
}

/// All rooms: what is left, and beside whom.
fn best(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("best")?;
    Some(format!(
        "Nothing on the heap, no lifetime in any type, with `Fields`, `Str`, pooled and scratch vectors, \
         `PooledBuf`, and the pieces of `pieces`: {}{}{}.",
        outcome(row, naive),
        beside(report, "best", "owned"),
        beside(report, "best", "pieces"),
    ))
}

/// The last lines: the two comparisons that count.
fn in_the_end(report: &Report) -> Option<String> {
    let (best, existing) = (report.row("best")?, report.row("existing")?);
    let pair = report
        .pair("best", "existing")
        .map_or_else(|| "not timed".to_owned(), |pair| pair.estimate.in_words());
    let beside_existing = format!(
        "In the end: `best` has {} allocations and reallocations, `existing` {}; beside `existing`: {pair}.",
        grouped(best.counts.requests()),
        grouped(existing.counts.requests()),
    );
    let swaps: Vec<String> = report
        .allocator_swaps
        .iter()
        .filter_map(|swap| Some(format!("`{}`: {}", swap.name, swap.estimate?.in_words())))
        .collect();
    let Some(estimate) = best.estimate else { return Some(beside_existing) };
    let alone = match swaps.join(", ") {
        swaps if swaps.is_empty() => "for an allocator swap alone, compile one in".to_owned(),
        swaps => format!("an allocator swap alone gives {swaps}"),
    };
    Some(format!("{beside_existing} Beside `naive`: {}; {alone}.", estimate.in_words()))
}

/// The time of a variant beside another's, as the end of a sentence.
fn beside(report: &Report, name: &str, base: &str) -> String {
    report
        .pair(name, base)
        .map_or_else(String::new, |pair| format!("; beside `{base}`: {}", pair.estimate.in_words()))
}

fn allocators(report: &Report) -> String {
    let swaps = &report.allocator_swaps;
    let missing: Vec<&str> =
        swaps.iter().filter(|swap| is_absent(swap)).map(|swap| swap.feature).collect();
    let mut texts = Vec::new();
    for swap in swaps {
        if let Some(estimate) = swap.estimate {
            texts.push(format!("`{}`, nothing else changed: {}.", swap.name, estimate.in_words()));
        }
    }
    if !texts.is_empty() {
        texts.push(
            "Such a gain does not multiply with the others: what is not allocated cannot be \
             allocated faster."
                .to_owned(),
        );
    }
    if !missing.is_empty() {
        texts.push(format!(
            "Compare allocators: cargo run --release --example report --features {}",
            missing.join(",")
        ));
    }
    texts.join(" ")
}

fn is_absent(swap: &Swap) -> bool {
    swap.reason.as_deref().is_some_and(|reason| reason.starts_with("not compiled in"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::{Counted, Counts};
    use crate::stats::Estimate;

    fn row(requests: u64, high: Option<f64>) -> Row {
        let estimate = high.map(|high| Estimate { median: high - 0.01, low: high - 0.02, high });
        let counts = Counts { allocations: requests, ..Counts::default() };
        Row::from_parts("a", "", Counted { counts, lowest: None }, estimate, None)
    }

    #[test]
    fn a_lever_is_judged_by_time_and_by_allocations_where_there_is_none() {
        let naive = row(100, Some(1.0));
        assert_eq!(worth(&row(20, Some(0.5)), &naive), Worth::Much);
        assert_eq!(worth(&row(95, Some(0.8)), &naive), Worth::Much);
        assert_eq!(worth(&row(20, Some(0.98)), &naive), Worth::Allocations);
        assert_eq!(worth(&row(20, Some(1.2)), &naive), Worth::Costs);
        assert_eq!(worth(&row(95, Some(0.98)), &naive), Worth::Little);
        assert_eq!(worth(&row(20, None), &naive), Worth::Much);
        assert_eq!(worth(&row(95, None), &naive), Worth::Little);
    }
}
