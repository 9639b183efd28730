//! Handles that are counted before they are made.

use super::{INLINE, Repr};

/// Up to `left` handles to one text, of which `counted` are already in its count.
///
/// INVARIANT **V1** `counted` handles are in the count (S6) and in no other place; of a text without
/// a count it is 0.
pub(in super::super) struct Reserve<'a> {
    text: &'a Repr,
    left: usize,
    counted: usize,
}

impl<'a> Reserve<'a> {
    /// Counts nothing yet: perhaps every slice fits inline.
    pub(in super::super) fn new(text: &'a Repr, handles: usize) -> Self {
        Self { text, left: handles, counted: 0 }
    }

    /// As [`Repr::slice`], with one count operation for all that were reserved.
    pub(in super::super) fn slice(&mut self, part: &str) -> Option<Repr> {
        if self.counted == 0 && self.left > 0 && self.text.is_owned() {
            self.text.share(self.left);
            self.counted = self.left;
            self.left = 0;
        }
        if self.counted == 0 {
            return self.text.slice(part);
        }
        let offset = self.text.offset_of(part).filter(|_| part.len() > INLINE)?;
        self.counted -= 1;
        // SAFETY: the part lies in this text at `offset` and is not inline, so neither is this text;
        // it is UTF-8, and the handle has been counted (V1) and leaves the reserve.
        Some(unsafe { self.text.handle(offset, part.len(), self.text.header_pointer()) })
    }
}

impl Drop for Reserve<'_> {
    fn drop(&mut self) {
        if let Some(header) = self.text.header().filter(|_| self.counted > 0) {
            // `text` itself is counted too, so this is never the last.
            header.give_back(self.counted);
        }
    }
}
