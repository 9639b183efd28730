//! A buffer on loan from a pool.

use core::mem::{ManuallyDrop, MaybeUninit};
use core::ptr::{self, NonNull};
use core::slice;
use std::io::{self, Read};

use alloc::vec::Vec;
use bytes::Bytes;

use super::block::{Block, FOOT, log2_of, mark};
use super::engine::{self, Item, Tag};
use super::error::PoolError;
use super::frozen::PooledBytes;
use super::supply::{Supply, capacity_overflow, forget, log2_for, take_back};

/// A byte buffer that goes back to its pool when it is dropped.
///
/// It is used as a `Vec<u8>`: it dereferences to its written bytes, grows when it must, and is a
/// [`bytes::BufMut`], an [`io::Write`] and a [`core::fmt::Write`]. It has 24 bytes, holds no reference
/// to the pool, and may outlive it.
///
/// Growing takes a larger block, copies once and returns the smaller one; beyond the pool's largest
/// block it goes on beside the pool. So a buffer that grew pins nothing.
///
/// **Only what you wrote is readable.** What a former user wrote may still lie behind
/// [`len`](slice::len), where only `unsafe` code finds it; with
/// [`zeroize`](super::PoolConfig::zeroize) not even that.
///
/// What was written is known to the byte as long as it is written by appending. A mutable slice of
/// the zeros of [`get_zeroed`](super::BufferPool::get_zeroed), or the spare capacity, counts as written
/// in full.
///
/// A buffer that is forgotten is lost to its pool, and counts as outstanding.
///
/// # Examples
///
/// ```
/// use thrifty::pool::{BufferPool, PoolConfig};
///
/// let pool = BufferPool::new(PoolConfig::new())?;
/// let mut buf = pool.get(64);
/// buf.extend_from_slice(b"GET /");
/// buf[0] = b'B';
/// assert_eq!(buf, *b"BET /");
/// assert_eq!(size_of_val(&Some(buf)), 24);
/// # Ok::<(), thrifty::pool::ConfigError>(())
/// ```
pub struct PooledBuf {
    base: NonNull<u8>,
    len: usize,
    tag: Tag,
}

// INVARIANTS
// P1: `base` is that of a live block of `2 << tag.class()` bytes (B1), which this buffer has alone.
// P2: `len` is at most the capacity, and the bytes below it are initialised.
// P3: with `ZEROED` in the tag, the bytes below `len` are zero.
// P4: with `SEEN` in the tag, the bytes below the foot's `seen` are initialised, and of this user.

// SAFETY: a buffer owns its block (P1) as a `Vec<u8>` does; a pool takes it back from any thread.
unsafe impl Send for PooledBuf {}
// SAFETY: through a shared buffer bytes can only be read.
unsafe impl Sync for PooledBuf {}

impl PooledBuf {
    /// An empty buffer in a block that nobody else has.
    pub(super) fn new(block: Block, tag: Tag) -> Self {
        Self { base: block.base, len: 0, tag }
    }

    #[inline]
    pub(super) fn of_item(item: Item, tag: Tag) -> Self {
        Self { base: item.0, len: 0, tag }
    }

    /// Bytes that fit without growing: a power of two.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn capacity(&self) -> usize {
        2 << self.tag.class()
    }

    /// Whether the buffer goes back to a pool, or is freed when it is dropped.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        !self.tag.has(mark::STRAY)
            && engine::find(self.tag).is_some_and(|core| core.is_open(self.tag.pool()))
    }

    /// Makes room for `additional` bytes more.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes.
    ///
    /// # Panics
    ///
    /// As [`BufferPool::get`](super::BufferPool::get).
    #[inline]
    pub fn reserve(&mut self, additional: usize) {
        if additional > self.capacity() - self.len {
            (self.base, self.tag) = grow(self.base, self.len, self.tag, additional);
        }
    }

    /// Makes room for `additional` bytes more, unless there is no memory.
    ///
    /// It may go beyond the bound of the pool, as growing does. The buffer is unchanged by an error.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes.
    ///
    /// # Errors
    ///
    /// [`PoolError::TooLarge`] if no block can be that large, [`PoolError::OutOfMemory`] if the
    /// allocator has none for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut buf = pool.get(64);
    /// assert!(buf.try_reserve(usize::MAX).is_err());
    /// assert!(buf.try_reserve(1_000).is_ok());
    /// assert_eq!(buf.capacity(), 1024);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), PoolError> {
        const MAX: usize = 1 << (usize::BITS - 2);
        if additional <= self.capacity() - self.len {
            return Ok(());
        }
        let needed = self.len.checked_add(additional).filter(|&needed| needed <= MAX);
        let needed = needed.ok_or(PoolError::TooLarge { max: MAX })?;
        let found = Supply::of(self.tag, self.block()).any(self.log2_to_hold(needed), false);
        let (block, tag) = found.ok_or(PoolError::OutOfMemory { requested: needed })?;
        self.move_to(block, tag);
        Ok(())
    }

    /// Appends the bytes.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes.
    ///
    /// # Panics
    ///
    /// As [`BufferPool::get`](super::BufferPool::get).
    #[inline]
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.settle();
        self.reserve(bytes.len());
        // SAFETY: there is room for that many bytes behind `len`, and the block is nobody else's (P1),
        // so `bytes` lies elsewhere.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.end(), bytes.len()) };
        self.len += bytes.len();
    }

    /// Appends one byte.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes.
    ///
    /// # Panics
    ///
    /// As [`BufferPool::get`](super::BufferPool::get).
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.extend_from_slice(&[byte]);
    }

    /// Shortens it, or appends `value` until it has `len` bytes.
    ///
    /// Zeros are written only where the block is not zero anyway.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes.
    ///
    /// # Panics
    ///
    /// As [`BufferPool::get`](super::BufferPool::get).
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut frame = pool.get(512);
    /// frame.extend_from_slice(b"data");
    /// frame.resize(512, 0);
    /// assert_eq!((&frame[..4], &frame[4..]), (&b"data"[..], &[0; 508][..]));
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    pub fn resize(&mut self, len: usize, value: u8) {
        if len <= self.len {
            return self.truncate(len);
        }
        self.settle();
        self.reserve(len - self.len);
        let dirty = seeded!(self.block().dirty(), "zeros-taken-for-granted" => 0);
        let until = if value == 0 { dirty.clamp(self.len, len) } else { len };
        // SAFETY: `until` lies between the old and the new length, for which there is room now, in a
        // block that is this buffer's alone (P1).
        unsafe { self.end().write_bytes(value, until - self.len) };
        // From `until` on the block is zero (B3).
        self.len = len;
    }

    /// Shortens it to `len` bytes; does nothing if it is no longer.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.note_written();
            self.len = len;
        }
    }

    /// Empties it, and keeps the block.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// What is behind the written bytes, up to the capacity.
    ///
    /// What a former user wrote may lie here: read nothing that you have not written. After this call
    /// the block counts as written in full; [`read_from`](Self::read_from) and the writing traits are
    /// more precise.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut buf = pool.get(256);
    /// buf.spare_capacity_mut()[0].write(7);
    /// // SAFETY: one byte was written.
    /// unsafe { buf.set_len(1) };
    /// assert_eq!(buf, [7]);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[inline]
    pub fn spare_capacity_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        self.settle();
        let capacity = self.capacity();
        self.block().set_dirty(capacity);
        // Whoever has this may write back that nothing is initialised.
        self.tag = self.tag.without(mark::SEEN);
        let spare = capacity - self.len;
        // SAFETY: behind `len` there are that many bytes of the block, which is this buffer's alone
        // (P1); they may be uninitialised, as the type says.
        unsafe { slice::from_raw_parts_mut(self.end().cast(), spare) }
    }

    /// Sets the number of written bytes.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Safety
    ///
    /// `len` is at most the capacity, and all bytes below it have been written by you.
    #[inline]
    pub unsafe fn set_len(&mut self, len: usize) {
        debug_assert!(len <= self.capacity(), "set_len: {len} of {} bytes", self.capacity());
        self.settle();
        self.note_written();
        self.len = len;
    }

    /// Reads once, at most `max` bytes, and appends what came; 0 at the end of the input.
    ///
    /// The reader is lent a slice of ordinary bytes, since that is all that [`Read`] knows. It sees
    /// nothing of a former user there: what may be old is zeroed first, once for each time that the
    /// buffer is taken from its pool.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes. And what the reader allocates.
    ///
    /// # Errors
    ///
    /// Those of the reader; nothing is appended then.
    ///
    /// # Panics
    ///
    /// If the reader says that it has read more than it could. As
    /// [`BufferPool::get`](super::BufferPool::get).
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut socket: &[u8] = b"hello";
    /// let mut buf = pool.get(16);
    /// assert_eq!(buf.read_from(&mut socket, 3)?, 3);
    /// assert_eq!(buf.read_from(&mut socket, 16)?, 2);
    /// assert_eq!(buf, *b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_from(&mut self, reader: &mut impl Read, max: usize) -> io::Result<usize> {
        let window = self.window(max);
        let count = reader.read(window)?;
        assert!(count <= max, "the reader was lent {max} bytes and says that it has read {count}");
        self.len += count;
        Ok(count)
    }

    /// Hands the bytes on, to be shared and sliced without copying.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut buf = pool.get(64);
    /// buf.extend_from_slice(b"head body");
    /// let bytes = buf.freeze();
    /// let (head, body) = (bytes.slice(..4), bytes.slice(5..));
    /// assert_eq!((&*head, &*body), (&b"head"[..], &b"body"[..]));
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn freeze(mut self) -> PooledBytes {
        self.settle();
        self.note_written();
        let this = ManuallyDrop::new(self);
        PooledBytes::new(this.block(), this.len, this.tag.without(mark::SEEN))
    }

    /// The same bytes as the type that the `bytes` crate's users know.
    ///
    /// The last drop returns the block. [`freeze`](Self::freeze) does without the allocation, and its
    /// bytes can become a buffer again.
    ///
    /// # Allocation
    ///
    /// Allocates once, for 32 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut buf = pool.get(64);
    /// buf.extend_from_slice(b"body");
    /// let bytes: bytes::Bytes = buf.into_bytes();
    /// assert_eq!(bytes, "body");
    /// drop(bytes);
    /// assert_eq!(pool.stats().outstanding, 0);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }

    /// Takes the bytes out of the pool.
    ///
    /// With the pool's [`align`](super::PoolConfig::align) at 1, its default, the vector takes over the
    /// block as it is, 32 bytes more than the capacity; else the bytes are copied.
    /// With [`zeroize`](super::PoolConfig::zeroize) nobody wipes the vector.
    ///
    /// # Allocation
    ///
    /// Never allocates while blocks have the default alignment; otherwise once, for `len` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut buf = pool.get(256);
    /// buf.extend_from_slice(b"kept");
    /// let at = buf.as_ptr();
    /// let vec = buf.into_vec();
    /// assert_eq!((&vec[..], vec.as_ptr()), (&b"kept"[..], at));
    /// assert_eq!(pool.stats().allocated_bytes, 0);
    /// # Ok::<(), thrifty::pool::ConfigError>(())
    /// ```
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        if self.block().align() != 1 {
            return self.to_vec();
        }
        let this = ManuallyDrop::new(self);
        forget(this.tag);
        let size = this.capacity() + seeded!(FOOT, "vec-without-the-foot" => 0);
        // SAFETY: the allocation has `capacity + FOOT` bytes at alignment 1 (B1), of which `len` are
        // initialised (P2), and nobody uses it any more.
        unsafe { Vec::from_raw_parts(this.base.as_ptr(), this.len, size) }
    }

    /// Makes it `len` zeros; only to be called on an empty buffer.
    #[inline]
    pub(super) fn fill_with_zeros(&mut self, len: usize) {
        let block = self.block();
        let dirty = block.dirty();
        // SAFETY: `dirty` is at most the capacity (B3), and the block is this buffer's alone (P1).
        unsafe { self.base.as_ptr().write_bytes(0, dirty.min(len)) };
        if dirty <= len {
            block.set_dirty(0);
        }
        self.len = len;
        self.tag = self.tag.with(mark::ZEROED);
    }

    /// `max` bytes behind `len`, initialised, and none of a former user.
    fn window(&mut self, max: usize) -> &mut [u8] {
        self.settle();
        self.reserve(max);
        let (block, seen) = (self.block(), self.seen());
        let until = self.len + max;
        let old = seen.max(self.len).min(until)..block.dirty().clamp(self.len, until);
        if seeded!(!old.is_empty(), "window-shows-old-bytes" => false) {
            // SAFETY: the range lies between `len` and `len + max`, for which there is room in the
            // block (P1).
            let from = unsafe { self.base.as_ptr().add(old.start) };
            // SAFETY: as above; the block is this buffer's alone.
            unsafe { from.write_bytes(0, old.len()) };
        }
        // Whatever the reader does, it does below `until`.
        block.set_seen(seen.max(until));
        block.set_dirty(block.dirty().max(until));
        self.tag = self.tag.with(mark::SEEN);
        // SAFETY: the bytes from `len` to `until` are initialised: below `seen` they were before (P4),
        // then come the zeros just written, and from `dirty` on they are zero (B3). The block is this
        // buffer's alone (P1).
        unsafe { slice::from_raw_parts_mut(self.end(), max) }
    }

    /// `max` bytes behind `len`, and how many of the first of them are initialised, and not by a
    /// former user.
    #[cfg(feature = "tokio")]
    pub(super) fn uninit_window(&mut self, max: usize) -> (&mut [MaybeUninit<u8>], usize) {
        self.settle();
        self.reserve(max);
        let (block, until) = (self.block(), self.len + max);
        let ready = self.seen().clamp(self.len, until) - self.len;
        // Whoever has the window may write to all of it, and say nothing.
        block.set_dirty(block.dirty().max(until));
        // SAFETY: behind `len` there is room for `max` bytes in the block, which is this buffer's alone
        // (P1); they may be uninitialised, as the type says.
        let window = unsafe { slice::from_raw_parts_mut(self.end().cast(), max) };
        (window, ready)
    }

    /// The first `ready` bytes of the last window are initialised, and not by a former user.
    ///
    /// # Safety
    ///
    /// They are, and `ready` is at most the length of that window.
    #[cfg(feature = "tokio")]
    pub(super) unsafe fn window_was_initialised(&mut self, ready: usize) {
        // Without a gap: below `len` the bytes are of this user too (P2).
        self.block().set_seen(self.seen().max(self.len + ready));
        self.tag = self.tag.with(mark::SEEN);
    }

    /// Appends what was written into the first `count` bytes of the last window.
    ///
    /// # Safety
    ///
    /// They are initialised, and `count` is at most the length of that window.
    #[cfg(feature = "tokio")]
    pub(super) unsafe fn append_of_window(&mut self, count: usize) {
        debug_assert!(count <= self.capacity() - self.len, "the window was smaller");
        self.len += count;
    }

    /// Bytes below this hold nothing of a former user.
    fn seen(&self) -> usize {
        if self.tag.has(mark::SEEN) { self.block().seen() } else { 0 }
    }

    #[inline]
    pub(super) fn as_slice(&self) -> &[u8] {
        // SAFETY: the bytes below `len` are initialised (P2), and change only through `&mut self`.
        unsafe { slice::from_raw_parts(self.base.as_ptr(), self.len) }
    }

    #[inline]
    pub(super) fn as_mut_slice(&mut self) -> &mut [u8] {
        self.settle();
        // SAFETY: the bytes below `len` are initialised (P2), and the block is this buffer's alone (P1).
        unsafe { slice::from_raw_parts_mut(self.base.as_ptr(), self.len) }
    }

    /// A buffer of the first `len` bytes, which are initialised, in a block that nobody else has.
    pub(super) fn of_frozen(block: Block, len: usize, tag: Tag) -> Self {
        Self { base: block.base, len, tag }
    }

    /// Before something is written: from now on what is below `len` counts as written.
    #[inline]
    fn settle(&mut self) {
        if self.tag.has(mark::ZEROED) {
            self.tag = self.tag.without(mark::ZEROED);
        }
    }

    /// Before `len` becomes smaller: what was written stays known.
    #[inline]
    fn note_written(&mut self) {
        let block = self.block();
        if !self.tag.has(mark::ZEROED) && self.len > block.dirty() {
            block.set_dirty(self.len);
        }
    }

    /// At least twice as large as now, so that appending is cheap in the long run.
    fn log2_to_hold(&self, needed: usize) -> u32 {
        log2_for(needed.max(2 * self.capacity()))
    }

    /// Copies what is written into a larger block, and returns the smaller one.
    fn move_to(&mut self, block: Block, tag: Tag) {
        let len = seeded!(self.len, "move-copies-the-new-size" => block.capacity());
        // SAFETY: `len` bytes are initialised (P2), the other block is larger, and nobody else has it.
        unsafe { ptr::copy_nonoverlapping(self.base.as_ptr(), block.base.as_ptr(), len) };
        let larger = Self { base: block.base, len: self.len, tag };
        // The marks of this one stay with its block: the zeros among the bytes are written now.
        drop(core::mem::replace(self, larger));
    }

    #[inline]
    fn end(&mut self) -> *mut u8 {
        // SAFETY: `len` is at most the capacity (P2).
        unsafe { self.base.as_ptr().add(self.len) }
    }

    #[inline]
    fn block(&self) -> Block {
        Block { base: self.base, log2: log2_of(self.tag.class()) }
    }
}

/// Puts the buffer of these parts into a larger block; its other parts then. The parts and not their
/// place, as for [`put`].
#[cold]
fn grow(base: NonNull<u8>, len: usize, tag: Tag, additional: usize) -> (NonNull<u8>, Tag) {
    // Until it has grown it is the caller's, who drops it if this panics.
    let mut buf = ManuallyDrop::new(PooledBuf { base, len, tag });
    let sum = len.checked_add(additional);
    let checked = seeded!(sum, "grow-wraps" => Some(len.wrapping_add(additional)));
    let Some(needed) = checked else { capacity_overflow() };
    let supply = Supply::of(tag, buf.block());
    let (block, tag) = supply.any_or_abort(buf.log2_to_hold(needed), false);
    buf.move_to(block, tag);
    (buf.base, buf.tag)
}

impl Drop for PooledBuf {
    #[inline]
    fn drop(&mut self) {
        put(self.base, self.len, self.tag);
    }
}

/// What a drop does.
///
/// It is called with the parts of the buffer, not with its place: a buffer whose place nobody is
/// told stays in registers. Written into every drop it would be too large for those that only a
/// panic reaches, and the buffer would be kept in memory for these; a buffer that is moved from
/// there as soon as it was made costs more than all of this: 64 that are pushed to a vector and
/// dropped took 1.9 times as long. So it is no `#[inline]` function either. Optimisation of the
/// whole program inlines it where it is hot.
fn put(base: NonNull<u8>, len: usize, tag: Tag) {
    if let Some(magazine) = engine::magazine(tag) {
        Block::note_written(base, || magazine.weight(), len);
        if magazine.push_front(Item(base)) {
            return;
        }
    }
    put_behind(base, len, tag);
}

/// The same for all that does not go straight to the front.
#[inline(never)]
fn put_behind(base: NonNull<u8>, len: usize, tag: Tag) {
    // Zeros that nobody has touched count as not written.
    let len = if tag.has(mark::ZEROED) { 0 } else { len };
    let tag = tag.without(mark::ZEROED | mark::SEEN);
    if let Some(magazine) = engine::magazine(tag) {
        Block::note_written(base, || magazine.weight(), len);
        if magazine.push(Item(base)) {
            return;
        }
    }
    take_back(base, len, tag);
}
