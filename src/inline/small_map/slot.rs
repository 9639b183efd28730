//! A look-up that may be followed by an insertion.

use core::hash::{BuildHasher, Hash};
use hashbrown::{Equivalent, HashTable, hash_table};

use super::store::{Pairs, Store};

/// An entry that is there.
pub(in crate::inline) enum Slot<'a, K, V, const N: usize> {
    /// `at` is below the length.
    Inline {
        pairs: &'a mut Pairs<K, V, N>,
        at: usize,
    },
    Heap(hash_table::OccupiedEntry<'a, (K, V)>),
}

/// Where a key will go that is not there yet. Nothing has grown for it.
pub(in crate::inline) enum Space<'a, K, V, const N: usize, S> {
    Inline(&'a mut Store<K, V, N, S>),
    Heap { table: &'a mut HashTable<(K, V)>, hasher: &'a S, hash: u64 },
}

impl<K, V, const N: usize, S> Store<K, V, N, S> {
    #[inline]
    pub(super) fn slot<Q>(&mut self, key: &Q) -> Result<Slot<'_, K, V, N>, Space<'_, K, V, N, S>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        S: BuildHasher,
    {
        match self {
            Self::Heap(table, hasher) => {
                let hash = hasher.hash_one(key);
                match table.find_entry(hash, |(known, _)| key.equivalent(known)) {
                    Ok(entry) => Ok(Slot::Heap(entry)),
                    Err(absent) => Err(Space::Heap { table: absent.into_table(), hasher, hash }),
                }
            }
            // The place first, the borrow after: else the borrow that is returned for a key that
            // is there would still hold where it is not.
            store => match (store.find_inline(key), store) {
                (Some(at), Self::Inline(pairs, _)) => Ok(Slot::Inline { pairs, at }),
                (_, store) => Err(Space::Inline(store)),
            },
        }
    }

    fn find_inline<Q: Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<usize> {
        match self {
            Self::Inline(pairs, _) => pairs.find(key),
            Self::Heap(..) => None,
        }
    }

    /// Adds a key that is not there yet.
    #[inline]
    pub(super) fn push(&mut self, key: K, value: V) -> Slot<'_, K, V, N>
    where
        K: Hash,
        S: BuildHasher,
    {
        if matches!(self, Self::Inline(pairs, _) if pairs.is_full()) {
            self.spill(Self::FIRST_TABLE);
        }
        match self {
            Self::Inline(pairs, _) => {
                let at = pairs.len();
                pairs.push(key, value);
                Slot::Inline { pairs, at }
            }
            Self::Heap(table, hasher) => {
                let hash = hasher.hash_one(&key);
                Slot::Heap(table.insert_unique(hash, (key, value), |(key, _)| hasher.hash_one(key)))
            }
        }
    }
}

impl<'a, K: Hash, V, const N: usize, S: BuildHasher> Space<'a, K, V, N, S> {
    #[inline]
    pub(super) fn insert(self, key: K, value: V) -> Slot<'a, K, V, N> {
        match self {
            Self::Inline(store) => store.push(key, value),
            Self::Heap { table, hasher, hash } => {
                Slot::Heap(table.insert_unique(hash, (key, value), |(key, _)| hasher.hash_one(key)))
            }
        }
    }
}

impl<'a, K, V, const N: usize> Slot<'a, K, V, N> {
    #[inline]
    pub(super) fn get(&self) -> (&K, &V) {
        match self {
            Self::Inline { pairs, at } => (&pairs.keys()[*at], &pairs.vals()[*at]),
            Self::Heap(entry) => {
                let (key, value) = entry.get();
                (key, value)
            }
        }
    }

    /// The key is for [`SmallSet::replace`](crate::inline::SmallSet::replace).
    #[inline]
    pub(in crate::inline) fn get_mut(&mut self) -> (&mut K, &mut V) {
        match self {
            Self::Inline { pairs, at } => pairs.entry_mut(*at),
            Self::Heap(entry) => {
                let (key, value) = entry.get_mut();
                (key, value)
            }
        }
    }

    #[inline]
    pub(in crate::inline) fn into_mut(self) -> (&'a mut K, &'a mut V) {
        match self {
            Self::Inline { pairs, at } => pairs.entry_mut(at),
            Self::Heap(entry) => {
                let (key, value) = entry.into_mut();
                (key, value)
            }
        }
    }

    #[inline]
    pub(super) fn remove(self) -> (K, V) {
        match self {
            Self::Inline { pairs, at } => pairs.swap_remove(at),
            Self::Heap(entry) => entry.remove().0,
        }
    }
}
