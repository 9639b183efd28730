//! The memory of one buffer.
//!
//! ```text
//!  base                     len          dirty           capacity = 1 << log2
//!   | written, readable      | maybe old  | zero           | Foot: 32 bytes |
//!   |<--------------- one allocation, never moved or resized -------------->|
//! ```
//!
//! What the pool has to know of a block stands behind its bytes, not before them: so the bytes begin
//! where the allocation does, and a `Vec` can take it over as it is. The foot also keeps large blocks
//! from lying a power of two apart, where they would share the sets of a cache.

use alloc::alloc::{alloc, alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::ptr::NonNull;

use super::engine::{Kind, Tag};
use super::refs::Refs;

/// Bytes of a block behind its capacity.
pub(super) const FOOT: usize = size_of::<Foot>();

/// The smallest block that can be pooled, as a power of two: 64 bytes.
pub(super) const SMALLEST: u32 = 6;

/// The largest block that can be pooled: a gibibyte.
pub(super) const LARGEST: u32 = 30;

/// Marks in the tag of a buffer.
pub(super) mod mark {
    /// The bytes below `len` are zeros that nobody has touched: they do not make the block dirty.
    pub(crate) const ZEROED: u64 = 1;
    /// `seen` in the foot is valid.
    pub(crate) const SEEN: u64 = 2;
    /// Wipe it before anybody else has it.
    pub(crate) const WIPE: u64 = 4;
    /// Beside the pool: it is freed, not kept.
    pub(crate) const STRAY: u64 = 8;
}

/// Blocks, as the engine sees them.
pub(super) static BLOCKS: Kind = Kind {
    weigh: |class| (1 << log2_of(class)) + FOOT,
    free: |class, item| Block { base: item.0, log2: log2_of(class) }.free(),
};

/// A live block. Whoever has a copy sees to it that none is used after `free`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) base: NonNull<u8>,
    pub(super) log2: u32,
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Foot {
    /// Bytes from here on are zero.
    dirty: usize,
    /// Bytes below this hold nothing of a former user: valid while the tag has `SEEN`.
    seen: usize,
    /// The tag of the buffer that was frozen.
    pub(super) tag: Tag,
    /// Handles that read the block, once it is frozen.
    pub(super) refs: Refs,
    /// Of the allocation.
    align: u32,
}

// INVARIANTS
// B1: a block is one live allocation of `capacity + FOOT` bytes at the alignment in its foot, and it
//     begins where a `Foot` may begin. All pointers into it derive from the one that the allocator
//     returned, and no reference to all of it is ever made.
// B2: the foot at `base + capacity` is initialised. A buffer has its block alone. Once it is frozen
//     nothing of the foot changes but `refs`, which is atomic, until a handle has the block alone.
// B3: the bytes from `dirty` up to the capacity are initialised and zero, save for those below `len`
//     that the holder has written. Below `dirty` they may be anything, also uninitialised. Neither
//     `dirty` nor `seen` is more than the capacity.

impl Block {
    /// A new block; `None` without memory. Zeroed it is clean, else nothing is known of its bytes.
    pub(super) fn new(log2: u32, align: usize, zeroed: bool) -> Option<Self> {
        let capacity = 1_usize.checked_shl(log2)?;
        let size = capacity.checked_add(FOOT)?;
        let layout = Layout::from_size_align(size, seeded!(align, "block-unaligned" => 1)).ok()?;
        let (base, layout) = begin(layout, zeroed)?;
        let block = Self { base, log2 };
        let foot = Foot {
            dirty: if zeroed { 0 } else { capacity },
            seen: 0,
            tag: Tag(0),
            refs: Refs::one(),
            align: u32::try_from(layout.align()).ok()?,
        };
        // SAFETY: the place lies inside of the allocation, and is aligned: `base` is, and so is the
        // capacity, which is at least 64 (B1).
        unsafe { block.foot().write(foot) };
        Some(block)
    }

    /// Gives the memory back to the allocator.
    pub(super) fn free(self) {
        let layout = self.layout();
        // SAFETY: the block is live and has this layout (B1); it is not used after this.
        unsafe { dealloc(self.base.as_ptr(), layout) };
    }

    #[inline]
    pub(super) fn capacity(self) -> usize {
        1 << self.log2
    }

    pub(super) fn align(self) -> usize {
        // SAFETY: the foot is initialised, and `align` never changes (B2).
        let align = unsafe { (*self.foot()).align };
        align as usize
    }

    /// The bytes below `len` are no longer known to be zero. Where the weight of the block is at hand,
    /// that is cheaper than to work its capacity out. Only for who has the block alone.
    #[inline]
    pub(super) fn note_written(base: NonNull<u8>, weight: impl FnOnce() -> usize, len: usize) {
        // Nothing of the block is touched if nothing was written.
        if len == 0 {
            return;
        }
        // SAFETY: the weight of a block of this class is `capacity + FOOT`, so this is inside of the
        // allocation (B1), and its foot (B2).
        let foot = unsafe { base.as_ptr().add(weight() - FOOT) };
        let foot: *mut Foot = foot.cast();
        // SAFETY: the foot is initialised, and the caller has the block alone (B2).
        let dirty = unsafe { &mut (*foot).dirty };
        *dirty = len.max(*dirty);
    }

    #[inline]
    pub(super) fn dirty(self) -> usize {
        // SAFETY: the foot is initialised (B2).
        unsafe { (*self.foot()).dirty }
    }

    /// Only for who has the block alone.
    #[inline]
    pub(super) fn set_dirty(self, dirty: usize) {
        // SAFETY: the foot is initialised, and the caller has the block alone (B2).
        unsafe { (*self.foot()).dirty = dirty };
    }

    pub(super) fn seen(self) -> usize {
        // SAFETY: the foot is initialised (B2).
        unsafe { (*self.foot()).seen }
    }

    /// Only for who has the block alone.
    pub(super) fn set_seen(self, seen: usize) {
        // SAFETY: the foot is initialised, and the caller has the block alone (B2).
        unsafe { (*self.foot()).seen = seen };
    }

    /// From now on one handle reads the block. Only for who has it alone.
    #[inline]
    pub(super) fn freeze(self, tag: Tag) -> NonNull<Foot> {
        let foot = self.foot();
        // SAFETY: the foot is initialised, and the caller has the block alone (B2).
        unsafe { (*foot).tag = tag };
        // SAFETY: as above.
        unsafe { (*foot).refs = Refs::one() };
        // SAFETY: it points into a live block (B1), and those are not null.
        unsafe { NonNull::new_unchecked(foot) }
    }

    /// The block with this foot.
    #[inline]
    pub(super) fn of_foot(foot: NonNull<Foot>, log2: u32) -> Self {
        // SAFETY: a foot stands `capacity` bytes behind the base of its block, and the pointer was
        // derived from that base (B1, B2).
        let base = unsafe { foot.cast::<u8>().sub(1 << log2) };
        Self { base, log2 }
    }

    /// What is behind the capacity.
    #[inline]
    pub(super) fn foot(self) -> *mut Foot {
        // SAFETY: the allocation has `capacity + FOOT` bytes (B1), so this is inside of it.
        let foot = unsafe { self.base.as_ptr().add(self.capacity()) };
        // Aligned: see `new`.
        foot.cast()
    }

    /// Overwrites what may have been written, so that no optimisation leaves it out.
    pub(super) fn wipe(self) {
        const WORD: usize = size_of::<u64>();
        let words =
            seeded!(self.dirty().div_ceil(WORD), "wipe-last-word-left" => self.dirty() / WORD);
        let base: *mut u64 = self.base.as_ptr().cast();
        for at in 0..words {
            // SAFETY: `dirty` is at most the capacity (B3), which is a multiple of the word.
            let word = unsafe { base.add(at) };
            // SAFETY: inside of the block, aligned as its begin is, and the caller has it alone (B1).
            unsafe { word.write_volatile(0) };
        }
        self.set_dirty(0);
    }

    fn layout(self) -> Layout {
        let align = self.align();
        let size =
            seeded!(self.capacity() + FOOT, "block-freed-without-its-foot" => self.capacity());
        // SAFETY: the block was allocated with this layout (B1), so it is a valid one.
        unsafe { Layout::from_size_align_unchecked(size, align) }
    }
}

/// An allocation that begins where a foot may begin, and its layout.
///
/// A small alignment asks for nothing of the kind. No allocator is known that would give less than 8,
/// but one may: then it is asked for that.
fn begin(layout: Layout, zeroed: bool) -> Option<(NonNull<u8>, Layout)> {
    let base = allocate(layout, zeroed)?;
    if base.addr().get().is_multiple_of(align_of::<Foot>()) {
        return Some((base, layout));
    }
    // SAFETY: just allocated with this layout, and nobody else knows it.
    unsafe { dealloc(base.as_ptr(), layout) };
    let layout = layout.align_to(align_of::<Foot>()).ok()?;
    Some((allocate(layout, zeroed)?, layout))
}

/// The size of the layout is not zero: it has a foot.
fn allocate(layout: Layout, zeroed: bool) -> Option<NonNull<u8>> {
    let base = if zeroed {
        // SAFETY: the size is not zero.
        unsafe { alloc_zeroed(layout) }
    } else {
        // SAFETY: the size is not zero.
        unsafe { alloc(layout) }
    };
    seeded!(NonNull::new(base), "block-null-unchecked" => {
        Some(NonNull::new(base).unwrap_or(NonNull::dangling()))
    })
}

/// Class `c` holds blocks of `2 << c` bytes, so that the class of a size is one instruction away:
/// the logarithm of the size less 1. The first ones are too small to be used.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "there are fewer than 64 classes")]
pub(super) const fn log2_of(class: usize) -> u32 {
    1 + class as u32
}
