//! Iterators over the keys or the values alone.

#![allow(single_use_lifetimes, reason = "one macro for halves with a lifetime and without")]

use core::fmt;
use core::iter::FusedIterator;

use super::{IntoIter, Iter, IterMut};

macro_rules! half {
    (
        $(#[$docs:meta])*
        $name:ident<$($lifetime:lifetime,)? K, V $(, const $n:ident)?>($entries:ty),
        $half:ident: $item:ty, of $shown:ident
    ) => {
        $(#[$docs])*
        pub struct $name<$($lifetime,)? K, V $(, const $n: usize)?>(pub(super) $entries);

        impl<$($lifetime,)? K, V $(, const $n: usize)?> Default
            for $name<$($lifetime,)? K, V $(, $n)?>
        {
            fn default() -> Self {
                Self(Default::default())
            }
        }

        impl<$($lifetime,)? K, V $(, const $n: usize)?> Iterator
            for $name<$($lifetime,)? K, V $(, $n)?>
        {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map($half)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B {
                self.0.fold(init, |all, entry| f(all, $half(entry)))
            }
        }

        impl<$($lifetime,)? K, V $(, const $n: usize)?> ExactSizeIterator
            for $name<$($lifetime,)? K, V $(, $n)?>
        {
        }

        impl<$($lifetime,)? K, V $(, const $n: usize)?> FusedIterator
            for $name<$($lifetime,)? K, V $(, $n)?>
        {
        }

        impl<$($lifetime,)? K, V $(, const $n: usize)?> fmt::Debug
            for $name<$($lifetime,)? K, V $(, $n)?>
        where
            $shown: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.0.left().map($half)).finish()
            }
        }
    };
}

half! {
    /// Keys by reference; made by [`SmallMap::keys`](super::SmallMap::keys).
    Keys<'a, K, V>(Iter<'a, K, V>), key: &'a K, of K
}

half! {
    /// Values by reference; made by [`SmallMap::values`](super::SmallMap::values).
    Values<'a, K, V>(Iter<'a, K, V>), value: &'a V, of V
}

half! {
    /// Values by mutable reference; made by [`SmallMap::values_mut`](super::SmallMap::values_mut).
    ValuesMut<'a, K, V>(IterMut<'a, K, V>), value: &'a mut V, of V
}

half! {
    /// The keys themselves; made by [`SmallMap::into_keys`](super::SmallMap::into_keys).
    IntoKeys<K, V, const N>(IntoIter<K, V, N>), key: K, of K
}

half! {
    /// The values themselves; made by [`SmallMap::into_values`](super::SmallMap::into_values).
    IntoValues<K, V, const N>(IntoIter<K, V, N>), value: V, of V
}

impl<K, V> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> Clone for Values<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The other half is dropped while this one has a place: if that panics, this one is dropped too.
#[inline]
fn key<K, V>((key, value): (K, V)) -> K {
    drop(value);
    key
}

/// As [`key`].
#[inline]
fn value<K, V>((key, value): (K, V)) -> V {
    drop(key);
    value
}
