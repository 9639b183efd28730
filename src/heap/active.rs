//! Which allocator the process really runs on.

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::Backend;

/// Returns the allocator behind the process's `#[global_allocator]`, or `None` if it is foreign.
///
/// The answer comes from the allocators, not from Cargo features: a block is requested from the
/// global allocator, and each backend that is compiled in is asked whether the block is its own.
/// Wrappers such as `Metered` are looked through.
///
/// On Linux with glibc the system's allocator is proven as well: its own count of bytes in use must
/// rise by the size of the block. Elsewhere it cannot be proven, and a process on it gets `None`.
///
/// A proven answer is kept: later calls cost one load, and [`stats`](super::stats) builds on it.
///
/// Take [`ByFeature::BACKEND`](super::ByFeature::BACKEND) for what the features ask for, at no cost.
///
/// # Allocation
///
/// Allocates once, for 1 byte, or a few times, for up to 33 MiB of never written bytes. The latter
/// where neither mimalloc nor jemalloc made the first block. All is freed before the return, and
/// counted like any other request: ask outside of what you measure. Once an answer is proven, later
/// calls ask for nothing.
///
/// # Examples
///
/// ```
/// use thrifty::heap::{Backend, active};
///
/// #[global_allocator]
/// static GLOBAL: std::alloc::System = std::alloc::System;
///
/// # #[cfg(all(target_os = "linux", target_env = "gnu"))]
/// assert_eq!(active(), Some(Backend::System));
/// ```
#[must_use]
pub fn active() -> Option<Backend> {
    proven().or_else(|| {
        let backend = prove()?;
        let place = Backend::compiled().iter().position(|&one| one == backend)?;
        PROVEN.store(place + 1, Relaxed);
        Some(backend)
    })
}

/// One more than the place in [`Backend::compiled`]; 0 as long as nothing is proven.
///
/// The process has one global allocator for as long as it lives, so an answer stays right.
static PROVEN: AtomicUsize = AtomicUsize::new(0);

/// What [`active`] has found out so far, at the cost of one load.
pub(super) fn proven() -> Option<Backend> {
    let place = PROVEN.load(Relaxed).checked_sub(1)?;
    Backend::compiled().get(place).copied()
}

fn prove() -> Option<Backend> {
    let owner = with_block(Layout::new::<u8>(), |block| {
        Backend::compiled().iter().copied().find(|&backend| owns(backend, block))
    })
    .flatten();
    owner.or_else(|| system_is_active().then_some(Backend::System))
}

/// Whether `backend` made `block`; always false for the system's allocator, which cannot be asked.
fn owns(backend: Backend, block: *const u8) -> bool {
    let _ = block;
    match backend {
        #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
        Backend::Mimalloc => super::with_mimalloc::owns(block),
        #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
        Backend::Jemalloc => super::with_jemalloc::owns(block),
        _ => false,
    }
}

/// Calls `look` with a block of the global allocator; `None` if the request fails.
fn with_block<R>(layout: Layout, look: impl FnOnce(*const u8) -> R) -> Option<R> {
    debug_assert!(layout.size() > 0);
    // SAFETY: both callers pass a constant layout with a size above zero.
    let block = unsafe { alloc(layout) };
    if block.is_null() {
        return None;
    }
    let answer = look(core::hint::black_box(block));
    // SAFETY: `block` is not null, came from `alloc` with this `layout`, and is freed only here.
    unsafe { dealloc(block, layout) };
    Some(answer)
}

/// Whether a large request to the global allocator moves glibc's count of bytes in use, up and down.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn system_is_active() -> bool {
    /// Larger than what other threads are likely to ask for or free in the same moment, and than
    /// the 32 MiB up to which glibc takes a freed block for a hint to map fewer blocks by themselves.
    const PROBE: usize = 33 << 20;
    /// They may all the same: try again.
    const ATTEMPTS: usize = 4;

    let Ok(layout) = Layout::array::<u8>(PROBE) else { return false };
    let in_use = super::with_glibc::bytes_in_use;
    (0..ATTEMPTS).any(|_| {
        let rises = |before| {
            let within = with_block(layout, |_| in_use())??;
            Some(within >= before + PROBE as u64 && within >= in_use()? + PROBE as u64)
        };
        in_use().and_then(rises).unwrap_or(false)
    })
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn system_is_active() -> bool {
    false
}
