//! Inline: what fits on the stack, and how large it may be.
//!
//! Most collections of a back end are small: tags, parameters, labels, the items of an order. Held
//! inside their own object they cost no allocation, no free and no pointer to follow. The room's page,
//! [`crate::inline`], has the table of types; this chapter is about choosing `N`, since a wrong one
//! loses more than the allocation did.
//!
//! # First count the lengths
//!
//! Do not guess. [`sized!`](crate::meter::sized) notes the length at a line and passes it on, so it can stand in the
//! code for a day of tests or a replay of real requests:
//!
//! ```
//! use thrifty::meter::{lengths, sized};
//!
//! fn tags(line: &str) -> Vec<&str> {
//!     let tags: Vec<_> = line.split(',').collect();
//!     sized!("tags", tags.len());
//!     tags
//! }
//!
//! for line in ["a,b", "a", "a,b,c", "a,b", "a,b,c,d,e,f,g,h,i,j,k"] {
//!     tags(line);
//! }
//! println!("{}", lengths());
//! ```
//!
//! It prints how many were how long, and the `N` that would hold most of them. Choose the one that
//! nine of ten fit into, and let the tenth spill.
//!
//! # How large may it be
//!
//! A move copies the whole object, used or not. Up to a cache line, 64 bytes, that is cheaper than an
//! allocation; at some hundred bytes it is not. So let the compiler compute `N` from the size that the
//! object may have, and keep it there:
//!
//! ```
//! use thrifty::inline::{SmallVec, assert_inline_size, inline_capacity};
//!
//! struct Tag {
//!     id: u32,
//!     weight: u32,
//! }
//!
//! type Tags = SmallVec<[Tag; inline_capacity::<Tag>(64)]>;
//! const _: () = assert_inline_size::<Tags, 64>();
//!
//! # #[cfg(target_pointer_width = "64")]
//! assert_eq!((inline_capacity::<Tag>(64), size_of::<Tags>()), (7, 64));
//! ```
//!
//! # What it saves
//!
//! The same text, made as a `String` and inline, and the same key found in a map that has its entries
//! inside:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::collections::HashMap;
//! use thrifty::inline::{SmallMap, small_concat};
//!
//! let (id, lang) = (7_u32, "en");
//! let ((), std) = meter::measure(|| {
//!     let mut labels = HashMap::new();
//!     labels.insert(format!("order-{id}"), lang);
//!     assert_eq!(labels.get("order-7"), Some(&"en"));
//! });
//! let ((), ours) = meter::measure(|| {
//!     let mut labels = SmallMap::<_, _, 4>::new();
//!     labels.insert(small_concat!(16; "order-", id), lang);
//!     assert_eq!(labels.get("order-7"), Some(&"en"));
//! });
//! assert!(std.requests() >= 2);
//! assert_eq!(ours.requests(), 0);
//! ```
//!
//! In instructions, from making to dropping, on the system's allocator (rustc 1.95, x86-64, glibc 2.36;
//! `cargo run --release --manifest-path benches/versus/Cargo.toml -- --room inline --metric
//! instructions --all`):
//!
//! | | std | inline |
//! |---|--:|--:|
//! | 8 `u64` pushed: `Vec::new`, [`SmallVec`](crate::inline::SmallVec) | 671 | 142 |
//! | the same, length known: `Vec::with_capacity`, [`ArrayVec`](crate::inline::ArrayVec) | 241 | 59 |
//! | 8 `u32` keys: inserted, found, missed, read: `HashMap`, [`SmallMap`](crate::inline::SmallMap) | 5210 | 796 |
//! | 8 `&str` keys, likewise | 7498 | 1770 |
//! | 22 `char`s pushed: `String::new`, [`SmallString`](crate::inline::SmallString) | 1226 | 440 |
//! | `"user:{id}:{name}"`: `format!`, [`small_format!`](crate::inline::small_format) | 934 | 472 |
//! | the same by [`small_concat!`](crate::inline::small_concat) | 934 | 110 |
//!
//! # Take something else when
//!
//! - **nearly all spill.** A spilled `SmallVec` is a `Vec` with a detour: `Vec::with_capacity`.
//! - **there are more than 8 text keys, or more than 16 numbers.** Keys are compared one by one; a hash
//!   table wins, most clearly for keys that are not there.
//! - **the object crosses an `.await`.** All `N` slots are part of the future, and of every future
//!   around it: [`tokio`](super::tokio#the-size-of-a-future).
//! - **the result is handed on as a `Vec` or `String`.** Then it moves to the heap anyway. (A
//!   [`SmallString`](crate::inline::SmallString) that spilled hands its block over as it is.)
//! - **only time counts.** On the report's request, inline collections on top of borrowed data take the
//!   last allocations away and hardly any time.
