//! A block of the global allocator that knows what must stand in it.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::fmt;

use fastrand::Rng;

/// A live block, all bytes of which are `mark`. Dropping it looks at them, then frees it.
pub(crate) struct Block {
    start: *mut u8,
    layout: Layout,
    mark: u8,
}

// SAFETY: the only pointer to memory that only this value frees.
unsafe impl Send for Block {}

impl Block {
    /// Null is a panic.
    pub(crate) fn new(size: usize, align: usize, mark: u8) -> Self {
        let layout = Layout::from_size_align(size, align).expect("a layout");
        assert!(size > 0);
        // SAFETY: the size is above zero.
        Self::filled(unsafe { alloc(layout) }, layout, mark)
    }

    /// The same, from `alloc_zeroed`, whose zeroes are looked at.
    pub(crate) fn zeroed(size: usize, align: usize, mark: u8) -> Self {
        let layout = Layout::from_size_align(size, align).expect("a layout");
        assert!(size > 0);
        // SAFETY: the size is above zero.
        let start = unsafe { alloc_zeroed(layout) };
        assert!(!start.is_null(), "no memory: {layout:?}");
        let block = Self { start, layout, mark: 0 };
        assert!(block.is_intact(), "not zeroed: {block:?}");
        block.marked(mark)
    }

    /// One of the sizes and alignments that programs use: mostly small.
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let (size, align) = (random_size(rng), 1 << rng.u32(0..=4));
        // One in 16 is a page or so, and as aligned.
        let align = if rng.u8(..) < 16 { 1 << rng.u32(5..=12) } else { align };
        let make = if rng.bool() { Self::new } else { Self::zeroed };
        make(size, align, rng.u8(1..))
    }

    /// Another size, by `realloc`: what was in the block stays in it.
    pub(crate) fn resize(&mut self, new_size: usize) {
        self.assert_intact();
        assert!(new_size > 0);
        // SAFETY: the block is live, with this layout; the size is above zero and far from the end of
        // the address space.
        let start = unsafe { realloc(self.start, self.layout, new_size) };
        let layout = Layout::from_size_align(new_size, self.layout.align()).expect("a layout");
        assert!(!start.is_null(), "no memory: {layout:?}");
        let kept = Layout::from_size_align(self.layout.size().min(new_size), 1).expect("a layout");
        // Only looked at: it is forgotten below.
        let kept = std::mem::ManuallyDrop::new(Self { start, layout: kept, mark: self.mark });
        assert!(kept.is_intact(), "content lost: {self:?} -> {layout:?}");
        self.start = start;
        self.layout = layout;
        // SAFETY: the block is live and this long.
        unsafe { start.write_bytes(self.mark, new_size) };
    }

    pub(crate) fn resize_randomly(&mut self, rng: &mut Rng) {
        self.resize(random_size(rng));
    }

    pub(crate) const fn start(&self) -> *const u8 {
        self.start
    }

    #[track_caller]
    pub(crate) fn assert_intact(&self) {
        assert!(self.is_intact(), "overwritten: {self:?}");
    }

    fn filled(start: *mut u8, layout: Layout, mark: u8) -> Self {
        assert!(!start.is_null(), "no memory: {layout:?}");
        Self { start, layout, mark: 0 }.marked(mark)
    }

    fn marked(mut self, mark: u8) -> Self {
        // SAFETY: the block is live and this long.
        unsafe { self.start.write_bytes(mark, self.layout.size()) };
        self.mark = mark;
        self
    }

    /// All bytes are the mark: the first is, and each is as the one before.
    fn is_intact(&self) -> bool {
        // SAFETY: the block is live, this long and written, and nobody else writes to it.
        let bytes = unsafe { std::slice::from_raw_parts(self.start, self.layout.size()) };
        bytes[0] == self.mark && bytes[1..] == bytes[..bytes.len() - 1]
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_intact();
        }
        // SAFETY: the block is live, with this layout, and is forgotten here.
        unsafe { dealloc(self.start, self.layout) };
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} of {:#04x}", self.start, self.layout, self.mark)
    }
}

fn random_size(rng: &mut Rng) -> usize {
    // One in 256 is large.
    let bits = if rng.u8(..) == 0 { rng.u32(15..=20) } else { rng.u32(0..=13) };
    rng.usize(1..=1 << bits)
}
