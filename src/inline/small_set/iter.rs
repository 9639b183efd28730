//! The iterators, named and furnished as std's.

use core::fmt;
use core::iter::FusedIterator;

use crate::inline::small_map::{self, Extract, SmallMap};

/// Values by reference; made by [`SmallSet::iter`](super::SmallSet::iter).
pub struct Iter<'a, T>(pub(super) small_map::Keys<'a, T, ()>);

/// The values themselves; made by `into_iter`.
pub struct IntoIter<T, const N: usize>(pub(super) small_map::IntoKeys<T, (), N>);

/// The values of a set that is kept; made by [`SmallSet::drain`](super::SmallSet::drain).
pub struct Drain<'a, T, const N: usize>(pub(super) small_map::Drain<'a, T, (), N>);

/// The values that a predicate chooses; made by
/// [`SmallSet::extract_if`](super::SmallSet::extract_if).
#[must_use = "iterators are lazy: nothing is taken out before it is asked for"]
pub struct ExtractIf<'a, T, const N: usize, F> {
    values: Extract<'a, T, (), N>,
    chosen: F,
}

impl<'a, T, const N: usize, F> ExtractIf<'a, T, N, F> {
    pub(super) fn new<S>(map: &'a mut SmallMap<T, (), N, S>, chosen: F) -> Self {
        Self { values: Extract::of(map), chosen }
    }
}

impl<T, const N: usize, F: FnMut(&T) -> bool> Iterator for ExtractIf<'_, T, N, F> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        Some(self.values.next(|value, ()| (self.chosen)(value))?.0)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

impl<T, const N: usize, F: FnMut(&T) -> bool> FusedIterator for ExtractIf<'_, T, N, F> {}

impl<T, const N: usize, F> fmt::Debug for ExtractIf<'_, T, N, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Iter<'_, T> {
    fn default() -> Self {
        Self(small_map::Keys::default())
    }
}

impl<T, const N: usize> Default for IntoIter<T, N> {
    fn default() -> Self {
        Self(small_map::IntoKeys::default())
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
        self.0.fold(init, f)
    }
}

impl<T, const N: usize> Iterator for IntoIter<T, N> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T, const N: usize> Iterator for Drain<'_, T, N> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        Some(self.0.next()?.0)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T, const N: usize> ExactSizeIterator for IntoIter<T, N> {}
impl<T, const N: usize> ExactSizeIterator for Drain<'_, T, N> {}

impl<T> FusedIterator for Iter<'_, T> {}
impl<T, const N: usize> FusedIterator for IntoIter<T, N> {}
impl<T, const N: usize> FusedIterator for Drain<'_, T, N> {}

impl<T: fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for IntoIter<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Drain<'_, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.left().map(|(value, ())| value)).finish()
    }
}
