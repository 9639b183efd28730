//! Where the entries are, and how they move between the two places.
//!
//! Nothing here runs code of a caller while entries are on their way: keys are hashed before the
//! first one moves, so a `Hash` that panics leaves the map as it was.

use arrayvec::ArrayVec;
use core::hash::{BuildHasher, Hash};
use core::mem;
use hashbrown::{Equivalent, HashTable};

use super::TryReserveError;
use super::heap::Table;

/// Inline until the `N + 1`st key arrives, a table from then on.
pub(in crate::inline) enum Store<K, V, const N: usize, S> {
    Inline(Pairs<K, V, N>, Lazy<S>),
    Heap(Table<K, V>, S),
}

/// Keys and values, equally long: `keys[i]` belongs to `vals[i]`.
///
/// Two arrays, not one of pairs: a look-up reads the keys alone, and plain keys lie side by side.
pub(in crate::inline) struct Pairs<K, V, const N: usize> {
    keys: ArrayVec<K, N>,
    vals: ArrayVec<V, N>,
}

/// A hasher, or how to make it: an inline map needs none, and `const fn new` cannot make one.
#[derive(Clone)]
pub(in crate::inline) enum Lazy<S> {
    Make(fn() -> S),
    Made(S),
}

impl<K, V, const N: usize, S> Store<K, V, N, S> {
    /// Entries that the first table has room for: one block serves until there are twice as many.
    pub(super) const FIRST_TABLE: usize = if N == 0 { 1 } else { N.saturating_mul(2) };

    pub(super) const fn new(hasher: Lazy<S>) -> Self {
        Self::Inline(Pairs::new(), hasher)
    }

    /// Moves the entries of a table back inline, if they fit.
    pub(super) fn unspill(&mut self) {
        let most = seeded!(N, "map-unspill-off-by-one" => N + 1);
        if !matches!(self, Self::Heap(table, _) if table.len() <= most) {
            return;
        }
        if let Self::Heap(table, hasher) = mem::replace(self, Self::new(Lazy::Make(moved))) {
            let mut pairs = Pairs::new();
            for (key, value) in table.into_entries() {
                pairs.push(key, value);
            }
            *self = Self::Inline(pairs, Lazy::Made(hasher));
        }
    }
}

impl<K: Hash, V, const N: usize, S: BuildHasher> Store<K, V, N, S> {
    /// Moves inline entries to a table that has room for `capacity` of them, which is at least `N`.
    #[cold]
    #[inline(never)]
    pub(super) fn spill(&mut self, capacity: usize) {
        if let Self::Inline(pairs, hasher) = self {
            let hashes = pairs.hashes(hasher);
            self.move_into(HashTable::with_capacity(capacity), hashes);
        }
    }

    /// [`spill`](Self::spill), or an error and everything as it was.
    #[cfg(thrifty_seeded)]
    pub(super) fn spilled_if_full(&mut self) -> &mut Self {
        if matches!(self, Self::Inline(pairs, _) if pairs.is_full()) {
            self.spill(Self::FIRST_TABLE);
        }
        self
    }

    #[cold]
    pub(super) fn try_spill(&mut self, capacity: usize) -> Result<(), TryReserveError> {
        if let Self::Inline(pairs, hasher) = self {
            let hashes = pairs.hashes(hasher);
            let mut table = HashTable::new();
            // Empty: there is nothing to hash again.
            let reserved = table.try_reserve(capacity, |_| 0);
            seeded!(reserved, "map-spill-refusal-ignored" => reserved.or(Ok(())))?;
            self.move_into(table, hashes);
        }
        Ok(())
    }

    fn move_into(&mut self, mut table: HashTable<(K, V)>, of_keys: ArrayVec<u64, N>) {
        if let Self::Inline(pairs, lazy) = mem::replace(self, Self::new(Lazy::Make(moved))) {
            let hasher = lazy.into_made();
            for (pair, known) in pairs.into_iter().zip(of_keys) {
                let hash = seeded!(known, "map-spill-hashes-late" => hasher.hash_one(&pair.0));
                table.insert_unique(hash, pair, |(key, _)| hasher.hash_one(key));
            }
            *self = Self::Heap(Table::new(table), hasher);
        }
    }
}

impl<K, V, const N: usize> Pairs<K, V, N> {
    pub(super) const fn new() -> Self {
        Self { keys: ArrayVec::new_const(), vals: ArrayVec::new_const() }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.keys.is_full()
    }

    pub(super) fn keys(&self) -> &[K] {
        &self.keys
    }

    pub(super) fn vals(&self) -> &[V] {
        &self.vals
    }

    pub(super) fn get(&self, at: usize) -> Option<(&K, &V)> {
        Some((self.keys.get(at)?, self.vals.get(at)?))
    }

    #[inline]
    pub(super) fn value_of<Q: Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        self.vals.get(self.find(key)?)
    }

    #[inline]
    pub(super) fn value_of_mut<Q: Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<&mut V> {
        let at = self.find(key)?;
        self.vals.get_mut(at)
    }

    /// Adds a key that is not there yet, or hands it back if there is no room.
    #[inline]
    pub(super) fn try_push(&mut self, key: K, value: V) -> Result<(), (K, V)> {
        match self.keys.try_push(key) {
            Ok(()) => {
                // Has room: it is as long as the keys were.
                let pushed = self.vals.try_push(value);
                debug_assert!(pushed.is_ok(), "values are as many as keys");
                Ok(())
            }
            Err(full) => Err((full.element(), value)),
        }
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<(&mut K, &mut V)> {
        Some((self.keys.get_mut(at)?, self.vals.get_mut(at)?))
    }

    /// # Panics
    ///
    /// If there is no such entry.
    pub(super) fn entry_mut(&mut self, at: usize) -> (&mut K, &mut V) {
        (&mut self.keys[at], &mut self.vals[at])
    }

    pub(super) fn as_slices_mut(&mut self) -> (&[K], &mut [V]) {
        (&self.keys, &mut self.vals)
    }

    /// Where the key is.
    ///
    /// Plain keys are compared four at a time without a branch between them: one vector comparison,
    /// at the price of up to three too many. The number of rounds is known, so they are unrolled;
    /// a loop that ends with the keys takes 1.3 times the instructions.
    #[inline]
    pub(super) fn find<Q: Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<usize> {
        if const { size_of::<K>() <= 8 && !mem::needs_drop::<K>() } {
            let keys = self.keys.as_slice();
            let mut at = 0;
            for _ in 0..N / 4 {
                let Some([a, b, c, d]) = keys.get(at..at + 4) else { break };
                let hits = u32::from(key.equivalent(a))
                    | u32::from(key.equivalent(b)) << 1
                    | u32::from(key.equivalent(c)) << 2
                    | u32::from(key.equivalent(d)) << 3;
                if hits != 0 {
                    return Some(at + hits.trailing_zeros() as usize);
                }
                at += seeded!(4, "map-find-skips-a-key" => 5);
            }
            while let Some(known) = keys.get(at) {
                if key.equivalent(known) {
                    return Some(at);
                }
                at += 1;
            }
            None
        } else {
            self.keys.iter().position(|known| key.equivalent(known))
        }
    }

    /// Adds a key that is not there yet.
    ///
    /// # Panics
    ///
    /// If there is no room.
    #[inline]
    pub(super) fn push(&mut self, key: K, value: V) {
        self.keys.push(key);
        self.vals.push(value);
    }

    /// Takes an entry out; the last one takes its place.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[inline]
    pub(super) fn swap_remove(&mut self, at: usize) -> (K, V) {
        (
            self.keys.swap_remove(at),
            seeded!(self.vals.swap_remove(at), "map-halves-apart" => self.vals.remove(at)),
        )
    }

    /// Drops all entries, also those after a key or value whose `Drop` panics.
    pub(super) fn clear(&mut self) {
        struct Rest<'a, V, const N: usize>(&'a mut ArrayVec<V, N>);
        impl<V, const N: usize> Drop for Rest<'_, V, N> {
            fn drop(&mut self) {
                seeded!(self.0.clear(), "map-clear-panic" => {
                    if !std::thread::panicking() {
                        self.0.clear();
                    }
                });
            }
        }
        let _rest = Rest(&mut self.vals);
        self.keys.clear();
    }

    /// Drops the entries for which `keep` says no.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut at = 0;
        while let Some((key, value)) = self.get_mut(at) {
            if keep(key, value) {
                at += 1;
            } else {
                drop(self.swap_remove(at));
            }
        }
    }

    /// The values at these places.
    ///
    /// # Panics
    ///
    /// If a place comes twice.
    pub(super) fn disjoint<const M: usize>(
        &mut self,
        places: [Option<usize>; M],
    ) -> [Option<&mut V>; M] {
        let mut found = [const { None }; M];
        for (at, value) in self.vals.iter_mut().enumerate() {
            let mut wanted = places.iter().zip(&mut found).filter(|(place, _)| **place == Some(at));
            if let Some((_, place)) = wanted.next() {
                let is_alone = seeded!(wanted.next().is_none(), "map-disjoint-twice" => true);
                assert!(is_alone, "duplicate keys found");
                *place = Some(value);
            }
        }
        found
    }

    fn hashes<S: BuildHasher>(&self, hasher: &mut Lazy<S>) -> ArrayVec<u64, N>
    where
        K: Hash,
    {
        hasher.with(|hasher| self.keys.iter().map(|key| hasher.hash_one(key)).collect())
    }
}

impl<K: Clone, V: Clone, const N: usize> Clone for Pairs<K, V, N> {
    fn clone(&self) -> Self {
        Self { keys: self.keys.clone(), vals: self.vals.clone() }
    }

    /// Keys and values keep what they own on the heap, as their own `clone_from` does. If one of
    /// them panics all are dropped: half of them could be keys of before, and twice the same.
    fn clone_from(&mut self, source: &Self) {
        struct Half<'a, K, V, const N: usize>(Option<&'a mut Pairs<K, V, N>>);
        impl<K, V, const N: usize> Drop for Half<'_, K, V, N> {
            fn drop(&mut self) {
                if let Some(pairs) = &mut self.0 {
                    seeded!(pairs.clear(), "map-half-a-clone" => ());
                }
            }
        }
        let mut half = Half(Some(self));
        if let Some(pairs) = &mut half.0 {
            pairs.keys.clone_from(&source.keys);
            pairs.vals.clone_from(&source.vals);
        }
        half.0 = None;
    }
}

impl<K, V, const N: usize> IntoIterator for Pairs<K, V, N> {
    type Item = (K, V);
    type IntoIter = IntoPairs<K, V, N>;

    fn into_iter(self) -> Self::IntoIter {
        IntoPairs { keys: self.keys.into_iter(), vals: self.vals.into_iter() }
    }
}

/// Not a `Zip`, which does not show what it has left.
pub(in crate::inline) struct IntoPairs<K, V, const N: usize> {
    keys: arrayvec::IntoIter<K, N>,
    vals: arrayvec::IntoIter<V, N>,
}

impl<K, V, const N: usize> IntoPairs<K, V, N> {
    pub(super) fn as_slices(&self) -> (&[K], &[V]) {
        (self.keys.as_slice(), self.vals.as_slice())
    }
}

impl<K, V, const N: usize> Iterator for IntoPairs<K, V, N> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<(K, V)> {
        Some((self.keys.next()?, self.vals.next()?))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }
}

impl<S> Lazy<S> {
    pub(super) fn made(&self) -> Option<&S> {
        match self {
            Self::Make(_) => None,
            Self::Made(hasher) => Some(hasher),
        }
    }

    /// Hands out the hasher, made now if it was not.
    fn with<R>(&mut self, f: impl FnOnce(&S) -> R) -> R {
        match self {
            Self::Made(hasher) => f(hasher),
            Self::Make(make) => {
                let hasher = make();
                let result = f(&hasher);
                *self = Self::Made(hasher);
                result
            }
        }
    }

    pub(super) fn into_made(self) -> S {
        match self {
            Self::Made(hasher) => hasher,
            Self::Make(make) => make(),
        }
    }
}

/// Stands in for the hasher while its map is taken apart, which runs no code that could ask for it.
fn moved<S>() -> S {
    unreachable!("the hasher of a map is away only while entries move")
}
