//! A place for one key: taken or free.

use core::borrow::Borrow;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::mem;

use super::slot::{Slot, Space};

/// A place for one key, from [`SmallMap::entry`](super::SmallMap::entry).
///
/// # Allocation
///
/// Never allocates. Only what puts a new key in may.
pub enum Entry<'a, K, V, const N: usize, S> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, N>),
    /// The key is not there yet.
    Vacant(VacantEntry<'a, K, V, N, S>),
}

/// A place for one borrowed key, from [`SmallMap::entry_ref`](super::SmallMap::entry_ref).
///
/// The key is made, by `K: From<&Q>`, only if it has to be put in.
///
/// # Allocation
///
/// Never allocates. Only what puts a new key in may.
pub enum EntryRef<'a, 'b, K, Q: ?Sized, V, const N: usize, S> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, N>),
    /// The key is not there yet.
    Vacant(VacantEntryRef<'a, 'b, K, Q, V, N, S>),
}

/// An entry that is there.
///
/// # Allocation
///
/// Never allocates.
pub struct OccupiedEntry<'a, K, V, const N: usize>(pub(super) Slot<'a, K, V, N>);

/// A place for a key that is not there yet.
///
/// # Allocation
///
/// Never allocates. Only what puts the key in may.
pub struct VacantEntry<'a, K, V, const N: usize, S> {
    pub(super) space: Space<'a, K, V, N, S>,
    pub(super) key: K,
}

/// A place for a borrowed key that is not there yet.
///
/// # Allocation
///
/// Never allocates. Only what puts the key in may.
pub struct VacantEntryRef<'a, 'b, K, Q: ?Sized, V, const N: usize, S> {
    pub(super) space: Space<'a, K, V, N, S>,
    pub(super) key: &'b Q,
}

impl<'a, K, V, const N: usize, S> Entry<'a, K, V, N, S>
where
    K: Hash,
    S: BuildHasher,
{
    /// Returns the value, put in now if the key was not there.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full.
    #[inline]
    pub fn or_insert(self, default: V) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => entry.insert(default),
        }
    }

    /// Returns the value, made now if the key was not there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else. A map that is full grows as it does
    /// for [`insert`](super::SmallMap::insert).
    #[inline]
    pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => entry.insert(default()),
        }
    }

    /// Returns the value, made now from the key if that was not there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else. A map that is full grows as it does
    /// for [`insert`](super::SmallMap::insert).
    #[inline]
    pub fn or_insert_with_key<F: FnOnce(&K) -> V>(self, default: F) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => {
                let value = default(entry.key());
                entry.insert(value)
            }
        }
    }

    /// Returns the value, the default one if the key was not there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `V::default` allocates, and nothing else. A map that is full grows as it does
    /// for [`insert`](super::SmallMap::insert).
    #[inline]
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Sets the value, whether the key was there or not.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full.
    #[inline]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, N> {
        match self {
            Self::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Self::Vacant(entry) => entry.insert_entry(value),
        }
    }
}

impl<K, V, const N: usize, S> Entry<'_, K, V, N, S> {
    /// Returns the key.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn key(&self) -> &K {
        match self {
            Self::Occupied(entry) => entry.key(),
            Self::Vacant(entry) => entry.key(),
        }
    }

    /// Changes the value, if the key is there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else.
    #[inline]
    #[must_use]
    pub fn and_modify<F: FnOnce(&mut V)>(mut self, f: F) -> Self {
        if let Self::Occupied(entry) = &mut self {
            f(entry.get_mut());
        }
        self
    }
}

impl<'a, 'b, K, Q, V, const N: usize, S> EntryRef<'a, 'b, K, Q, V, N, S>
where
    K: Hash + From<&'b Q>,
    Q: ?Sized,
    S: BuildHasher,
{
    /// Returns the value, put in now if the key was not there.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full. Making the key is extra.
    #[inline]
    pub fn or_insert(self, default: V) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => entry.insert(default),
        }
    }

    /// Returns the value, made now if the key was not there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else. A map that is full grows as it does
    /// for [`insert`](super::SmallMap::insert). Making the key
    /// is extra.
    #[inline]
    pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => entry.insert(default()),
        }
    }

    /// Returns the value, made now from the borrowed key if it was not there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else. A map that is full grows as it does
    /// for [`insert`](super::SmallMap::insert). Making the key
    /// is extra.
    #[inline]
    pub fn or_insert_with_key<F: FnOnce(&Q) -> V>(self, default: F) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => {
                let value = default(entry.key());
                entry.insert(value)
            }
        }
    }

    /// Returns the value, the default one if the key was not there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `V::default` allocates, and nothing else. A map that is full grows as it does
    /// for [`insert`](super::SmallMap::insert). Making the key
    /// is extra.
    #[inline]
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Sets the value, whether the key was there or not.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full. Making the key is extra.
    #[inline]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, N> {
        match self {
            Self::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Self::Vacant(entry) => entry.insert_entry(value),
        }
    }
}

impl<K, Q, V, const N: usize, S> EntryRef<'_, '_, K, Q, V, N, S>
where
    K: Borrow<Q>,
    Q: ?Sized,
{
    /// Returns the key as it was borrowed, or as it is in the map.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn key(&self) -> &Q {
        match self {
            Self::Occupied(entry) => entry.key().borrow(),
            Self::Vacant(entry) => entry.key(),
        }
    }
}

impl<K, Q: ?Sized, V, const N: usize, S> EntryRef<'_, '_, K, Q, V, N, S> {
    /// Changes the value, if the key is there.
    ///
    /// # Allocation
    ///
    /// Allocates whatever the closure allocates, and nothing else.
    #[inline]
    #[must_use]
    pub fn and_modify<F: FnOnce(&mut V)>(mut self, f: F) -> Self {
        if let Self::Occupied(entry) = &mut self {
            f(entry.get_mut());
        }
        self
    }
}

impl<'a, K, V, const N: usize> OccupiedEntry<'a, K, V, N> {
    /// Returns the key, as it is in the map.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn key(&self) -> &K {
        self.0.get().0
    }

    /// Returns the value.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn get(&self) -> &V {
        self.0.get().1
    }

    /// Returns the value, to be changed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn get_mut(&mut self) -> &mut V {
        self.0.get_mut().1
    }

    /// Returns the value for as long as the map is borrowed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    #[must_use]
    pub fn into_mut(self) -> &'a mut V {
        self.0.into_mut().1
    }

    /// Sets the value, and returns the old one.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn insert(&mut self, value: V) -> V {
        mem::replace(self.get_mut(), value)
    }

    /// Takes the entry out, and returns its value.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn remove(self) -> V {
        self.remove_entry().1
    }

    /// Takes the entry out.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    pub fn remove_entry(self) -> (K, V) {
        self.0.remove()
    }
}

impl<'a, K, V, const N: usize, S> VacantEntry<'a, K, V, N, S> {
    /// Returns the key that was asked for.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Gives the key back.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn into_key(self) -> K {
        self.key
    }

    /// Puts the key in, and returns its value.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full.
    #[inline]
    pub fn insert(self, value: V) -> &'a mut V
    where
        K: Hash,
        S: BuildHasher,
    {
        self.insert_entry(value).into_mut()
    }

    /// Puts the key in, and returns its entry.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full.
    #[inline]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, N>
    where
        K: Hash,
        S: BuildHasher,
    {
        OccupiedEntry(self.space.insert(self.key, value))
    }
}

impl<'a, 'b, K, Q: ?Sized, V, const N: usize, S> VacantEntryRef<'a, 'b, K, Q, V, N, S> {
    /// Returns the key that was asked for.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn key(&self) -> &'b Q {
        self.key
    }

    /// Makes the key, puts it in, and returns its value.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full. Making the key is extra.
    #[inline]
    pub fn insert(self, value: V) -> &'a mut V
    where
        K: Hash + From<&'b Q>,
        S: BuildHasher,
    {
        self.insert_entry(value).into_mut()
    }

    /// Makes the key, puts it in, and returns its entry.
    ///
    /// # Allocation
    ///
    /// Never allocates while the map holds at most `N` keys; otherwise once, for the bytes of a larger
    /// table when the old one is full. Making the key is extra.
    #[inline]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, N>
    where
        K: Hash + From<&'b Q>,
        S: BuildHasher,
    {
        OccupiedEntry(self.space.insert(K::from(self.key), value))
    }
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize, S> fmt::Debug for Entry<'_, K, V, N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Self::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<K, Q, V, const N: usize, S> fmt::Debug for EntryRef<'_, '_, K, Q, V, N, S>
where
    K: fmt::Debug,
    Q: fmt::Debug + ?Sized,
    V: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Occupied(entry) => f.debug_tuple("EntryRef").field(entry).finish(),
            Self::Vacant(entry) => f.debug_tuple("EntryRef").field(entry).finish(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize> fmt::Debug for OccupiedEntry<'_, K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V, const N: usize, S> fmt::Debug for VacantEntry<'_, K, V, N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}

impl<K, Q, V, const N: usize, S> fmt::Debug for VacantEntryRef<'_, '_, K, Q, V, N, S>
where
    Q: fmt::Debug + ?Sized,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntryRef").field(&self.key()).finish()
    }
}
