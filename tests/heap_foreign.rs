//! An allocator that this crate does not know is not taken for one that it does.
#![cfg(feature = "heap")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use thrifty::heap;

/// Hands out a fixed piece of memory once, and takes nothing back.
struct Bump {
    memory: UnsafeCell<[u8; 16 << 20]>,
    used: AtomicUsize,
}

// SAFETY: `memory` is only reached through blocks that `used` hands out once each.
unsafe impl Sync for Bump {}

// SAFETY: each block lies within `memory`, is aligned, and overlaps no other.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.memory.get().cast::<u8>();
        let need = layout.size() + layout.align();
        let Ok(used) = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(need).filter(|&end| end <= 16 << 20)
        }) else {
            return ptr::null_mut();
        };
        let free = start.wrapping_add(used);
        free.wrapping_add(free.align_offset(layout.align()))
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static GLOBAL: Bump = Bump { memory: UnsafeCell::new([0; 16 << 20]), used: AtomicUsize::new(0) };

#[test]
fn a_foreign_allocator_is_nobody() {
    assert_eq!(heap::active(), None);
}
