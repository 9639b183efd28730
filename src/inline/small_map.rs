//! A map that keeps its first entries inline.

mod entry;
mod error;
mod half;
mod heap;
mod impls;
mod iter;
mod room;
#[cfg(feature = "serde")]
mod serde;
mod slot;
mod store;

use core::hash::{BuildHasher, Hash};
use core::mem;
use hashbrown::{Equivalent, HashTable};
#[cfg(feature = "std")]
use std::hash::RandomState;

pub use entry::{Entry, EntryRef, OccupiedEntry, VacantEntry, VacantEntryRef};
pub use error::{OccupiedError, TryReserveError};
pub use half::{IntoKeys, IntoValues, Keys, Values, ValuesMut};
use heap::Table;
pub(super) use iter::Extract;
pub use iter::{Drain, ExtractIf, IntoIter, Iter, IterMut};
pub(super) use slot::{Slot, Space};
use store::{Lazy, Store};

/// A map that keeps up to `N` entries inline, and is a hash table beyond.
///
/// For maps that nearly always hold a few: parameters, headers, labels, fields. Inline, a look-up
/// compares the keys one after the other and hashes nothing; the methods are those of
/// [`HashMap`](std::collections::HashMap).
///
/// Take `HashMap::with_capacity` if there are mostly more than `N`, [`ArrayVec`] of pairs if there
/// are never more, and no map at all if the keys are known when you write the code: a struct.
///
/// # Layout
///
/// ```text
///          +-------------------+-------------------+----------------------+
/// inline   | keys [K; N]   len | vals [V; N]   len | hasher, made when    |
///          |  k0 k1 k2 .  .    |  v0 v1 v2 .  .    | the map first spills |
///          +-------------------+-------------------+----------------------+
///          +---------------------+--------+
/// spilled  | table               | hasher |     the N + 1st key moved all of them
///          +--|------------------+--------+
///             v   one block, room for 2 * N: | (k, v) (k, v) .. | control bytes |
/// ```
///
/// `SmallMap<u32, u64, 8>` with a hasher of no size has 128 bytes, `SmallMap<&str, u64, 8>`
/// 224: an object that large belongs where it stays, or in a `Box`.
///
/// # Allocation
///
/// Never allocates while it holds at most `N` keys; otherwise once, for a table's bytes. The first
/// table has room for `2 * N` entries; from there it grows as std's map does. Changing the value of
/// a key that is there never spills, however full the map is; `shrink_to_fit` and `clone` bring it
/// back inline.
///
/// ```
/// use thrifty::inline::SmallMap;
///
/// let mut headers: SmallMap<&str, &str, 4> = SmallMap::new();
/// headers.insert("host", "example.org");
/// headers.insert("accept", "*/*");
/// assert_eq!(headers.get("host"), Some(&"example.org"));
/// assert!(!headers.spilled());
///
/// headers.extend([("te", "trailers"), ("via", "a"), ("date", "today")]);
/// assert!(headers.spilled());
/// ```
///
/// # How large may `N` be
///
/// At most 8 for strings and 16 for integers: a look-up that finds nothing compares every key.
///
/// | all of: `n` inserted, `n` found, `n` missed, visited, dropped | instructions | std's map |
/// |---|--:|--:|
/// | 8 `u32` in `SmallMap<u32, u64, 8>` | 802 | 5210 |
/// | 8 header names in `SmallMap<&str, u64, 8>` | 1789 | 7498 |
///
/// Plain keys of at most 8 bytes are compared four at a time, so 16 `u32` in a map of 16 still take
/// 2111. Texts are compared one by one, and names of one length and beginning are the worst of
/// them. Of such, looked up in a map with room for 16 and in std's with its own hasher:
///
/// | texts in the map | all found | all missed |
/// |--:|--:|--:|
/// | 4 | 0.39 of std's time | 0.68 |
/// | 8 | 0.54 | 1.21 |
/// | 12 | 0.77 | 1.72 |
/// | 16 | 1.01 | 2.10 |
///
/// A faster hasher in std's map wins from 12 texts on even if all are found. The instructions are
/// callgrind's, with rustc 1.95, x86-64, glibc's malloc and the default hasher of both; the times
/// are Criterion's medians. To repeat them:
///
/// ```text
/// cargo run --release --manifest-path benches/versus/Cargo.toml -- --room inline --all
/// cargo bench --bench small_map
/// ```
///
/// # Hashing
///
/// Whoever chooses the keys may choose keys that collide. Inline that is harmless: `N` comparisons
/// are the most there can be. Once spilled the table is as safe as its hasher, so the default is
/// std's, seeded anew for each map. Take a faster one, with [`with_hasher`](Self::with_hasher) or
/// `default`, for keys that no stranger chooses. Without feature `std` there is no default: name
/// one that is seeded.
///
/// # Iteration order
///
/// Arbitrary, as std's: removing an inline entry moves the last one to its place.
///
/// # Lifetimes
///
/// A map of `&'static str` is also a map of shorter-lived ones. An entry keeps the map borrowed:
///
/// ```compile_fail,E0499
/// use thrifty::inline::SmallMap;
///
/// let mut map: SmallMap<u32, u32, 4> = SmallMap::new();
/// let entry = map.entry(1);
/// map.insert(2, 2);
/// entry.or_insert(1);
/// ```
///
/// What the entries borrow has to be declared before the map, which for std's may come after it:
///
/// ```compile_fail,E0597
/// use thrifty::inline::SmallMap;
///
/// let mut map: SmallMap<&str, u32, 4> = SmallMap::new();
/// let name = String::from("a");
/// map.insert(&name, 1);
/// ```
///
/// # Panics in keys
///
/// If `Eq`, `Hash`, `Clone`, `Drop` or a closure panics, the map is still one: no key without its
/// value, none twice, nothing leaked; the entries that were not touched are as they were. Keys are
/// hashed before the first one moves to the table. One exception is std's too: a table that has many
/// removed entries hashes all keys again to make room, and if a `Hash` panics then, the entries that
/// it had not come to are dropped.
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/small_map.txt")]
/// ```
///
/// [`ArrayVec`]: super::ArrayVec
pub struct SmallMap<
    K,
    V,
    const N: usize,
    #[cfg(feature = "std")] S = RandomState,
    #[cfg(not(feature = "std"))] S,
> {
    store: Store<K, V, N, S>,
}

#[cfg(feature = "std")]
impl<K, V, const N: usize> SmallMap<K, V, N> {
    /// Makes an empty map.
    ///
    /// Its hasher is seeded when the map spills. For another hasher take
    /// [`with_hasher`](Self::with_hasher) or `default`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new() -> Self {
        Self { store: Store::new(Lazy::Make(RandomState::new)) }
    }

    /// Makes an empty map with room for `capacity` entries.
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
        Self::with_capacity_and_hasher(capacity, RandomState::new())
    }
}

impl<K, V, const N: usize, S> SmallMap<K, V, N, S> {
    /// How many entries the map holds without the heap: `N`.
    pub const INLINE: usize = N;

    /// Makes an empty map that will hash with `hasher`.
    ///
    /// Take one that is seeded (`RandomState`, or a keyed one of your own) unless the keys are trusted:
    /// whoever can choose the keys of an unseeded table can make all of them collide.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Self { store: Store::new(Lazy::Made(hasher)) }
    }

    /// Makes an empty map with room for `capacity` entries that hashes with `hasher`.
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
        if capacity <= N {
            return Self::with_hasher(hasher);
        }
        let table = Table::new(HashTable::with_capacity(capacity));
        Self { store: Store::Heap(table, hasher) }
    }

    /// Whether the entries are on the heap.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub const fn spilled(&self) -> bool {
        matches!(self.store, Store::Heap(..))
    }

    /// Returns the number of entries.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.store {
            Store::Inline(pairs, _) => pairs.len(),
            Store::Heap(table, _) => table.len(),
        }
    }

    /// Whether there is no entry.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many entries fit before the map asks for memory.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn capacity(&self) -> usize {
        match &self.store {
            Store::Inline(..) => N,
            Store::Heap(table, _) => table.capacity(),
        }
    }

    /// Returns the hasher, if there is one yet.
    ///
    /// A map from [`new`](SmallMap::new) or `default` makes its hasher when it first hashes, which an
    /// inline map never does; until then this is `None`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn hasher(&self) -> Option<&S> {
        match &self.store {
            Store::Inline(_, hasher) => hasher.made(),
            Store::Heap(_, hasher) => Some(hasher),
        }
    }

    /// Goes through the entries, in arbitrary order.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter::new(&self.store)
    }

    /// Goes through the entries, in arbitrary order; values can be changed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut::new(&mut self.store)
    }

    /// Goes through the keys, in arbitrary order.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys(self.iter())
    }

    /// Goes through the values, in arbitrary order.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn values(&self) -> Values<'_, K, V> {
        Values(self.iter())
    }

    /// Goes through the values, in arbitrary order, to change them.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        ValuesMut(self.iter_mut())
    }

    /// Takes the keys out of the map and drops the values.
    ///
    /// # Allocation
    ///
    /// Frees the table, if there is one; never allocates.
    #[inline]
    #[must_use]
    pub fn into_keys(self) -> IntoKeys<K, V, N> {
        IntoKeys(self.into_iter())
    }

    /// Takes the values out of the map and drops the keys.
    ///
    /// # Allocation
    ///
    /// Frees the table, if there is one; never allocates.
    #[inline]
    #[must_use]
    pub fn into_values(self) -> IntoValues<K, V, N> {
        IntoValues(self.into_iter())
    }

    /// Takes all entries out, and keeps the memory.
    ///
    /// Dropping the iterator drops the entries that it did not yield. If it is leaked, the map may keep
    /// some or lose them.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut sizes = SmallMap::<_, _, 4>::from([("a", 1), ("b", 2)]);
    /// assert_eq!(sizes.drain().map(|(_, size)| size).sum::<i32>(), 3);
    /// assert!(sizes.is_empty());
    /// ```
    pub fn drain(&mut self) -> Drain<'_, K, V, N> {
        Drain::new(&mut self.store)
    }

    /// Keeps only the entries for which `keep` returns `true`.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else.
    ///
    /// # Cost
    ///
    /// The capacity once spilled, as in std; entries are visited in arbitrary order.
    pub fn retain<F>(&mut self, mut keep: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        match &mut self.store {
            Store::Inline(pairs, _) => pairs.retain(keep),
            Store::Heap(table, _) => table.retain(|(key, value)| keep(key, value)),
        }
    }

    /// Takes out the entries for which `chosen` returns `true`, one by one.
    ///
    /// Entries that the iterator was not asked for stay in the map.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut sizes = SmallMap::<_, _, 4>::from([("a", 1), ("b", 2), ("c", 3)]);
    /// let odd: SmallMap<_, _, 4> = sizes.extract_if(|_, size| *size % 2 == 1).collect();
    /// assert_eq!((odd.len(), sizes.len()), (2, 1));
    /// ```
    pub fn extract_if<F>(&mut self, chosen: F) -> ExtractIf<'_, K, V, N, F>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        ExtractIf::new(&mut self.store, chosen)
    }

    /// Drops all entries, and keeps the memory.
    ///
    /// # Allocation
    ///
    /// Never allocates. A table stays, for the next entries; `shrink_to_fit` gives it back.
    pub fn clear(&mut self) {
        match &mut self.store {
            Store::Inline(pairs, _) => pairs.clear(),
            Store::Heap(table, _) => table.clear(),
        }
    }
}

impl<K, V, const N: usize, S> SmallMap<K, V, N, S>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    /// Puts a value in, and returns the one that the key had before.
    ///
    /// The key itself is kept if it was there, as in std. A full inline map that has the key does not
    /// spill.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for a larger
    /// table's bytes. A table that is not full does not grow. The first table has room for `2 * N`
    /// entries, and takes the inline ones along. One that is full may grow before it finds the key,
    /// as std's does.
    ///
    /// # Cost
    ///
    /// Up to `N` comparisons and no hash while inline, as for each look-up; a hash and a few comparisons
    /// from then on.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut map: SmallMap<&str, u32, 2> = SmallMap::new();
    /// assert_eq!(map.insert("a", 1), None);
    /// assert_eq!(map.insert("b", 2), None);
    /// assert_eq!(map.insert("a", 3), Some(1));
    /// assert!(!map.spilled());
    /// map.insert("c", 4);
    /// assert!(map.spilled());
    /// ```
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match seeded!(&mut self.store, "map-spills-before-it-looks" => self.store.spilled_if_full())
        {
            Store::Inline(pairs, _) => {
                if let Some(old) = pairs.value_of_mut(&key) {
                    let old = mem::replace(old, value);
                    // Before the old value is on its way out: if this panics, that is dropped.
                    drop(key);
                    return Some(old);
                }
                if let Err((key, value)) = pairs.try_push(key, value) {
                    self.insert_spilling(key, value);
                }
                None
            }
            Store::Heap(table, hasher) => heap::insert(table, hasher, key, value),
        }
    }

    /// Puts a value in, unless the key is there.
    ///
    /// std has this one on nightly only; the error is the same.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for a larger
    /// table's bytes. A table that is not full does not grow.
    ///
    /// # Errors
    ///
    /// The entry that is there, and the value handed back.
    pub fn try_insert(&mut self, key: K, value: V) -> Result<&mut V, OccupiedError<'_, K, V, N>> {
        match self.entry(key) {
            Entry::Occupied(entry) => Err(OccupiedError { entry, value }),
            Entry::Vacant(entry) => Ok(entry.insert(value)),
        }
    }

    /// Returns the value of a key.
    ///
    /// The key may be borrowed: `&str` finds `String`. Any type will do that is [`Equivalent`] to the
    /// key and hashes alike, even though an inline map does not hash.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let map: SmallMap<String, u32, 4> = SmallMap::from([("a".to_owned(), 1)]);
    /// assert_eq!(map.get("a"), Some(&1));
    /// ```
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match &self.store {
            Store::Inline(pairs, _) => pairs.value_of(key),
            Store::Heap(table, hasher) => Some(&heap::get(table, hasher, key)?.1),
        }
    }

    /// Returns the value of a key, to be changed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match &mut self.store {
            Store::Inline(pairs, _) => pairs.value_of_mut(key),
            Store::Heap(table, hasher) => heap::get_mut(table, hasher, key),
        }
    }

    /// Returns the entry of a key: the key as it is in the map, and its value.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match &self.store {
            Store::Inline(pairs, _) => pairs.get(pairs.find(key)?),
            Store::Heap(table, hasher) => {
                let (key, value) = heap::get(table, hasher, key)?;
                Some((key, value))
            }
        }
    }

    /// Whether the key is there.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match &self.store {
            Store::Inline(pairs, _) => pairs.find(key).is_some(),
            Store::Heap(table, hasher) => heap::get(table, hasher, key).is_some(),
        }
    }

    /// Returns the values of several keys at once, to be changed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// If two of the keys are the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut accounts = SmallMap::<_, _, 4>::from([("from", 10), ("to", 0)]);
    /// if let [Some(from), Some(to)] = accounts.get_disjoint_mut(["from", "to"]) {
    ///     *from -= 3;
    ///     *to += 3;
    /// }
    /// assert_eq!((accounts["from"], accounts["to"]), (7, 3));
    /// ```
    pub fn get_disjoint_mut<Q, const M: usize>(&mut self, keys: [&Q; M]) -> [Option<&mut V>; M]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match &mut self.store {
            Store::Inline(pairs, _) => pairs.disjoint(keys.map(|key| pairs.find(key))),
            Store::Heap(table, hasher) => {
                let of_keys = keys.map(|key| hasher.hash_one(key));
                table
                    .get_disjoint_mut(of_keys, |index, (known, _)| keys[index].equivalent(known))
                    .map(|entry| entry.map(|(_, value)| value))
            }
        }
    }

    /// Takes a key out, and returns its value.
    ///
    /// # Allocation
    ///
    /// Never allocates. A table stays a table; `shrink_to_fit` brings it back inline.
    #[inline]
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let (key, value) = self.remove_entry(key)?;
        // While the value has its place: if this panics, the value is dropped too.
        drop(key);
        Some(value)
    }

    /// Takes an entry out.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match &mut self.store {
            Store::Inline(pairs, _) => {
                let at = pairs.find(key)?;
                Some(pairs.swap_remove(at))
            }
            Store::Heap(table, hasher) => heap::remove(table, hasher, key),
        }
    }

    /// Returns the place of a key, to look at it and fill it with one look-up.
    ///
    /// # Allocation
    ///
    /// Never allocates. Only putting a new key in may.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut letters: SmallMap<char, u32, 8> = SmallMap::new();
    /// for letter in "hello".chars() {
    ///     *letters.entry(letter).or_insert(0) += 1;
    /// }
    /// assert_eq!(letters[&'l'], 2);
    /// assert!(!letters.spilled());
    /// ```
    #[inline]
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, N, S> {
        match self.store.slot(&key) {
            Ok(slot) => Entry::Occupied(OccupiedEntry(slot)),
            Err(space) => Entry::Vacant(VacantEntry { space, key }),
        }
    }

    /// Returns the place of a borrowed key; the key is made only to be put in.
    ///
    /// With std the key must be made for each look-up by `entry`.
    ///
    /// # Allocation
    ///
    /// Never allocates. Only putting a new key in may.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::inline::SmallMap;
    ///
    /// let mut hits: SmallMap<String, u32, 8> = SmallMap::new();
    /// for path in ["/", "/about", "/"] {
    ///     // One `String` for each path, not for each hit.
    ///     *hits.entry_ref(path).or_insert(0) += 1;
    /// }
    /// assert_eq!(hits["/"], 2);
    /// ```
    #[inline]
    pub fn entry_ref<'b, Q>(&mut self, key: &'b Q) -> EntryRef<'_, 'b, K, Q, V, N, S>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match self.store.slot(key) {
            Ok(slot) => EntryRef::Occupied(OccupiedEntry(slot)),
            Err(space) => EntryRef::Vacant(VacantEntryRef { space, key }),
        }
    }

    #[cold]
    #[inline(never)]
    fn insert_spilling(&mut self, key: K, value: V) {
        self.store.push(key, value);
    }

    /// Looks up as [`entry`](Self::entry) does, for [`SmallSet`](super::SmallSet).
    pub(super) fn slot<Q>(&mut self, key: &Q) -> Result<Slot<'_, K, V, N>, Space<'_, K, V, N, S>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.store.slot(key)
    }
}
