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
        text.part(
            |_| Some(part),
            |text| {
                if !text.is_owned() {
                    return text.share_one();
                }
                if *counted == 0 {
                    text.share(BATCH);
                    *counted = BATCH;
                }
                *counted -= 1;
                Counted(text.header_pointer())
            },
        )
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.text.is_owned() {
            // One operation gives up the handle and what is left over (P1). The text is not dropped
            // again: it is a `ManuallyDrop`.
            self.text.release(self.counted);
        }
    }
}
