//! A set that keeps its first values inline.

mod impls;
mod iter;
mod ops;
#[cfg(feature = "serde")]
mod serde;

use core::hash::{BuildHasher, Hash};
use core::mem;
use hashbrown::Equivalent;
#[cfg(feature = "std")]
use std::hash::RandomState;

use super::small_map::{SmallMap, TryReserveError};
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub use ops::{Difference, Intersection, SymmetricDifference, Union};

/// A set that keeps up to `N` values inline, and is a hash table beyond.
///
/// For sets that nearly always hold a few: flags, roles, ids already seen. It is a [`SmallMap`] with
/// no values, and [its page](SmallMap) says what goes for both: how large `N` may be, which hasher,
/// and what a panic leaves. The methods and operators are those of
/// [`HashSet`](std::collections::HashSet).
///
/// Take `HashSet::with_capacity` if there are mostly more than `N` values, and bits if they are
/// small numbers.
///
/// # Layout
///
/// ```text
///          +-------------------+----------------------+
/// inline   | vals [T; N]   len | hasher, made when    |
///          |  v0 v1 v2 .  .    | the set first spills |
///          +-------------------+----------------------+
///          +---------------------+--------+
/// spilled  | table               | hasher |     the N + 1st value moved all of them
///          +--|------------------+--------+
///             v   one block, room for 2 * N: | v v v .. | control bytes |
/// ```
///
/// # Allocation
///
/// Never allocates while it holds at most `N` values; otherwise once, for a table's bytes. The
/// first table has room for `2 * N` values; from there it grows as std's set does. `shrink_to_fit` and
/// `clone` bring it back inline.
///
/// ```
/// use thrifty::inline::SmallSet;
///
/// let mut roles: SmallSet<&str, 4> = SmallSet::new();
/// assert!(roles.insert("reader"));
/// assert!(!roles.insert("reader"));
/// assert!(roles.contains("reader") && !roles.spilled());
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/small_set.txt")]
/// ```
pub struct SmallSet<
    T,
    const N: usize,
    #[cfg(feature = "std")] S = RandomState,
    #[cfg(not(feature = "std"))] S,
> {
    map: SmallMap<T, (), N, S>,
}

#[cfg(feature = "std")]
impl<T, const N: usize> SmallSet<T, N> {
    /// Makes an empty set.
    ///
    /// Its hasher is seeded when the set spills. For another hasher take
    /// [`with_hasher`](Self::with_hasher) or `default`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new() -> Self {
        Self { map: SmallMap::new() }
    }

    /// Makes an empty set with room for `capacity` values.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is at most `N`; otherwise once, for a table's bytes.
    ///
    /// # Panics
    ///
    /// If the table would have more than `isize::MAX` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { map: SmallMap::with_capacity(capacity) }
    }
}

impl<T, const N: usize, S> SmallSet<T, N, S> {
    /// How many values the set holds without the heap: `N`.
    pub const INLINE: usize = N;

    /// Makes an empty set that will hash with `hasher`.
    ///
    /// Take one that is seeded, unless the values are trusted: see
    /// [`SmallMap::with_hasher`].
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Self { map: SmallMap::with_hasher(hasher) }
    }

    /// Makes an empty set with room for `capacity` values that hashes with `hasher`.
    ///
    /// # Allocation
    ///
    /// Never allocates while `capacity` is at most `N`; otherwise once, for a table's bytes.
    ///
    /// # Panics
    ///
    /// If the table would have more than `isize::MAX` bytes.
    #[must_use]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self { map: SmallMap::with_capacity_and_hasher(capacity, hasher) }
    }

    /// Whether the values are on the heap.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub const fn spilled(&self) -> bool {
        self.map.spilled()
    }

    /// Returns the number of values.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there is no value.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Returns how many values fit before the set asks for memory.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// Returns the hasher, if there is one yet: see [`SmallMap::hasher`].
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn hasher(&self) -> Option<&S> {
        self.map.hasher()
    }

    /// Goes through the values, in arbitrary order.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.map.keys())
    }

    /// Takes all values out, and keeps the memory.
    ///
    /// Dropping the iterator drops the values that it did not yield. If it is leaked, the set may keep
    /// some or lose them.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn drain(&mut self) -> Drain<'_, T, N> {
        Drain(self.map.drain())
    }

    /// Keeps only the values for which `keep` returns `true`.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else.
    ///
    /// # Cost
    ///
    /// The capacity once spilled, as in std; values are visited in arbitrary order.
    pub fn retain<F>(&mut self, mut keep: F)
    where
        F: FnMut(&T) -> bool,
    {
        self.map.retain(|value, ()| keep(value));
    }

    /// Takes out the values for which `chosen` returns `true`, one by one.
    ///
    /// Values that the iterator was not asked for stay in the set.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallSet;
    ///
    /// let mut ids = SmallSet::<_, 4>::from([1, 2, 3]);
    /// let odd: SmallSet<_, 4> = ids.extract_if(|id| id % 2 == 1).collect();
    /// assert_eq!((odd, ids), (SmallSet::from([1, 3]), SmallSet::from([2])));
    /// ```
    pub fn extract_if<F>(&mut self, chosen: F) -> ExtractIf<'_, T, N, F>
    where
        F: FnMut(&T) -> bool,
    {
        ExtractIf::new(&mut self.map, chosen)
    }

    /// Drops all values, and keeps the memory.
    ///
    /// # Allocation
    ///
    /// Never allocates. A table stays, for the next values; `shrink_to_fit` gives it back.
    pub fn clear(&mut self) {
        self.map.clear();
    }
}

impl<T, const N: usize, S> SmallSet<T, N, S>
where
    T: Eq + Hash,
    S: BuildHasher,
{
    /// Puts a value in, and says whether it is new.
    ///
    /// The old value is kept if it was there, as in std. A full inline set that has the value does not
    /// spill.
    ///
    /// # Allocation
    ///
    /// Never allocates while the set holds at most `N` values; otherwise once, for a larger
    /// table's bytes. A table that is not full does not grow. The first table has room for `2 * N`
    /// values, and takes the inline ones along.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallSet;
    ///
    /// let mut seen: SmallSet<u32, 2> = SmallSet::new();
    /// assert!(seen.insert(1));
    /// assert!(seen.insert(2));
    /// assert!(!seen.insert(1));
    /// assert!(!seen.spilled());
    /// ```
    #[inline]
    pub fn insert(&mut self, value: T) -> bool {
        self.map.insert(value, ()).is_none()
    }

    /// Puts a value in, in place of an equal one, which is returned.
    ///
    /// # Allocation
    ///
    /// Never allocates while the set holds at most `N` values; otherwise once, for a larger
    /// table's bytes. A table that is not full does not grow.
    pub fn replace(&mut self, value: T) -> Option<T> {
        match self.map.slot(&value) {
            Ok(slot) => Some(mem::replace(slot.into_mut().0, value)),
            Err(space) => {
                space.insert(value, ());
                None
            }
        }
    }

    /// Returns the value that is there, or puts in the one that `make` makes.
    ///
    /// std has this one on nightly only.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else. A set that is full grows as it does
    /// for [`insert`](Self::insert).
    ///
    /// # Panics
    ///
    /// If `make` makes a value that is not equal to the one asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallSet;
    ///
    /// let mut names: SmallSet<String, 4> = SmallSet::new();
    /// for name in ["a", "b", "a"] {
    ///     // One `String` for each name, not for each mention.
    ///     names.get_or_insert_with(name, str::to_owned);
    /// }
    /// assert_eq!(names.len(), 2);
    /// ```
    pub fn get_or_insert_with<Q, F>(&mut self, value: &Q, make: F) -> &T
    where
        Q: Hash + Equivalent<T> + ?Sized,
        F: FnOnce(&Q) -> T,
    {
        let slot = match self.map.slot(value) {
            Ok(slot) => slot,
            Err(space) => {
                let new = make(value);
                assert!(value.equivalent(&new), "the new value is not the one asked for");
                space.insert(new, ())
            }
        };
        slot.into_mut().0
    }

    /// Returns the value that is there, or puts this one in.
    ///
    /// std has this one on nightly only.
    ///
    /// # Allocation
    ///
    /// Never allocates while the set holds at most `N` values; otherwise once, for a larger
    /// table's bytes. A table that is not full does not grow.
    pub fn get_or_insert(&mut self, value: T) -> &T {
        let slot = match self.map.slot(&value) {
            Ok(slot) => slot,
            Err(space) => space.insert(value, ()),
        };
        slot.into_mut().0
    }

    /// Whether the value is there.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.contains_key(value)
    }

    /// Returns the value as it is in the set.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        Some(self.map.get_key_value(value)?.0)
    }

    /// Takes a value out, and says whether it was there.
    ///
    /// # Allocation
    ///
    /// Never allocates. A table stays a table; `shrink_to_fit` brings it back inline.
    #[inline]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.take(value).is_some()
    }

    /// Takes a value out.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        Some(self.map.remove_entry(value)?.0)
    }

    /// Goes through the values that are in this set but not in `other`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn difference<'a>(&'a self, other: &'a Self) -> Difference<'a, T, N, S> {
        Difference::new(self, other)
    }

    /// Goes through the values that are in exactly one of the two sets.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn symmetric_difference<'a>(&'a self, other: &'a Self) -> SymmetricDifference<'a, T, N, S> {
        SymmetricDifference::new(self, other)
    }

    /// Goes through the values that are in both sets.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallSet;
    ///
    /// let wanted = SmallSet::<_, 4>::from(["gzip", "br"]);
    /// let known = SmallSet::from(["br", "zstd"]);
    /// assert!(wanted.intersection(&known).eq(["br"].iter()));
    /// // The operators make a set of their own, inline too.
    /// assert_eq!((&wanted | &known).len(), 3);
    /// ```
    pub fn intersection<'a>(&'a self, other: &'a Self) -> Intersection<'a, T, N, S> {
        Intersection::new(self, other)
    }

    /// Goes through the values that are in one of the two sets or both, each once.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub fn union<'a>(&'a self, other: &'a Self) -> Union<'a, T, N, S> {
        Union::new(self, other)
    }

    /// Whether the two sets have no value in common.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).next().is_none()
    }

    /// Whether all values of this set are in `other`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.len() <= other.len() && self.iter().all(|value| other.contains(value))
    }

    /// Whether all values of `other` are in this set.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        other.is_subset(self)
    }

    /// Makes room for `additional` more values.
    ///
    /// # Allocation
    ///
    /// Never allocates while all of them fit; otherwise once, for a larger table's bytes.
    ///
    /// # Panics
    ///
    /// If the table would have more than `isize::MAX` bytes.
    pub fn reserve(&mut self, additional: usize) {
        self.map.reserve(additional);
    }

    /// Makes room for `additional` more values, or says why there is none.
    ///
    /// # Allocation
    ///
    /// Never allocates while all of them fit; otherwise once, for a larger table's bytes.
    ///
    /// # Errors
    ///
    /// If the allocator has no memory, or the table would have more than `isize::MAX` bytes. The set is
    /// as it was.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(additional)
    }

    /// Gives back memory that is not needed; what fits goes back inline.
    ///
    /// # Allocation
    ///
    /// Never allocates while the values fit inline; otherwise once, for a smaller table's bytes.
    pub fn shrink_to_fit(&mut self) {
        self.map.shrink_to_fit();
    }

    /// Gives back memory beyond `min_capacity`; what fits goes back inline.
    ///
    /// # Allocation
    ///
    /// Never allocates while the values fit inline; otherwise once, for a smaller table's bytes.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.map.shrink_to(min_capacity);
    }
}
