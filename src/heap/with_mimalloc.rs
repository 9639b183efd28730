//! mimalloc, called by its plain functions wherever alignment allows.

use core::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys as ffi;

/// mimalloc as the process's allocator.
///
/// Take [`ByFeature`](super::ByFeature) instead to fall back to the system's allocator where the
/// feature is off.
///
/// The `mimalloc` crate sends every request to `mi_malloc_aligned`. This type sends those of
/// alignment 8 and below to `mi_malloc`: fewer instructions on both C lines, and on v3 smaller
/// blocks for some sizes.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::Mimalloc;
///
/// #[global_allocator]
/// static GLOBAL: Mimalloc = Mimalloc;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Mimalloc;

/// Whether `mi_malloc(size)` is aligned to `align` by its contract.
///
/// C's `malloc` aligns a block for every object of fundamental alignment that fits into it
/// (ISO C17 7.22.3, as clarified by C23: "and size less than or equal to the size requested").
/// 8 is fundamental on every target that mimalloc supports. The wider fast path that the `mimalloc`
/// crate once had, which also trusted `mi_malloc` with larger alignments, was unsound
/// (RUSTSEC-2022-0094), so nothing above 8 is taken here.
///
/// # Post-condition
///
/// True only for `align <= 8 && align <= size`. `tests/heap` checks the addresses for every size and
/// alignment up to 4,096, in both C lines, secure or not.
#[inline]
const fn plain(size: usize, align: usize) -> bool {
    align <= 8 && align <= size
}

// SAFETY: the blocks come from mimalloc and go back to it, whichever of its functions made them:
// `mi_free` and `mi_realloc*` take every block of `mi_malloc*` and `mi_zalloc*`. Sizes are passed on
// unchanged, alignment is upheld as `plain` proves or by the `_aligned` functions, failure is null,
// and nothing here unwinds.
unsafe impl GlobalAlloc for Mimalloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        if plain(size, align) {
            // SAFETY: `mi_malloc` takes every size; `plain` is the alignment proof.
            unsafe { ffi::mi_malloc(size) }.cast()
        } else {
            // SAFETY: takes every size and every power of two as alignment, which a `Layout`'s is.
            unsafe { ffi::mi_malloc_aligned(size, align) }.cast()
        }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, _layout: Layout) {
        // SAFETY: the caller says that `ptr` came from this allocator, so from mimalloc, and is live.
        unsafe { ffi::mi_free(ptr.cast()) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        if plain(size, align) {
            // SAFETY: `mi_zalloc` takes every size; `plain` is the alignment proof.
            unsafe { ffi::mi_zalloc(size) }.cast()
        } else {
            // SAFETY: takes every size and every power of two as alignment, which a `Layout`'s is.
            unsafe { ffi::mi_zalloc_aligned(size, align) }.cast()
        }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let align = layout.align();
        if plain(new_size, align) {
            // SAFETY: `ptr` is a live block of mimalloc (the caller's promise); the new block is as
            // aligned as `mi_malloc(new_size)`, of which `plain` is the proof; a block that stays in
            // place keeps its own alignment, which was at least `align`.
            unsafe { ffi::mi_realloc(ptr.cast(), new_size) }.cast()
        } else {
            // SAFETY: `ptr` is a live block of mimalloc (the caller's promise); `align` is a power
            // of two.
            unsafe { ffi::mi_realloc_aligned(ptr.cast(), new_size, align) }.cast()
        }
    }
}

/// Whether `ptr` points into memory that mimalloc manages.
pub(super) fn owns(ptr: *const u8) -> bool {
    // SAFETY: looks the address up in mimalloc's own tables and reads nothing behind it; the caller
    // may pass any pointer.
    unsafe { ffi::mi_is_in_heap_region(ptr.cast()) }
}

/// Gives free pages back: those of the calling thread's heap, and in C line v3 of all.
pub(super) fn collect() {
    // SAFETY: `mi_collect` works on the calling thread's heap and on what is shared, and has no
    // precondition.
    unsafe { ffi::mi_collect(true) }
}
