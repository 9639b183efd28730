//! Where the process's memory is.

use super::active::proven;
use super::{Backend, rss};

/// What the kernel and the active allocator say of the process's memory.
///
/// Made by [`stats`]. Everything is in bytes but the counts of faults, arenas and threads. `None`
/// means that nobody can say: a figure is never estimated, and never taken from an allocator whose
/// count means something else.
///
/// | field | who says it, on Linux |
/// |---|---|
/// | `rss`, `peak_rss`, `virtual_mem`, `threads` | the kernel: `/proc/self/status` |
/// | `minor_faults`, `major_faults` | the kernel: `getrusage`, with glibc only |
/// | `allocated` | system: `uordblks + hblkhd`, blocks with their headers and thread caches; jemalloc: `stats.allocated`, blocks rounded up to their size class, and thread caches |
/// | `committed` | system: `arena + hblkhd` of all arenas; jemalloc: `stats.mapped` |
/// | `active`, `retained`, `metadata` | jemalloc: the figures of these names |
/// | `arenas` | jemalloc: those in use |
///
/// "System" is glibc 2.33 or later: its `mallinfo2` is looked up at run time. Elsewhere the system's
/// allocator says nothing, and outside of Linux the kernel's figures are `None` as well.
///
/// **mimalloc says nothing that could stand here.** Compiled for release it counts no allocated
/// bytes, what it calls resident is what it has committed, and that never falls: on Linux it stays
/// where it was although a purge has given the memory back (C line v2 begins and stays at its arena
/// of 1 GiB). Take `meter::Metered` for live bytes on mimalloc.
///
/// The backend's figures count what goes through it: on jemalloc that is Rust's heap, while C code
/// in the same process stays with the system's allocator.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The allocator that the backend's figures come from; `None` until [`active`](super::active)
    /// has proven it.
    pub backend: Option<Backend>,
    /// Physical memory that the process occupies.
    pub rss: Option<u64>,
    /// The most that `rss` ever was, in this process since it began (`VmHWM`): unlike
    /// `ru_maxrss` of `getrusage` it does not carry the program's over that was there before `exec`.
    pub peak_rss: Option<u64>,
    /// Address space that the process occupies, memory behind it or not.
    pub virtual_mem: Option<u64>,
    /// Live blocks, and what the backend counts as such.
    pub allocated: Option<u64>,
    /// Pages that hold live blocks.
    pub active: Option<u64>,
    /// Memory that the backend has for blocks, in use or free, touched or not.
    pub committed: Option<u64>,
    /// Address space that the backend keeps with no memory behind it.
    pub retained: Option<u64>,
    /// The backend's own book-keeping.
    pub metadata: Option<u64>,
    /// Pages that were handed to the process without reading a disk.
    pub minor_faults: Option<u64>,
    /// Pages that had to be read from a disk.
    pub major_faults: Option<u64>,
    /// Arenas of the backend.
    pub arenas: Option<u32>,
    /// Threads of the process, whoever started them.
    pub threads: Option<u32>,
}

/// Returns what the kernel and the active allocator say of the process's memory.
///
/// For a metrics endpoint or a log line. Take [`rss`] for one figure with every request, and room
/// `meter` for exact counts of what a piece of code asks for.
///
/// Which allocator is active must be known, and the proof takes an allocation: call
/// [`active`](super::active) once, at the start of `main`. Before that `backend` is `None`, and so
/// is every figure that only the backend knows; the kernel's are there.
///
/// The figures are read one after the other while other threads go on, so two of them may be of
/// slightly different moments.
///
/// # Allocation
///
/// Never allocates. The first call opens a file and closes it, as each call does.
///
/// # Cost
///
/// One `/proc/self/status`, which the kernel writes for each reader, and what the backend asks:
/// about 20 times one `getrusage` on system and mimalloc, some 5 microseconds, and 50 times on
/// jemalloc, which adds up all of its arenas: more with many threads. Fine for every scrape, not for
/// every request. `cargo bench --bench heap_stats`
///
/// On jemalloc the counting itself costs 5 instructions per `malloc` and `free` pair of up to
/// 1,000 bytes (71 instead of 66 at 64 bytes) and 27 at 32 KiB: the feature `jemalloc` compiles it
/// with its statistics.
///
/// # Examples
///
/// ```
/// use thrifty::heap;
///
/// let backend = heap::active();
/// let before = heap::stats();
/// let kept = vec![1_u8; 64 << 20];
/// let after = heap::stats();
/// assert_eq!(after.backend, backend);
/// if let (Some(before), Some(after)) = (before.allocated, after.allocated) {
///     assert!(after >= before + (64 << 20));
/// }
/// # drop(kept);
/// ```
#[must_use]
pub fn stats() -> Stats {
    let mut stats = Stats { backend: proven(), ..Stats::default() };
    fill_from_kernel(&mut stats);
    match stats.backend {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        Some(Backend::System) => super::with_glibc::fill(&mut stats),
        #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
        Some(Backend::Jemalloc) => super::with_jemalloc::fill(&mut stats),
        _ => {}
    }
    stats
}

fn fill_from_kernel(stats: &mut Stats) {
    #[cfg(target_os = "linux")]
    {
        let kernel = super::procfs::status();
        stats.rss = kernel.rss;
        stats.peak_rss = kernel.peak_rss;
        stats.virtual_mem = kernel.virtual_mem;
        stats.threads = kernel.threads;
    }
    // Where no file can be opened, one that is kept open may still be read.
    stats.rss = stats.rss.or_else(rss);
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if let Some((minor, major)) = super::with_glibc::page_faults() {
        (stats.minor_faults, stats.major_faults) = (Some(minor), Some(major));
    }
}

impl Stats {
    /// Returns the share of the backend's memory that no live block lies in.
    ///
    /// That is `1 - allocated / committed`, from 0 (all in use) to 1. It says how much a purge or
    /// another allocator could save at most: free memory that is kept for the next requests, gaps
    /// between live blocks, and the allocator's own book-keeping. Pages in the middle that a purge has
    /// given back stay in glibc's `committed`, and so in this share.
    ///
    /// `None` if either figure is (mimalloc has no `allocated`) or nothing is committed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::heap::Stats;
    ///
    /// let mut stats = Stats::default();
    /// (stats.allocated, stats.committed) = (Some(48), Some(64));
    /// assert_eq!(stats.fragmentation(), Some(0.25));
    /// stats.allocated = None;
    /// assert_eq!(stats.fragmentation(), None);
    /// ```
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    pub fn fragmentation(&self) -> Option<f64> {
        let (allocated, committed) = (self.allocated?, self.committed?);
        // The two figures are read while others allocate: never below 0.
        (committed > 0).then(|| 1.0 - allocated.min(committed) as f64 / committed as f64)
    }
}
