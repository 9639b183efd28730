//! Says which lines allocate, and what to take instead.
//!
//! ```text
//! advise ── watch: each request ─> record: size + stack   (in the allocator, nothing resolved)
//!    └───── afterwards: stack ─> place: the reader's line ─> kind: what it is ─> remedy
//! ```

use core::fmt;
use core::hint::black_box;

mod json;
mod kind;
mod place;
mod record;
mod remedy;
mod site;

pub use self::kind::Kind;
pub(super) use self::record::Log;
pub use self::remedy::Lever;
pub use self::site::{Site, Sizes};

use super::scope::Scope;
use super::usage::Usage;
use super::watch;

/// Runs `f` and says which lines allocate, and what to take instead.
///
/// For a test or an example, on a piece of code: each request costs a walk of the stack. Sees this
/// thread only, as every scope; what this function does itself is in no figure. What `f` returns is
/// dropped within the run. Code that warms up should have run before.
///
/// A request belongs to the innermost line of your own packages: what std, or a crate from a
/// registry or built without lines, allocates counts for the line that called it. A `Clone`, `Display`
/// or `Serialize` of yours that only passes a request on hands it to its caller.
///
/// Lines need debug information, which a release build does not have: set
/// `debug = "line-tables-only"` in its profile. Without, the function is named, as far as the
/// optimizer left it, and the advice says so. The first 100,000 requests, from 10,000 different
/// stacks, are looked at; more are only counted. To bound what you found, take
/// [`assert_allocs!`](crate::assert_allocs).
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// Panics where [`measure`](super::measure) does.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// use thrifty::meter::{Kind, Lever};
///
/// let ids = [7_u64, 42, 1001];
/// let advice = meter::advise(|| {
///     for id in ids {
///         drop(format!("order-{id}"));
///     }
/// });
/// println!("{advice}");
/// assert_eq!(advice.usage().allocs, 3);
/// let first = &advice.sites()[0];
/// assert_eq!((first.kind, first.lever), (Kind::Format, Some(Lever::Inline)));
/// assert_eq!(first.saves, advice.usage().requests());
/// ```
#[track_caller]
pub fn advise<R>(f: impl FnOnce() -> R) -> Advice {
    let recording = Recording::start();
    drop(black_box(f()));
    recording.finish()
}

/// The lines that allocate, with what to take instead.
///
/// Displays as text for people.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    usage: Usage,
    sites: Vec<Site>,
    dropped: u64,
}

impl Advice {
    /// Returns the sites, the one with most requests first, then by bytes.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Returns what the whole run did to the heap.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// Returns the number of requests that came after the limit and are in no site.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns the number of requests whose site has no line.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn without_lines(&self) -> u64 {
        self.sites.iter().filter(|site| site.line.is_none()).map(Site::requests).sum()
    }

    /// Returns the same as the text, as one JSON object.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        // A `String` takes everything.
        let _ = json::write(&mut out, self);
        out
    }

    /// Requests that one lever takes away.
    fn saves(&self, lever: Lever) -> u64 {
        let of_lever = self.sites.iter().filter(|site| site.lever == Some(lever));
        of_lever.map(|site| site.saves).sum()
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usage = self.usage;
        let (allocs, reallocs) = (usage.allocs, usage.reallocs);
        write!(f, "{allocs} allocs, {reallocs} reallocs, {} B", usage.bytes_allocated)?;
        writeln!(f, " at {} sites", self.sites.len())?;
        for (index, site) in self.sites.iter().enumerate() {
            write!(f, "{:>3}. {site}", index + 1)?;
        }
        let [buffers, zero_copy, inline] =
            [Lever::Buffers, Lever::ZeroCopy, Lever::Inline].map(|lever| self.saves(lever));
        writeln!(
            f,
            "in all: buffers saves {buffers}, zero_copy {zero_copy}, inline {inline} of {} requests",
            usage.requests()
        )?;
        let without_lines = self.without_lines();
        if without_lines > 0 {
            writeln!(
                f,
                "note: {without_lines} requests come from code without line numbers; \
                 set `debug = \"line-tables-only\"` in the build's profile to see them"
            )?;
        }
        if self.dropped > 0 {
            writeln!(
                f,
                "note: {} requests are in no site, since too many had been recorded; \
                 run a smaller piece of the work",
                self.dropped
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(file), Some(line), Some(column)) = (&self.file, self.line, self.column) {
            write!(f, "{file}:{line}:{column} in ")?;
        }
        write!(f, "{}", self.function)?;
        if let Some(via) = &self.via {
            write!(f, " through {via}")?;
        }
        let Sizes { min, median, max } = self.sizes;
        writeln!(
            f,
            "\n       {}: {} allocs, {} reallocs, {} B",
            self.kind, self.allocs, self.reallocs, self.bytes
        )?;
        if min == max {
            writeln!(f, "       sizes: {max} B")?;
        } else {
            writeln!(f, "       sizes: {min} to {max} B, median {median}")?;
        }
        match self.lever {
            Some(lever) => {
                writeln!(f, "       {lever}: {}; saves {}", self.instead, self.saves)
            }
            None => writeln!(f, "       {}", self.instead),
        }
    }
}

/// Records this thread's requests until it is finished or dropped.
struct Recording {
    scope: Scope,
    mark: usize,
    is_open: bool,
}

impl Recording {
    #[track_caller]
    fn start() -> Self {
        let scope = Scope::enter();
        Self { scope, mark: watch::start_recording(), is_open: true }
    }

    fn finish(mut self) -> Advice {
        let usage = self.scope.so_far();
        self.is_open = false;
        let read = |log: &Log| (site::sites(log, self.mark), log.dropped());
        let (sites, dropped) = super::pause(|| watch::stop_recording(read)).unwrap_or_default();
        Advice { usage, sites, dropped }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.is_open {
            super::pause(|| watch::stop_recording(|_| ()));
        }
    }
}
