//! Removes a part of a string, char by char.

use core::fmt;
use core::iter::FusedIterator;
use core::ops::Range;

use super::SmallString;

/// The chars that [`SmallString::drain`] removes.
///
/// # Allocation
///
/// Never allocates.
pub struct StringDrain<'a, const N: usize> {
    text: &'a mut SmallString<N>,
    whole: Range<usize>,
    /// What has not been handed out; both ends are char boundaries.
    rest: Range<usize>,
}

impl<'a, const N: usize> StringDrain<'a, N> {
    pub(super) fn new(text: &'a mut SmallString<N>, range: Range<usize>) -> Self {
        Self { text, rest: range.clone(), whole: range }
    }

    /// The chars that have not been handed out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text[self.rest.clone()]
    }
}

impl<const N: usize> Iterator for StringDrain<'_, N> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        let ch = self.as_str().chars().next()?;
        self.rest.start += ch.len_utf8();
        Some(ch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.as_str().chars().size_hint()
    }

    fn last(mut self) -> Option<char> {
        self.next_back()
    }
}

impl<const N: usize> DoubleEndedIterator for StringDrain<'_, N> {
    #[inline]
    fn next_back(&mut self) -> Option<char> {
        let ch = self.as_str().chars().next_back()?;
        self.rest.end -= ch.len_utf8();
        Some(ch)
    }
}

impl<const N: usize> FusedIterator for StringDrain<'_, N> {}

impl<const N: usize> Drop for StringDrain<'_, N> {
    fn drop(&mut self) {
        let gone = seeded!(self.whole.clone(), "drain-keeps-what-was-read" => self.rest.clone());
        self.text.replace_range(gone, "");
    }
}

impl<const N: usize> AsRef<str> for StringDrain<'_, N> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> AsRef<[u8]> for StringDrain<'_, N> {
    fn as_ref(&self) -> &[u8] {
        self.as_str().as_bytes()
    }
}

impl<const N: usize> fmt::Debug for StringDrain<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StringDrain").field(&self.as_str()).finish()
    }
}
