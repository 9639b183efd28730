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
//! | the figures of a piece of code | [`measure`], [`Scope`] |
//! | the figures of a function that warms up, as Go's `testing.AllocsPerRun` | [`allocs_per_run`] |
//! | every line that allocates, and what to take instead | [`advise`] |
//! | a line of exact figures below Criterion's time | [`heap_line`] |
//! | to leave out what the test itself does | [`pause`] |
//! | what this thread or all threads did so far | [`thread`], [`process`] |
//!
//! # What is counted
//!
//! Each thread counts for itself, without locked instructions, and scopes see their own thread only:
//! tests that run in parallel do not disturb each other, and what libtest does beside them is not
//! seen. The figures are exact and the same on every run, so a test may use `==`.
//!
//! # When the number lies
//!
//! - **Another thread does the work.** What a closure hands to a thread pool counts there.
//! - **The block was allocated before.** A buffer made outside the scope and grown inside it shows
//!   only the growth; one that is kept from an earlier run shows nothing. [`allocs_per_run`] warms up
//!   on purpose: first-use costs are not in its average.
//! - **The optimizer removed it.** An allocation whose result is unused may be gone in release builds:
//!   pass it through [`core::hint::black_box`].
//! - **C code allocates for itself.** Only what goes through Rust's global allocator is seen.
//! - **Requested is not reserved.** Sizes are what was asked for; an allocator rounds up.
//! - **The task moved.** A scope stays on its thread; do not hold one across an `.await`.
//!
//! # When to take something else
//!
//! To find out where a whole program allocates, on all threads, take a heap profiler (dhat,
//! heaptrack): this room answers how often a piece of code allocates, and where on its own thread.
//! On targets without the Itanium unwinder (`*-msvc`, 32-bit Arm) do not let a watched block take a
//! backtrace: on the others that is recognised.

mod advise;
mod assert;
mod counters;
mod heap_line;
mod local;
mod metered;
mod registry;
mod scope;
mod stack;
mod trace;
mod usage;
mod watch;

pub use advise::{Advice, Kind, Lever, Site, Sizes, advise};
pub use assert::no_alloc;
pub use heap_line::heap_line;
pub use metered::Metered;
pub use scope::{Scope, allocs_per_run, is_installed, measure, pause};
pub use usage::{Totals, Usage, process, thread};

#[doc(inline)]
pub use crate::assert_allocs;

/// What the macros of this room expand to.
#[doc(hidden)]
pub mod __private {
    pub use super::assert::{AllocsGuard, Bound, Field, Op};
}
