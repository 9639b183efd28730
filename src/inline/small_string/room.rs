//! When a text goes to the heap, how much room it gets there, and how it comes back.

use alloc::collections::TryReserveError;
use alloc::string::String;

use arrayvec::ArrayString;

use super::{Heap, Inline, SmallString};

impl<const N: usize> SmallString<N> {
    /// Makes room for `additional` bytes, and more so that repeated calls are cheap.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for
    /// `max(2 * capacity, len + additional)` bytes.
    ///
    /// # Panics
    ///
    /// If the room would exceed `isize::MAX` bytes.
    #[inline]
    pub fn reserve(&mut self, additional: usize) {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let room = amortised::<N>(text.len(), additional);
                    self.move_out(String::with_capacity(room));
                }
            }
            Heap(text) => text.reserve(additional),
        }
    }

    /// Makes room for `additional` bytes and not for more.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for `len + additional` bytes.
    ///
    /// # Panics
    ///
    /// If the room would exceed `isize::MAX` bytes.
    pub fn reserve_exact(&mut self, additional: usize) {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let room = text.len().saturating_add(additional);
                    self.move_out(String::with_capacity(room));
                }
            }
            Heap(text) => text.reserve_exact(additional),
        }
    }

    /// [`reserve`](Self::reserve) that returns an error instead of ending the program.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for
    /// `max(2 * capacity, len + additional)` bytes.
    ///
    /// # Errors
    ///
    /// If there is no memory, or the room would exceed `isize::MAX` bytes. The text is as it was.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let mut heap = String::new();
                    heap.try_reserve_exact(amortised::<N>(text.len(), additional))?;
                    self.move_out(heap);
                }
                Ok(())
            }
            Heap(text) => text.try_reserve(additional),
        }
    }

    /// [`reserve_exact`](Self::reserve_exact) that returns an error instead of ending the program.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is enough; otherwise once, for `len + additional` bytes.
    ///
    /// # Errors
    ///
    /// If there is no memory, or the room would exceed `isize::MAX` bytes. The text is as it was.
    pub fn try_reserve_exact(&mut self, additional: usize) -> Result<(), TryReserveError> {
        match &mut self.0 {
            Inline(text) => {
                if additional > text.remaining_capacity() {
                    let mut heap = String::new();
                    heap.try_reserve_exact(text.len().saturating_add(additional))?;
                    self.move_out(heap);
                }
                Ok(())
            }
            Heap(text) => text.try_reserve_exact(additional),
        }
    }

    /// Gives up all room that is not needed; a text of at most `N` bytes comes back inline.
    ///
    /// # Allocation
    ///
    /// Frees the block if the text fits inline; never allocates. A longer text keeps its block, which
    /// is resized.
    #[inline]
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Gives up room that is not needed, but keeps at least `min_capacity` bytes.
    ///
    /// # Allocation
    ///
    /// Frees the block if the text and `min_capacity` fit inline; never allocates. Otherwise the text
    /// keeps its block, which is resized.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        let Heap(text) = &mut self.0 else { return };
        if min_capacity > N {
            text.shrink_to(min_capacity);
        } else if let Ok(inline) = ArrayString::from(text) {
            self.0 = Inline(inline);
        } else {
            text.shrink_to_fit();
        }
    }

    /// Appends a char for which there is no inline room.
    #[inline(never)]
    pub(super) fn push_on_the_heap(&mut self, ch: char) {
        self.spill(ch.len_utf8()).push(ch);
    }

    /// Appends a text for which there is no inline room.
    #[inline(never)]
    pub(super) fn push_str_on_the_heap(&mut self, string: &str) {
        self.spill(string.len()).push_str(string);
    }

    /// The `String` of a text that has no inline room for so many bytes more.
    #[inline]
    fn spill(&mut self, additional: usize) -> &mut String {
        if let Inline(text) = &self.0 {
            self.move_out(String::with_capacity(amortised::<N>(text.len(), additional)));
        }
        match &mut self.0 {
            Heap(text) => text,
            Inline(_) => unreachable!("an inline text has just been moved out"),
        }
    }

    /// Continues in `heap`, which is empty and has room for more than `N` bytes.
    fn move_out(&mut self, mut heap: String) {
        heap.push_str(self);
        self.0 = Heap(heap);
    }
}

/// The room after a spill: as a `String` of `N` bytes would grow.
const fn amortised<const N: usize>(len: usize, additional: usize) -> usize {
    let (needed, doubled) = (len.saturating_add(additional), N.saturating_mul(2));
    if needed > doubled { needed } else { doubled }
}
