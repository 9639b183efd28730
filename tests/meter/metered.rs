//! Each method of the allocator, with an inner allocator that follows a script.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use thrifty::meter::{Metered, Scope, Usage};

/// Forwards to `System` unless told to fail, and notes which method was called.
#[derive(Default)]
struct Scripted {
    fails: Cell<bool>,
    called: Cell<&'static str>,
}

impl Scripted {
    fn answer(&self, method: &'static str, block: impl FnOnce() -> *mut u8) -> *mut u8 {
        self.called.set(method);
        if self.fails.get() { std::ptr::null_mut() } else { block() }
    }
}

// SAFETY: forwards to `System`, or fails with null.
unsafe impl GlobalAlloc for Scripted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        self.answer("alloc", || unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        self.called.set("dealloc");
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        self.answer("alloc_zeroed", || unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        self.answer("realloc", || unsafe { System.realloc(ptr, layout, new_size) })
    }
}

struct Rig {
    metered: Metered<Scripted>,
    scope: Scope,
}

impl Rig {
    fn new() -> Self {
        Self { metered: Metered::new(Scripted::default()), scope: Scope::enter() }
    }

    fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: every test here passes a size above zero.
        unsafe { self.metered.alloc(layout) }
    }

    fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: every test here passes a size above zero.
        unsafe { self.metered.alloc_zeroed(layout) }
    }

    fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: every test here passes a live block with its layout, and a size above zero.
        unsafe { self.metered.realloc(block, layout, new_size) }
    }

    fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: every test here passes a live block with its layout.
        unsafe { self.metered.dealloc(block, layout) }
    }

    fn called(&self) -> &'static str {
        self.metered.inner().called.get()
    }

    fn fail(&self, fails: bool) {
        self.metered.inner().fails.set(fails);
    }

    fn usage(&self) -> Usage {
        self.scope.so_far()
    }
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

#[test]
fn each_method_reaches_its_own() {
    let rig = Rig::new();
    let block = rig.alloc(layout(10, 1));
    assert_eq!(rig.called(), "alloc");
    let block = rig.realloc(block, layout(10, 1), 30);
    assert_eq!(rig.called(), "realloc");
    rig.dealloc(block, layout(30, 1));
    assert_eq!(rig.called(), "dealloc");
    let block = rig.alloc_zeroed(layout(8, 8));
    assert_eq!(rig.called(), "alloc_zeroed");
    rig.dealloc(block, layout(8, 8));

    let usage = rig.usage();
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (2, 1, 2));
    assert_eq!((usage.bytes_allocated, usage.bytes_freed, usage.peak_bytes), (38, 38, 30));
}

#[test]
fn growth_and_shrinking_of_a_realloc_count_apart() {
    let rig = Rig::new();
    let block = rig.alloc(layout(100, 4));
    let block = rig.realloc(block, layout(100, 4), 250);
    let block = rig.realloc(block, layout(250, 4), 40);
    let block = rig.realloc(block, layout(40, 4), 40);
    rig.dealloc(block, layout(40, 4));

    let usage = rig.usage();
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (1, 3, 1));
    assert_eq!((usage.bytes_allocated, usage.bytes_freed, usage.peak_bytes), (250, 250, 250));
}

#[test]
fn alignment_beyond_malloc_is_served_and_counted() {
    let rig = Rig::new();
    for (size, align) in [(1, 16), (8, 64), (100, 4096), (1, 2 << 20)] {
        let before = rig.usage();
        let block = rig.alloc(layout(size, align));
        assert_eq!(block.addr() % align, 0, "size {size}, alignment {align}");
        rig.dealloc(block, layout(size, align));
        let after = rig.usage();
        assert_eq!(after.allocs - before.allocs, 1);
        assert_eq!(after.bytes_allocated - before.bytes_allocated, size as u64);
        assert_eq!(after.bytes_freed - before.bytes_freed, size as u64);
    }
}

#[test]
fn a_request_that_fails_is_not_counted() {
    let rig = Rig::new();
    let small = layout(10, 1);
    let kept = rig.alloc(small);
    let before = rig.usage();

    rig.fail(true);
    // Below, at and far above the peak so far; usual and unusual alignment.
    for size in [1, 10, 11, isize::MAX as usize - 63] {
        assert!(rig.alloc(layout(size, 1)).is_null());
        assert!(rig.alloc(layout(size, 64)).is_null());
        assert!(rig.alloc_zeroed(layout(size, 1)).is_null());
        assert!(rig.realloc(kept, small, size).is_null());
    }
    assert_eq!(rig.usage(), before);

    rig.fail(false);
    rig.dealloc(kept, small);
    assert_eq!(rig.usage().bytes_freed, 10);
}

#[test]
fn std_counts_the_failed_request_neither() {
    let scope = Scope::enter();
    let mut bytes = Vec::<u8>::new();
    assert!(bytes.try_reserve_exact(isize::MAX as usize - 10).is_err());
    assert_eq!(scope.so_far(), Usage::default());
}
