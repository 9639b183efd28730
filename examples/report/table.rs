//! The ladder as a table, for the terminal and for Markdown.

use crate::layout::{self, grouped, grouped_f64};
use crate::model::{Report, Row};
use crate::parent::Swap;

const HEAD: [&str; 7] =
    ["variant", "allocs", "reallocs", "bytes", "peak bytes", "frees", "time relative to naive"];

type Cells = [String; 7];

/// The columns that are text.
const LEFT: [usize; 2] = [0, 6];

/// Aligned by spaces.
pub(crate) fn text(report: &Report) -> String {
    layout::aligned(&cells(report), &LEFT).join("\n")
}

/// A Markdown table.
pub(crate) fn markdown(report: &Report) -> String {
    layout::markdown_table(&cells(report), &LEFT)
}

fn cells(report: &Report) -> Vec<Cells> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(report.variants.iter().map(|row| of_variant(row, report)));
    rows.extend(report.allocator_swaps.iter().map(of_swap));
    rows
}

fn of_variant(row: &Row, report: &Report) -> Cells {
    let figure = |index: usize| {
        let (_, figure) = row.counts.columns()[index];
        match row.lowest.map(|lowest| lowest.columns()[index].1) {
            Some(lowest) if lowest != figure => format!("{}-{}", grouped(lowest), grouped(figure)),
            _ => grouped(figure),
        }
    };
    let is_first = report.variants.first().is_some_and(|first| first.name == row.name);
    let time = match (row.estimate, row.nanoseconds) {
        (Some(_), Some(nanoseconds)) if is_first => {
            format!("1, by definition: {} ns", grouped_f64(nanoseconds))
        }
        (Some(estimate), _) => estimate.in_words(),
        (None, _) => "not timed".to_owned(),
    };
    [row.name.to_owned(), figure(0), figure(1), figure(2), figure(3), figure(4), time]
}

fn of_swap(swap: &Swap) -> Cells {
    let same = || "=".to_owned();
    let time = swap.estimate.map_or_else(
        || swap.reason.clone().unwrap_or_default(),
        |estimate| format!("{}, beside system", estimate.in_words()),
    );
    [swap.name.clone(), same(), same(), same(), same(), same(), time]
}
