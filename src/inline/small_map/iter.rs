//! The iterators, named and furnished as std's.

use core::fmt;
use core::iter::{FusedIterator, Zip, zip};
use core::mem;
use core::slice;
use hashbrown::{HashTable, hash_table};

use super::SmallMap;
use super::store::{IntoPairs, Pairs, Store};

/// Entries by reference; made by [`SmallMap::iter`].
pub struct Iter<'a, K, V>(Refs<'a, K, V>);

enum Refs<'a, K, V> {
    Inline(Zip<slice::Iter<'a, K>, slice::Iter<'a, V>>),
    Heap(hash_table::Iter<'a, (K, V)>),
}

/// Entries with mutable values; made by [`SmallMap::iter_mut`].
pub struct IterMut<'a, K, V>(Muts<'a, K, V>);

enum Muts<'a, K, V> {
    Inline(slice::Iter<'a, K>, slice::IterMut<'a, V>),
    Heap(hash_table::IterMut<'a, (K, V)>),
}

/// The entries themselves; made by `into_iter`.
pub struct IntoIter<K, V, const N: usize>(Owned<K, V, N>);

enum Owned<K, V, const N: usize> {
    Inline(IntoPairs<K, V, N>),
    Heap(hash_table::IntoIter<(K, V)>),
}

/// The entries of a map that is kept; made by [`SmallMap::drain`].
pub struct Drain<'a, K, V, const N: usize>(Draining<'a, K, V, N>);

/// The inline entries move here: a reference to their place could not be covariant, as std's is.
enum Draining<'a, K, V, const N: usize> {
    Inline(IntoPairs<K, V, N>),
    Heap(hash_table::Drain<'a, (K, V)>),
}

/// The entries that a predicate chooses; made by [`SmallMap::extract_if`].
#[must_use = "iterators are lazy: nothing is taken out before it is asked for"]
pub struct ExtractIf<'a, K, V, const N: usize, F> {
    entries: Extract<'a, K, V, N>,
    chosen: F,
}

/// Walks over all entries and takes some out.
pub(in crate::inline) struct Extract<'a, K, V, const N: usize> {
    place: ExtractPlace<'a, K, V, N>,
    /// The entry or bucket to look at next.
    at: usize,
}

enum ExtractPlace<'a, K, V, const N: usize> {
    Inline(&'a mut Pairs<K, V, N>),
    Heap(&'a mut HashTable<(K, V)>),
}

impl<K, V, const N: usize> IntoPairs<K, V, N> {
    fn left(&self) -> Refs<'_, K, V> {
        let (keys, vals) = self.as_slices();
        Refs::Inline(zip(keys, vals))
    }
}

impl<'a, K, V> Iter<'a, K, V> {
    #[inline]
    pub(super) fn new<const N: usize, S>(store: &'a Store<K, V, N, S>) -> Self {
        Self(match store {
            Store::Inline(pairs, _) => Refs::Inline(zip(pairs.keys(), pairs.vals())),
            Store::Heap(table, _) => Refs::Heap(table.iter()),
        })
    }

    pub(super) fn left(&self) -> Self {
        self.clone()
    }
}

impl<'a, K, V> IterMut<'a, K, V> {
    #[inline]
    pub(super) fn new<const N: usize, S>(store: &'a mut Store<K, V, N, S>) -> Self {
        Self(match store {
            Store::Inline(pairs, _) => {
                let (keys, vals) = pairs.as_slices_mut();
                Muts::Inline(keys.iter(), vals.iter_mut())
            }
            Store::Heap(table, _) => Muts::Heap(table.iter_mut()),
        })
    }

    /// What is left, by reference.
    pub(super) fn left(&self) -> Iter<'_, K, V> {
        Iter(match &self.0 {
            Muts::Inline(keys, vals) => Refs::Inline(zip(keys.as_slice(), vals.as_slice())),
            Muts::Heap(entries) => Refs::Heap(entries.iter()),
        })
    }
}

impl<K, V, const N: usize> IntoIter<K, V, N> {
    #[inline]
    pub(super) fn new<S>(store: Store<K, V, N, S>) -> Self {
        Self(match store {
            Store::Inline(pairs, _) => Owned::Inline(pairs.into_iter()),
            Store::Heap(table, _) => Owned::Heap(table.into_entries()),
        })
    }

    pub(super) fn left(&self) -> Iter<'_, K, V> {
        Iter(match &self.0 {
            Owned::Inline(pairs) => pairs.left(),
            Owned::Heap(entries) => Refs::Heap(entries.iter()),
        })
    }
}

/// What was not asked for is dropped, also behind an entry whose `Drop` panics.
impl<K, V, const N: usize> Drop for IntoIter<K, V, N> {
    fn drop(&mut self) {
        if let Owned::Heap(entries) = &mut self.0
            && mem::needs_drop::<(K, V)>()
        {
            entries.for_each(drop);
        }
    }
}

impl<'a, K, V, const N: usize> Drain<'a, K, V, N> {
    pub(super) fn new<S>(store: &'a mut Store<K, V, N, S>) -> Self {
        Self(match store {
            Store::Inline(pairs, _) => {
                Draining::Inline(mem::replace(pairs, Pairs::new()).into_iter())
            }
            Store::Heap(table, _) => Draining::Heap(table.drain()),
        })
    }

    pub(in crate::inline) fn left(&self) -> Iter<'_, K, V> {
        Iter(match &self.0 {
            Draining::Inline(pairs) => pairs.left(),
            Draining::Heap(entries) => Refs::Heap(entries.iter()),
        })
    }
}

/// As for [`IntoIter`].
impl<K, V, const N: usize> Drop for Drain<'_, K, V, N> {
    fn drop(&mut self) {
        if let Draining::Heap(entries) = &mut self.0
            && mem::needs_drop::<(K, V)>()
        {
            entries.for_each(drop);
        }
    }
}

impl<'a, K, V, const N: usize, F> ExtractIf<'a, K, V, N, F> {
    pub(super) fn new<S>(store: &'a mut Store<K, V, N, S>, chosen: F) -> Self {
        Self { entries: Extract::new(store), chosen }
    }
}

impl<'a, K, V, const N: usize> Extract<'a, K, V, N> {
    fn new<S>(store: &'a mut Store<K, V, N, S>) -> Self {
        let place = match store {
            Store::Inline(pairs, _) => ExtractPlace::Inline(pairs),
            Store::Heap(table, _) => ExtractPlace::Heap(table),
        };
        Self { place, at: 0 }
    }

    pub(in crate::inline) fn of<S>(map: &'a mut SmallMap<K, V, N, S>) -> Self {
        Self::new(&mut map.store)
    }

    /// The next entry that is chosen; the others stay.
    pub(in crate::inline) fn next(
        &mut self,
        mut chosen: impl FnMut(&K, &mut V) -> bool,
    ) -> Option<(K, V)> {
        match &mut self.place {
            ExtractPlace::Inline(pairs) => {
                while let Some((key, value)) = pairs.get_mut(self.at) {
                    if chosen(key, value) {
                        return Some(pairs.swap_remove(self.at));
                    }
                    self.at += 1;
                }
            }
            ExtractPlace::Heap(table) => {
                while self.at < table.num_buckets() {
                    let at = self.at;
                    self.at += 1;
                    if let Some((key, value)) = table.get_bucket_mut(at)
                        && chosen(key, value)
                        && let Ok(entry) = table.get_bucket_entry(at)
                    {
                        return Some(entry.remove().0);
                    }
                }
            }
        }
        None
    }

    /// At most so many are left.
    pub(in crate::inline) fn size_hint(&self) -> (usize, Option<usize>) {
        let most = match &self.place {
            ExtractPlace::Inline(pairs) => pairs.len() - self.at,
            ExtractPlace::Heap(table) => table.len().min(table.num_buckets() - self.at),
        };
        (0, Some(most))
    }
}

impl<K, V, const N: usize, F> Iterator for ExtractIf<'_, K, V, N, F>
where
    F: FnMut(&K, &mut V) -> bool,
{
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        self.entries.next(&mut self.chosen)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K, V, const N: usize, F> FusedIterator for ExtractIf<'_, K, V, N, F> where
    F: FnMut(&K, &mut V) -> bool
{
}

impl<K, V, const N: usize, F> fmt::Debug for ExtractIf<'_, K, V, N, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Refs::Inline(pairs) => Refs::Inline(pairs.clone()),
            Refs::Heap(entries) => Refs::Heap(entries.clone()),
        })
    }
}

impl<K, V> Default for Iter<'_, K, V> {
    fn default() -> Self {
        Self(Refs::Heap(hash_table::Iter::default()))
    }
}

impl<K, V> Default for IterMut<'_, K, V> {
    fn default() -> Self {
        Self(Muts::Heap(hash_table::IterMut::default()))
    }
}

impl<K, V, const N: usize> Default for IntoIter<K, V, N> {
    fn default() -> Self {
        Self(Owned::Inline(Pairs::new().into_iter()))
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Refs::Inline(pairs) => pairs.next(),
            Refs::Heap(entries) => entries.next().map(|(key, value)| (key, value)),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Refs::Inline(pairs) => pairs.size_hint(),
            Refs::Heap(entries) => entries.size_hint(),
        }
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B {
        match self.0 {
            Refs::Inline(pairs) => pairs.fold(init, f),
            Refs::Heap(entries) => entries.fold(init, |all, (key, value)| f(all, (key, value))),
        }
    }
}

impl<'a, K, V> Iterator for IterMut<'a, K, V> {
    type Item = (&'a K, &'a mut V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Muts::Inline(keys, vals) => Some((keys.next()?, vals.next()?)),
            Muts::Heap(entries) => entries.next().map(|(key, value)| (&*key, value)),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Muts::Inline(keys, _) => keys.size_hint(),
            Muts::Heap(entries) => entries.size_hint(),
        }
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B {
        match self.0 {
            Muts::Inline(keys, vals) => zip(keys, vals).fold(init, f),
            Muts::Heap(entries) => entries.fold(init, |all, (key, value)| f(all, (&*key, value))),
        }
    }
}

impl<K, V, const N: usize> Iterator for IntoIter<K, V, N> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<(K, V)> {
        match &mut self.0 {
            Owned::Inline(pairs) => pairs.next(),
            Owned::Heap(entries) => entries.next(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Owned::Inline(pairs) => pairs.size_hint(),
            Owned::Heap(entries) => entries.size_hint(),
        }
    }
}

impl<K, V, const N: usize> Iterator for Drain<'_, K, V, N> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<(K, V)> {
        match &mut self.0 {
            Draining::Inline(pairs) => pairs.next(),
            Draining::Heap(entries) => entries.next(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Draining::Inline(pairs) => pairs.size_hint(),
            Draining::Heap(entries) => entries.size_hint(),
        }
    }
}

/// What all iterators over entries share.
macro_rules! exact {
    ($($name:ident<$($lifetime:lifetime,)? K, V $(, const $n:ident)?>;)*) => {$(
        impl<K, V $(, const $n: usize)?> ExactSizeIterator for $name<$($lifetime,)? K, V $(, $n)?> {}

        impl<K, V $(, const $n: usize)?> FusedIterator for $name<$($lifetime,)? K, V $(, $n)?> {}
    )*};
}

exact! {
    Iter<'_, K, V>;
    IterMut<'_, K, V>;
    IntoIter<K, V, const N>;
    Drain<'_, K, V, const N>;
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.left()).finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for IterMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.left(), f)
    }
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize> fmt::Debug for IntoIter<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.left(), f)
    }
}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize> fmt::Debug for Drain<'_, K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.left(), f)
    }
}
