//! What two sets have in common, and what not.

use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::iter::{Chain, FusedIterator};
use core::ops::{BitAnd, BitOr, BitXor, Sub};

use super::{Iter, SmallSet};

/// Values of one set that another has not; made by [`SmallSet::difference`].
#[must_use = "iterators are lazy: nothing is compared before it is asked for"]
pub struct Difference<'a, T, const N: usize, S> {
    values: Iter<'a, T>,
    other: &'a SmallSet<T, N, S>,
}

/// Values of two sets; made by [`SmallSet::intersection`].
#[must_use = "iterators are lazy: nothing is compared before it is asked for"]
pub struct Intersection<'a, T, const N: usize, S> {
    /// Those of the smaller set.
    values: Iter<'a, T>,
    other: &'a SmallSet<T, N, S>,
}

/// Values of exactly one of two sets; made by [`SmallSet::symmetric_difference`].
#[must_use = "iterators are lazy: nothing is compared before it is asked for"]
pub struct SymmetricDifference<'a, T, const N: usize, S>(
    Chain<Difference<'a, T, N, S>, Difference<'a, T, N, S>>,
);

/// Values of one of two sets or both; made by [`SmallSet::union`].
#[must_use = "iterators are lazy: nothing is compared before it is asked for"]
pub struct Union<'a, T, const N: usize, S>(Chain<Iter<'a, T>, Difference<'a, T, N, S>>);

impl<'a, T, const N: usize, S> Difference<'a, T, N, S> {
    pub(super) fn new(one: &'a SmallSet<T, N, S>, other: &'a SmallSet<T, N, S>) -> Self {
        Self { values: one.iter(), other }
    }
}

impl<'a, T, const N: usize, S> Intersection<'a, T, N, S> {
    pub(super) fn new(one: &'a SmallSet<T, N, S>, other: &'a SmallSet<T, N, S>) -> Self {
        let (small, large) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        Self { values: small.iter(), other: large }
    }
}

impl<'a, T: Eq + Hash, const N: usize, S: BuildHasher> SymmetricDifference<'a, T, N, S> {
    pub(super) fn new(one: &'a SmallSet<T, N, S>, other: &'a SmallSet<T, N, S>) -> Self {
        Self(one.difference(other).chain(other.difference(one)))
    }
}

impl<'a, T: Eq + Hash, const N: usize, S: BuildHasher> Union<'a, T, N, S> {
    pub(super) fn new(one: &'a SmallSet<T, N, S>, other: &'a SmallSet<T, N, S>) -> Self {
        // The larger one is not looked up.
        let (small, large) = if one.len() < other.len() { (one, other) } else { (other, one) };
        Self(large.iter().chain(small.difference(large)))
    }
}

impl<'a, T: Eq + Hash, const N: usize, S: BuildHasher> Iterator for Difference<'a, T, N, S> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.values.find(|value| !self.other.contains(*value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.values.len().saturating_sub(self.other.len()), Some(self.values.len()))
    }
}

impl<'a, T: Eq + Hash, const N: usize, S: BuildHasher> Iterator for Intersection<'a, T, N, S> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.values.find(|value| self.other.contains(*value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.values.len()))
    }
}

impl<T, const N: usize, S> Clone for Difference<'_, T, N, S> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), other: self.other }
    }
}

impl<T, const N: usize, S> Clone for Intersection<'_, T, N, S> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), other: self.other }
    }
}

impl<T, const N: usize, S> Clone for SymmetricDifference<'_, T, N, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, const N: usize, S> Clone for Union<'_, T, N, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Two of the four are a chain of others.
macro_rules! chained {
    ($($name:ident)*) => {$(
        impl<'a, T: Eq + Hash, const N: usize, S: BuildHasher> Iterator for $name<'a, T, N, S> {
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
    )*};
}

chained! { SymmetricDifference Union }

macro_rules! shown_and_fused {
    ($($name:ident)*) => {$(
        impl<T: Eq + Hash, const N: usize, S: BuildHasher> FusedIterator for $name<'_, T, N, S> {}

        impl<T, const N: usize, S> fmt::Debug for $name<'_, T, N, S>
        where
            T: fmt::Debug + Eq + Hash,
            S: BuildHasher,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    )*};
}

shown_and_fused! { Difference Intersection SymmetricDifference Union }

impl<T, const N: usize, S> BitOr<&SmallSet<T, N, S>> for &SmallSet<T, N, S>
where
    T: Eq + Hash + Clone,
    S: BuildHasher + Default,
{
    type Output = SmallSet<T, N, S>;

    /// The values of both, cloned into a new set.
    fn bitor(self, other: &SmallSet<T, N, S>) -> SmallSet<T, N, S> {
        self.union(other).cloned().collect()
    }
}

impl<T, const N: usize, S> BitAnd<&SmallSet<T, N, S>> for &SmallSet<T, N, S>
where
    T: Eq + Hash + Clone,
    S: BuildHasher + Default,
{
    type Output = SmallSet<T, N, S>;

    /// The values that both have, cloned into a new set.
    fn bitand(self, other: &SmallSet<T, N, S>) -> SmallSet<T, N, S> {
        self.intersection(other).cloned().collect()
    }
}

impl<T, const N: usize, S> BitXor<&SmallSet<T, N, S>> for &SmallSet<T, N, S>
where
    T: Eq + Hash + Clone,
    S: BuildHasher + Default,
{
    type Output = SmallSet<T, N, S>;

    /// The values that only one has, cloned into a new set.
    fn bitxor(self, other: &SmallSet<T, N, S>) -> SmallSet<T, N, S> {
        self.symmetric_difference(other).cloned().collect()
    }
}

impl<T, const N: usize, S> Sub<&SmallSet<T, N, S>> for &SmallSet<T, N, S>
where
    T: Eq + Hash + Clone,
    S: BuildHasher + Default,
{
    type Output = SmallSet<T, N, S>;

    /// The values that the other has not, cloned into a new set.
    fn sub(self, other: &SmallSet<T, N, S>) -> SmallSet<T, N, S> {
        self.difference(other).cloned().collect()
    }
}
