//! Many slices, one count operation.

use core::fmt;
use core::ops::RangeBounds;

use super::Str;
use super::repr::Reserve;
use super::slices::{bounds, not_a_part, out_of_range};

/// Cuts many parts out of one [`Str`] and counts them together, by [`Str::slicer`].
///
/// An atomic count is most of what a slice of more than 23 bytes costs. The first such slice counts
/// all `n` in one step, and what was not used is given back when the slicer is dropped: so name the
/// number of long slices to expect, or more; but not a number that a stranger has sent, since one
/// beyond `isize::MAX` aborts the process. Slices beyond `n` are counted one by one. For one or two
/// slices take [`Str::slice`].
///
/// # Allocation
///
/// Never allocates. The first slice of more than 23 bytes may, as [`Str::slice`].
///
/// ```
/// use thrifty::share::Str;
///
/// let row = Str::from("0123456789abcdef0123456789,short,ABCDEFGHIJKLMNOPQRSTUVWXYZ");
/// let mut slicer = row.slicer(3);
/// let cells: Vec<Str> = row.as_str().split(',').map(|cell| slicer.slice_ref(cell)).collect();
/// drop(slicer);
/// // Two cells share the row's buffer, one lies inline.
/// assert_eq!(cells.iter().map(Str::is_inline).collect::<Vec<_>>(), [false, true, false]);
/// drop(cells);
/// assert!(row.is_unique());
/// ```
pub struct Slicer<'a> {
    text: &'a Str,
    reserve: Reserve<'a>,
}

impl<'a> Slicer<'a> {
    #[inline]
    pub(super) fn new(text: &'a Str, slices: usize) -> Self {
        Self { text, reserve: Reserve::new(&text.0, slices) }
    }

    /// Cuts out a range of bytes.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// # Panics
    ///
    /// As `str`'s indexing: beyond the end, or inside of a char.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let row = Str::from("2026-11-24,ok");
    /// let mut slicer = row.slicer(2);
    /// assert_eq!((slicer.slice(..10), slicer.slice(11..)), ("2026-11-24".into(), "ok".into()));
    /// ```
    #[must_use]
    #[track_caller]
    #[inline]
    pub fn slice(&mut self, range: impl RangeBounds<usize>) -> Str {
        let bounds = bounds(&range);
        match self.reserve.part(|text| text.get(bounds)) {
            Some(part) => Str(part),
            None => out_of_range(self.text, bounds),
        }
    }

    /// Cuts out a range of bytes, or nothing if it ends outside or inside of a char.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// assert_eq!(thrifty::share::Str::from("GET /").slicer(1).try_slice(4..9), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn try_slice(&mut self, range: impl RangeBounds<usize>) -> Option<Str> {
        self.reserve.part(|text| text.get(bounds(&range))).map(Str)
    }

    /// Makes a text of a `&str` that was borrowed from the slicer's.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// # Panics
    ///
    /// If `part` is not empty and does not lie in the slicer's text.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let row = Str::from("2026-11-24,ok");
    /// let mut slicer = row.slicer(2);
    /// assert!(row.as_str().split(',').map(|x| slicer.slice_ref(x)).eq(["2026-11-24", "ok"]));
    /// ```
    #[must_use]
    #[track_caller]
    #[inline]
    pub fn slice_ref(&mut self, part: &str) -> Str {
        match self.reserve.part(|_| Some(part)) {
            Some(part) => Str(part),
            None if part.is_empty() => Str::new(),
            None => not_a_part(part, self.text),
        }
    }

    /// Makes a text of a `&str`, if it was borrowed from the slicer's.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// assert_eq!(Str::from("here").slicer(1).try_slice_ref("elsewhere"), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn try_slice_ref(&mut self, part: &str) -> Option<Str> {
        match self.reserve.part(|_| Some(part)) {
            Some(part) => Some(Str(part)),
            None => part.is_empty().then(Str::new),
        }
    }
}

impl fmt::Debug for Slicer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slicer").field("text", self.text).finish_non_exhaustive()
    }
}
