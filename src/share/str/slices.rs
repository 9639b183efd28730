//! Parts of a text, as texts of their own.

use alloc::format;
use alloc::string::String;
use core::ops::{Bound, RangeBounds};

use super::{Slicer, Str};

impl Str {
    /// Cuts out a range of bytes. For many slices of one text take [`slicer`](Self::slicer).
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
    /// let text = Str::from("k\u{f6}nig");
    /// assert_eq!(text.slice(..3), "k\u{f6}");
    /// assert_eq!(text.try_slice(..2), None);
    /// ```
    #[must_use]
    #[track_caller]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `Repr::part`")]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let bounds = bounds(&range);
        match self.0.part(|text| text.get(bounds)) {
            Some(part) => Self(part),
            None => out_of_range(self, bounds),
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
    /// assert_eq!(thrifty::share::Str::from("GET /").try_slice(4..9), None);
    /// ```
    #[must_use]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `Repr::part`")]
    pub fn try_slice(&self, range: impl RangeBounds<usize>) -> Option<Self> {
        self.0.part(|text| text.get(bounds(&range))).map(Self)
    }

    /// Makes a text of a `&str` that was borrowed from this one.
    ///
    /// So whatever a parser of `&str` finds becomes a `Str`. An empty `part` may come from anywhere.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// # Panics
    ///
    /// If `part` does not lie in this text.
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let path = Str::from("/static/img/logo.svg?version=4711");
    /// let name = path.as_str().rsplit('/').next().unwrap();
    /// assert_eq!(path.slice_ref(name), "logo.svg?version=4711");
    /// ```
    #[must_use]
    #[track_caller]
    #[inline]
    pub fn slice_ref(&self, part: &str) -> Self {
        self.part(part)
    }

    /// Makes a text of a `&str`, if it was borrowed from this one.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// assert_eq!(thrifty::share::Str::from("here").try_slice_ref("elsewhere"), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn try_slice_ref(&self, part: &str) -> Option<Self> {
        match self.0.part(|_| Some(part)) {
            Some(part) => Some(Self(part)),
            None => part.is_empty().then(Self::new),
        }
    }

    /// Counts `n` slices in one step: see [`Slicer`].
    ///
    /// # Allocation
    ///
    /// Never allocates. The first slice of more than 23 bytes may, as [`slice`](Self::slice).
    ///
    /// ```
    /// use thrifty::share::Str;
    ///
    /// let head = Str::from("host: example.com\r\ncookie: session=0123456789abcdef\r\n");
    /// let mut slicer = head.slicer(2);
    /// let lines: Vec<Str> = head.as_str().lines().map(|line| slicer.slice_ref(line)).collect();
    /// assert_eq!(lines[1], "cookie: session=0123456789abcdef");
    /// ```
    #[inline]
    pub fn slicer(&self, n: usize) -> Slicer<'_> {
        Slicer::new(self, n)
    }

    /// A part that was borrowed from this text, inline or shared.
    #[inline]
    #[track_caller]
    pub(super) fn part<'a>(&'a self, part: &'a str) -> Self {
        match self.0.part(|_| Some(part)) {
            Some(part) => Self(part),
            None if part.is_empty() => Self::new(),
            None => not_a_part(part, self),
        }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
#[expect(clippy::panic, reason = "as `str`'s indexing; `try_slice` is the way to ask")]
pub(super) fn out_of_range(text: &str, bounds: (Bound<usize>, Bound<usize>)) -> ! {
    let start = match bounds.0 {
        Bound::Included(at) => at,
        Bound::Excluded(at) => at.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match bounds.1 {
        Bound::Included(at) => at.saturating_add(1),
        Bound::Excluded(at) => at,
        Bound::Unbounded => text.len(),
    };
    let why = if start.max(end) > text.len() {
        format!("the text ends at byte {}", text.len())
    } else if start > end {
        String::from("it starts behind its end")
    } else {
        let cut = if text.is_char_boundary(start) { end } else { start };
        let char = text[text.floor_char_boundary(cut)..].chars().next().unwrap_or_default();
        format!("byte {cut} is inside of {char:?}")
    };
    panic!("slice: no part {bounds:?}, {why}: pass a range that fits, or ask `try_slice`")
}

#[cold]
#[inline(never)]
#[track_caller]
#[expect(clippy::panic, reason = "as `str`'s indexing; `try_slice_ref` is the way to ask")]
pub(super) fn not_a_part(part: &str, text: &str) -> ! {
    panic!(
        "slice_ref: a part of {} bytes does not lie in the text of {} bytes that it is to share: \
         pass what was borrowed from this very text, or ask `try_slice_ref`",
        part.len(),
        text.len()
    )
}

pub(super) fn bounds(range: &impl RangeBounds<usize>) -> (Bound<usize>, Bound<usize>) {
    (range.start_bound().cloned(), range.end_bound().cloned())
}
