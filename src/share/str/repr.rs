//! The 24 bytes of a [`Str`](super::Str): where the text is and who owns it.
//!
//! ```text
//! byte      0               8               16                  23
//!           +---------------+---------------+---------------+---+
//! inline    | the text, then zeros                          |tag|   tag = 0x80 + length, 0..=23
//!           +---------------+---------------+---------------+---+
//! static    | start         | null          | length        |tag|   tag = 0x40
//!           +---------------+---------------+---------------+---+
//! owned     | start         | header / null | length        |tag|   tag = 0x20 + slack
//!           +-|-------------+-|-------------+---------------+---+
//!             |               |
//!             |               +--> in the spare capacity of the text's own buffer,
//!             v               |      [ text ... | pad | count, base, capacity | ... ]
//!       the text's bytes      +--> a block of its own, made by the first clone,
//!                             |      [ count, base, capacity ]
//!                             +--> or with the `Bytes` that owns the text, or another owner,
//!                                    [ count, null, 0, bytes ]       which may have room for it
//! ```
//!
//! Bytes 16 to 23 are one little-endian number on every machine: the tag is its highest byte and the
//! length the other seven. A pointer's spare bits hold nothing. On 32 bits each pointer has four
//! bytes of padding behind it, which inline text uses.
//!
//! INVARIANTS
//!
//! - **S1** The tag says which of the three it is, and never changes while the value lives.
//! - **S2** A text of at most 23 bytes is inline; a static or owned one is longer, and shorter than
//!   2^56 bytes.
//! - **S3** The bytes of the text are initialised UTF-8. While it is inline they are this value's
//!   own; else they stay where they are and do not change while any handle lives, but by `make_mut`
//!   of the only handle.
//! - **S4** `start` of an owned text has the provenance of the whole buffer: for a `Vec`'s buffer it
//!   is the `Vec`'s own pointer, moved forward; it is never made from a reference to the text.
//! - **S5** An owned text with a null header is the only handle to the buffer of a former `Vec`:
//!   `start` is that buffer's start and `length + slack` its capacity. The header goes from null to
//!   a live one once, in one atomic step, and stays; then the slack means nothing.
//! - **S6** A header that is not null is live as long as a handle to it is, and its count is the
//!   number of handles, plus those that a [`Reserve`] or [`Pool`] holds.
//!
//! `repr/header.rs` continues with what a header owns, `repr/lent.rs` with other owners than `Vec` and
//! `Bytes`.

mod header;
#[cfg(feature = "pool")]
mod lent;
#[cfg(all(feature = "serde", feature = "std"))]
mod pool;
mod reserve;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use core::num::NonZeroU64;
use core::ptr::{NonNull, null_mut, without_provenance, without_provenance_mut};
use core::slice;
use core::str::Utf8Error;
use core::sync::atomic::Ordering::{Acquire, Relaxed};

use ::bytes::Bytes;

use self::header::Header;
pub(super) use self::header::Source;
#[cfg(feature = "pool")]
pub(crate) use self::lent::Lender;
#[cfg(all(feature = "serde", feature = "std"))]
pub(super) use self::pool::Pool;
pub(super) use self::reserve::Reserve;
use super::count::install;
use crate::sync::AtomicPtr;

#[cfg(not(any(target_pointer_width = "32", target_pointer_width = "64")))]
compile_error!("`Str` knows pointers of 32 and of 64 bits");

/// What fits inline.
pub(super) const INLINE: usize = 23;

const TAG_INLINE: u64 = 0x80 << 56;
const TAG_STATIC: u64 = 0x40 << 56;
const TAG_OWNED: u64 = 0x20 << 56;
const SLACK: u64 = 0x1f << 56;
const LENGTH: u64 = (1 << 56) - 1;

#[repr(C)]
pub(super) struct Repr {
    start: Start,
    owner: Owner,
    last: NonZeroU64,
}

/// A header, or null, in whose count is a handle that is not yet made (S6).
///
/// Only this module and those below it make one: [`Repr::part_of`] takes its word for the count.
struct Counted(*mut Header);

/// Where the text starts, or its bytes 0 to 7.
#[derive(Clone, Copy)]
#[repr(C)]
struct Start {
    text: *const u8,
    #[cfg(target_pointer_width = "32")]
    rest: u32,
}

/// The header, or bytes 8 to 15 of the text.
///
/// Atomic, because the first clone puts the header there and has only a `&self`.
#[repr(C)]
struct Owner {
    header: AtomicPtr<Header>,
    #[cfg(target_pointer_width = "32")]
    rest: u32,
}

const _: () = assert!(size_of::<Repr>() == 24 && size_of::<Option<Repr>>() == 24);

// SAFETY: shared text is never written (S3), the header pointer and the count are atomic (S5, S6),
// and all owners, `Vec<u8>`, `Bytes` and what is a `Lender`, may be dropped on any thread.
unsafe impl Send for Repr {}
// SAFETY: as above; all that `&Repr` can do is read the text, install a header and count.
unsafe impl Sync for Repr {}

impl Repr {
    /// Of at most 23 bytes.
    #[inline]
    pub(super) const fn packed(text: &str) -> Self {
        Self::of_words(pack(text.as_bytes()), text.len())
    }

    /// Inline text of `len` bytes, then zeros.
    #[inline]
    pub(super) const fn of_words([first, second, third]: [u64; 3], len: usize) -> Self {
        let tag = TAG_INLINE | (len as u64) << 56;
        Self { start: Start::bytes(first), owner: Owner::bytes(second), last: word(third | tag) }
    }

    pub(super) const fn from_static(text: &'static str) -> Self {
        if text.len() <= INLINE {
            Self::packed(text)
        } else {
            Self::long(text.as_ptr(), null_mut(), text.len(), TAG_STATIC)
        }
    }

    /// Of more than 23 bytes: a block of its own, with room for the header.
    ///
    /// A call, so that what short text needs stays small and in registers where it is inlined.
    #[inline(never)]
    pub(super) fn copy(text: &str) -> Self {
        let behind = text.len().next_multiple_of(align_of::<Header>());
        let mut copy = String::with_capacity(behind + size_of::<Header>());
        copy.push_str(text);
        Self::from_string(copy)
    }

    /// Keeps the string's buffer, and puts the header behind the text if there is room.
    pub(super) fn from_string(text: String) -> Self {
        if text.len() <= INLINE {
            return Self::packed(&text);
        }
        let mut buffer = ManuallyDrop::new(text.into_bytes());
        let (base, len, capacity) = (buffer.as_mut_ptr(), buffer.len(), buffer.capacity());
        let spare = capacity - len;
        // SAFETY: a `Vec`'s length is at most its capacity, so this is in its block or one past it.
        let end = unsafe { base.add(len) };
        let pad = end.addr().wrapping_neg() % align_of::<Header>();
        if pad + size_of::<Header>() > seeded!(spare, "str-header-off-by-one" => spare + 1) {
            // The header and its padding are at most 31 bytes: what is left over is less (S5).
            return Self::long(base, null_mut(), len, TAG_OWNED | (spare as u64) << 56);
        }
        // SAFETY: `pad` is less than `spare`, so this is within the same block.
        let place = unsafe { end.add(pad) };
        #[expect(clippy::cast_ptr_alignment, reason = "`pad` has aligned it")]
        let header = place.cast::<Header>();
        // SAFETY: aligned by `pad`, `pad + size_of::<Header>()` bytes fit into the spare capacity,
        // which nobody else uses: `buffer` is never touched again as a `Vec` while the header lives.
        unsafe { header.write(Header::of_buffer(1, base, capacity)) };
        Self::long(base, header, len, TAG_OWNED)
    }

    /// Keeps the bytes, in one block with a count, if they are UTF-8; else hands them back.
    pub(super) fn from_bytes(bytes: Bytes) -> Result<Self, (Bytes, Utf8Error)> {
        let (start, len) = (bytes.as_ptr(), bytes.len());
        match seeded!(str::from_utf8(&bytes), "str-bytes-unvalidated" => Ok(unvalidated(&bytes))) {
            Ok(text) if len <= INLINE => Ok(Self::packed(text)),
            Ok(_) => Ok(Self::long(start, Header::with_bytes(bytes), len, TAG_OWNED)),
            Err(error) => Err((bytes, error)),
        }
    }

    #[inline]
    pub(super) fn as_str(&self) -> &str {
        let word = self.word();
        let (start, len) = if word & TAG_INLINE == 0 {
            (self.start.text, as_len(word))
        } else {
            ((&raw const *self).cast(), inline_len(word))
        };
        // SAFETY: `start` is the text's and `len` its length by the tag (S1): initialised, in one
        // block or in these 24 bytes, and unchanged while `self` is borrowed (S3).
        let bytes = unsafe { slice::from_raw_parts(start, len) };
        // SAFETY: UTF-8 by S3.
        unsafe { str::from_utf8_unchecked(bytes) }
    }

    /// The text for ever, if it is a long static one.
    pub(super) fn as_static(&self) -> Option<&'static str> {
        if self.word() & TAG_STATIC == 0 {
            return None;
        }
        let text: *const str = self.as_str();
        // SAFETY: made from a `&'static str` or a part of one (S1): it lives for ever.
        Some(unsafe { &*text })
    }

    /// The text, writable: of a copy, if others may read it or it is no former `Vec`'s.
    pub(super) fn make_mut(&mut self) -> &mut str {
        let is_unique = seeded!(self.is_unique(), "str-written-while-shared" => true);
        let is_own = self.is_owned()
            && is_unique
            && self.foreign().is_none()
            && !self.header().is_some_and(Header::is_lent);
        if !(is_own || self.is_inline()) {
            *self = Self::copy(self.as_str());
        }
        let word = self.word();
        let (start, len) = if word & TAG_INLINE == 0 {
            (self.start.text.cast_mut(), as_len(word))
        } else {
            ((&raw mut *self).cast(), inline_len(word))
        };
        // SAFETY: these are the text's bytes (S1, S3). Inline, they are this value's own, borrowed
        // mutably. Else they are a former `Vec`'s, where `start` may write (S4), and no other handle
        // exists (checked above) nor can be made while this one is borrowed mutably; a header in
        // the same block lies behind the text (H2).
        let bytes = unsafe { slice::from_raw_parts_mut(start, len) };
        // SAFETY: UTF-8 by S3; `str` lets it become only other UTF-8 of the same length.
        unsafe { str::from_utf8_unchecked_mut(bytes) }
    }

    #[inline]
    pub(super) fn is_inline(&self) -> bool {
        self.word() & TAG_INLINE != 0
    }

    /// Whether no other handle leads to this text, be it a `Bytes`.
    pub(super) fn is_unique(&self) -> bool {
        self.word() & TAG_STATIC == 0
            && self.header().is_none_or(Header::is_only)
            && self.foreign().is_none_or(Bytes::is_unique)
            && self.lender_is_only()
    }

    /// Whether a lender, if there is one, is the only one that leads to its bytes.
    #[cfg(feature = "pool")]
    fn lender_is_only(&self) -> bool {
        let (header, pointer) = self.with_header();
        let lent = NonNull::new(pointer).filter(|_| header.is_some_and(Header::is_lent));
        // SAFETY: the header is live as long as this handle (S6), and lent (just asked).
        lent.is_none_or(|header| unsafe { lent::is_only(header) })
    }

    #[cfg(not(feature = "pool"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the room")]
    const fn lender_is_only(&self) -> bool {
        true
    }

    /// The bytes that the text lies in, if it came from a `Bytes`.
    pub(super) fn foreign(&self) -> Option<&Bytes> {
        let header = NonNull::new(self.header_pointer())?;
        // SAFETY: the header is live as long as this handle (S6).
        unsafe { Header::bytes(header) }
    }

    /// The bytes that are alive because this value is, beside its own 24.
    pub(super) fn retained(&self) -> usize {
        let word = self.word();
        match self.header() {
            Some(header) => header.capacity(),
            None if word & TAG_OWNED != 0 => as_len(word) + slack(word),
            None => 0,
        }
    }

    /// A part of this text: a copy up to 23 bytes, else one more handle.
    ///
    /// `cut` finds it; `None` if it does not lie in this text, as an empty one need not.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the three words of a short part stay in registers")]
    pub(super) fn part<'a>(&'a self, cut: impl FnOnce(&'a str) -> Option<&'a str>) -> Option<Self> {
        let text = self.as_str();
        let part = cut(text)?;
        // SAFETY: `text` is what `as_str` has returned, and `share_one` counts in the header of the
        // text that it is given.
        unsafe { self.part_of(text, part, Self::share_one) }
    }

    /// As [`part`](Self::part), for who has the text and the part already, and counts by `count`.
    ///
    /// Where 24 bytes of text follow, a short part is read with all of them and the surplus is masked
    /// out: no branch on the length, which a predictor gets wrong when the parts differ. All paths end
    /// in three registers, which the caller stores where the result is to be. The scoreboard's cases
    /// `share/slice-23*` and `share/head-str*` show what that is worth.
    ///
    /// # Safety
    ///
    /// `text` is what [`as_str`](Self::as_str) returns. `count` gets this text, which is not inline,
    /// and returns its header with one handle more counted; null of a static text.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `part`")]
    unsafe fn part_of<'a>(
        &'a self,
        text: &'a str,
        part: &'a str,
        count: impl FnOnce(&Self) -> Counted,
    ) -> Option<Self> {
        let text = text.as_bytes();
        let offset = part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        let fits =
            |behind: &&[u8]| seeded!(part.len() <= behind.len(), "str-part-too-long" => true);
        let behind = text.get(offset..).filter(fits)?;
        if part.len() > INLINE {
            let Counted(header) = count(self);
            // SAFETY: `offset` is inside of `text`, which is this value's (the caller) and longer than
            // 23 bytes as its part is: so it is not inline (S2), and `start` leads to all of it (S3).
            let start = unsafe { self.start.text.add(offset) };
            return Some(Self::long(start, header, part.len(), self.word() & !(LENGTH | SLACK)));
        }
        let words = match behind.first_chunk::<24>() {
            Some(chunk) => masked(chunk, part.len()),
            None => packed_at_the_end(part),
        };
        Some(Self::of_words(words, part.len()))
    }

    /// Counts one handle more.
    #[inline(never)]
    fn share_one(&self) -> Counted {
        Counted(seeded!(self.share(1), "str-part-uncounted" => self.header_pointer()))
    }

    /// What owns the text, how far into it the text begins, and how long it is; `Err` if that is not
    /// this handle alone.
    ///
    /// The buffer of a former `Vec` comes back cut off behind the text.
    pub(super) fn into_source(self) -> Result<(Source, usize, usize), Self> {
        // Other handles to a `Bytes` are no hindrance: it is handed out, not taken apart. Another
        // owner is neither.
        let can = |header: &Header| header.is_only() && !header.is_lent();
        if !self.is_owned() || !self.header().is_none_or(can) {
            return Err(self);
        }
        let this = ManuallyDrop::new(self);
        let (start, word) = (this.start.text, this.word());
        let len = as_len(word);
        let Some(header) = NonNull::new(this.owner.header.load(Acquire)) else {
            // SAFETY: the buffer of a former `Vec` of this capacity, whose only handle is `this`
            // (S5), which is never dropped; its first `len` bytes are the text (S3).
            let buffer = unsafe { Vec::from_raw_parts(start.cast_mut(), len, len + slack(word)) };
            return Ok((Source::Buffer(buffer), 0, len));
        };
        // SAFETY: the header is live and not lent, its only handle is `this` (both checked above), and
        // that is never dropped (S6); `start` and `len` are of the text in it (S3).
        let (source, offset) = unsafe { Header::dissolve(header, start, len) };
        Ok((source, offset, len))
    }

    /// The string whose buffer this is, if nobody shares it and the text starts where that does.
    pub(super) fn into_string(self) -> Result<String, Self> {
        let starts_there = match self.header() {
            Some(header) => header.starts_at(self.start.text),
            None => self.is_owned(),
        };
        if !starts_there {
            return Err(self);
        }
        match self.into_source()? {
            // SAFETY: the text starts at the buffer's start (checked above), and the buffer is cut off
            // behind it: so its bytes are the text's, which are UTF-8 (S3).
            (Source::Buffer(text), ..) => Ok(unsafe { String::from_utf8_unchecked(text) }),
            (Source::Foreign(_), ..) => unreachable!(),
        }
    }

    #[inline]
    fn word(&self) -> u64 {
        u64::from_le(self.last.get())
    }

    #[inline]
    fn is_owned(&self) -> bool {
        self.word() & (TAG_INLINE | TAG_STATIC) == 0
    }

    /// The header of an owned text that has one; else null.
    ///
    /// Handles are made from this pointer, which may reach all that the header owns; never from a
    /// reference to the header, which may not.
    #[inline]
    fn header_pointer(&self) -> *mut Header {
        if self.is_owned() { self.owner.header.load(Acquire) } else { null_mut() }
    }

    #[inline]
    fn header(&self) -> Option<&Header> {
        self.with_header().0
    }

    /// The header, to look at and to make a handle from.
    #[inline]
    fn with_header(&self) -> (Option<&Header>, *mut Header) {
        let pointer = self.header_pointer();
        // SAFETY: null, or live as long as this handle (S6), and written before `install`'s Release
        // or before this handle was made; since then only its count is written, an atomic (H4).
        (unsafe { pointer.as_ref() }, pointer)
    }

    /// Counts `handles` more and returns the header that they need: null if they need none.
    #[inline]
    fn share(&self, handles: usize) -> *mut Header {
        match self.with_header() {
            (Some(header), pointer) => {
                header.add(handles);
                pointer
            }
            (None, _) if self.is_owned() => self.install(handles),
            (None, pointer) => pointer,
        }
    }

    /// The first clone: a header with a count of this handle and `handles` more.
    #[cold]
    #[inline(never)]
    fn install(&self, handles: usize) -> *mut Header {
        let (base, word) = (self.start.text.cast_mut(), self.word());
        let capacity = as_len(word) + slack(word);
        let made = Box::new(Header::of_buffer(handles.saturating_add(1), base, capacity));
        let made = Box::into_raw(made);
        if install(&self.owner.header, made).is_ok() {
            return made;
        }
        // SAFETY: made by `Box::into_raw` above, and not installed: nobody else has seen it.
        drop(unsafe { Box::from_raw(made) });
        // Another thread's first clone came before.
        self.share(handles)
    }

    /// Panics on a text that S2 does not allow: 2^56 bytes are more than a machine can address.
    #[inline]
    const fn long(start: *const u8, header: *mut Header, len: usize, tag: u64) -> Self {
        assert!(len as u64 <= LENGTH, "a Str is shorter than 2^56 bytes");
        Self { start: Start::at(start), owner: Owner::of(header), last: word(tag | len as u64) }
    }

    /// The end of an owned handle, and of `more` that are counted and were never made.
    ///
    /// # Safety
    ///
    /// This handle is owned, and nobody uses or drops it after this. `more` handles beside it are in
    /// the count and are nobody's.
    #[inline]
    unsafe fn release(&mut self, more: usize) {
        let (start, word, header) = (self.start.text, self.word(), *self.owner.header.get_mut());
        // SAFETY: the words of an owned handle, which like the `more` is counted (S6) and is nobody's
        // after this (the caller).
        unsafe { release(start, header, word, 1 + more) };
    }
}

/// Gives up as many handles to one text, and frees what they owned if they were the last.
///
/// It takes the words of one of them, and not a reference: what no reference leads to can stay in
/// registers from the slice to the store into a `Vec`. Else it lies on the stack in three words, which
/// are read back by 16 bytes, and that waits for all three stores: the scoreboard's `share/head-str*`.
///
/// # Safety
///
/// The words are those of an owned handle. It and `handles - 1` others are in the count, and nobody
/// uses any of them after this.
#[inline(never)]
unsafe fn release(start: *const u8, header: *mut Header, word: u64, handles: usize) {
    let Some(header) = NonNull::new(header) else {
        let capacity = as_len(word) + seeded!(slack(word), "str-slack-forgotten" => 0);
        // SAFETY: the buffer of a former `Vec` of this capacity, whose only handle this is (S5), and
        // its last use (the caller).
        drop(unsafe { Vec::from_raw_parts(start.cast_mut(), 0, capacity) });
        return;
    };
    // SAFETY: live as long as these handles (S6), which are counted until `Count::release`.
    if unsafe { header.as_ref() }.count.release(handles) {
        // SAFETY: these were the last handles, so nobody else knows the header (S6); `start` is of
        // the text in it (S3).
        unsafe { Header::end(header, start) };
    }
}

impl Clone for Repr {
    #[inline]
    fn clone(&self) -> Self {
        let owner = if self.is_owned() { Owner::of(self.share(1)) } else { self.owner.copy() };
        Self { start: self.start, owner, last: self.last }
    }
}

impl Drop for Repr {
    #[inline]
    fn drop(&mut self) {
        if self.is_owned() {
            // SAFETY: owned (just asked), and its last use: `Repr` has no fields that need a drop.
            unsafe { self.release(0) };
        }
    }
}

impl Start {
    const fn at(text: *const u8) -> Self {
        Self {
            text,
            #[cfg(target_pointer_width = "32")]
            rest: 0,
        }
    }

    /// Eight bytes of text, which lie in memory as they do in a little-endian number.
    const fn bytes(bytes: u64) -> Self {
        let (low, _rest) = halves(bytes);
        Self {
            text: without_provenance(low),
            #[cfg(target_pointer_width = "32")]
            rest: _rest,
        }
    }
}

impl Owner {
    const fn of(header: *mut Header) -> Self {
        Self {
            header: AtomicPtr::new(header),
            #[cfg(target_pointer_width = "32")]
            rest: 0,
        }
    }

    /// As [`Start::bytes`].
    const fn bytes(bytes: u64) -> Self {
        let (low, _rest) = halves(bytes);
        Self {
            header: AtomicPtr::new(without_provenance_mut(low)),
            #[cfg(target_pointer_width = "32")]
            rest: _rest,
        }
    }

    /// Of an inline or static text, where nobody writes it.
    fn copy(&self) -> Self {
        Self {
            header: AtomicPtr::new(self.header.load(Relaxed)),
            #[cfg(target_pointer_width = "32")]
            rest: self.rest,
        }
    }
}

/// Takes anything for UTF-8.
#[cfg(thrifty_seeded)]
fn unvalidated(bytes: &[u8]) -> &str {
    // SAFETY: broken on purpose.
    unsafe { str::from_utf8_unchecked(bytes) }
}

/// The bytes as they lie in memory: the first a pointer's size, then the rest.
#[cfg(target_pointer_width = "64")]
const fn halves(bytes: u64) -> (usize, ()) {
    (usize::from_ne_bytes(bytes.to_le_bytes()), ())
}

#[cfg(target_pointer_width = "32")]
const fn halves(bytes: u64) -> (usize, u32) {
    let [a, b, c, d, e, f, g, h] = bytes.to_le_bytes();
    (usize::from_ne_bytes([a, b, c, d]), u32::from_ne_bytes([e, f, g, h]))
}

/// The last eight bytes. A tag is in them, so they are not zero.
const fn word(value: u64) -> NonZeroU64 {
    match NonZeroU64::new(value.to_le()) {
        Some(word) => word,
        None => unreachable!(),
    }
}

/// It has been the length of a `str` (S2), so it fits.
const fn as_len(word: u64) -> usize {
    (word & LENGTH) as usize
}

/// At most 23 (S1).
const fn inline_len(word: u64) -> usize {
    ((word & !TAG_INLINE) >> 56) as usize
}

/// At most 31 (S1).
const fn slack(word: u64) -> usize {
    ((word & SLACK) >> 56) as usize
}

/// Up to 23 bytes as three little-endian words, with zeros behind.
///
/// Two loads that overlap and a shift instead of a loop over bytes: the words are built in registers
/// and stored whole, so that a load of them right after does not wait for eight small stores.
#[inline]
const fn pack(text: &[u8]) -> [u64; 3] {
    let len = text.len();
    if let (Some((first, rest)), Some(last)) = (text.split_first_chunk(), text.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        match rest.first_chunk() {
            Some(second) => {
                // Two shifts: of 16 bytes nothing is left for the third word.
                [first, u64::from_le_bytes(*second), last >> (8 * (23 - len)) >> 8]
            }
            None => [first, last >> (8 * (15 - len)) >> 8, 0],
        }
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        [first as u64 | (last as u64) << (8 * (len - 4)), 0, 0]
    } else if let ([first, ..], [.., last]) = (text, text) {
        let middle = len / 2;
        [
            *first as u64
                | (text[middle] as u64) << (8 * middle)
                | (*last as u64) << (8 * (len - 1)),
            0,
            0,
        ]
    } else {
        [0; 3]
    }
}

#[inline(never)]
fn packed_at_the_end(part: &str) -> [u64; 3] {
    pack(part.as_bytes())
}

/// The first `len` of 24 bytes as three little-endian words, with zeros behind; at most 23.
#[inline]
fn masked(bytes: &[u8; 24], len: usize) -> [u64; 3] {
    const KEEP: [u8; 48] = {
        let mut keep = [0; 48];
        let mut at = 0;
        while at < 24 {
            keep[at] = 0xff;
            at += 1;
        }
        keep
    };
    let mut words = [0; 3];
    if let Some(keep) = KEEP[24 - len.min(24)..].first_chunk::<24>() {
        let (bytes, _) = bytes.as_chunks::<8>();
        let (keep, _) = keep.as_chunks::<8>();
        for ((word, bytes), keep) in words.iter_mut().zip(bytes).zip(keep) {
            *word = u64::from_le_bytes(*bytes) & u64::from_le_bytes(*keep);
        }
    }
    words
}
