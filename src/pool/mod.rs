//! Reuse what must be on the heap.

#[cfg(feature = "arena")]
mod arena;
mod engine;
mod objects;
mod recycle;
mod reset;
mod scratch;

#[cfg(feature = "arena")]
pub use arena::{ArenaPool, PooledArena, with_arena};
pub use objects::{ObjectStats, Pool, PoolFull, Pooled};
pub use recycle::{Lent, RecycleSlot, recycle};
pub use reset::Reset;
pub use scratch::{Scratch, with_scratch, with_scratch_string};

#[doc(inline)]
pub use crate::scratch;

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use super::scratch::Slots;
}
