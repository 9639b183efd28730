//! Give freed memory back to the system.

use core::time::Duration;
use std::time::Instant;

use super::active::proven;
use super::{Backend, rss};

/// What [`purge`] brought.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// Resident bytes before; `None` where [`rss`] is.
    pub before: Option<u64>,
    /// Resident bytes after.
    pub after: Option<u64>,
    /// How long it took.
    pub took: Duration,
}

impl Purged {
    /// Returns the resident bytes that are gone; 0 if other threads took more in the meantime.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn freed(&self) -> Option<u64> {
        Some(self.before?.saturating_sub(self.after?))
    }
}

/// Gives the memory that is free back to the system, now.
///
/// For the moment after a burst, such as a large import or a request to an admin endpoint.
/// Allocators keep freed memory for the next requests, and mimalloc returns nothing at all while a
/// program is idle. Not for hot paths: the pages are missing afterwards, and each costs a page
/// fault when it is used again.
///
/// | backend | what is called |
/// |---|---|
/// | system, Linux with glibc | `malloc_trim(0)` |
/// | mimalloc | `mi_collect(true)` |
/// | jemalloc | `thread.tcache.flush` and `arena.4096.purge`: all arenas |
/// | system, elsewhere | nothing: there is no such function |
///
/// `malloc_trim(0)` is called on glibc whichever backend serves Rust, for C code in the same
/// process. As long as [`active`](super::active) has not proven a backend, all that are compiled in
/// are purged.
///
/// Of 1 GiB in freed boxes of 16 to 512 bytes at most 0.03 stays in the process, on each backend:
/// `cargo run --release --example purge`. What other threads keep to themselves may stay longer: see
/// [`purge_thread`].
///
/// # Allocation
///
/// Frees what the allocator keeps for later; never allocates.
///
/// # Cost
///
/// In proportion to what there is to free: for 1 GiB of small blocks 2 to 3 milliseconds on
/// mimalloc, 0.2 seconds on jemalloc and 0.7 on glibc, which walk the pages one by one. glibc holds
/// the lock of each arena meanwhile. With nothing to free 8 times one `getrusage` on mimalloc, 9 on
/// jemalloc, 28 on glibc. `cargo bench --bench heap_stats`
///
/// # Examples
///
/// ```
/// use thrifty::heap::purge;
///
/// drop((0..100_000_u64).map(Box::new).collect::<Vec<_>>());
/// let purged = purge();
/// println!("{:?} bytes in {:?}", purged.freed(), purged.took);
/// ```
#[allow(clippy::must_use_candidate, reason = "called for what it does")]
pub fn purge() -> Purged {
    let before = rss();
    let start = Instant::now();
    purge_thread();
    #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
    if backends().any(|backend| backend == Backend::Jemalloc) {
        super::with_jemalloc::purge();
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    super::with_glibc::trim();
    let took = start.elapsed();
    Purged { before, after: rss(), took }
}

/// Hands what this thread caches to where other threads and [`purge`] can reach it.
///
/// For a thread that is about to sleep for long. Without it, what the thread freed may be out of
/// reach. 256 MiB in small boxes on four threads, which freed them and sleep; the share that stays
/// after a [`purge`] on another thread:
///
/// | backend | without | with `purge_thread` on each before it slept | what is called |
/// |---|---|---|---|
/// | system, glibc | 0.06 to 0.94 | 0.003 | `free` of a block of 64 KiB |
/// | mimalloc, C line v2 | 0.18 | 0.001 | `mi_collect(true)` |
/// | mimalloc, C line v3 | 0.01 | 0.000 | `mi_collect(true)` |
/// | jemalloc | 0.025 | 0.020 | `thread.tcache.flush` |
/// | system, elsewhere | | | nothing |
///
/// On glibc the end of a thread's arena is out of reach of `malloc_trim`, also after the thread has
/// ended; only a large enough `free` on that thread gives it back, if it is longer than the trim
/// threshold (128 KiB; glibc raises it to twice the largest block that had a mapping of its own and
/// was freed, at most 64 MiB). So this asks `malloc` for one such block, which is never written, and
/// frees it. mimalloc v2 gives everything back when the thread ends.
///
/// # Allocation
///
/// Frees what this thread caches; never allocates. The block on glibc does not go through the global
/// allocator.
///
/// # Cost
///
/// About 5 times one `getrusage` on jemalloc, 18 times on mimalloc, 0.1 times on glibc, if there is
/// little to free; the thread's next requests are slower. A thread that sleeps for microseconds only
/// should not call it. `cargo bench --bench heap_stats`
///
/// # Examples
///
/// On tokio's workers, before they sleep. Tokio calls it whenever a worker runs out of work: right
/// for a service that comes to rest, too often for one that is always a little busy.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// let runtime = tokio::runtime::Builder::new_multi_thread()
///     .on_thread_park(thrifty::heap::purge_thread)
///     .build()?;
/// runtime.block_on(async { /* serve */ });
/// # Ok(())
/// # }
/// ```
pub fn purge_thread() {
    for backend in backends() {
        match backend {
            #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
            Backend::Mimalloc => super::with_mimalloc::collect(),
            #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
            Backend::Jemalloc => super::with_jemalloc::flush_thread(),
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            Backend::System => super::with_glibc::trim_thread(),
            #[allow(unreachable_patterns, reason = "only where all three are compiled in")]
            _ => {}
        }
    }
}

/// The backend that is proven to be active, or all that it could be.
fn backends() -> impl Iterator<Item = Backend> {
    let proven = proven();
    Backend::compiled()
        .iter()
        .copied()
        .filter(move |&one| proven.is_none_or(|active| one == active))
}
