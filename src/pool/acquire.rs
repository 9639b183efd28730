//! Waiting for a bounded pool.
//!
//! ```text
//!  acquire --> nobody waits? --> magazine, depot, allocator          as `try_get`
//!                  |                        ^        |
//!                  v                        |        v nothing left
//!          line: third, second, first ------'     told when something comes back
//! ```
//!
//! Who waits stands in a fair queue (`engine/queue.rs`), and only the first of it looks. While
//! somebody waits, all that comes back goes to the depot (`engine/waiting.rs`).

use super::buf::PooledBuf;
use super::buffer_pool::BufferPool;
use super::error::PoolError;
use super::objects::{Pool, PoolFull, Pooled};
use super::reset::Reset;

impl BufferPool {
    /// Waits for an empty buffer of at least `min` bytes, within the bound.
    ///
    /// Who came first is served first; no request overtakes a larger one that has waited for longer.
    /// While somebody waits, all buffers that come back go to those who wait. Others get what their
    /// thread still has at hand; after that [`try_get`](Self::try_get) says [`PoolError::Exhausted`],
    /// and [`get`](Self::get) and growing serve beside the pool. It works on any runtime; dropping
    /// the future is fine at any point and leaves nothing taken.
    ///
    /// A buffer that is dropped while somebody waits brings along whatever its thread has idle. What
    /// lies idle in threads that do nothing with the pool stays out of reach: at most
    /// [`thread_bytes`](super::PoolConfig::thread_bytes) each, and half of
    /// [`max_bytes`](super::PoolConfig::max_bytes) in all. So for a block of at most that half the
    /// wait ends at the latest when all buffers in use are dropped. For a larger one, and to have all
    /// of the pool in reach always, set `thread_bytes` to 0, or call
    /// [`flush_thread`](Self::flush_thread) where threads park.
    ///
    /// **Never hold one buffer while you wait for another** of the same pool: when all do, nobody is
    /// served. Take one that is large enough, or [`try_get`](Self::try_get) the second.
    ///
    /// # Allocation
    ///
    /// Never allocates while a block of the size is idle; otherwise once, for the next power of two
    /// and 32 bytes. Waiting takes nothing from the heap.
    ///
    /// # Errors
    ///
    /// [`PoolError::TooLarge`] and [`PoolError::Closed`] at once, also when the pool is closed during
    /// the wait; [`PoolError::OutOfMemory`].
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = BufferPool::new(PoolConfig::new().max_bytes(10_000).block_sizes(4096, 4096))?;
    /// let (one, two) = (pool.acquire(4096).await?, pool.acquire(4096).await?);
    /// let (third, ()) = tokio::join!(pool.acquire(4096), async { drop(one) });
    /// // The block came back and went on: two were made, not three.
    /// assert_eq!((third?.capacity(), pool.stats().misses), (4096, 2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Measured
    ///
    /// <!-- ledger: acquire -->
    /// ```text
    /// What `acquire` takes from the heap in each case, up to the drop of the last value.
    /// Who waits is woken by the drop of a buffer, and gets its block. The pool is warm.
    ///
    /// blocks  allocations plus reallocations
    /// bytes   their sizes, summed: a reallocation counts with its whole new size
    /// peak    the most bytes alive at one time
    /// owner   thrifty: a promise, stated in tests/dhat/acquire.rs, the same with every compiler;
    ///         std, peer: for comparison, measured with rustc 1.95.0
    ///
    /// Measured by the crate dhat on a 64-bit target. To write this file anew:
    /// BLESS=1 cargo test --test dhat
    ///
    /// case                                           implementation          owner    blocks   bytes  peak
    /// ---------------------------------------------  ----------------------  -------  ------  ------  ----
    /// 100 blocks of 4 KiB, each handed to who waits  BufferPool::acquire     thrifty       0       0     0
    /// 100 blocks of 4 KiB, nobody waits              BufferPool::acquire     thrifty       0       0     0
    /// 100 blocks of 4 KiB, nobody waits              tokio's Semaphore, Vec  peer        100  409600  4096
    /// 100 objects, each handed to who waits          Pool::acquire           thrifty       0       0     0
    /// ```
    /// <!-- end -->
    #[cfg_attr(docsrs, doc(cfg(feature = "async")))]
    pub async fn acquire(&self, min: usize) -> Result<PooledBuf, PoolError> {
        // Before the queue: nobody stands in line for what does not come.
        self.check(min)?;
        let attempt = |in_turn| match self.bounded(min, in_turn) {
            Err(PoolError::Exhausted { .. }) => None,
            found => Some(found),
        };
        let found = self.queue.wait(self.core, self.tag, attempt).await;
        found.unwrap_or(Err(PoolError::Closed))
    }
}

impl<T: Reset + Send> Pool<T> {
    /// Waits for an idle object, or makes one if the pool may have more.
    ///
    /// Who came first is served first. While somebody waits, others get what their thread still has
    /// at hand; after that [`try_get`](Self::try_get) says [`PoolFull`], and [`get`](Self::get) makes
    /// objects beside the pool. It works on any runtime; dropping the future is fine at any point and
    /// leaves nothing taken.
    ///
    /// An object that is dropped while somebody waits brings along whatever its thread has idle. What
    /// lies idle in threads that do nothing with the pool stays out of reach: at most
    /// [`thread_objects`](Self::thread_objects) each, and half of
    /// [`max_objects`](Self::max_objects) in all. So the wait ends at the latest when all objects in
    /// use are dropped. Never hold one object while you wait for another of the same pool: when all
    /// do, nobody is served.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `make` allocates, and nothing else. As [`get`](Self::get) does; waiting
    /// takes nothing from the heap.
    ///
    /// # Errors
    ///
    /// [`PoolFull`] at once, if the pool can have no object: its bound is 0, or there are 4095 pools.
    ///
    /// # Panics
    ///
    /// If `make` panics, with that panic; the pool is as before, and the next in line goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), thrifty::pool::PoolFull> {
    /// static PARSERS: Pool<Vec<u8>> = Pool::new().max_objects(1);
    ///
    /// let first = PARSERS.acquire().await?;
    /// let (second, ()) = tokio::join!(PARSERS.acquire(), async { drop(first) });
    /// drop(second?);
    /// assert_eq!((PARSERS.stats().made, PARSERS.stats().reused), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "async")))]
    pub async fn acquire(&self) -> Result<Pooled<T>, PoolFull> {
        let full = PoolFull { limit: self.max_objects };
        let opened = self.opened().filter(|_| self.max_objects > 0).ok_or(full)?;
        let attempt = |in_turn| self.at_hand().or_else(|| self.reach_or_make(in_turn));
        self.queue.wait(opened.core, opened.pool, attempt).await.ok_or(full)
    }
}
