//! Requests by the line that made them.

use std::collections::HashMap;
use std::path::Path;

use super::Kind;
use super::place::Origin;
use super::record::Log;
use super::remedy::{Lever, remedy};
use crate::meter::trace;
use crate::meter::watch::Request;

/// A line that allocates, what it is, and what to take instead.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Site {
    /// The file, as the compiler was told it. `None` without debug information.
    pub file: Option<String>,
    /// The line. `None` without debug information.
    pub line: Option<u32>,
    /// The column. `None` without debug information.
    pub column: Option<u32>,
    /// The function, with the last parts of its path.
    pub function: String,
    /// The function of another crate that the line called, if it did.
    pub via: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Allocations.
    pub allocs: u64,
    /// Reallocations.
    pub reallocs: u64,
    /// Bytes requested by allocations, and by which reallocations grew their blocks.
    pub bytes: u64,
    /// The sizes that were asked for.
    pub sizes: Sizes,
    /// Which lever takes it away; `None` if none does.
    pub lever: Option<Lever>,
    /// What to take instead.
    pub instead: &'static str,
    /// Allocations and reallocations that are gone then, once buffers have their size.
    pub saves: u64,
}

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sizes {
    /// The smallest.
    pub min: usize,
    /// The one in the middle; of two, the larger.
    pub median: usize,
    /// The largest.
    pub max: usize,
}

impl Site {
    /// Returns the number of allocations and reallocations together.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.allocs + self.reallocs
    }
}

/// The figures of a site.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) allocs: u64,
    pub(super) reallocs: u64,
    bytes: u64,
    pub(super) sizes: Sizes,
    /// How many different sizes there were.
    pub(super) distinct: u64,
}

impl Counts {
    fn of(requests: &[Request]) -> Self {
        let mut sizes: Vec<usize> = requests.iter().map(|request| request.new).collect();
        sizes.sort_unstable();
        let sum = Sizes {
            min: sizes.first().copied().unwrap_or_default(),
            median: sizes.get(sizes.len() / 2).copied().unwrap_or_default(),
            max: sizes.last().copied().unwrap_or_default(),
        };
        sizes.dedup();
        let reallocs = requests.iter().filter(|request| request.old > 0).count() as u64;
        Self {
            allocs: requests.len() as u64 - reallocs,
            reallocs,
            bytes: requests
                .iter()
                .map(|request| request.new.saturating_sub(request.old) as u64)
                .sum(),
            sizes: sum,
            distinct: sizes.len() as u64,
        }
    }
}

/// All sites of a log from `mark` on, the one with most requests first, then by bytes.
pub(super) fn sites(log: &Log, mark: usize) -> Vec<Site> {
    let own = trace::own_folder();
    let mut by_stack: Vec<Vec<Request>> = vec![Vec::new(); log.stacks().len()];
    for recorded in log.requests(mark) {
        by_stack[recorded.stack].push(recorded.request);
    }
    // Of several ways through other crates the first is named.
    let mut by_line: HashMap<_, (Origin, Vec<Request>)> = HashMap::new();
    for (stack, requests) in log.stacks().iter().zip(by_stack) {
        let Some(first) = requests.first() else { continue };
        // A path of calls ends in `alloc` or in `realloc`, so the first speaks for all.
        let origin = match stack {
            Some(backtrace) => read(&backtrace.to_string(), &own, first.old > 0),
            None => Origin::unseen(first.old > 0),
        };
        let line = (origin.place.clone(), origin.function.clone(), origin.kind);
        by_line.entry(line).or_insert_with(|| (origin, Vec::new())).1.extend(requests);
    }
    let mut sites: Vec<Site> =
        by_line.into_values().map(|(origin, requests)| site(origin, &requests)).collect();
    sites.sort_by(|a, b| {
        let place =
            |site: &Site| (site.file.clone(), site.line, site.column, site.function.clone());
        let weight = |site: &Site| (site.requests(), site.bytes);
        weight(b).cmp(&weight(a)).then_with(|| place(a).cmp(&place(b)))
    });
    sites
}

fn read(backtrace: &str, own: &Path, is_realloc: bool) -> Origin {
    Origin::of(&trace::frames(backtrace), own, is_realloc)
}

fn site(origin: Origin, requests: &[Request]) -> Site {
    let counts = Counts::of(requests);
    let remedy = remedy(origin.kind, &counts);
    let (file, line, column) = match origin.place {
        Some((file, line, column)) => (Some(file), Some(line), Some(column)),
        None => (None, None, None),
    };
    Site {
        file,
        line,
        column,
        function: origin.function,
        via: origin.via,
        kind: origin.kind,
        allocs: counts.allocs,
        reallocs: counts.reallocs,
        bytes: counts.bytes,
        sizes: counts.sizes,
        lever: remedy.lever,
        instead: remedy.instead,
        saves: remedy.saves,
    }
}
