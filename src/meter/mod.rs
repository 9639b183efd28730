//! Know the number of heap allocations, and test it.
//!
//! Install [`Metered`] in the test, bench or program, around the allocator that it uses anyway:
//!
//! ```
//! use std::alloc::System;
//! use thrifty::assert_allocs;
//! use thrifty::meter::Metered;
//!
//! #[global_allocator]
//! static GLOBAL: Metered<System> = Metered::new(System);
//!
//! fn label(id: u32) -> String {
//!     format!("order-{id}")
//! }
//!
//! let label = assert_allocs!(<= 1, { label(7) });
//! assert_eq!(label, "order-7");
//! ```
//!
//! | You want | Take |
//! |---|---|
//! | a test that fails when code allocates, with the line that does | [`no_alloc`] |
//! | the same with bounds on counts, bytes and peak | [`assert_allocs!`] |
//! | bounds as a value, shared by several tests | [`Budget`] |
//! | exact figures in a file beside the tests, which catches every change | [`snapshot!`] |
//! | the figures of a piece of code | [`measure`], [`Scope`] |
//! | the figures of a future, on any executor | [`MeterFutureExt::metered`] |
//! | the figures of a function that warms up, as Go's `testing.AllocsPerRun` | [`allocs_per_run`] |
//! | every line that allocates, and what to take instead | [`advise`] |
//! | a line of exact figures below Criterion's time | [`heap_line`] |
//! | the same with an id, batched or async, kept in a file | [`HeapLine`] |
//! | a CI step that fails when those figures get worse | [`exit_on_regress`] |
//! | to leave out what the test itself does | [`pause`] |
//! | to see whether code clones what it could borrow or move | [`CloneProbe`], [`assert_clones!`] |
//! | an inline capacity chosen by the lengths that occur | [`sized!`], [`LenHistogram`] |
//! | a figure to compare with dhat's | [`Usage::as_dhat`] |
//! | what this thread or all threads did so far | [`thread`], [`process`] |
//!
//! A program that ships with the meter on takes [`Metered::counts_only`]: less than half of the cost, without
//! peaks and backtraces.
//!
//! # What is counted
//!
//! Each thread counts for itself, without locked instructions, and scopes see their own thread only:
//! tests that run in parallel do not disturb each other, and what libtest does beside them is not
//! seen. The figures are exact and the same on every run, so a test may use `==`.
//!
//! # When the number lies
//!
//! The guide has [a page on it](crate::guide::heap_figures), with a test for each case. In short:
//!
//! - **Another thread does the work.** What a closure hands to a thread pool counts there.
//! - **The block was allocated before.** A buffer made outside the scope and grown inside it shows
//!   only the growth; one that is kept from an earlier run shows nothing. [`allocs_per_run`] warms up
//!   on purpose: first-use costs are not in its average.
//! - **The optimizer removed it.** An allocation whose result is unused may be gone in release builds:
//!   pass it through [`core::hint::black_box`].
//! - **C code allocates for itself.** Only what goes through Rust's global allocator is seen.
//! - **Requested is not reserved.** Sizes are what was asked for; an allocator rounds up.
//! - **The task moved.** A scope stays on its thread; do not hold one across an `.await`, but call
//!   [`metered`](MeterFutureExt::metered) on the future.
//!
//! # When to take something else
//!
//! To find out where a whole program allocates, on all threads, take a heap profiler (dhat,
//! heaptrack): this room answers how often a piece of code allocates, and where on its own thread.
//! On targets without the Itanium unwinder (`*-msvc`, 32-bit Arm) do not let a watched block take a
//! backtrace: on the others that is recognised.

mod advise;
mod allocs_file;
mod assert;
mod baseline;
mod budget;
mod clones;
mod counters;
mod future;
mod heap_line;
mod json;
mod lengths;
mod local;
mod metered;
mod registry;
mod scope;
mod snapshot;
mod stack;
mod trace;
mod usage;
mod verdict;
mod watch;
mod whole_file;

pub use advise::{Advice, Kind, Lever, Site, Sizes, advise};
pub use assert::no_alloc;
pub use baseline::exit_on_regress;
pub use budget::Budget;
pub use clones::CloneProbe;
pub use future::{InspectedFuture, MeterFutureExt, MeteredFuture};
pub use heap_line::{HeapLine, heap_line};
pub use lengths::{LenHistogram, LenReport, Lengths, SiteLengths, lengths};
pub use metered::{CountsOnly, Full, Metered};
pub use scope::{Scope, allocs_per_run, is_installed, measure, pause};
pub use usage::{DhatView, Totals, Usage, process, thread};

#[doc(inline)]
pub use crate::{assert_allocs, assert_clones, sized, snapshot};

/// What the macros of this room expand to.
#[doc(hidden)]
pub mod __private {
    pub use super::assert::{AllocsGuard, Bound, Field, Limit, Op};
    pub use super::clones::ClonesGuard;
    pub use super::lengths::Site;
    pub use super::snapshot::{Mode, Site as SnapshotSite, Snapshot};
}
