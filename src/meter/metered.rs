//! The allocator wrapper that counts.

use core::alloc::{GlobalAlloc, Layout};
use core::marker::PhantomData;

use super::local;

/// Counts what passes through another allocator, per thread and without locked instructions.
///
/// Installed once as the global allocator of a test, a bench or a program, it feeds everything else
/// in this room. A malloc and free pair of 64 bytes costs at most 16 instructions more than
/// without it (`meter/pair-64` on the scoreboard).
///
/// Requests that fail are not counted. Sizes are those that were requested; what the allocator
/// reserves beyond is not seen. All four methods of `GlobalAlloc` are forwarded to the same method
/// of the inner allocator, so zeroed pages stay untouched and a `realloc` stays in place where it can.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use thrifty::meter::{self, Metered};
///
/// #[global_allocator]
/// static GLOBAL: Metered<System> = Metered::new(System);
///
/// let (text, usage) = meter::measure(|| "forty-two bytes of text, give or take some".to_owned());
/// assert_eq!((usage.allocs, usage.bytes_allocated), (1, text.len() as u64));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Metered<A, Mode = Full> {
    inner: A,
    mode: PhantomData<Mode>,
}

/// The mode of [`Metered`] that knows everything, peaks and offenders included.
#[derive(Clone, Copy, Debug, Default)]
pub struct Full;

/// The mode of [`Metered`] that counts and does nothing else.
///
/// For programs that ship with the meter on. See [`Metered::counts_only`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CountsOnly;

/// The alignment that a C `malloc` gives on 64-bit targets to blocks that are large enough.
const MAX_ALIGN: usize = 16;

impl<A> Metered<A> {
    /// Wraps `inner`, for the static.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner, mode: PhantomData }
    }
}

impl<A> Metered<A, CountsOnly> {
    /// Wraps `inner` to count allocations, frees and bytes only, at less than half of the cost.
    ///
    /// Then there is no peak (`peak_bytes` is 0, and a bound on it is refused), no backtrace of an
    /// offender, requests that fail are counted like others, and [`process`](super::process) sees a
    /// thread only once it has measured something itself.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::alloc::System;
    /// use thrifty::meter::{self, CountsOnly, Metered};
    ///
    /// #[global_allocator]
    /// static GLOBAL: Metered<System, CountsOnly> = Metered::counts_only(System);
    ///
    /// let (_text, usage) = meter::measure(|| String::from("twelve bytes"));
    /// assert_eq!((usage.allocs, usage.bytes_allocated), (1, 12));
    /// ```
    #[must_use]
    pub const fn counts_only(inner: A) -> Self {
        Self { inner, mode: PhantomData }
    }
}

impl<A, Mode> Metered<A, Mode> {
    /// Returns the allocator that is counted.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn inner(&self) -> &A {
        &self.inner
    }
}

// SAFETY: every method hands its arguments to the method of the same name of `A` and returns that
// one's answer, so the contract holds because `A` upholds it. The counting around it never unwinds
// (`meter::local` promises that) and never re-enters `A` through this implementation in a way that
// depends on the block at hand.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Metered<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > MAX_ALIGN || layout.align() > layout.size() {
            // SAFETY: the caller's promise is the callee's.
            return unsafe { alloc_out_of_line(layout, &self.inner) };
        }
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() {
            local::allocated(layout.size());
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        if local::freed(layout.size()) {
            // SAFETY: the caller's promise is the callee's.
            return unsafe { dealloc_out_of_line(ptr, layout, &self.inner) };
        }
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, that is from
        // `A`, with this `layout`.
        unsafe { self.inner.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() {
            local::allocated(layout.size());
        }
        block
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, that is from
        // `A`, with this `layout`; `new_size` is above zero and does not overflow when rounded up.
        let block = unsafe { self.inner.realloc(ptr, layout, new_size) };
        if !block.is_null() {
            local::reallocated(layout.size(), new_size);
        }
        block
    }
}

// SAFETY: as above: every call is handed to the method of the same name of `A`, unchanged.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Metered<A, CountsOnly> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        local::tally_alloc(layout.size());
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        unsafe { self.inner.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        local::tally_free(layout.size());
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, that is from
        // `A`, with this `layout`.
        unsafe { self.inner.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        local::tally_alloc(layout.size());
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        local::tally_realloc(layout.size(), new_size);
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, that is from
        // `A`, with this `layout`; `new_size` is above zero and does not overflow when rounded up.
        unsafe { self.inner.realloc(ptr, layout, new_size) }
    }
}

// What follows is out of line, so that the code above keeps no stack frame for `posix_memalign` and
// saves no registers. The allocator comes last, which leaves the other arguments in the registers
// that they arrived in.

/// The rest of an allocation that a plain `malloc` may not serve.
///
/// # Safety
///
/// As [`GlobalAlloc::alloc`].
#[cold]
#[inline(never)]
unsafe fn alloc_out_of_line(layout: Layout, inner: &impl GlobalAlloc) -> *mut u8 {
    // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
    let block = unsafe { inner.alloc(layout) };
    if !block.is_null() {
        local::allocated(layout.size());
    }
    block
}

/// The rest of a free on a thread that the registry may not hold.
///
/// # Safety
///
/// As [`GlobalAlloc::dealloc`].
#[cold]
#[inline(never)]
unsafe fn dealloc_out_of_line(ptr: *mut u8, layout: Layout, inner: &impl GlobalAlloc) {
    local::be_counted();
    // SAFETY: the caller's promise is the callee's.
    unsafe { inner.dealloc(ptr, layout) }
}
