//! Asking for room, and giving it back.

use core::hash::{BuildHasher, Hash};

use super::store::Store;
use super::{SmallMap, TryReserveError};

impl<K, V, const N: usize, S> SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    /// Makes room for `additional` more entries.
    ///
    /// # Allocation
    ///
    /// Never allocates while all of them fit; otherwise once, for a larger table's bytes.
    ///
    /// # Panics
    ///
    /// If the table would have more than `isize::MAX` bytes.
    pub fn reserve(&mut self, additional: usize) {
        match &mut self.store {
            Store::Inline(pairs, _) => {
                let wanted = pairs.len().saturating_add(additional);
                if wanted > N {
                    self.store.spill(wanted);
                }
            }
            Store::Heap(table, hasher) => {
                table.reserve(additional, |(key, _)| hasher.hash_one(key));
            }
        }
    }

    /// Makes room for `additional` more entries, or says why there is none.
    ///
    /// # Allocation
    ///
    /// Never allocates while all of them fit; otherwise once, for a larger table's bytes.
    ///
    /// # Errors
    ///
    /// If the allocator has no memory, or the table would have more than `isize::MAX` bytes. The map is
    /// as it was.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        match &mut self.store {
            Store::Inline(pairs, _) => {
                let wanted = pairs.len().saturating_add(additional);
                if wanted > N { self.store.try_spill(wanted) } else { Ok(()) }
            }
            Store::Heap(table, hasher) => {
                Ok(table.try_reserve(additional, |(key, _)| hasher.hash_one(key))?)
            }
        }
    }

    /// Gives back memory that is not needed; what fits goes back inline.
    ///
    /// # Allocation
    ///
    /// Never allocates while the entries fit inline; otherwise once, for a smaller table's bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut map: SmallMap<u32, u32, 4> = (0..5).map(|n| (n, n)).collect();
    /// assert!(map.spilled());
    /// map.remove(&0);
    /// map.shrink_to_fit();
    /// assert!(!map.spilled());
    /// ```
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Gives back memory beyond `min_capacity`; what fits goes back inline.
    ///
    /// # Allocation
    ///
    /// Never allocates while the entries fit inline; otherwise once, for a smaller table's bytes.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        if min_capacity <= N {
            self.store.unspill();
        }
        if let Store::Heap(table, hasher) = &mut self.store {
            table.shrink_to(min_capacity, |(key, _)| hasher.hash_one(key));
        }
    }

    /// Makes room for entries that an iterator promises. A promise that no memory can hold is none.
    pub(super) fn expect_more(&mut self, promised: usize) {
        let table = Store::<K, V, N, S>::FIRST_TABLE;
        match &self.store {
            Store::Inline(..) => {
                let wanted = N.saturating_add(promised).saturating_add(1).max(table);
                if self.store.try_spill(wanted).is_err() {
                    self.store.spill(table);
                }
            }
            Store::Heap(table, _) => {
                // As std: keys of a map that has some are expected to be there already, half the time.
                let promised = if table.is_empty() { promised } else { promised.div_ceil(2) };
                let _refused = self.try_reserve(promised);
            }
        }
    }
}
