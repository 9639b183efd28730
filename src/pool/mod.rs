//! Reuse what must be on the heap.
//!
//! | you have | take |
//! |---|---|
//! | a buffer for each request, frame or file, filled and dropped | [`BufferPool`], [`PooledBuf`] |
//! | filled buffers that several hold, slice or send | [`PooledBuf::freeze`], [`PooledBytes`] |
//! | a library that wants a pool without asking its user | [`BufferPool::global`] |
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

mod block;
mod buf;
mod buf_traits;
mod buffer_pool;
mod config;
mod engine;
mod error;
mod frozen;
mod refs;
mod stats;
mod supply;

pub use buf::PooledBuf;
pub use buffer_pool::{BufferPool, StaticBufferPool};
pub use config::{ConfigError, PoolConfig};
pub use error::PoolError;
pub use frozen::PooledBytes;
pub use stats::PoolStats;
