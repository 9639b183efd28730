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
/// What other threads cache stays: see [`purge_thread`].
///
/// # Allocation
///
/// Frees what the allocator keeps for later; never allocates.
///
/// # Cost
///
/// COST
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
    for backend in backends() {
        match backend {
            #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
            Backend::Mimalloc => super::with_mimalloc::collect(),
            #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
            Backend::Jemalloc => {
                super::with_jemalloc::flush_thread();
                super::with_jemalloc::purge();
            }
            _ => {}
        }
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    super::with_glibc::trim();
    let took = start.elapsed();
    Purged { before, after: rss(), took }
}

/// Hands what this thread caches to where other threads and [`purge`] can reach it.
///
/// For a thread that is about to sleep for long. Flushing costs a few microseconds, and the next
/// requests of the thread are slower. A thread that exits does it by itself.
///
/// | backend | what is called |
/// |---|---|
/// | system | nothing: glibc cannot flush a thread's cache, of at most 7 blocks per size up to 1 KiB |
/// | mimalloc | `mi_collect(true)`: in C line v2 free pages belong to the thread that made them |
/// | jemalloc | `thread.tcache.flush` |
///
/// # Allocation
///
/// Frees what this thread caches; never allocates.
///
/// # Cost
///
/// COST
///
/// # Examples
///
/// On tokio's workers, before they sleep:
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
