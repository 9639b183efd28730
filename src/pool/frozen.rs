//! Bytes of a pool that are shared.

#[cfg(feature = "share")]
use core::alloc::Layout;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::mem::ManuallyDrop;
use core::ops::{Bound, Deref, RangeBounds};
use core::ptr::{self, NonNull};
use core::slice;

use bytes::{Buf, Bytes};

use super::block::{Block, Foot, log2_of};
use super::buf::PooledBuf;
use super::engine::Tag;
use super::refs::Refs;

/// Shared bytes in a block of a pool; the last one to be dropped returns it.
///
/// What `bytes::Bytes` is to `BytesMut`, without the allocation: the count of handles stands in the
/// block. `clone`, [`slice`](Self::slice) and [`split_to`](Self::split_to) copy nothing. It is a
/// [`bytes::Buf`], so bodies and codecs take it as it is; where the type must be [`Bytes`], convert it
/// (one small allocation).
///
/// A small slice keeps its whole block in use: [`backing_capacity`](Self::backing_capacity) tells how
/// much that is, and copying out a small part of a large block is often the better deal.
///
/// # Examples
///
/// ```
/// use thrifty::pool::{BufferPool, PoolConfig};
///
/// let pool = BufferPool::new(PoolConfig::new())?;
/// let mut buf = pool.get(1024);
/// buf.extend_from_slice(b"a frame");
/// let frame = buf.freeze();
/// let copy = frame.clone();
/// assert_eq!(copy.as_ptr(), frame.as_ptr());
/// drop((frame, copy));
/// assert_eq!(pool.stats().outstanding, 0);
/// # Ok::<(), thrifty::pool::ConfigError>(())
/// ```
pub struct PooledBytes {
    ptr: NonNull<u8>,
    len: usize,
    foot: NonNull<Foot>,
}

// INVARIANTS
// F1: `foot` is that of a live, frozen block, whose `refs` count this handle.
// F2: the `len` bytes from `ptr` on lie in that block and are initialised; while there are two handles
//     nobody writes to the block.

// SAFETY: handles only read (F2), and the count that decides who returns the block is atomic, with
// Release on each drop and Acquire in the last.
unsafe impl Send for PooledBytes {}
// SAFETY: as above; a shared handle can be cloned and read.
unsafe impl Sync for PooledBytes {}

impl PooledBytes {
    /// The first `len` bytes, which are initialised, of a block that nobody else has.
    #[inline]
    pub(super) fn new(block: Block, len: usize, tag: Tag) -> Self {
        Self { ptr: block.base, len, foot: block.freeze(tag) }
    }

    /// A part of it, without copying.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// If the range is not within `0..len`, as slicing does.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::BufferPool;
    ///
    /// let mut buf = BufferPool::global().get(64);
    /// buf.extend_from_slice(b"key=value");
    /// let pair = buf.freeze();
    /// assert_eq!(pair.slice(4..), *b"value");
    /// ```
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.len,
        };
        let len =
            seeded!(self[start..end].len(), "frozen-slice-unchecked" => end.wrapping_sub(start));
        let mut part = self.clone();
        part.skip(start);
        part.len = len;
        part
    }

    /// Splits off the first `at` bytes; `self` keeps the rest.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// If there are fewer than `at` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::BufferPool;
    ///
    /// let mut buf = BufferPool::global().get(64);
    /// buf.extend_from_slice(b"headbody");
    /// let mut rest = buf.freeze();
    /// let head = rest.split_to(4);
    /// assert_eq!((&*head, &*rest), (&b"head"[..], &b"body"[..]));
    /// ```
    #[must_use = "the bytes are gone from `self`: `advance` drops them"]
    pub fn split_to(&mut self, at: usize) -> Self {
        let first = self.slice(..at);
        self.skip(at);
        first
    }

    /// Shortens it to `len` bytes; does nothing if it is no longer.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Bytes of the block that this handle keeps in use.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn backing_capacity(&self) -> usize {
        self.block().capacity()
    }

    /// Whether no other handle shares the block.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.refs().is_one()
    }

    /// The buffer again, if no other handle shares the block.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Cost
    ///
    /// If this is not the begin of the block, its bytes are moved there.
    ///
    /// # Errors
    ///
    /// Hands itself back if there is another handle.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::BufferPool;
    ///
    /// let mut buf = BufferPool::global().get(64);
    /// buf.extend_from_slice(b"text");
    /// let bytes = buf.freeze();
    /// let other = bytes.clone();
    /// let bytes = bytes.try_into_mut().unwrap_err();
    /// drop(other);
    /// let mut buf = bytes.try_into_mut().unwrap();
    /// buf.extend_from_slice(b"s");
    /// assert_eq!(buf, *b"texts");
    /// ```
    pub fn try_into_mut(self) -> Result<PooledBuf, Self> {
        if seeded!(!self.is_unique(), "frozen-mut-while-shared" => false) {
            return Err(self);
        }
        let this = ManuallyDrop::new(self);
        let block = this.block();
        if this.ptr != block.base {
            // SAFETY: both ranges lie in the block (F2), which this handle has alone; they may overlap.
            unsafe { ptr::copy(this.ptr.as_ptr(), block.base.as_ptr(), this.len) };
        }
        Ok(PooledBuf::of_frozen(block, this.len, this.tag()))
    }

    /// Memory behind the bytes, which is nobody else's until this handle is dropped; `None` if the
    /// block is shared or full.
    #[cfg(feature = "share")]
    pub(super) fn room_behind(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        if !self.is_unique() {
            return None;
        }
        let block = self.block();
        // SAFETY: the bytes lie in the block, before its foot (F2), so this is inside of it too.
        let end = unsafe { self.ptr.add(self.len) };
        let pad = end.align_offset(layout.align());
        // From the end of the bytes to the foot.
        let room = self.foot.addr().get() - end.addr().get();
        if pad.checked_add(layout.size()).is_none_or(|needed| needed > room) {
            return None;
        }
        // SAFETY: as far as `room`, so before the foot of the same block (B1).
        let place = unsafe { end.add(pad) };
        let written = place.addr().get() + layout.size() - block.base.addr().get();
        // This handle has the block alone (asked above).
        block.set_dirty(block.dirty().max(written));
        Some(place)
    }

    /// Leaves out the first `count` bytes, of which there are that many.
    fn skip(&mut self, count: usize) {
        // SAFETY: the callers have checked that `count` is at most `len`.
        self.ptr = unsafe { self.ptr.add(count) };
        self.len -= count;
    }

    #[inline]
    fn block(&self) -> Block {
        Block::of_foot(self.foot, log2_of(self.tag().class()))
    }

    #[inline]
    fn tag(&self) -> Tag {
        // SAFETY: the foot is alive (F1), and its tag does not change while it is frozen (B2).
        unsafe { (*self.foot.as_ptr()).tag }
    }

    #[inline]
    fn refs(&self) -> &Refs {
        // SAFETY: the foot is alive as long as this handle (F1).
        unsafe { &(*self.foot.as_ptr()).refs }
    }
}

impl Clone for PooledBytes {
    #[inline]
    fn clone(&self) -> Self {
        seeded!(self.refs().add(), "frozen-clone-uncounted" => ());
        Self { ptr: self.ptr, len: self.len, foot: self.foot }
    }
}

impl Drop for PooledBytes {
    #[inline]
    fn drop(&mut self) {
        if self.refs().drop_one() {
            drop(PooledBuf::new(self.block(), self.tag()));
        }
    }
}

impl Deref for PooledBytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: these bytes are initialised and alive as long as this handle, and nobody writes to
        // them while it exists (F2).
        unsafe { slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }
}

impl AsRef<[u8]> for PooledBytes {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for PooledBytes {
    fn borrow(&self) -> &[u8] {
        self
    }
}

/// Without the bytes, which may be a secret.
impl fmt::Debug for PooledBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledBytes")
            .field("len", &self.len)
            .field("backing_capacity", &self.backing_capacity())
            .finish_non_exhaustive()
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for PooledBytes {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl Eq for PooledBytes {}

impl PartialOrd for PooledBytes {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PooledBytes {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for PooledBytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl From<PooledBuf> for PooledBytes {
    fn from(buf: PooledBuf) -> Self {
        buf.freeze()
    }
}

/// One allocation of 32 bytes; the last drop returns the block.
impl From<PooledBytes> for Bytes {
    fn from(bytes: PooledBytes) -> Self {
        Self::from_owner(bytes)
    }
}

impl Buf for PooledBytes {
    #[inline]
    fn remaining(&self) -> usize {
        self.len
    }

    #[inline]
    fn chunk(&self) -> &[u8] {
        self
    }

    /// # Panics
    ///
    /// If fewer than `count` bytes are left.
    #[inline]
    fn advance(&mut self, count: usize) {
        assert!(count <= self.len, "advance: {count} bytes, but {} are left", self.len);
        self.skip(count);
    }

    /// Shares the block: one allocation of 32 bytes, no copy.
    fn copy_to_bytes(&mut self, len: usize) -> Bytes {
        self.split_to(len).into()
    }
}
