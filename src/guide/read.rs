//! Read the number: what you see, and what to take.
//!
//! Begin with the line that has most requests, not with the one that has most bytes: each request
//! costs about the same, up to the size where pages have to be touched. Take the first remedy of its
//! row, measure again, and go on with what is first now. Three remedies cover nearly everything: keep
//! a buffer, borrow or share, hold it inline.
//!
//! # What `advise` says
//!
//! [`advise`](crate::meter::advise) sorts requests by line and names a kind and a remedy. These are all of its answers
//! (`tests/house.rs` checks that none is missing):
//!
//! | it sees | it says | more |
//! |---|---|---|
//! | a `String` clone | borrow it as `&str` or move it; `share::Str` where several must own it | [`share`](super::share) |
//! | a clone | borrow it or move it; `Arc` where several must own it | [one `Arc` for the state](super::share#one-arc-for-the-state) |
//! | a `String` made from a `&str` | keep the `&str`; `inline::SmallString` if it must be owned, `share::Fields` for a head or line | [`share`](super::share) |
//! | a changed copy of a string | compare without a copy (`eq_ignore_ascii_case`); `share::CowExt` if it seldom changes | [`CowExt`](crate::share::CowExt) |
//! | an owned `String` from serde | a field of `&'a str` with `#[serde(borrow)]`, or of `share::Str`: no lifetime | [`serde`](super::serde) |
//! | a `Vec` that serde fills | a field of `inline::SmallVec`, with room for the usual number of elements | [`serde`](super::serde) |
//! | what a serializer writes into | `serde_json::to_writer` into a `Vec` that is kept and cleared | [`serde`](super::serde) |
//! | the JSON parser's space for strings with escapes | nothing: the parser needs it, once, when a string has escapes | |
//! | `format!`, at most 64 bytes | `inline::small_format!`; `inline::small_concat!` if all pieces are texts and integers | [`inline`](super::inline) |
//! | `format!`, more | `write!` into a `String` that is kept and cleared | [`pool`](super::pool) |
//! | `to_string` of a value, at most 64 bytes | `inline::small_format!`, or pass the value on as `impl Display` | [`inline`](super::inline) |
//! | `to_string` of a value, more | `write!` into a `String` that is kept and cleared | [`pool`](super::pool) |
//! | a join, at most 64 bytes | `inline::small_concat!`, or `push_str` into an `inline::SmallString` | [`inline`](super::inline) |
//! | a join, more | `push_str` into a `String` that is kept and cleared | [`pool`](super::pool) |
//! | a growing `String`, at most 64 bytes | `inline::SmallString`, or a `String` that is kept and cleared | [`inline`](super::inline) |
//! | a growing `String`, more | reserve once with `String::with_capacity`; keep and clear it, and it never allocates | [`pool`](super::pool) |
//! | a growing `Vec`, at most 64 bytes | `inline::SmallVec`, or a `Vec` that is kept and cleared | [`inline`](super::inline) |
//! | a growing `Vec`, more | reserve once with `Vec::with_capacity`; keep and clear it, and it never allocates | [`pool`](super::pool) |
//! | a growing `Vec` or `String` that got its size at once, a `Vec` or `String` of known size | keep it between calls: `clear()`, then fill it again | [`pool`](super::pool) |
//! | the table of a `HashMap`, up to 2 KiB | few entries: an `inline::SmallMap` or `inline::SmallSet`; or `with_capacity` | [`inline`](super::inline) |
//! | the table of a `HashMap`, more | `HashMap::with_capacity`, or keep it and `clear()` | [`pool`](super::pool) |
//! | a node of a `BTreeMap`, at most 8 of them | few entries: an `inline::SmallMap`, or an `inline::SmallVec` of pairs that is kept sorted | [`inline`](super::inline) |
//! | a node of a `BTreeMap`, more | a sorted `Vec` that is kept, with `binary_search` | |
//! | a collected iterator, at most 64 bytes | collect into an `inline::SmallVec`, or use the iterator itself | [`inline`](super::inline) |
//! | a collected iterator, more | use the iterator itself, or `extend` a `Vec` that is kept and cleared | [`pool`](super::pool) |
//! | a slice copied into a `Vec` | borrow the slice | [`share`](super::share) |
//! | a `vec![..]` of listed elements | an array, or `inline::ArrayVec` | [`inline`](super::inline) |
//! | a `Box` | hold the value itself; an `enum` or a generic in place of `dyn` | |
//! | a new `Arc` or `Rc` | make it once outside, and clone that | [one `Arc` for the state](super::share#one-arc-for-the-state) |
//! | an allocation | look at the line: no rule knows it | |
//!
//! It sees what it was run on, on one thread:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::meter::{Kind, Lever};
//!
//! let head = "host: a.example\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)";
//! let advice = meter::advise(|| {
//!     let owned: Vec<String> = head.lines().map(str::to_owned).collect();
//!     owned.len()
//! });
//! let strings = advice.sites().iter().find(|site| site.kind == Kind::OwnedString).unwrap();
//! assert_eq!((strings.allocs, strings.lever), (2, Some(Lever::ZeroCopy)));
//! ```
//!
//! # What dhat or a heap profiler shows
//!
//! Look for the innermost frame that is not of `alloc` or `core`; these are the frames around it:
//!
//! | you see | it is | take |
//! |---|---|---|
//! | `<String as Clone>::clone`, `to_owned`, `String::from` | a copy of text | `&str`, [`Str`](crate::share::Str), [`Fields`](crate::share::Fields) |
//! | `RawVec::grow_one` with few elements | a `Vec` that was made empty | [`SmallVec`](crate::inline::SmallVec), or `Vec::with_capacity` |
//! | `RawVec::grow_amortized` on an output | a buffer that starts anew each time | a kept buffer, [`BufferPool`](crate::pool::BufferPool) |
//! | `alloc::fmt::format` | `format!` | [`small_format!`](crate::inline::small_format), `write!` into a kept `String` |
//! | `hashbrown::raw::RawTable::reserve_rehash` | a map that grows | [`SmallMap`](crate::inline::SmallMap), `with_capacity` |
//! | `serde::de::impls::StringVisitor` | one `String` for each field | [`serde`](super::serde) |
//! | `Vec::<T>::from_iter`, and the `Vec` is dropped in the same function | a `collect` nobody needed | the iterator, [`with_scratch`](crate::pool::with_scratch) |
//! | `Bytes::copy_from_slice`, `Vec::to_vec` at a body | a copy for the framework | [`PooledBuf::freeze`](crate::pool::PooledBuf::freeze), `Bytes` by [`into_bytes`](crate::pool::PooledBuf::into_bytes) |
//! | `http::header::name`, one for each request and header | a header name that is not standard | [`http`](super::http) |
//! | `BytesMut::reserve_inner`, 8192 bytes for each request | hyper's read buffer | [`half_close`](super::http#8-kib-for-each-request-half_close) |
//! | `Arc::new` in a handler, or the clone of a state with `String`s in it | state that is not shared | [one `Arc`](super::share#one-arc-for-the-state) |
//! | many small blocks that die together | a tree, a parse, a plan | `pool::ArenaPool`, with feature `arena` |
//! | `thread_start`, or a pool thread's stack | threads that come and go | [`tokio`](super::tokio) |
//!
//! # What a CPU profile shows
//!
//! | you see | it is | take |
//! |---|---|---|
//! | `malloc`, `free`, `_int_malloc` above 10 % | many allocations | the tables above; and until then [another allocator](super::allocators) |
//! | `memcpy` below a move of a large struct | inline room that is too large | [how large may it be](super::inline#how-large-may-it-be) |
//! | `SipHasher13` | std's hasher on short keys | [`SmallMap`](crate::inline::SmallMap) up to its `N`; another hasher where no attacker chooses the keys |
//! | `page_fault`, `clear_page` in a steady state | memory that goes back and comes again | [`Tuning`](crate::heap::Tuning) |
//! | `lock cmpxchg` or `xadd` in a clone | a count that several cores share | [a copy](super::share), or one clone for a batch: [`Str::slicer`](crate::share::Str::slicer) |
//! | nothing of all this | the time is elsewhere | another crate |
//!
//! # What the system shows
//!
//! | you see | take |
//! |---|---|
//! | resident memory stays high after the work is done | [`heap::stats`](crate::heap::stats), then [`purge`](crate::heap::purge) |
//! | it rises in steps with each new worker | fewer arenas: [`Tuning`](crate::heap::Tuning), [`tokio`](super::tokio) |
//! | it rises without end, and so does `allocated` | a leak: [`net_bytes`](crate::meter::Usage::net_bytes) of a unit of work, then heaptrack |
//! | it rises without end, `allocated` does not | fragmentation: [`Stats::fragmentation`](crate::heap::Stats::fragmentation), [`allocators`](super::allocators) |
