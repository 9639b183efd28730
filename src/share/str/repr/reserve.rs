//! Handles that are counted before they are made.

use super::{Counted, Repr};

/// Up to `left` handles to one text, of which `counted` are already in its count.
///
/// INVARIANTS
///
/// - **V1** `counted` handles are in the count (S6) and in no other place; of a text without a count
///   it is 0.
/// - **V2** `text` is that of `repr`, found once and not for each part.
pub(in super::super) struct Reserve<'a> {
    repr: &'a Repr,
    text: &'a str,
    left: usize,
    counted: usize,
}

impl<'a> Reserve<'a> {
    /// Counts nothing yet: perhaps every slice fits inline.
    pub(in super::super) fn new(text: &'a Repr, handles: usize) -> Self {
        Self { repr: text, text: text.as_str(), left: handles, counted: 0 }
    }

    /// As [`Repr::part`], with one count operation for all that were reserved.
    #[inline]
    pub(in super::super) fn part<'t>(
        &mut self,
        cut: impl FnOnce(&'t str) -> Option<&'t str>,
    ) -> Option<Repr>
    where
        'a: 't,
    {
        let Self { repr, text, left, counted } = self;
        let part = cut(text)?;
        // SAFETY: it is the text of `repr` (V2), and `take` returns the header of the text it is given
        // with a handle that `share_one` has counted or that was counted and nobody's (V1).
        unsafe { repr.part_of(text, part, |repr| Self::take(repr, left, counted)) }
    }

    #[inline(never)]
    fn take(text: &Repr, left: &mut usize, counted: &mut usize) -> Counted {
        if *counted == 0 {
            if *left == 0 || !text.is_owned() {
                return text.share_one();
            }
            text.share(*left);
            (*left, *counted) = (0, *left);
        }
        *counted -= 1;
        Counted(text.header_pointer())
    }
}

impl Drop for Reserve<'_> {
    fn drop(&mut self) {
        if let Some(header) = self.repr.header().filter(|_| self.counted > 0) {
            // `text` itself is counted too, so these are never the last.
            let spare = seeded!(self.counted, "slicer-reserve-kept" => 0);
            let _ = header.count.release(spare);
        }
    }
}
