//! Why a bounded pool says no.

use core::fmt;

/// Why there is no buffer, or no larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolError {
    /// The pool's bytes are in use, or lie idle in other threads.
    Exhausted {
        /// [`max_bytes`](super::PoolConfig::max_bytes) of the pool.
        limit: usize,
        /// Bytes that were asked for.
        requested: usize,
    },
    /// The request is larger than the largest block.
    TooLarge {
        /// Bytes of the largest block.
        max: usize,
    },
    /// The allocator has no memory for the block, even after the pool's idle blocks were freed.
    OutOfMemory {
        /// Bytes that were asked for.
        requested: usize,
    },
    /// The pool was closed.
    Closed,
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted { limit, requested } => write!(
                f,
                "no buffer of {requested} bytes: the pool's {limit} bytes are taken; drop buffers, \
                 raise `max_bytes`, lower `thread_bytes`, or call `get`, which goes beyond the bound"
            ),
            Self::TooLarge { max } => write!(
                f,
                "the largest block has {max} bytes: ask for less, raise `block_sizes`, or call \
                 `get`, which serves it beside the pool"
            ),
            Self::OutOfMemory { requested } => write!(
                f,
                "no buffer of {requested} bytes: the allocator has no memory for it, and the pool \
                 has no idle block left to free; ask for less, drop buffers, or raise the process's \
                 memory limit"
            ),
            Self::Closed => f.write_str("the pool was closed: take a buffer from an open one"),
        }
    }
}

impl core::error::Error for PoolError {}
