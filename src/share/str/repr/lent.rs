//! Text in memory that another type owns, with the header in that memory if there is room.
//!
//! ```text
//! the owner's memory   [ ... text ... | pad | header, table, owner | ... ]
//!                            ^                                |
//!                            '--------------------------------'
//! ```
//!
//! The owner lies in what it owns. So the last handle moves it out first, and then lets it go.
//!
//! INVARIANTS
//!
//! - **L1** A header whose base is [`LENT`] is the first field of a `Lent<O>`, and a pointer to it
//!   has the provenance of all of it. The text lies in what its owner owns, and `table` is one of
//!   that `O`.
//! - **L2** With `O`'s table `IN_PLACE` the `Lent` lies where [`Lender::room`] has said; with `BOXED`
//!   in a `Box` of its own. Nothing but the count of its header is written as long as a handle lives.

use alloc::boxed::Box;
use core::alloc::Layout;
use core::ptr::{self, NonNull};
use core::str::Utf8Error;

use super::header::{Header, LENT};
use super::{INLINE, Repr, TAG_OWNED};

/// A type that owns bytes, and may have room for a text's header beside them.
///
/// # Safety
///
/// - The bytes of `as_ref` stay where they are and do not change as long as the value lives, also
///   when it is moved.
/// - What `room` returns is memory for that layout, which nobody else reads or writes as long as the
///   value lives. It may lie in what the value owns: it is not used any more when that is dropped.
pub(crate) unsafe trait Lender: AsRef<[u8]> + Send + Sync + 'static {
    /// Memory beside the bytes; asked for once, before the text is used.
    fn room(&mut self, layout: Layout) -> Option<NonNull<u8>>;

    /// Whether nobody else leads to the bytes.
    fn is_only(&self) -> bool;

    /// Bytes that are alive because of it.
    fn retained(&self) -> usize;
}

#[repr(C)]
struct Lent<O> {
    header: Header,
    table: &'static Table,
    owner: O,
}

/// The part of a `Lent<O>` that is the same for all.
#[repr(C)]
struct AnyLent {
    header: Header,
    table: &'static Table,
}

struct Table {
    /// Ends it. It is live, and nobody uses it or the text after this.
    free: unsafe fn(NonNull<Header>),
    /// Whether the owner is the only one. It is live.
    is_only: unsafe fn(NonNull<Header>) -> bool,
}

impl Repr {
    /// Keeps the owner, if its bytes are UTF-8 and do not fit inline; else hands it back, or lets it
    /// go.
    pub(in super::super) fn from_lender<O: Lender>(owner: O) -> Result<Self, (O, Utf8Error)> {
        let bytes = owner.as_ref();
        let (start, len) = (bytes.as_ptr(), bytes.len());
        match str::from_utf8(bytes) {
            Ok(text) if len <= INLINE => Ok(Self::packed(text)),
            Ok(_) => Ok(Self::long(start, Lent::header_of(owner), len, TAG_OWNED)),
            Err(error) => Err((owner, error)),
        }
    }
}

impl<O: Lender> Lent<O> {
    const IN_PLACE: &'static Table =
        &Table { free: Self::free_in_place, is_only: Self::owner_is_only };
    const BOXED: &'static Table = &Table { free: Self::free_boxed, is_only: Self::owner_is_only };

    fn header_of(mut owner: O) -> *mut Header {
        let header = Header::of_buffer(1, LENT, owner.retained());
        let Some(room) = owner.room(Layout::new::<Self>()) else {
            return Box::into_raw(Box::new(Self { header, table: Self::BOXED, owner })).cast();
        };
        let place = room.cast::<Self>();
        // SAFETY: memory for this layout, which nobody else uses (`Lender::room`).
        unsafe { place.write(Self { header, table: Self::IN_PLACE, owner }) };
        place.as_ptr().cast()
    }

    unsafe fn free_in_place(this: NonNull<Header>) {
        // SAFETY: live (the caller), and a `Lent<O>`, since this is in its table (L1).
        let owner = unsafe { &raw const (*this.cast::<Self>().as_ptr()).owner };
        // SAFETY: initialised and aligned as a field of a live value, which nobody uses after this
        // (the caller): so the owner is moved out once. Its place is not used any more (`Lender`).
        drop(unsafe { ptr::read(owner) });
    }

    unsafe fn free_boxed(this: NonNull<Header>) {
        // SAFETY: a `Box` of this type by L1 and L2, and its last use (the caller).
        drop(unsafe { Box::from_raw(this.cast::<Self>().as_ptr()) });
    }

    unsafe fn owner_is_only(this: NonNull<Header>) -> bool {
        // SAFETY: live (the caller), and a `Lent<O>` (L1), of which only the count is written (L2),
        // an atomic.
        let this = unsafe { this.cast::<Self>().as_ref() };
        this.owner.is_only()
    }
}

/// Ends a lent header: gives up its owner.
///
/// # Safety
///
/// It is live, its base is [`LENT`], and nobody uses it or the text after this.
pub(super) unsafe fn free(this: NonNull<Header>) {
    // SAFETY: live (the caller).
    let free = unsafe { table_of(this) }.free;
    // SAFETY: live, and not used after this (the caller).
    unsafe { free(this) };
}

/// Whether the owner is the only one that leads to its bytes.
///
/// # Safety
///
/// The header is live, and its base is [`LENT`].
pub(super) unsafe fn is_only(this: NonNull<Header>) -> bool {
    // SAFETY: live (the caller).
    let is_only = unsafe { table_of(this) }.is_only;
    // SAFETY: live (the caller).
    unsafe { is_only(this) }
}

/// # Safety
///
/// The header is live, and its base is [`LENT`].
unsafe fn table_of(this: NonNull<Header>) -> &'static Table {
    // SAFETY: with this base it is the first field of a `Lent`, which begins as `AnyLent` does, and
    // the pointer reaches all of it (L1); live (the caller), and only the count is written (L2).
    let lent = unsafe { this.cast::<AnyLent>().as_ref() };
    lent.table
}
