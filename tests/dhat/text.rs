//! The text of a ledger: written for people, read back to compare.
//!
//! A head that explains the columns, their names, a line of dashes, then a line a row. Cells are
//! kept apart by two or more spaces, which no cell contains.

use crate::ledger::{BLESS, Block, Heap, Row, WIDTH, heap};
use std::{array, collections::HashMap, iter};

/// What a ledger's text says.
pub(crate) struct Blessed {
    /// The compiler that std's and peers' rows were measured with.
    pub(crate) toolchain: String,
    /// By case, implementation and owner.
    figures: HashMap<[String; 3], Heap>,
}

const COLUMNS: [&str; 6] = ["case", "implementation", "owner", "blocks", "bytes", "peak"];

/// What stands before the toolchain in the head.
const MEASURED_WITH: &str = "std, peer: for comparison, measured with rustc ";

/// The ledger of `block` with one figure for each of its rows.
pub(crate) fn render(block: &Block, figures: &[Heap], toolchain: &str) -> String {
    let (name, about) = (block.name, block.about);
    let head = format!(
        "What `{name}` takes from the heap in each case, up to the drop of the last value.
{about}

blocks  allocations plus reallocations
bytes   their sizes, summed: a reallocation counts with its whole new size
peak    the most bytes alive at one time
owner   thrifty: a promise, stated in tests/dhat/{name}.rs, the same with every compiler;
        {MEASURED_WITH}{toolchain}

Measured by the crate dhat on a {WIDTH}-bit target. To write this file anew:
{BLESS}

"
    );
    let lines: Vec<[String; 6]> =
        block.rows.iter().zip(figures).map(|(row, figure)| cells(row, *figure)).collect();
    head + &table(&lines)
}

/// Reads a ledger back.
///
/// # Errors
///
/// Says what the text lacks: then it is none that [`render`] wrote.
pub(crate) fn parse(text: &str) -> Result<Blessed, String> {
    let toolchain = text
        .lines()
        .find_map(|line| line.trim_start().strip_prefix(MEASURED_WITH))
        .ok_or("no line names the toolchain")?;
    let mut lines = text.lines().skip_while(|line| !line.starts_with("---"));
    lines.next().ok_or("no line of dashes opens the table")?;

    let mut figures = HashMap::new();
    for line in lines {
        let (row, figure) = read(line).ok_or_else(|| format!("no row: `{line}`"))?;
        if figures.insert(row, figure).is_some() {
            return Err(format!("twice in the table: `{line}`"));
        }
    }
    Ok(Blessed { toolchain: toolchain.to_owned(), figures })
}

/// Whether `text` can stand in a cell.
pub(crate) fn is_cell(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains("  ") && !text.contains(['\n', '\t'])
}

impl Blessed {
    /// The figure in the line of this row.
    pub(crate) fn figure(&self, row: &Row) -> Option<Heap> {
        let key = [row.case.clone(), row.implementation.clone(), row.owner.to_string()];
        self.figures.get(&key).copied()
    }
}

fn cells(row: &Row, figure: Heap) -> [String; 6] {
    [
        row.case.clone(),
        row.implementation.clone(),
        row.owner.to_string(),
        figure.blocks.to_string(),
        figure.bytes.to_string(),
        figure.peak.to_string(),
    ]
}

fn table(lines: &[[String; 6]]) -> String {
    let names = COLUMNS.map(str::to_owned);
    let widths: [usize; 6] = array::from_fn(|column| {
        iter::once(&names)
            .chain(lines)
            .map(|cells| cells[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let dashes = widths.map(|width| "-".repeat(width));
    let mut table = String::new();
    for cells in [&names, &dashes].into_iter().chain(lines) {
        table.push_str(&aligned(cells, widths));
        table.push('\n');
    }
    table
}

/// Words to the left, numbers to the right.
fn aligned(cells: &[String; 6], widths: [usize; 6]) -> String {
    let [case, implementation, owner, blocks, bytes, peak] = cells;
    let [w0, w1, w2, w3, w4, w5] = widths;
    format!(
        "{case:<w0$}  {implementation:<w1$}  {owner:<w2$}  {blocks:>w3$}  {bytes:>w4$}  {peak:>w5$}"
    )
}

fn read(line: &str) -> Option<([String; 3], Heap)> {
    let cells: Vec<&str> =
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let [case, implementation, owner, blocks, bytes, peak] = cells[..] else { return None };
    let figure = heap(blocks.parse().ok()?, bytes.parse().ok()?, peak.parse().ok()?);
    Some(([case, implementation, owner].map(str::to_owned), figure))
}
