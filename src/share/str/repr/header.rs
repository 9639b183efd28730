//! The count, and what is freed with it.
//!
//! INVARIANTS
//!
//! - **H1** A header with a base that is not `LENT` owns the buffer of a former `Vec<u8>`: `base` is
//!   its pointer, with the provenance of the whole block, and `capacity` its capacity.
//! - **H2** Such a header lies in that buffer, behind the text, if its address is one of the
//!   buffer's; else it is a `Box<Header>` of its own.
//! - **H3** A header without a base is the first field of a `Box<WithBytes>`, and a pointer to it has
//!   the provenance of all of it. The text lies in those bytes, and `capacity` is their length.
//! - **H4** `base` and `capacity` never change; `count` is atomic.

use alloc::boxed::Box;
use alloc::vec::Vec;
#[cfg(feature = "pool")]
use core::ptr::without_provenance_mut;
use core::ptr::{NonNull, null_mut};

use ::bytes::Bytes;

use super::super::count::Count;

#[repr(C)]
pub(super) struct Header {
    /// To give up handles, by [`Count::release`] itself: once that has counted, another thread may
    /// free the header, and no function may then still have a `&Header` as its argument.
    pub(super) count: Count,
    base: *mut u8,
    capacity: usize,
}

/// In place of a base: the text is lent, see `lent.rs`. No buffer starts there.
#[cfg(feature = "pool")]
pub(super) const LENT: *mut u8 = without_provenance_mut(1);

#[repr(C)]
struct WithBytes {
    header: Header,
    bytes: Bytes,
}

/// What a text lies in.
pub(in super::super) enum Source {
    /// The bytes up to the end of the text.
    Buffer(Vec<u8>),
    /// All of the bytes that were given.
    Foreign(Bytes),
}

impl Header {
    pub(super) fn of_buffer(handles: usize, base: *mut u8, capacity: usize) -> Self {
        Self { count: Count::new(handles), base, capacity }
    }

    /// A block with the bytes and a count of one.
    pub(super) fn with_bytes(bytes: Bytes) -> *mut Self {
        let header = Self::of_buffer(1, null_mut(), bytes.len());
        Box::into_raw(Box::new(WithBytes { header, bytes })).cast()
    }

    #[inline]
    pub(super) fn add(&self, handles: usize) {
        if handles == 1 { self.count.add_one() } else { self.count.add(handles) }
    }

    pub(super) fn is_only(&self) -> bool {
        self.count.is_one()
    }

    /// The bytes that are alive because of the handles.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether the text is lent by another owner, in one of its forms (`lent.rs`).
    #[cfg(feature = "pool")]
    pub(super) fn is_lent(&self) -> bool {
        self.base.addr() == LENT.addr()
    }

    /// Without the room `pool` nobody lends.
    #[cfg(not(feature = "pool"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the room")]
    pub(super) const fn is_lent(&self) -> bool {
        false
    }

    /// Whether it owns a buffer that starts there.
    pub(super) fn starts_at(&self, start: *const u8) -> bool {
        self.base.addr() == start.addr()
    }

    /// The bytes that the text lies in, if it came from a `Bytes`.
    ///
    /// # Safety
    ///
    /// The header is live for `'a`.
    pub(super) unsafe fn bytes<'a>(this: NonNull<Self>) -> Option<&'a Bytes> {
        // SAFETY: live (the caller), and only the count is ever written (H4).
        let header = unsafe { this.as_ref() };
        if !header.base.is_null() {
            return None;
        }
        // SAFETY: without a base this is a `WithBytes`, and the pointer reaches all of it (H3).
        let with_bytes = unsafe { this.cast::<WithBytes>().as_ref() };
        Some(&with_bytes.bytes)
    }

    /// Ends the header, and whatever it owns.
    ///
    /// # Safety
    ///
    /// The header is live, `start` is of the text that it owns, and nobody uses the header or the text
    /// after this.
    pub(super) unsafe fn end(this: NonNull<Self>, start: *const u8) {
        #[cfg(feature = "pool")]
        // SAFETY: live (the caller).
        if unsafe { this.as_ref() }.is_lent() {
            // SAFETY: live, lent (just asked), and not used after this (the caller).
            return unsafe { super::lent::free(this) };
        }
        // SAFETY: as the caller promises; not lent (asked above).
        drop(unsafe { Self::dissolve(this, start, 0) });
    }

    /// Ends the header: returns what it owned, and how far into it the text starts.
    ///
    /// A buffer comes back with what lies before the text and `len` bytes of it.
    ///
    /// # Safety
    ///
    /// The header is live and not lent, `start` is of the text that it owns, which has `len` bytes or
    /// more, and nobody uses the header or the text after this.
    pub(super) unsafe fn dissolve(
        this: NonNull<Self>,
        start: *const u8,
        len: usize,
    ) -> (Source, usize) {
        // SAFETY: live (the caller).
        let &Self { base, capacity, .. } = unsafe { this.as_ref() };
        if base.is_null() {
            // SAFETY: without a base this is a `Box<WithBytes>` (H3), and its last use.
            let with_bytes = unsafe { Box::from_raw(this.cast::<WithBytes>().as_ptr()) };
            let offset = start.addr() - with_bytes.bytes.as_ptr().addr();
            return (Source::Foreign(with_bytes.bytes), offset);
        }
        if this.addr().get().wrapping_sub(base.addr()) >= capacity {
            // SAFETY: outside of the buffer, so a `Box` of its own (H2), and its last use.
            drop(unsafe { Box::from_raw(this.as_ptr()) });
        }
        let offset = start.addr() - base.addr();
        // SAFETY: the buffer of a former `Vec<u8>` (H1) whose last use by a handle this is. The text
        // starts at `offset` and has `len` bytes, so all up to there is initialised, and within the
        // capacity; a header in it lies behind the text (H2).
        (Source::Buffer(unsafe { Vec::from_raw_parts(base, offset + len, capacity) }), offset)
    }
}
