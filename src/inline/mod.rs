//! Keep small things on the stack.
//!
//! The types are those of [smallvec](https://docs.rs/smallvec/1) and
//! [arrayvec](https://docs.rs/arrayvec/0.7), re-exported as they are, so they go in and out of every
//! other crate that uses them. What this room adds is the advice below and the exact figures: each
//! type's page ends with what it takes from the heap beside std, case by case, and
//! `cargo test --test dhat` checks every line of it.
//!
//! # Which one
//!
//! | you know | take | because |
//! |---|---|---|
//! | the length, before the first item | `Vec::with_capacity` | one block of the right size, and 24 bytes to move |
//! | a length that is never exceeded | [`ArrayVec`], [`ArrayString`] | no heap at all; a full one says so |
//! | nearly always at most `N`, now and then more | [`SmallVec`] | no heap up to `N`, a vector beyond |
//! | nothing yet | `Vec`, then count real lengths | a guessed `N` costs stack and saves nothing |
//!
//! ```
//! use thrifty::inline::{ArrayString, ArrayVec, SmallVec};
//!
//! // Nearly always a few: the fifth moves all of them to the heap, and nothing is lost.
//! let mut tags: SmallVec<[&str; 4]> = SmallVec::new();
//! tags.extend(["a", "b", "c", "d"]);
//! assert!(!tags.spilled());
//! tags.push("e");
//! assert!(tags.spilled());
//!
//! // Never more than eight: the ninth is handed back.
//! let mut digits: ArrayVec<u8, 8> = (1..=8).collect();
//! assert_eq!(digits.try_push(9).unwrap_err().element(), 9);
//!
//! // A key that fits is text without a `String`.
//! let mut key = ArrayString::<16>::new();
//! key.try_push_str("user:")?;
//! key.try_push_str("4711")?;
//! assert_eq!(&key, "user:4711");
//! # Ok::<(), thrifty::inline::CapacityError<&str>>(())
//! ```
//!
//! Built by `push` and dropped, 8 `u64` take 671 instructions in a `Vec`, 241 in a
//! `Vec::with_capacity`, 142 in a `SmallVec<[u64; 8]>` and 59 in an `ArrayVec<u64, 16>` (callgrind,
//! loop included; rustc 1.95, x86-64, glibc's malloc): run
//! `cargo run --release --manifest-path benches/versus/Cargo.toml -- --room inline --all`.
//!
//! # Take something else when
//!
//! - **it mostly spills.** A spilled `SmallVec` that grew by `push` allocates and copies like a `Vec`
//!   that did: 32 `u64` take 2 blocks and 384 bytes, where `Vec::with_capacity` takes 1 and 256.
//! - **it is moved often.** A move copies the whole object, empty slots included: a large one belongs
//!   behind a reference or in a `Box`.
//! - **it lives across an `.await`.** The future then holds all `N` slots, and so does each future
//!   around it.
//! - **it ends up as a `Vec`.** [`SmallVec::into_vec`] allocates if the items are inline: build the
//!   `Vec`.
//! - **the items own heap memory.** Four `String`s in a `SmallVec` are four allocations instead of
//!   five.
//! - **it is a field of a public generic type that borrows.** `SmallVec<[T; N]>` is invariant in `T`
//!   (see [there](SmallVec#lifetimes)); [`ArrayVec`] and `Vec` are not.
//!
//! # How large may `N` be
//!
//! An object of a `SmallVec` is never smaller than a `Vec`, so what fits in 16 bytes is free:
//!
//! ```
//! use thrifty::inline::{ArrayVec, SmallVec};
//!
//! # #[cfg(target_pointer_width = "64")] {
//! assert_eq!(size_of::<Vec<u8>>(), 24);
//! assert_eq!(size_of::<SmallVec<[u8; 16]>>(), 24);
//! assert_eq!(size_of::<SmallVec<[u64; 2]>>(), 24);
//! // Beyond that it is the items and one word.
//! assert_eq!(size_of::<SmallVec<[u64; 7]>>(), 64);
//! # }
//! // An `ArrayVec` counts in 32 bits.
//! assert_eq!(size_of::<ArrayVec<u32, 3>>(), 16);
//! ```
//!
//! | the object | at most |
//! |---|---|
//! | is returned, stored or sent on | 64 bytes: `N = 56 / size_of::<T>()` in a `SmallVec` |
//! | is a local that stays where it is | some hundred bytes |
//! | is larger than that | heap: `Vec::with_capacity`, or one buffer that is cleared and reused |
//!
//! # Filling in place
//!
//! `collect` hands the finished object over by value, which may copy all of it. Where the code is
//! hot, fill one that already stands where it will be used:
//!
//! ```
//! use thrifty::inline::SmallVec;
//!
//! let mut even: SmallVec<[u64; 8]> = SmallVec::new();
//! even.extend((0..16).filter(|n| n % 2 == 0));
//! assert!(!even.spilled());
//!
//! // Cleared, it keeps its room, inline or on the heap.
//! even.clear();
//! even.extend([1, 2, 3]);
//! assert_eq!(even[..], [1, 2, 3]);
//! ```
#![forbid(unsafe_code)]

mod capacity;
mod concat;
mod format;
mod small_string;

pub use capacity::{INLINE_ITEM_BYTES, INLINE_OBJECT_BYTES, assert_inline_size, inline_capacity};
pub use concat::{Digits, Piece};
pub use small_string::{Drain as StringDrain, SmallString};

#[doc(no_inline)]
pub use crate::{small_concat, small_format};
pub mod small_map;

#[doc(inline)]
pub use small_map::SmallMap;

/// A type that finds keys of another: equal to them, and hashed alike.
///
/// Each type is equivalent to what borrows as it, so `&str` finds `String`.
#[doc(inline)]
pub use hashbrown::Equivalent;

/// A string of at most `CAP` bytes, without any heap.
///
/// For keys, labels and numbers as text whose longest form is known. Take `String` if the text may
/// grow, and leave it there if it is stored for long and mostly short of `CAP`.
///
/// # Allocation
///
/// Never allocates. Text that does not fit is refused whole: `try_push_str` gives it back, `write!`
/// returns an error, `push_str` panics.
///
/// ```
/// use core::fmt::Write;
/// use thrifty::inline::ArrayString;
///
/// let mut key = ArrayString::<16>::new();
/// write!(key, "user:{}", 4711)?;
/// assert_eq!(&key, "user:4711");
/// assert_eq!(key.try_push_str("/profile").unwrap_err().element(), "/profile");
/// # Ok::<(), core::fmt::Error>(())
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/array_string.txt")]
/// ```
///
/// # The type itself
///
#[doc(inline)]
pub use arrayvec::ArrayString;

/// A vector of at most `CAP` items, without any heap.
///
/// The cheapest of all to build. Take [`SmallVec`] if there may be more than `CAP` items, and
/// `Vec::with_capacity` if an object of `CAP` items is too large to move.
///
/// # Allocation
///
/// Never allocates. An item that does not fit is handed back by `try_push`; `push`, `extend` and
/// `collect` panic on it.
///
/// ```
/// use thrifty::inline::ArrayVec;
///
/// let mut ids: ArrayVec<u64, 4> = ArrayVec::new();
/// ids.try_extend_from_slice(&[1, 2, 3])?;
/// ids.push(4);
/// assert_eq!(ids.try_push(5).unwrap_err().element(), 5);
/// assert_eq!(ids.into_inner(), Ok([1, 2, 3, 4]));
/// # Ok::<(), thrifty::inline::CapacityError>(())
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/array_vec.txt")]
/// ```
///
/// # The type itself
///
#[doc(inline)]
pub use arrayvec::ArrayVec;

/// What an [`ArrayVec`] or [`ArrayString`] without room returns.
///
/// Holds what did not fit: `element` gives it back.
#[doc(inline)]
pub use arrayvec::CapacityError;

/// A vector that keeps up to `N` items inline, as `SmallVec<[T; N]>`.
///
/// For what is nearly always short. Take `Vec::with_capacity` if the length is known and above `N`,
/// [`ArrayVec`] if it never exceeds `N`; [the room's page](self) says how to choose `N`.
///
/// # Allocation
///
/// Never allocates while it holds at most `N` items; otherwise once, for
/// `(N + 1).next_power_of_two() * size_of::<T>()` bytes. From there it grows like a `Vec`: each
/// doubling is a reallocation, and `shrink_to_fit` brings it back inline once the items fit.
///
/// ```
/// use thrifty::inline::SmallVec;
///
/// let mut ids: SmallVec<[u64; 8]> = (1..=8).collect();
/// assert!(!ids.spilled());
/// ids.push(9);
/// assert_eq!((ids.spilled(), ids.capacity()), (true, 16));
///
/// ids.truncate(8);
/// ids.shrink_to_fit();
/// assert!(!ids.spilled());
/// ```
///
/// # Lifetimes
///
/// `SmallVec<[T; N]>` is invariant in `T`: one of `&'static str` is no vector of shorter-lived
/// `&str`, and neither is a struct that holds one. This does not compile:
///
/// ```compile_fail
/// use thrifty::inline::SmallVec;
///
/// fn shorter<'a>(names: SmallVec<[&'static str; 4]>) -> SmallVec<[&'a str; 4]> {
///     names
/// }
/// ```
///
/// With [`ArrayVec`] it does:
///
/// ```
/// use thrifty::inline::ArrayVec;
///
/// fn shorter<'a>(names: ArrayVec<&'static str, 4>) -> ArrayVec<&'a str, 4> {
///     names
/// }
/// ```
///
/// # Measured
///
/// ```text
#[doc = include_str!("../../tests/ledger/small_vec.txt")]
/// ```
///
/// # The type itself
///
#[doc(inline)]
pub use smallvec::SmallVec;

/// Makes a [`SmallVec`] as `vec!` makes a `Vec`.
///
/// # Allocation
///
/// Never allocates while the list has at most `N` items; otherwise once, for
/// `len * size_of::<T>()` bytes.
///
/// ```
/// use thrifty::inline::{SmallVec, smallvec};
///
/// let ids: SmallVec<[u64; 4]> = smallvec![1, 2, 3];
/// assert!(!ids.spilled());
/// ```
#[doc(inline)]
pub use smallvec::smallvec;
