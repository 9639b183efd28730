//! What a pool does and holds, as numbers.

/// What a pool has done since it was opened, and what it holds now.
///
/// Counts are exact once the threads that use the pool are at rest; while they run each number is
/// right at some moment, not all at the same one.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Buffers that were handed out: `hits + misses + unpooled`.
    pub gets: u64,
    /// Of these, served by a block that was there.
    pub hits: u64,
    /// Of these, served by a new block that is kept when it comes back.
    pub misses: u64,
    /// Of these, served beside the pool: larger than its largest block, or over its bound.
    pub unpooled: u64,
    /// How often blocks moved between a thread and the depot, up to 32 at once.
    pub exchanges: u64,
    /// Buffers that are in use now, unpooled ones included.
    pub outstanding: u64,
    /// Bytes of the pool's blocks now, in use or idle, without unpooled ones. At most `max_bytes`.
    pub allocated_bytes: u64,
    /// Of these, in blocks that nobody uses.
    pub idle_bytes: u64,
    /// Of these, in the magazines of threads.
    pub thread_bytes: u64,
    /// The most that `allocated_bytes` has been.
    pub high_water: u64,
}

impl PoolStats {
    /// The part of all gets that found a block, from 0 to 1; 0 before the first.
    ///
    /// Below 0.9 in a steady state the bounds are too small for the work, or the work has no use for
    /// a pool.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// for _ in 0..100 {
    ///     drop(pool.get(4096));
    /// }
    /// assert_eq!((pool.stats().misses, pool.stats().hit_rate()), (1, 0.99));
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    pub fn hit_rate(&self) -> f64 {
        if self.gets == 0 { 0.0 } else { self.hits as f64 / self.gets as f64 }
    }
}
