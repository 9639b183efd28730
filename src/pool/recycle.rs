//! The memory of a vector of one type for a vector of another: the same block, other items.
//!
//! No `unsafe`: std's `collect` of a vector's own items, mapped to a type of the same layout, keeps
//! the block. That is an optimisation and no promise of std's, so `tests/dhat/recycle.rs` counts
//! it, and a std without it would cost an allocation and nothing else.

use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::ops::{Deref, DerefMut};

/// Turns a vector into an empty one of another type, in the same memory.
///
/// For a `Vec<&'a T>` whose items live shorter than the vector should: one loop round borrows what
/// the next one has lost, so the borrow checker asks for a new vector each time. Items are dropped
/// first. Take [`RecycleSlot`] where the loop leaves by `?` or may panic, and a vector of indices if
/// the items can be that.
///
/// # Allocation
///
/// Frees what the items own; never allocates.
///
/// # Panics
///
/// If the drop of an item panics, with that panic; the memory is freed then.
///
/// # Examples
///
/// ```
/// use thrifty::pool::recycle;
///
/// let mut kept: Vec<&str> = Vec::new();
/// let mut shortest = Vec::new();
/// for line in ["b,aa,ccc", "dd,e"] {
///     let owned = line.to_uppercase(); // lives for this round only
///     let mut fields: Vec<&str> = recycle(kept);
///     fields.extend(owned.split(','));
///     fields.sort_by_key(|field| field.len());
///     shortest.push(fields[0].to_owned());
///     kept = recycle(fields);
/// }
/// assert_eq!(shortest, ["B", "E"]);
/// assert!(kept.is_empty() && kept.capacity() >= 3);
/// ```
///
/// A type of another size or alignment does not compile:
///
/// ```compile_fail,E0080
/// let sized = vec![1_u64];
/// let larger: Vec<[u64; 2]> = thrifty::pool::recycle(sized);
/// ```
///
/// ```compile_fail,E0080
/// let aligned = vec![1_u32];
/// let bytes: Vec<[u8; 4]> = thrifty::pool::recycle(aligned);
/// ```
#[inline]
#[must_use = "the memory is in the vector that is returned"]
pub fn recycle<T, U>(mut vec: Vec<T>) -> Vec<U> {
    const {
        assert!(size_of::<T>() == size_of::<U>(), "recycle: the items differ in size");
        assert!(align_of::<T>() == align_of::<U>(), "recycle: the items differ in alignment");
    }
    vec.clear();
    // std takes the block over: source and result have items of the same layout.
    vec.into_iter().map(|_| -> U { unreachable!("the vector is empty") }).collect()
}

/// A vector's memory between two uses, each with a lifetime of its own.
///
/// `RecycleSlot<&'static str>` lends vectors of `&'a str` for any `'a`: `T` stands for all types of
/// its layout. What was lent comes back on every way out of the block, by `?` and by a panic too,
/// where [`recycle`](recycle()) would lose the memory. Kept in the struct that does the work, it saves
/// the vector of each call.
///
/// # Examples
///
/// ```
/// use std::num::ParseIntError;
/// use thrifty::pool::RecycleSlot;
///
/// struct Sums {
///     fields: RecycleSlot<&'static str>,
/// }
///
/// impl Sums {
///     fn largest(&mut self, line: &str) -> Result<u32, ParseIntError> {
///         let mut fields = self.fields.lend::<&str>();
///         fields.extend(line.split(','));
///         fields.sort_by_key(|field| std::cmp::Reverse(field.len()));
///         fields[0].parse()
///     }
/// }
///
/// let mut sums = Sums { fields: RecycleSlot::new() };
/// assert_eq!(sums.largest("1,22,3"), Ok(22));
/// assert!(sums.largest("1,x2,3").is_err());
/// assert!(sums.fields.capacity() >= 3, "the error has not lost it");
/// ```
pub struct RecycleSlot<T> {
    kept: Vec<T>,
    retain: usize,
}

impl<T> RecycleSlot<T> {
    /// Makes a slot without memory, which keeps what comes back whatever its size.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_retain(usize::MAX)
    }

    /// Makes a slot without memory, which keeps at most `bytes`.
    ///
    /// A vector that has grown beyond is freed when it comes back, so one large input does not stay.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::RecycleSlot;
    ///
    /// let mut slot = RecycleSlot::<u64>::with_retain(1024);
    /// slot.lend::<u64>().extend(0..100);
    /// assert!(slot.capacity() >= 100);
    /// slot.lend::<u64>().extend(0..1000);
    /// assert_eq!(slot.capacity(), 0, "8000 bytes were too much");
    /// ```
    #[must_use]
    pub const fn with_retain(bytes: usize) -> Self {
        Self { kept: Vec::new(), retain: bytes }
    }

    /// Lends an empty vector of `U`, in the memory that the last one left.
    ///
    /// `U` is `T` with another lifetime, or any type of the same size and alignment; another does not
    /// compile. The memory comes back when the guard is dropped; a guard that is leaked by
    /// [`core::mem::forget`] takes it along, and the next use begins anew.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::RecycleSlot;
    ///
    /// let mut slot = RecycleSlot::<&'static [u8]>::new();
    /// for length in [3, 1, 2] {
    ///     let packet = vec![0; length]; // lives for this round only
    ///     let mut parts = slot.lend();
    ///     parts.extend(packet.chunks(1));
    ///     assert_eq!(parts.len(), length);
    /// }
    /// assert!(slot.capacity() >= 3);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// let mut slot = thrifty::pool::RecycleSlot::<u64>::new();
    /// slot.lend::<u32>().push(1);
    /// ```
    #[inline]
    pub fn lend<U>(&mut self) -> Lent<'_, T, U> {
        let vec = recycle(mem::take(&mut self.kept));
        Lent { slot: self, vec }
    }

    /// Returns how many items fit before the next vector grows.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.kept.capacity()
    }
}

impl<T> Default for RecycleSlot<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for RecycleSlot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capacity = self.capacity();
        f.debug_struct("RecycleSlot").field("capacity", &capacity).finish_non_exhaustive()
    }
}

/// A vector lent by a [`RecycleSlot`]; its memory goes back on drop.
#[must_use = "the vector goes back at once"]
pub struct Lent<'a, T, U> {
    slot: &'a mut RecycleSlot<T>,
    vec: Vec<U>,
}

impl<T, U> Deref for Lent<'_, T, U> {
    type Target = Vec<U>;

    #[inline]
    fn deref(&self) -> &Vec<U> {
        &self.vec
    }
}

impl<T, U> DerefMut for Lent<'_, T, U> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<U> {
        &mut self.vec
    }
}

impl<T, U> Drop for Lent<'_, T, U> {
    #[inline]
    fn drop(&mut self) {
        let vec = recycle(mem::take(&mut self.vec));
        let bytes =
            vec.capacity().saturating_mul(seeded!(size_of::<T>(), "recycle-counts-items" => 1));
        if bytes <= self.slot.retain {
            self.slot.kept = vec;
        }
    }
}

impl<T, U: fmt::Debug> fmt::Debug for Lent<'_, T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.vec.fmt(f)
    }
}
