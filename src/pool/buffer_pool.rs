//! The pool of buffers.

#[cfg(feature = "async")]
use alloc::boxed::Box;
use core::fmt;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;
use std::sync::OnceLock;

use super::block::{BLOCKS, Block, mark};
use super::buf::PooledBuf;
use super::config::{ConfigError, PoolConfig};
use super::engine::{self, Core, Item, Limits, Tag};
use super::error::PoolError;
use super::stats::PoolStats;
use super::supply::{Refusal, Supply, log2_for};

/// Buffers that come back: byte buffers of some sizes, reused instead of freed.
///
/// A thread that takes and drops buffers touches nothing but its own magazine: no lock, no atomic
/// read-modify-write. What a thread has too many of goes to a shared depot, 32 at a time, and from
/// there to threads that have too few, so a producer and a consumer do well too. A lock is only ever
/// tried, never waited for.
///
/// ```text
///   get(min) --> magazine of the thread --> depot --> new, within max_bytes --> beside the pool
///   drop     --> magazine of the thread --> depot --> freed
/// ```
///
/// - **Bounded in bytes**, not in buffers, and exactly: see [`PoolConfig`]. A block has the size of its
///   class for ever, so a buffer that once held 100 MiB pins nothing.
/// - **Nothing of a former user shows** through any safe call.
/// - **A buffer may outlive its pool**, move to another thread, and be dropped by a destructor of a
///   thread-local.
/// - When a thread ends its magazines go to the depot. In the child of a `fork` those of the other
///   threads are lost: at most `thread_bytes` each.
///
/// Dropping the pool closes it: idle blocks are freed, and buffers in use when they are dropped. What
/// lies in another thread's magazines is freed when that thread ends, or uses a pool that has this
/// one's place: until then at most `thread_bytes` a thread. A pool in a static ([`new_static`],
/// [`global`]) is never closed.
///
/// **Take something else when** one long-lived buffer does (a `Vec` that is cleared), when buffers are
/// below 256 B (mimalloc and jemalloc are nearly as fast there), or when large buffers are written in
/// full, one at a time: that costs the same everywhere, since memory is what limits it. With glibc,
/// `heap::Tuning` alone removes the page faults that make large buffers slow.
///
/// [`new_static`]: Self::new_static
/// [`global`]: Self::global
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use thrifty::pool::{BufferPool, PoolConfig};
///
/// let pool = BufferPool::new(PoolConfig::new().max_bytes(16 << 20))?;
/// for request in 0..1_000 {
///     let mut buf = pool.get(4096);
///     write!(buf, "request {request}")?;
/// }
/// // One block served them all.
/// assert_eq!((pool.stats().gets, pool.stats().misses), (1_000, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Measured
///
/// A get and a put of 4 KiB are 29 instructions, with the check of the generation and the counters,
/// and 30 from a pool in a static; glibc's malloc and free are 290. `cargo run --release
/// --manifest-path benches/versus/Cargo.toml -- --room pool --all` measures that and times, beside
/// other pools, losses included. What it takes from the heap, beside std and `bytes`:
///
/// <!-- ledger: buffer_pool -->
/// ```text
/// What `buffer_pool` takes from the heap in each case, up to the drop of the last value.
/// Warm: the same was done before. A block has 32 bytes behind its capacity.
///
/// blocks  allocations plus reallocations
/// bytes   their sizes, summed: a reallocation counts with its whole new size
/// peak    the most bytes alive at one time
/// owner   thrifty: a promise, stated in tests/dhat/buffer_pool.rs, the same with every compiler;
///         std, peer: for comparison, measured with rustc 1.95.0
///
/// Measured by the crate dhat on a 64-bit target. To write this file anew:
/// BLESS=1 cargo test --test dhat
///
/// case                                   implementation         owner    blocks    bytes     peak
/// -------------------------------------  ---------------------  -------  ------  -------  -------
/// 100 buffers of 4 KiB, warm             BufferPool             thrifty       0        0        0
/// 100 buffers of 4 KiB, warm             Vec::with_capacity     std         100   409600     4096
/// 100 buffers of 4 KiB zeros, warm       BufferPool             thrifty       0        0        0
/// 100 buffers of 4 KiB zeros, warm       vec![0; n]             std         100   409600     4096
/// 64 held of 16 KiB, warm                BufferPool             thrifty       0        0        0
/// 64 held of 16 KiB, warm                Vec::with_capacity     std          64  1048576  1048576
/// grown from 256 B to 64 KiB, warm       BufferPool             thrifty       0        0        0
/// grown from 256 B to 64 KiB, warm       Vec::new               std           9   130816    65536
/// a block of 4 KiB that is not there     BufferPool             thrifty       1     4128     4128
/// 2 MiB, beside the pool                 BufferPool             thrifty       1  2097184  2097184
/// into_vec                               BufferPool             thrifty       0        0        0
/// refused by try_get                     BufferPool             thrifty       0        0        0
/// a text of 48 B frozen, cloned, sliced  BufferPool             thrifty       0        0        0
/// a text of 48 B frozen, cloned, sliced  PooledBuf::into_bytes  thrifty       1       32       32
/// a text of 48 B frozen, cloned, sliced  BytesMut::freeze       peer          2       88       88
/// a text of 23 B in 256 B made a Str     Str::try_from          thrifty       0        0        0
/// a text of 193 B in 256 B made a Str    Str::try_from          thrifty       0        0        0
/// a text of 250 B in 256 B made a Str    Str::try_from          thrifty       1       56       56
/// a shared text of 48 B made a Str       Str::try_from          thrifty       1       56       56
/// a text of 193 B in 256 B made a Str    by way of Bytes        thrifty       2       88       88
/// ```
/// <!-- end -->
pub struct BufferPool {
    pub(super) tag: Tag,
    /// The tag with the marks that all handles of the pool have.
    handed: Tag,
    floor: Floor,
    pub(super) core: &'static Core,
    config: PoolConfig,
    /// Boxed: with something in it that changes, the compiler would load the fields above anew for
    /// each `get` of a loop, 4 instructions of 40.
    #[cfg(feature = "async")]
    pub(super) queue: Box<engine::Queue>,
}

/// A [`BufferPool`] in a static: opened by the first use, never closed.
///
/// # Examples
///
/// ```
/// use thrifty::pool::{BufferPool, PoolConfig, StaticBufferPool};
///
/// static FRAMES: StaticBufferPool =
///     BufferPool::new_static(PoolConfig::new().block_sizes(1 << 10, 64 << 10));
///
/// let frame = FRAMES.get(1500);
/// assert_eq!((frame.len(), frame.capacity()), (0, 2048));
/// ```
pub struct StaticBufferPool {
    /// `handed` of the pool, once it is open; 0 before, of which no thread has a block.
    handed: AtomicU64,
    floor: Floor,
    config: PoolConfig,
    pool: OnceLock<BufferPool>,
}

/// The smallest size of a pool less 1: 63 or more.
#[derive(Clone, Copy)]
struct Floor(usize);

impl BufferPool {
    /// Opens a pool.
    ///
    /// # Allocation
    ///
    /// Never allocates while a closed pool has left its place; otherwise once, for 3456 bytes. Each
    /// thread allocates its magazines on first use: 4224 bytes, and 512 for each size that it uses,
    /// which later threads take over. With feature `async` the 3456 are 3584, and each pool takes 40
    /// for its queue.
    ///
    /// # Errors
    ///
    /// If the configuration makes no sense, or there are 4095 pools at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// assert_eq!(pool.get(1).capacity(), 256);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    pub fn new(config: PoolConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let limits = Limits {
            bytes: config.max_bytes,
            thread_bytes: config.thread_bytes,
            class: config.largest.ilog2() as usize - 1,
            decay: config.decay,
        };
        let limit = engine::POOLS - 1;
        let (core, tag) =
            engine::open(&BLOCKS, limits).ok_or(ConfigError::TooManyPools { limit })?;
        Ok(Self {
            tag,
            handed: tag.with(marks(&config)),
            floor: Floor::of(&config),
            core,
            config,
            #[cfg(feature = "async")]
            queue: Box::new(engine::Queue::new()),
        })
    }

    /// A pool for a static.
    ///
    /// # Allocation
    ///
    /// Never allocates. The first use does what [`new`](Self::new) does.
    ///
    /// # Panics
    ///
    /// If the configuration makes no sense: in a static that is an error of the compiler.
    #[must_use]
    pub const fn new_static(config: PoolConfig) -> StaticBufferPool {
        assert!(config.check().is_ok(), "the configuration makes no sense: see `ConfigError`");
        let (handed, floor) = (AtomicU64::new(0), Floor::of(&config));
        StaticBufferPool { handed, floor, config, pool: OnceLock::new() }
    }

    /// The pool of the process, with the default configuration.
    ///
    /// For libraries, which cannot know the bounds of the program: all of them share one.
    ///
    /// # Allocation
    ///
    /// Never allocates while it is open; otherwise once, for 3456 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::BufferPool;
    ///
    /// let mut buf = BufferPool::global().get(100);
    /// buf.extend_from_slice(b"shared by all libraries");
    /// assert_eq!(buf.len(), 23);
    /// ```
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: StaticBufferPool = BufferPool::new_static(PoolConfig::new());
        &GLOBAL
    }

    /// An empty buffer of at least `min` bytes.
    ///
    /// It never fails where `Vec::with_capacity` does not: what the pool has no room for is served
    /// beside it and freed on drop. [`try_get`](Self::try_get) keeps to the bound.
    ///
    /// # Allocation
    ///
    /// Never allocates while a block of the size is idle; otherwise once, for the next power of two
    /// and 32 bytes.
    ///
    /// # Panics
    ///
    /// Panics if no block can be that large. As `Vec` it aborts if the allocator has no memory, even
    /// after all idle blocks of the pool were given back.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let buf = pool.get(1500);
    /// assert_eq!((buf.len(), buf.capacity()), (0, 2048));
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn get(&self, min: usize) -> PooledBuf {
        let (item, tag) = match self.floor.at_hand(self.handed, min) {
            Some(found) => found,
            None => self.get_cold(min),
        };
        PooledBuf::of_item(item, tag)
    }

    /// An empty buffer of at least `min` bytes, within the bound.
    ///
    /// # Allocation
    ///
    /// Never allocates while a block of the size is idle; otherwise once, for the next power of two
    /// and 32 bytes.
    ///
    /// # Errors
    ///
    /// [`PoolError::Exhausted`] if the pool's bytes are taken: all of them in use, or, at most half of
    /// them, idle in other threads. [`PoolError::TooLarge`], [`PoolError::OutOfMemory`],
    /// [`PoolError::Closed`].
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig, PoolError};
    ///
    /// let pool = BufferPool::new(PoolConfig::new().max_bytes(10_000).block_sizes(4096, 4096))?;
    /// let (_one, two) = (pool.try_get(4096)?, pool.try_get(4096)?);
    /// let none = pool.try_get(4096).unwrap_err();
    /// assert_eq!(none, PoolError::Exhausted { limit: 10_000, requested: 4096 });
    /// drop(two);
    /// assert!(pool.try_get(4096).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_get(&self, min: usize) -> Result<PooledBuf, PoolError> {
        self.bounded(min, false)
    }

    /// A buffer of `len` zeros.
    ///
    /// Only what was written since the block was zero is cleared, so it costs little where little was
    /// written. Reading the zeros, or shortening the buffer, keeps them clean.
    ///
    /// # Allocation
    ///
    /// Never allocates while a block of the size is idle; otherwise once, for the next power of two
    /// and 32 bytes.
    ///
    /// # Panics
    ///
    /// As [`get`](Self::get).
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// pool.get(4096).extend_from_slice(b"written");
    /// assert_eq!(pool.get_zeroed(4096), [0; 4096]);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[must_use]
    pub fn get_zeroed(&self, len: usize) -> PooledBuf {
        let (item, tag) = self.floor.in_thread(self.handed, len).unwrap_or_else(|| {
            let (block, tag) = self.supply().any_or_abort(self.log2_for(len), true);
            (Item(block.base), tag)
        });
        let mut buf = PooledBuf::of_item(item, tag);
        buf.fill_with_zeros(len);
        buf
    }

    /// Makes idle blocks ahead of the first request; tells how many.
    ///
    /// Fewer than `count` if the bound or the allocator says so, or if `size` is beyond the largest
    /// block.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `count` calls of [`get`](Self::get) allocates, and nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// assert_eq!(pool.prewarm(100, 4096), 100);
    /// let many: Vec<_> = (0..100).map(|_| pool.get(4096)).collect();
    /// assert_eq!((pool.stats().hits, pool.stats().misses), (100, 0));
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn prewarm(&self, count: usize, size: usize) -> usize {
        let mut made = 0;
        if size <= self.config.largest {
            let (supply, log2) = (self.supply(), self.log2_for(size));
            let class = (log2 - 1) as usize;
            while made < count && self.core.is_open(self.tag) {
                if !self.core.admit(self.tag, class, &BLOCKS) {
                    break;
                }
                let Some(block) = Block::new(log2, supply.align, false) else {
                    self.core.dismiss(self.tag, class, &BLOCKS);
                    break;
                };
                drop(PooledBuf::new(block, self.handed.item(class)));
                made += 1;
            }
        }
        made
    }

    /// Frees idle blocks until at most `keep` bytes are idle in depot and this thread; tells the
    /// bytes.
    ///
    /// The largest go first. Magazines of other threads are not touched: see
    /// [`flush_thread`](Self::flush_thread).
    ///
    /// # Allocation
    ///
    /// Frees idle blocks; never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// drop((pool.get(4096), pool.get(100_000)));
    /// assert!(pool.trim(0) > 100_000);
    /// assert_eq!(pool.stats().allocated_bytes, 0);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn trim(&self, keep: usize) -> usize {
        self.flush_thread();
        let idle = self.core.depot.idle().1;
        let freed = self.supply().shrink(idle.saturating_sub(keep) as u64);
        usize::try_from(freed).unwrap_or(usize::MAX)
    }

    /// Hands this thread's idle blocks to the depot; tells the bytes.
    ///
    /// A thread that ends does it by itself. Call it from one that will be idle for long, for example
    /// in tokio's `on_thread_park`: idle threads reach no decay.
    ///
    /// # Allocation
    ///
    /// Allocates amortised O(log n) times. That is the depot's list of blocks.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn flush_thread(&self) -> usize {
        engine::flush(self.core, self.tag)
    }

    /// What the pool has done and what it holds.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Cost
    ///
    /// Looks at the magazines of every thread that uses the pool.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let figures = self.core.figures(self.tag);
        PoolStats {
            gets: figures.hits + figures.misses + figures.strays,
            hits: figures.hits,
            misses: figures.misses,
            unpooled: figures.strays,
            exchanges: figures.exchanges,
            outstanding: figures.outstanding,
            allocated_bytes: figures.bytes,
            idle_bytes: figures.idle_bytes,
            thread_bytes: figures.thread_bytes,
            high_water: figures.high_water,
        }
    }

    /// Closes the pool, as dropping it does.
    ///
    /// After that [`get`](Self::get) serves beside the pool, and [`try_get`](Self::try_get) says
    /// [`PoolError::Closed`].
    ///
    /// # Allocation
    ///
    /// Frees idle blocks; never allocates.
    pub fn close(&self) {
        engine::close(self.core, self.tag, &BLOCKS);
        #[cfg(feature = "async")]
        self.queue.close();
    }

    /// The configuration it was opened with.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn config(&self) -> &PoolConfig {
        &self.config
    }

    /// Whether the pool may have such a block at all.
    pub(super) fn check(&self, min: usize) -> Result<(), PoolError> {
        let max = self.config.largest;
        if !self.core.is_open(self.tag) {
            Err(PoolError::Closed)
        } else if min > max {
            Err(PoolError::TooLarge { max })
        } else {
            Ok(())
        }
    }

    /// With `in_turn` also what others wait for.
    pub(super) fn bounded(&self, min: usize, in_turn: bool) -> Result<PooledBuf, PoolError> {
        self.check(min)?;
        if let Some((item, tag)) = self.floor.in_thread(self.handed, min) {
            return Ok(PooledBuf::of_item(item, tag));
        }
        let supply = Supply { in_turn, ..self.supply() };
        match supply.bounded(self.log2_for(min), false) {
            Ok((block, tag)) => Ok(PooledBuf::new(block, tag)),
            Err(Refusal::Bound) => {
                Err(PoolError::Exhausted { limit: self.config.max_bytes, requested: min })
            }
            Err(Refusal::Memory) => Err(PoolError::OutOfMemory { requested: min }),
        }
    }

    /// Only the call of [`get_behind`](Self::get_behind) is cold: that keeps it out of the way of
    /// callers that do not need it.
    #[cold]
    #[inline]
    fn get_cold(&self, min: usize) -> (Item, Tag) {
        self.get_behind(min)
    }

    /// Not the buffer, which would have to be handed over in memory.
    #[inline(never)]
    fn get_behind(&self, min: usize) -> (Item, Tag) {
        match self.floor.in_thread(self.handed, min) {
            Some(found) => found,
            None => self.get_slowly(min),
        }
    }

    #[cold]
    fn get_slowly(&self, min: usize) -> (Item, Tag) {
        let (block, tag) = self.supply().any_or_abort(self.log2_for(min), false);
        (Item(block.base), tag)
    }

    fn log2_for(&self, min: usize) -> u32 {
        log2_for(min.max(self.config.smallest))
    }

    fn supply(&self) -> Supply {
        let (marks, align) = (marks(&self.config), self.config.align);
        Supply { core: Some(self.core), pool: self.tag, marks, align, in_turn: false }
    }
}

impl Drop for BufferPool {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for BufferPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferPool").field("config", &self.config).finish_non_exhaustive()
    }
}

impl StaticBufferPool {
    /// The same as [`BufferPool::get`].
    ///
    /// # Allocation
    ///
    /// Never allocates while a block of the size is idle; otherwise once, for the next power of two
    /// and 32 bytes.
    ///
    /// # Panics
    ///
    /// As [`BufferPool::get`].
    #[inline]
    #[must_use]
    pub fn get(&self, min: usize) -> PooledBuf {
        // Whether the pool is open need not be asked: a thread that has a block of it knows.
        let (item, tag) = match self.floor.at_hand(Tag(self.handed.load(Relaxed)), min) {
            Some(found) => found,
            None => self.get_cold(min),
        };
        PooledBuf::of_item(item, tag)
    }
}

/// The marks of each handle of such a pool.
fn marks(config: &PoolConfig) -> u64 {
    if config.zeroize { mark::WIPE } else { 0 }
}

impl Floor {
    /// Of a configuration that makes sense.
    const fn of(config: &PoolConfig) -> Self {
        Self(config.smallest - 1)
    }

    /// The block in front of the thread's magazine; none of a class beyond the largest is ever there.
    #[inline]
    fn at_hand(self, handed: Tag, min: usize) -> Option<(Item, Tag)> {
        let class = self.class(min);
        // SAFETY: below 64, since it is the number of a bit of a word that is not 0: the floor is not.
        unsafe { engine::take(handed, class) }
    }

    /// A block from the thread's magazine.
    #[inline]
    fn in_thread(self, handed: Tag, min: usize) -> Option<(Item, Tag)> {
        engine::take_any(handed, self.class(min))
    }

    /// The class of blocks for `min` bytes: the number of a bit of a word.
    ///
    /// No `ilog2`: on x86-64 that is a `bsr` which waits for whatever its target register held before,
    /// where that is what the last put has loaded. One that may be asked for the logarithm of 0, as
    /// far as the compiler can tell, begins with a fresh register: a get and a put in a loop took
    /// 1.3 ns instead of 4.5.
    #[inline]
    fn class(self, min: usize) -> usize {
        // The size less 1, so that a power of two stays what it is; 0 becomes more than any size.
        let last = min.wrapping_sub(1) | self.0;
        ((usize::BITS - 1) ^ last.leading_zeros()) as usize
    }
}

impl core::ops::Deref for StaticBufferPool {
    type Target = BufferPool;

    /// Opens the pool on first use.
    ///
    /// # Panics
    ///
    /// If 4095 pools are open at that moment.
    #[inline]
    fn deref(&self) -> &BufferPool {
        self.pool.get_or_init(|| {
            #[expect(clippy::panic, reason = "documented: a static has nobody to tell")]
            let pool = BufferPool::new(self.config).unwrap_or_else(|error| panic!("{error}"));
            self.handed.store(pool.handed.0, Relaxed);
            pool
        })
    }
}

impl fmt::Debug for StaticBufferPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticBufferPool").field("config", &self.config).finish_non_exhaustive()
    }
}
