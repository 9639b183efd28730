//! A handle that counts further ones in batches, for as long as it lives.

use core::mem::ManuallyDrop;

use super::{Counted, Repr};

/// Handles that one count operation makes ready.
const BATCH: usize = 16;

/// INVARIANT **P1** `counted` handles beside `text` itself are in the count (S6) and in no other
/// place; of a text without a count it is 0. `text` is dropped once, with the pool.
pub(in super::super) struct Pool {
    text: ManuallyDrop<Repr>,
    counted: usize,
}

impl Pool {
    /// One count operation for the pool's own handle and its first batch.
    pub(in super::super) fn new(text: &Repr) -> Self {
        if !text.is_owned() {
            return Self { text: ManuallyDrop::new(text.clone()), counted: 0 };
        }
        let header = text.share(1 + BATCH);
        let text = Repr::long(text.start.text, header, text.as_str().len(), super::TAG_OWNED);
        Self { text: ManuallyDrop::new(text), counted: BATCH }
    }

    /// As [`Repr::part`].
    pub(in super::super) fn part(&mut self, part: &str) -> Option<Repr> {
        let Self { text, counted } = self;
        let count = |text: &Repr| {
            if !text.is_owned() {
                return text.share_one();
            }
            if *counted == 0 {
                text.share(BATCH);
                *counted = BATCH;
            }
            *counted -= 1;
            Counted(text.header_pointer())
        };
        // SAFETY: it is the text of `text`; and `count` takes a handle out of those that are in its
        // count beside it (P1), after it has put more there if none was left.
        unsafe { text.part_of(text.as_str(), part, count) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.text.is_owned() {
            // SAFETY: owned (just asked), and its last use: as a `ManuallyDrop` it is not dropped
            // again. `counted` handles beside it are in the count and nobody's (P1).
            unsafe { self.text.release(self.counted) };
        }
    }
}
