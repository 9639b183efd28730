//! What a value must be able to do to be used again: forget what it holds, and say what it keeps.

use alloc::boxed::Box;
use alloc::collections::{BinaryHeap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};
use std::collections::{HashMap, HashSet};

/// A value that is emptied and used again, with the memory that it has grown.
///
/// For what [`Pool`](super::Pool) and [`scratch!`](crate::scratch) keep. Implemented for std's
/// collections that keep their memory when cleared, for `Box`, for pairs, triples and quadruples.
/// `BTreeMap` and `LinkedList` are missing on purpose: clearing one frees every node, so there is
/// nothing to use again.
///
/// A value whose `reset` panics is dropped, not kept.
///
/// # Examples
///
/// ```
/// use thrifty::pool::Reset;
///
/// #[derive(Default)]
/// struct Parser {
///     line: String,
///     errors: Vec<usize>,
///     depth: u32,
/// }
///
/// impl Reset for Parser {
///     fn reset(&mut self) {
///         self.line.reset();
///         self.errors.reset();
///         self.depth = 0;
///     }
///
///     fn footprint(&self) -> usize {
///         self.line.footprint() + self.errors.footprint()
///     }
/// }
///
/// let mut parser = Parser { line: String::with_capacity(100), depth: 3, ..Parser::default() };
/// parser.line.push_str("GET /");
/// parser.reset();
/// assert_eq!((parser.line.as_str(), parser.depth), ("", 0));
/// assert_eq!(parser.footprint(), 100);
/// assert!(parser.retain(100) && !parser.retain(99));
/// ```
pub trait Reset {
    /// Makes it as good as new, with the memory that it has.
    ///
    /// Nothing that the last user put in may be visible to the next one.
    ///
    /// # Allocation
    ///
    /// Frees what the contents own; never allocates.
    fn reset(&mut self);

    /// Returns the bytes of heap that it holds on to beside itself, once reset.
    ///
    /// 0 unless it says otherwise. A value that understates is kept where it should be freed.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    fn footprint(&self) -> usize {
        0
    }

    /// Returns whether it is worth keeping where `limit` bytes are the most.
    ///
    /// Called after [`reset`](Self::reset). Unless it says otherwise, it is while its
    /// [`footprint`](Self::footprint) is at most `limit`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[inline]
    fn retain(&self, limit: usize) -> bool {
        self.footprint() <= limit
    }
}

impl<T> Reset for Vec<T> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn footprint(&self) -> usize {
        items::<T>(self.capacity())
    }
}

impl Reset for String {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn footprint(&self) -> usize {
        self.capacity()
    }
}

impl<T> Reset for VecDeque<T> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn footprint(&self) -> usize {
        items::<T>(self.capacity())
    }
}

impl<T: Ord> Reset for BinaryHeap<T> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn footprint(&self) -> usize {
        items::<T>(self.capacity())
    }
}

/// The hasher stays as it is, its seed too.
impl<K, V, S> Reset for HashMap<K, V, S> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn footprint(&self) -> usize {
        table::<(K, V)>(self.capacity())
    }
}

/// The hasher stays as it is, its seed too.
impl<T: Eq + Hash, S: BuildHasher> Reset for HashSet<T, S> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    #[inline]
    fn footprint(&self) -> usize {
        table::<T>(self.capacity())
    }
}

impl<T: Reset + ?Sized> Reset for Box<T> {
    #[inline]
    fn reset(&mut self) {
        (**self).reset();
    }

    #[inline]
    fn footprint(&self) -> usize {
        size_of_val(&**self).saturating_add((**self).footprint())
    }

    #[inline]
    fn retain(&self, limit: usize) -> bool {
        limit.checked_sub(size_of_val(&**self)).is_some_and(|rest| (**self).retain(rest))
    }
}

macro_rules! tuples {
    ($(($($item:ident $index:tt)+))+) => {$(
        /// All are reset, and all stay or go together.
        impl<$($item: Reset),+> Reset for ($($item,)+) {
            #[inline]
            fn reset(&mut self) {
                $(self.$index.reset();)+
            }

            #[inline]
            fn footprint(&self) -> usize {
                0_usize$(.saturating_add(self.$index.footprint()))+
            }

            #[inline]
            fn retain(&self, limit: usize) -> bool {
                self.footprint() <= limit $(&& self.$index.retain(limit))+
            }
        }
    )+};
}

tuples! {
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
}

/// Capacities of types without a size are `usize::MAX`.
const fn items<T>(capacity: usize) -> usize {
    capacity.saturating_mul(size_of::<T>())
}

/// What std's table of this capacity takes, to within the 16 bytes at its end: a power of two of
/// places, of which seven eighths may be filled (three of four), and a byte beside each.
const fn table<T>(capacity: usize) -> usize {
    let places = match capacity {
        0 => return 0,
        1..4 => 4,
        4..8 => 8,
        _ => (capacity.saturating_mul(8) / 7).next_power_of_two(),
    };
    places.saturating_mul(size_of::<T>() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footprints_are_those_of_the_capacity() {
        assert_eq!(Vec::<u32>::with_capacity(10).footprint(), 40);
        assert_eq!(Vec::<()>::new().footprint(), 0);
        assert_eq!(String::with_capacity(10).footprint(), 10);
        assert_eq!(VecDeque::<u16>::with_capacity(10).footprint(), 20);
        assert_eq!(BinaryHeap::<u8>::with_capacity(10).footprint(), 10);
        assert_eq!(HashMap::<u32, u32>::new().footprint(), 0);
        let boxed: Box<(String, Vec<u64>)> =
            Box::new((String::with_capacity(3), Vec::with_capacity(2)));
        assert_eq!(boxed.footprint(), size_of::<(String, Vec<u64>)>() + 19);
        assert!(boxed.retain(boxed.footprint()) && !boxed.retain(boxed.footprint() - 1));
        assert!(!boxed.retain(0));
    }

    #[test]
    fn everything_is_empty_after_a_reset() {
        let mut all = (
            HashMap::from([(1, 2)]),
            HashSet::from([1]),
            (VecDeque::from([1]), BinaryHeap::from([1])),
            Box::new((vec![1], String::from("x"))),
        );
        all.reset();
        assert!(all.0.is_empty() && all.1.is_empty() && all.2.0.is_empty() && all.2.1.is_empty());
        assert!(all.3.0.is_empty() && all.3.1.is_empty());
        assert!(all.footprint() > 0 && all.retain(all.footprint()) && !all.retain(1));
    }
}
