//! What is done in a table, each in a function that is called, not inlined.
//!
//! Inlined beside them, a look-up would keep registers free for both places, and the inline one
//! would pay for it: 8 `u32` inserted, found, missed and dropped took more than twice the
//! instructions.

use core::hash::{BuildHasher, Hash};
use core::mem;
use hashbrown::hash_table::Entry;
use hashbrown::{Equivalent, HashTable};

type Table<K, V> = HashTable<(K, V)>;

#[inline(never)]
pub(super) fn insert<K, V, S>(table: &mut Table<K, V>, hasher: &S, key: K, value: V) -> Option<V>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    let hash = hasher.hash_one(&key);
    match table.entry(hash, |(known, _)| key == *known, |(key, _)| hasher.hash_one(key)) {
        Entry::Occupied(mut entry) => Some(mem::replace(&mut entry.get_mut().1, value)),
        Entry::Vacant(entry) => {
            entry.insert((key, value));
            None
        }
    }
}

#[inline(never)]
pub(super) fn get<'a, K, V, S, Q>(table: &'a Table<K, V>, hasher: &S, key: &Q) -> Option<&'a (K, V)>
where
    S: BuildHasher,
    Q: Hash + Equivalent<K> + ?Sized,
{
    table.find(hasher.hash_one(key), |(known, _)| key.equivalent(known))
}

#[inline(never)]
pub(super) fn get_mut<'a, K, V, S, Q>(
    table: &'a mut Table<K, V>,
    hasher: &S,
    key: &Q,
) -> Option<&'a mut V>
where
    S: BuildHasher,
    Q: Hash + Equivalent<K> + ?Sized,
{
    let (_, value) = table.find_mut(hasher.hash_one(key), |(known, _)| key.equivalent(known))?;
    Some(value)
}

#[inline(never)]
pub(super) fn remove<K, V, S, Q>(table: &mut Table<K, V>, hasher: &S, key: &Q) -> Option<(K, V)>
where
    S: BuildHasher,
    Q: Hash + Equivalent<K> + ?Sized,
{
    let entry = table.find_entry(hasher.hash_one(key), |(known, _)| key.equivalent(known)).ok()?;
    Some(entry.remove().0)
}
