//! What an allocator is asked to do that is called directly, as a value.

use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;
use core::slice;

const SMALL: Layout = Layout::new::<[u8; 64]>();
const BIG: usize = 64 << 20;

#[inline(never)]
pub(super) fn pair<A: GlobalAlloc>(allocator: &A, ops: u64) {
    for _ in 0..ops {
        // SAFETY: the layout's size is 64, not zero.
        let block = unsafe { allocator.alloc(SMALL) };
        let block = black_box(usable(block, SMALL));
        // SAFETY: `block` came from this allocator with this layout and is freed only here.
        unsafe { allocator.dealloc(block, SMALL) };
    }
}

#[inline(never)]
pub(super) fn zeroed<A: GlobalAlloc>(allocator: &A, ops: u64) {
    let layout = bytes(BIG);
    for _ in 0..ops {
        // SAFETY: the layout's size is 64 MiB, not zero.
        let block = unsafe { allocator.alloc_zeroed(layout) };
        let block = black_box(usable(block, layout));
        // SAFETY: `block` came from this allocator with this layout and is freed only here.
        unsafe { allocator.dealloc(block, layout) };
    }
}

#[inline(never)]
pub(super) fn grow<A: GlobalAlloc>(allocator: &A, ops: u64) {
    for _ in 0..ops {
        let mut layout = bytes(1);
        // SAFETY: the layout's size is 1, not zero.
        let mut block = usable(unsafe { allocator.alloc(layout) }, layout);
        while layout.size() < BIG {
            let larger = bytes(2 * layout.size());
            // SAFETY: `block` came from this allocator with `layout`; the new size is neither
            // zero nor above 64 MiB, which is far below `isize::MAX`.
            let moved = unsafe { allocator.realloc(block, layout, larger.size()) };
            block = black_box(usable(moved, larger));
            layout = larger;
        }
        // SAFETY: `block` came from this allocator, `layout` is its last one, and it is freed
        // only here.
        unsafe { allocator.dealloc(block, layout) };
    }
}

/// What a caller sees of an allocator: kept content, zeroed memory.
pub(super) fn behaviour<A: GlobalAlloc>(allocator: &A) -> Vec<u64> {
    let page = bytes(4096);
    // SAFETY: the layout's size is 64, not zero.
    let block = usable(unsafe { allocator.alloc(SMALL) }, SMALL);
    // SAFETY: `block` points to 64 bytes that nothing else refers to.
    unsafe { block.write_bytes(7, SMALL.size()) };
    // SAFETY: `block` came from this allocator with `SMALL`; the new size is a page's.
    let block = usable(unsafe { allocator.realloc(block, SMALL, page.size()) }, page);
    // SAFETY: `realloc` kept the first 64 bytes, which were written above.
    let kept = unsafe { slice::from_raw_parts(block, SMALL.size()) }.to_vec();
    // SAFETY: `block` came from this allocator, and since `realloc` its layout is `SMALL` with a
    // page's size: alignment 1 in both.
    unsafe { allocator.dealloc(block, page) };

    // SAFETY: the layout's size is 4096, not zero.
    let block = usable(unsafe { allocator.alloc_zeroed(page) }, page);
    // SAFETY: `alloc_zeroed` has initialised all 4096 bytes.
    let zeroed = unsafe { slice::from_raw_parts(block, page.size()) }.to_vec();
    // SAFETY: `block` came from this allocator with this layout and is freed only here.
    unsafe { allocator.dealloc(block, page) };

    kept.into_iter().chain(zeroed).map(u64::from).collect()
}

fn bytes(size: usize) -> Layout {
    Layout::array::<u8>(size).expect("at most 64 MiB")
}

fn usable(block: *mut u8, layout: Layout) -> *mut u8 {
    assert!(!block.is_null(), "no memory for {layout:?}");
    block
}
