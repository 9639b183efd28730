//! Pooled bytes as text that is shared and sliced.

use core::alloc::Layout;
use core::ptr::NonNull;

use super::frozen::PooledBytes;
use crate::share::{Lender, NotUtf8, Str};

/// Keeps the block, if the text is longer than 23 bytes: the last `Str` of it returns it.
///
/// Nothing is copied but what fits inline, which needs no block any more. The count of the handles
/// goes behind the text in the block, if there is room for 56 bytes and up to 7 to align them, and no
/// other `PooledBytes` has it; else it takes one allocation of 56 bytes. What is no text comes back.
///
/// ```
/// use thrifty::pool::{BufferPool, PoolConfig};
/// use thrifty::share::Str;
///
/// let pool = BufferPool::new(PoolConfig::new())?;
/// let mut buf = pool.get(1024);
/// buf.extend_from_slice(b"host: example.com\r\nuser-agent: a rather long name of a browser");
/// let head = Str::try_from(buf.freeze())?;
/// let (_, agent) = head.split_once("user-agent: ").unwrap();
/// drop(head);
/// assert_eq!((agent.as_str(), agent.retained()), ("a rather long name of a browser", 1024));
/// drop(agent);
/// assert_eq!(pool.stats().outstanding, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<PooledBytes> for Str {
    type Error = NotUtf8<PooledBytes>;

    fn try_from(bytes: PooledBytes) -> Result<Self, NotUtf8<PooledBytes>> {
        Self::from_lender(bytes)
    }
}

// SAFETY: the bytes lie in a block that does not move, and nobody writes to them while a handle lives
// (F2 in `frozen.rs`). The room is behind them in the same block, which this handle has alone then: so
// no other handle can be made but from it, and who holds it does not use it any more.
unsafe impl Lender for PooledBytes {
    fn room(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        self.room_behind(layout)
    }

    fn is_only(&self) -> bool {
        self.is_unique()
    }

    fn retained(&self) -> usize {
        self.backing_capacity()
    }
}
