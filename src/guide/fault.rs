//! Faults: memory runs out and user code panics, on purpose.
//!
//! Code with buffers of its own is wrong most often where nobody looks: when the third of four
//! allocations fails, or when `Clone` panics on the second of five elements. Both can be tried one
//! after the other, completely: there are only so many points.
//!
//! | you have written | try | proves |
//! |---|---|---|
//! | a `try_` function | [`sweep`](crate::fault::sweep) | each request may fail: an `Err` comes back, nothing leaks |
//! | code that cannot say no: `push`, `Box::new`, `format!` | `sweep_infallible` (Unix) | each request may fail: the process ends for want of memory, and in no other way |
//! | a container, or anything generic with `unsafe` in it | [`each_panic_point`](crate::fault::each_panic_point) | each call into user code may panic: nothing drops twice |
//! | anything that computes a [`Layout`](core::alloc::Layout) | [`LayoutChecked`](crate::fault::LayoutChecked) as the allocator | each block comes back once, as it was made |
//! | a handler for "no memory" that is to answer 503 | [`with`](crate::fault::with) | this very failure does what you think |
//!
//! ```
//! use std::alloc::System;
//! use std::collections::TryReserveError;
//! use thrifty::fault::{self, Failing};
//!
//! #[global_allocator]
//! static ALLOC: Failing<System> = Failing::new(System);
//!
//! /// Either both copies, or none and the error.
//! fn try_two_copies(text: &str) -> Result<[String; 2], TryReserveError> {
//!     let mut copies = [String::new(), String::new()];
//!     for copy in &mut copies {
//!         copy.try_reserve_exact(text.len())?;
//!         copy.push_str(text);
//!     }
//!     Ok(copies)
//! }
//!
//! let sweep = fault::sweep(|| try_two_copies("allocations are a number"));
//! assert_eq!(sweep.points, 2);
//! sweep.assert_clean();
//! ```
//!
//! # Where it pays in a back end
//!
//! Request limits, not memory, are what keeps a server alive: on Linux an allocation seldom fails, the
//! process is killed instead. So use `try_reserve` where one request decides the size (a length in a
//! header, a decompressed body), sweep that function, and leave the rest infallible.
//!
//! # Take something else when
//!
//! - **you look for undefined behaviour:** Miri and the sanitizers see what a bomb does not.
//! - **a dependency is to blame:** sweeping foreign code finds its faults, and you cannot repair them.
