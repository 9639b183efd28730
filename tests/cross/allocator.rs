//! One program, two global allocators: the meter's, and from [`use_dhat`] on dhat's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Switch = Switch { metered: Metered::new(System), dhat: dhat::Alloc };

static DHAT: AtomicBool = AtomicBool::new(false);

/// Hands everything to dhat from now on.
pub(crate) fn use_dhat() {
    DHAT.store(true, Relaxed);
}

/// # Invariants
///
/// - S1: both forward each call to `System`, with the arguments they were given, so a block of the
///   one may be reallocated or freed by the other.
struct Switch {
    metered: Metered<System>,
    dhat: dhat::Alloc,
}

impl Switch {
    fn with<R>(&self, call: impl FnOnce(&dyn GlobalAlloc) -> R) -> R {
        if DHAT.load(Relaxed) { call(&self.dhat) } else { call(&self.metered) }
    }
}

// SAFETY: every method hands its arguments to the method of the same name of an allocator that
// upholds the contract; by S1 it does not matter which of them made a block.
unsafe impl GlobalAlloc for Switch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        self.with(|inner| unsafe { inner.alloc(layout) })
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, by S1 from
        // `System`, with this `layout`.
        self.with(|inner| unsafe { inner.dealloc(ptr, layout) });
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        self.with(|inner| unsafe { inner.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, by S1 from
        // `System`, with this `layout`; `new_size` is above zero and does not overflow when rounded
        // up to the alignment.
        self.with(|inner| unsafe { inner.realloc(ptr, layout, new_size) })
    }
}
