//! What to do next: what follows from the figures of this run, and what does not.

use crate::model::{Report, Row};
use crate::parent::Swap;

/// A lever that a variant pulls alone, and what it takes to pull it.
const LEVERS: [(&str, &str); 3] = [
    (
        "buffers",
        "std alone does it: keep the `Vec` or `String`, `clear()` it, fill it again. It pays for large \
         bodies.",
    ),
    (
        "zero_copy",
        "it takes no crate: `&str` and `Cow<str>` fields with `#[serde(borrow)]`, and views into the \
         head that `httparse` found. The price is a lifetime in your types.",
    ),
    (
        "inline",
        "`thrifty::inline::SmallVec` for short lists, `ArrayString` or the crate `compact_str` for \
         short strings. No lifetimes, a type changed here and there.",
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
        all.extend(baseline(report).map(Advice::text));
        all.extend(owned(report, naive).map(Advice::text));
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

/// The largest lever, those that bring little, and all of them together.
fn levers(report: &Report, naive: &Row) -> Vec<String> {
    let mut levers: Vec<(&Row, &str)> =
        LEVERS.iter().filter_map(|(name, how)| Some((report.row(name)?, *how))).collect();
    levers.sort_by_key(|(row, _)| row.counts.requests());
    let mut texts = Vec::new();
    if let Some((row, how)) = levers.first().filter(|(row, _)| !is_little(row, naive)) {
        texts.push(format!("The largest single lever here is {}: {how}", outcome(row, naive)));
    }
    for (row, how) in levers.iter().filter(|(row, _)| is_little(row, naive)) {
        texts.push(format!("This one brings little here: {}; {how}", outcome(row, naive)));
    }
    if let Some(best) = best(report) {
        let mut text = format!("The best of the ladder is {}", outcome(best, naive));
        let step = report.row("buffers_zero_copy").zip(report.pair(best.name, "buffers_zero_copy"));
        if let Some((before, pair)) = step {
            text.push_str(&format!(
                "; its last step, from {} allocations to {}, is {} in time",
                before.counts.requests(),
                best.counts.requests(),
                pair.estimate.in_words()
            ));
        }
        text.push('.');
        texts.push(text);
    }
    texts
}

/// Less than a tenth of the allocations, and not a twentieth of the time.
fn is_little(row: &Row, naive: &Row) -> bool {
    let few = row.counts.requests() * 10 > naive.counts.requests() * 9;
    few && row.estimate.is_none_or(|estimate| estimate.high > 0.95)
}

fn best(report: &Report) -> Option<&Row> {
    let ours = report.variants.iter().filter(|row| row.name != "existing");
    ours.min_by_key(|row| (row.counts.requests(), row.counts.bytes))
}

fn outcome(row: &Row, naive: &Row) -> String {
    let time = row.estimate.map_or_else(|| "not timed".to_owned(), |time| time.in_words());
    format!(
        "`{}`: {} allocations and reallocations instead of {}, {time}",
        row.name,
        row.counts.requests(),
        naive.counts.requests(),
    )
}

/// What existing crates do alone: the baseline that counts.
fn baseline(report: &Report) -> Option<String> {
    let existing = report.row("existing")?;
    let best = best(report)?;
    let time = report
        .pair(best.name, "existing")
        .map_or_else(|| "not timed".to_owned(), |pair| pair.estimate.in_words());
    Some(format!(
        "Measure any new block against `existing`, not against `naive`: existing crates alone reach \
         {} allocations. Beside it `{}` has {}, and in time: {time}.",
        existing.counts.requests(),
        best.name,
        best.counts.requests(),
    ))
}

fn owned(report: &Report, naive: &Row) -> Option<String> {
    let row = report.row("owned")?;
    let mut text = format!("Without a lifetime in any type of yours: {}", outcome(row, naive));
    if let Some(pair) = report.pair("owned", "zero_copy_inline") {
        text.push_str(&format!("; beside `zero_copy_inline`: {}", pair.estimate.in_words()));
    }
    text.push('.');
    Some(text)
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
