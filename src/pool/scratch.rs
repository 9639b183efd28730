//! A value of this thread's, lent to a closure and put back.
//!
//! ```text
//!  Scratch { slots, retain }           a static, one for all threads
//!      |
//!      v  per thread
//!  Slots { first: kept, more: [ -- | -- | -- ] }       no use is running
//!        { first:  -- , more: [ -- | -- | -- ] }       one is: it has the value
//! ```
//!
//! A value that is lent is not in a slot, so a panic needs no guard, and a use inside of a use finds
//! the next value or makes one. What comes back goes first: it is warm. No user code (the closure,
//! `Default`, `reset`, a drop) runs between looking at a slot and writing it.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use std::thread::LocalKey;

use super::Reset;

/// Values that a thread keeps: for as many uses inside of each other.
const KEPT: usize = 4;
/// What [`with_scratch`] and [`with_scratch_string`] keep at most, in bytes.
const RETAIN: usize = 64 * 1024;

/// Runs `f` with an empty vector of this thread's, which keeps its memory.
///
/// For bytes that are put together, used and forgotten in one place: a line, a key, a frame. Its
/// capacity is still there the next time; above 64 KiB it is freed. A use inside of `f` gets another
/// vector. Take [`scratch!`](crate::scratch) for another type or limit, [`BufferPool`] for bytes
/// that are handed on or live across an `.await`, and a local array if the length is small and known.
///
/// The vector may be taken ([`core::mem::take`]); the next use then begins with a new one. So it does
/// after a panic of `f`. In a destructor of a thread-local it may find the kept vectors gone; then
/// it is a new one too, and freed.
///
/// # Allocation
///
/// Allocates whatever `f` allocates, and nothing else. What fits into the capacity of a former use
/// takes nothing; each of the first four nested uses keeps a vector of its own, per thread.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use thrifty::pool::with_scratch;
///
/// fn send(to: &mut impl Write, path: &str, host: &str) -> std::io::Result<()> {
///     with_scratch(|line| {
///         write!(line, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
///         to.write_all(line)
///     })
/// }
///
/// let mut wire = Vec::new();
/// send(&mut wire, "/", "example.com")?;
/// assert_eq!(wire, b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// What is returned cannot borrow the vector:
///
/// ```compile_fail
/// let kept: &Vec<u8> = thrifty::pool::with_scratch(|line| &*line);
/// ```
///
/// [`BufferPool`]: super
#[inline]
pub fn with_scratch<R>(f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    lend(&BYTES, RETAIN, f)
}

/// Runs `f` with an empty string of this thread's, which keeps its memory.
///
/// [`with_scratch`] for text: the same limit, nesting and panics. Take
/// `inline::SmallString` or an array if the text has a small known length.
///
/// # Allocation
///
/// Allocates whatever `f` allocates, and nothing else. What fits into the capacity of a former use
/// takes nothing.
///
/// # Examples
///
/// ```
/// use std::fmt::Write;
/// use thrifty::pool::with_scratch_string;
///
/// fn has(keys: &[&str], user: u32) -> bool {
///     with_scratch_string(|key| {
///         write!(key, "user:{user}").is_ok() && keys.contains(&key.as_str())
///     })
/// }
///
/// assert!(has(&["user:7", "user:8"], 7));
/// assert!(!has(&["user:7", "user:8"], 9));
/// ```
///
/// What is returned cannot borrow the string:
///
/// ```compile_fail
/// let kept: &str = thrifty::pool::with_scratch_string(|key| key.as_str());
/// ```
#[inline]
pub fn with_scratch_string<R>(f: impl FnOnce(&mut String) -> R) -> R {
    lend(&TEXT, RETAIN, f)
}

/// Declares values that each thread keeps for itself, to be used again and again.
///
/// `scratch! { static NAME: TYPE, retain = BYTES }`, several separated by `;`. `TYPE` is `Vec<T>`,
/// `String`, a map, a tuple of them or whatever else is [`Reset`] and `Default`. Its value is empty
/// each time and keeps its memory, up to `BYTES` for each of the first four nested uses;
/// [`Scratch::with`] lends it.
///
/// # Allocation
///
/// Never allocates. The declaration is a static; the values are made by their first use.
///
/// # Examples
///
/// ```
/// use thrifty::pool::scratch;
///
/// scratch! {
///     /// The numbers of one line.
///     static NUMBERS: Vec<u32>, retain = 16 * 1024;
///     static WORDS: (String, Vec<usize>), retain = 4 * 1024;
/// }
///
/// fn median(line: &str) -> Option<u32> {
///     NUMBERS.with(|numbers| {
///         numbers.extend(line.split(' ').filter_map(|word| word.parse::<u32>().ok()));
///         numbers.sort_unstable();
///         numbers.get(numbers.len() / 2).copied()
///     })
/// }
///
/// assert_eq!(median("9 1 5"), Some(5));
/// assert_eq!(median(""), None);
/// ```
///
/// The items of a vector live at least as long as the program, so it cannot hold borrowed text:
/// [`recycle`](crate::pool::recycle()) does that.
///
/// ```compile_fail
/// # use thrifty::pool::scratch;
/// fn words<'a>(line: &'a str) {
///     scratch! { static WORDS: Vec<&'a str>, retain = 1024 }
/// }
/// ```
#[macro_export]
macro_rules! scratch {
    ($(
        $(#[$attribute:meta])*
        $visible:vis static $name:ident: $of:ty, retain = $retain:expr
    );+ $(;)?) => {$(
        $(#[$attribute])*
        $visible static $name: $crate::pool::Scratch<$of> = {
            ::std::thread_local! {
                static SLOTS: $crate::pool::__private::Slots<$of> =
                    const { $crate::pool::__private::Slots::new() };
            }
            $crate::pool::Scratch::__of(&SLOTS, $retain)
        };
    )+};
}

// Not by the macro: a static of another crate is not seen through, a thread-local is.
thread_local! {
    static BYTES: Slots<Vec<u8>> = const { Slots::new() };
    static TEXT: Slots<String> = const { Slots::new() };
}

/// What [`scratch!`](crate::scratch) declares: a value for each thread, lent by
/// [`with`](Self::with).
pub struct Scratch<T: 'static> {
    slots: &'static LocalKey<Slots<T>>,
    retain: usize,
}

impl<T: Reset + Default> Scratch<T> {
    /// Runs `f` with a value that is empty and may have memory from its last use.
    ///
    /// Once `f` has returned the value is reset, and put back if its footprint is at most what
    /// [`scratch!`](crate::scratch) said. After a panic of `f` or of the reset it is dropped, and the
    /// next use begins with a new one. A use inside of `f` gets another value, which is kept too down
    /// to the fourth level. In a destructor of a thread-local the kept values may be gone: then it is
    /// a new one, and dropped after the use.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `f` or `T::default` allocates, and nothing else.
    ///
    /// # Panics
    ///
    /// If `f`, `T::default`, or the value's reset or drop panics, with that panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use thrifty::pool::scratch;
    ///
    /// scratch! { static SEEN: HashMap<u64, u32>, retain = 64 * 1024 }
    ///
    /// fn most_frequent(numbers: &[u64]) -> Option<u64> {
    ///     SEEN.with(|seen| {
    ///         for &number in numbers {
    ///             *seen.entry(number).or_default() += 1;
    ///         }
    ///         seen.iter().max_by_key(|(_, count)| **count).map(|(&number, _)| number)
    ///     })
    /// }
    ///
    /// assert_eq!(most_frequent(&[3, 1, 3]), Some(3));
    /// assert_eq!(most_frequent(&[2]), Some(2));
    /// ```
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        lend(self.slots, self.retain, f)
    }

    #[must_use]
    #[doc(hidden)]
    pub const fn __of(slots: &'static LocalKey<Slots<T>>, retain: usize) -> Self {
        Self { slots, retain }
    }
}

impl<T> fmt::Debug for Scratch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("retain", &self.retain).finish_non_exhaustive()
    }
}

/// The way of all of them: out of its slot, used, reset, back into a slot.
#[inline]
pub(super) fn lend<T: Reset + Default, R>(
    slots: &'static LocalKey<Slots<T>>,
    retain: usize,
    f: impl FnOnce(&mut T) -> R,
) -> R {
    // Both accesses fail where this thread is ending and its slots are gone.
    let mut value = slots.try_with(Slots::take).ok().flatten().unwrap_or_default();
    let result = f(&mut value);
    seeded!(value.reset(), "scratch-not-reset" => ());
    if seeded!(value.retain(retain), "scratch-keeps-anything" => true) {
        let _ = slots.try_with(|slots| slots.put(value));
    }
    result
}

/// The values of one thread that are not in use.
#[doc(hidden)]
pub struct Slots<T> {
    first: Cell<Option<T>>,
    more: [Cell<Option<T>>; KEPT - 1],
}

impl<T> Slots<T> {
    #[must_use]
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self { first: Cell::new(None), more: [const { Cell::new(None) }; KEPT - 1] }
    }

    #[inline]
    fn take(&self) -> Option<T> {
        self.first.take().or_else(|| {
            self.move_up();
            self.first.take()
        })
    }

    #[inline]
    fn put(&self, value: T) {
        match self.first.take() {
            None => self.first.set(Some(value)),
            Some(displaced) => self.put_before(value, displaced),
        }
    }

    /// Another value, if there is one, becomes the first.
    #[cold]
    #[inline(never)]
    fn move_up(&self) {
        self.first.set(self.more.iter().find_map(Cell::take));
    }

    /// Each value moves one further; the last one goes.
    #[cold]
    #[inline(never)]
    fn put_before(&self, value: T, displaced: T) {
        self.first.set(Some(value));
        let mut displaced = Some(displaced);
        for slot in &self.more {
            displaced = slot.replace(displaced);
            if displaced.is_none() {
                break;
            }
        }
    }
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Slots<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slots").finish_non_exhaustive()
    }
}
