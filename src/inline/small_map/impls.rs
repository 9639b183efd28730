//! The traits that std's map has.

use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::ops::Index;
use hashbrown::Equivalent;
#[cfg(feature = "std")]
use std::hash::RandomState;

use super::heap::Table;
use super::store::{Lazy, Pairs, Store};
use super::{IntoIter, Iter, IterMut, SmallMap};

impl<K, V, const N: usize, S: Default> Default for SmallMap<K, V, N, S> {
    /// Makes an empty map; its hasher is made when the map spills.
    fn default() -> Self {
        Self { store: Store::new(Lazy::Make(S::default)) }
    }
}

impl<K: Clone, V: Clone, const N: usize, S: Clone> Clone for SmallMap<K, V, N, S> {
    /// Copies the entries; at most `N` of them are inline in the copy, whatever they were.
    fn clone(&self) -> Self {
        let store = match &self.store {
            Store::Inline(pairs, hasher) => Store::Inline(pairs.clone(), hasher.clone()),
            Store::Heap(table, hasher) if table.len() <= N => {
                let mut pairs = Pairs::new();
                for (key, value) in table.iter() {
                    pairs.push(key.clone(), value.clone());
                }
                Store::Inline(pairs, Lazy::Made(hasher.clone()))
            }
            Store::Heap(table, hasher) => {
                let hasher = hasher.clone();
                Store::Heap(Table::new((**table).clone()), hasher)
            }
        };
        Self { store }
    }

    /// Copies the entries, into the table of this map if both have one.
    ///
    /// If a `clone` panics this map is empty or as it was.
    fn clone_from(&mut self, source: &Self) {
        match (&mut self.store, &source.store) {
            (Store::Inline(pairs, hasher), Store::Inline(from, new_hasher)) => {
                pairs.clone_from(from);
                hasher.clone_from(new_hasher);
            }
            (Store::Heap(table, hasher), Store::Heap(from, new_hasher)) => {
                // In this order: a table must not hold what another hasher put in.
                table.clear();
                hasher.clone_from(new_hasher);
                (**table).clone_from(from);
            }
            _ => *self = source.clone(),
        }
    }
}

impl<K, V, const N: usize, S> PartialEq for SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    V: PartialEq,
    S: BuildHasher,
{
    /// Whether both have the same entries, in whatever order and place.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(key, value)| other.get(key).is_some_and(|there| *value == *there))
    }
}

impl<K, V, const N: usize, S> Eq for SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    V: Eq,
    S: BuildHasher,
{
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize, S> fmt::Debug for SmallMap<K, V, N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K, Q, V, const N: usize, S> Index<&Q> for SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    Q: Hash + Equivalent<K> + ?Sized,
    S: BuildHasher,
{
    type Output = V;

    /// Returns the value of a key.
    ///
    /// # Panics
    ///
    /// If the key is not there.
    #[inline]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

impl<K, V, const N: usize, S> FromIterator<(K, V)> for SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    S: BuildHasher + Default,
{
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}

#[cfg(feature = "std")]
impl<K, V, const N: usize, const M: usize> From<[(K, V); M]> for SmallMap<K, V, N, RandomState>
where
    K: Eq + Hash,
{
    fn from(entries: [(K, V); M]) -> Self {
        Self::from_iter(entries)
    }
}

/// Puts entries in as [`insert`](SmallMap::insert) does.
///
/// How many the iterator promises is believed only when the map spills or has: `N` different keys
/// stay inline, however often they come.
impl<K, V, const N: usize, S> Extend<(K, V)> for SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let mut entries = entries.into_iter();
        while !self.spilled() {
            let Some((key, value)) = entries.next() else { return };
            if self.len() == N && !self.contains_key(&key) {
                let promised = entries.size_hint().0;
                seeded!(self.expect_more(promised), "map-hint-believed" => self.reserve(promised));
            }
            self.insert(key, value);
        }
        self.expect_more(entries.size_hint().0);
        entries.for_each(|(key, value)| {
            self.insert(key, value);
        });
    }
}

impl<'a, K, V, const N: usize, S> Extend<(&'a K, &'a V)> for SmallMap<K, V, N, S>
where
    K: Copy + Eq + Hash,
    V: Copy,
    S: BuildHasher,
{
    fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, entries: I) {
        self.extend(entries.into_iter().map(|(key, value)| (*key, *value)));
    }
}

impl<'a, K, V, const N: usize, S> IntoIterator for &'a SmallMap<K, V, N, S> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    #[inline]
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V, const N: usize, S> IntoIterator for &'a mut SmallMap<K, V, N, S> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    #[inline]
    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

impl<K, V, const N: usize, S> IntoIterator for SmallMap<K, V, N, S> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V, N>;

    #[inline]
    fn into_iter(self) -> IntoIter<K, V, N> {
        IntoIter::new(self.store)
    }
}
