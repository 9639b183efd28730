//! Reuse what must be on the heap.
//!
//! | you have | take |
//! |---|---|
//! | a buffer for each request, frame or file, filled and dropped | [`BufferPool`], [`PooledBuf`] |
//! | filled buffers that several hold, slice or send | [`PooledBuf::freeze`], [`PooledBytes`] |
//! | more work than memory, in async code | `BufferPool::acquire`, `Pool::acquire`, with feature `async` |
//! | a body for hyper | `PooledBody`, with feature `http-body` |
//! | a library that wants a pool without asking its user | [`BufferPool::global`] |
//! | bytes or text put together and forgotten within one function | [`with_scratch`], [`with_scratch_string`] |
//! | a `Vec<T>`, map or other value for one function, per thread | [`scratch!`](crate::scratch) |
//! | a `Vec<&T>` made anew in every round of a loop | [`recycle()`], [`RecycleSlot`] |
//! | objects that are costly to make, on any thread | [`Pool`] of what is [`Reset`] |
//! | many small values for one request, all freed at its end | `ArenaPool`, `with_arena`, with feature `arena` |
//! | one buffer in one place | a `Vec` that is cleared: nothing is faster |
//!
//! ```
//! use std::io::Write;
//! use thrifty::pool::{BufferPool, PoolConfig};
//!
//! static POOL: thrifty::pool::StaticBufferPool =
//!     BufferPool::new_static(PoolConfig::new().max_bytes(64 << 20));
//!
//! let mut buf = POOL.get(1024);
//! write!(buf, "HTTP/1.1 200 OK\r\n\r\n")?;
//! let response = buf.freeze();
//! let copy = response.clone();
//! drop((response, copy));
//! // The block came back: the next one costs no allocation.
//! let again = POOL.get(1000);
//! assert_eq!((POOL.stats().gets, POOL.stats().misses), (2, 1));
//! # Ok::<(), std::io::Error>(())
//! ```

#[cfg(feature = "async")]
mod acquire;
#[cfg(feature = "arena")]
mod arena;
mod block;
#[cfg(feature = "http-body")]
mod body;
mod buf;
mod buf_traits;
mod buffer_pool;
mod config;
mod engine;
mod error;
mod frozen;
mod objects;
#[cfg(feature = "tokio")]
mod read_async;
mod recycle;
mod refs;
mod reset;
mod scratch;
mod stats;
mod supply;
#[cfg(feature = "share")]
mod text;

#[cfg(feature = "arena")]
pub use arena::{ArenaPool, PooledArena, with_arena};
#[cfg(feature = "http-body")]
pub use body::PooledBody;
pub use buf::PooledBuf;
pub use buffer_pool::{BufferPool, StaticBufferPool};
pub use config::{ConfigError, PoolConfig};
pub use error::PoolError;
pub use frozen::PooledBytes;
pub use objects::{ObjectStats, Pool, PoolFull, Pooled};
pub use recycle::{Lent, RecycleSlot, recycle};
pub use reset::Reset;
pub use scratch::{Scratch, with_scratch, with_scratch_string};
pub use stats::PoolStats;

#[doc(inline)]
pub use crate::scratch;

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use super::scratch::Slots;
}
