//! What a pool may hold.

use core::fmt;
use core::time::Duration;

use super::block::{LARGEST, SMALLEST};

/// Bounds and habits of a [`BufferPool`](super::BufferPool).
///
/// All bounds are in bytes, since a number of buffers says nothing about memory. The defaults suit a
/// server with some dozen threads: change `max_bytes` first.
///
/// | | default | |
/// |---|--:|---|
/// | [`max_bytes`](Self::max_bytes) | 256 MiB | all blocks of the pool, in use or idle |
/// | [`thread_bytes`](Self::thread_bytes) | 2 MiB | idle blocks in one thread's magazines, of all sizes |
/// | [`block_sizes`](Self::block_sizes) | 256 B to 1 MiB | powers of two; a larger request is served beside the pool |
/// | [`align`](Self::align) | 1 | what allocators give without being asked is 16 |
/// | [`zeroize`](Self::zeroize) | no | wipe blocks when they come back |
/// | [`decay`](Self::decay) | 10 s | after that long half of what nobody needed is freed |
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::pool::{BufferPool, ConfigError, PoolConfig};
///
/// const CONFIG: PoolConfig =
///     PoolConfig::new().max_bytes(8 << 20).thread_bytes(256 << 10).block_sizes(1 << 10, 64 << 10);
/// assert!(BufferPool::new(CONFIG).is_ok());
///
/// // Not even one of its largest blocks would fit.
/// let small = CONFIG.max_bytes(32 << 10);
/// assert!(matches!(BufferPool::new(small), Err(ConfigError::MaxBytes { .. })));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct PoolConfig {
    pub(super) max_bytes: usize,
    pub(super) thread_bytes: usize,
    pub(super) smallest: usize,
    pub(super) largest: usize,
    pub(super) align: usize,
    pub(super) zeroize: bool,
    pub(super) decay: Option<Duration>,
}

/// Why there is no such pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The block sizes are no powers of two from 64 B to 1 GiB, or the smallest is the larger.
    BlockSizes {
        /// What was asked for.
        smallest: usize,
        /// What was asked for.
        largest: usize,
    },
    /// The alignment is no power of two from 1 to 4096.
    Align {
        /// What was asked for.
        align: usize,
    },
    /// `max_bytes` holds no block of the largest size, or is a tebibyte or more.
    MaxBytes {
        /// What was asked for.
        max_bytes: usize,
        /// A block of the largest size.
        block: usize,
    },
    /// There are too many pools at once.
    TooManyPools {
        /// As many as there may be.
        limit: usize,
    },
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl PoolConfig {
    /// The defaults above.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn new() -> Self {
        Self {
            max_bytes: 256 << 20,
            thread_bytes: 2 << 20,
            smallest: 256,
            largest: 1 << 20,
            align: 1,
            zeroize: false,
            decay: Some(Duration::from_secs(10)),
        }
    }

    /// Bytes of all blocks of the pool, in use or idle.
    ///
    /// Half of them is the most that the magazines of all threads may have room for, so the other
    /// half is never out of reach in threads that do nothing.
    ///
    /// Beside the blocks, each of the threads that use the pool at the same time takes 4224 bytes, and
    /// 512 for each size that it uses. That is not given back, but the next thread has it.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn max_bytes(self, bytes: usize) -> Self {
        Self { max_bytes: bytes, ..self }
    }

    /// Bytes of idle blocks, of all sizes together, in the magazines of one thread.
    ///
    /// With 0 every block goes through the shared depot, which is slower and strands nothing.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn thread_bytes(self, bytes: usize) -> Self {
        Self { thread_bytes: bytes, ..self }
    }

    /// The sizes of blocks: all powers of two from the one to the other.
    ///
    /// A smaller request gets a block of the smallest size. A larger one is served beside the pool,
    /// and freed when it is dropped: a rare huge message leaves nothing behind.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn block_sizes(self, smallest: usize, largest: usize) -> Self {
        Self { smallest, largest, ..self }
    }

    /// Where blocks begin: a multiple of this, for example 4096 for direct I/O.
    ///
    /// With 1 (the default) [`into_vec`](super::PooledBuf::into_vec) copies nothing.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn align(self, align: usize) -> Self {
        Self { align, ..self }
    }

    /// Whether what was written is wiped as soon as a block comes back.
    ///
    /// No safe call ever shows what a former user wrote, with or without this. It is for secrets that
    /// must not stay in memory at all: the written part is overwritten on return, on growth and
    /// before a block is freed, and no optimisation leaves that out.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn zeroize(self, zeroize: bool) -> Self {
        Self { zeroize, ..self }
    }

    /// How long blocks may lie in the depot before half of those that nobody needed is freed.
    ///
    /// The clock is looked at when blocks move between a thread and the depot: a pool that nobody
    /// uses keeps what it has, until [`trim`](super::BufferPool::trim) is called.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn decay(self, decay: Option<Duration>) -> Self {
        Self { decay, ..self }
    }

    pub(super) const fn check(&self) -> Result<(), ConfigError> {
        let Self { smallest, largest, align, max_bytes, .. } = *self;
        if !smallest.is_power_of_two()
            || !largest.is_power_of_two()
            || smallest < 1 << SMALLEST
            || largest > 1 << LARGEST
            || smallest > largest
        {
            return Err(ConfigError::BlockSizes { smallest, largest });
        }
        if !align.is_power_of_two() || align > 4096 {
            return Err(ConfigError::Align { align });
        }
        let block = largest + super::block::FOOT;
        if max_bytes < block || max_bytes as u64 >= 1 << 40 {
            return Err(ConfigError::MaxBytes { max_bytes, block });
        }
        Ok(())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockSizes { smallest, largest } => write!(
                f,
                "block sizes from {smallest} to {largest} bytes: pass two powers of two from 64 to \
                 {}, the smaller first",
                1_u64 << LARGEST
            ),
            Self::Align { align } => {
                write!(f, "alignment {align}: pass a power of two from 1 to 4096")
            }
            Self::MaxBytes { max_bytes, block } => write!(
                f,
                "max_bytes is {max_bytes}: pass at least {block}, one block of the largest size with \
                 its bookkeeping, and less than 1 TiB; or lower the largest size"
            ),
            Self::TooManyPools { limit } => write!(
                f,
                "{limit} pools are open: share one, or drop those that are no longer needed"
            ),
        }
    }
}

impl core::error::Error for ConfigError {}
