//! The traits that std's set has.

use core::fmt;
use core::hash::{BuildHasher, Hash};
#[cfg(feature = "std")]
use std::hash::RandomState;

use super::{IntoIter, Iter, SmallSet};
use crate::inline::small_map::SmallMap;

impl<T, const N: usize, S: Default> Default for SmallSet<T, N, S> {
    /// Makes an empty set; its hasher is made when the set spills.
    fn default() -> Self {
        Self { map: SmallMap::default() }
    }
}

impl<T: Clone, const N: usize, S: Clone> Clone for SmallSet<T, N, S> {
    /// Copies the values; at most `N` of them are inline in the copy, whatever they were.
    fn clone(&self) -> Self {
        Self { map: self.map.clone() }
    }

    /// Copies the values, into the table of this set if both have one.
    ///
    /// If a `clone` panics this set is empty or as it was.
    fn clone_from(&mut self, source: &Self) {
        self.map.clone_from(&source.map);
    }
}

impl<T, const N: usize, S> PartialEq for SmallSet<T, N, S>
where
    T: Eq + Hash,
    S: BuildHasher,
{
    /// Whether both have the same values, in whatever order and place.
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<T: Eq + Hash, const N: usize, S: BuildHasher> Eq for SmallSet<T, N, S> {}

impl<T: fmt::Debug, const N: usize, S> fmt::Debug for SmallSet<T, N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

impl<T, const N: usize, S> FromIterator<T> for SmallSet<T, N, S>
where
    T: Eq + Hash,
    S: BuildHasher + Default,
{
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut set = Self::default();
        set.extend(values);
        set
    }
}

#[cfg(feature = "std")]
impl<T: Eq + Hash, const N: usize, const M: usize> From<[T; M]> for SmallSet<T, N, RandomState> {
    fn from(values: [T; M]) -> Self {
        Self::from_iter(values)
    }
}

impl<T: Eq + Hash, const N: usize, S: BuildHasher> Extend<T> for SmallSet<T, N, S> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.map.extend(values.into_iter().map(|value| (value, ())));
    }
}

impl<'a, T, const N: usize, S> Extend<&'a T> for SmallSet<T, N, S>
where
    T: Copy + Eq + Hash,
    S: BuildHasher,
{
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, values: I) {
        self.extend(values.into_iter().copied());
    }
}

impl<'a, T, const N: usize, S> IntoIterator for &'a SmallSet<T, N, S> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    #[inline]
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T, const N: usize, S> IntoIterator for SmallSet<T, N, S> {
    type Item = T;
    type IntoIter = IntoIter<T, N>;

    #[inline]
    fn into_iter(self) -> IntoIter<T, N> {
        IntoIter(self.map.into_keys())
    }
}
