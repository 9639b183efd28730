//! Know the number of heap allocations, and test it.

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
