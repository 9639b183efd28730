//! Break it on purpose, in tests: memory runs out, user code panics.
//!
//! Code that manages memory is wrong most often where nobody looks: in the branch for "no memory",
//! and where a `Clone`, `Drop`, `Eq` or closure of the caller panics half-way. Both can be tried
//! completely, one point after the other, in microseconds.
//!
//! | you have | take | it proves |
//! |---|---|---|
//! | a `try_` function | [`sweep`], or [`sweep_async`] | every request may fail: `Err` comes back, nothing leaks |
//! | an infallible function | `sweep_infallible` (Unix) | every request may fail: the process ends for want of memory, and in no other way |
//! | one request to fail | [`with`] and [`Fail`] | what this very failure does |
//! | a container of `T` | [`each_panic_point`] and [`Bomb`] | every call of `T` may panic: nothing is dropped twice, used after its drop or leaked |
//! | `unsafe` code that frees | [`LayoutChecked`] | each block comes back once, with the layout it was made with |
//! | a closure or an iterator that is called back | [`Fuse::tick`] | the same for your own points |
//!
//! Sweeps and [`with`] need [`Failing`] as the test binary's global allocator, and say so if it
//! is missing; bombs need nothing. All of it works on one thread at a time and leaves the tests
//! beside it alone.
//!
//! **What it does not do.** Undefined behaviour is seen only where it drops or uses a bomb twice, or
//! gives a block back wrongly: run the same tests under valgrind or a sanitizer too.
//!
//! # Examples
//!
//! ```
//! use std::alloc::System;
//! use thrifty::fault::{self, Failing};
//!
//! #[global_allocator]
//! static ALLOC: Failing<System> = Failing::new(System);
//!
//! // Memory: each request of the closure fails once.
//! let sweep = fault::sweep(|| {
//!     let mut list: Vec<u32> = Vec::new();
//!     list.try_reserve_exact(4)?;
//!     list.extend([1, 2, 3, 4]);
//!     list.try_reserve_exact(100).map(|()| list)
//! });
//! assert_eq!(sweep.points, 2, "the first block, and the larger one");
//! sweep.assert_clean();
//!
//! // Panics: each clone and each drop blows up once.
//! fault::each_panic_point(|fuse| {
//!     let list = vec![fuse.bomb(1), fuse.bomb(2)];
//!     drop(list.clone());
//! })
//! .assert_clean();
//! ```

mod bomb;
mod failing;
#[cfg(unix)]
mod infallible;
mod layouts;
mod ledger;
mod panics;
mod sweep;

pub use bomb::{Blown, Bomb, Fuse};
pub use failing::{Fail, Failing, Run, with};
#[cfg(unix)]
pub use infallible::{Ended, How, InfallibleSweep, sweep_infallible};
pub use layouts::{LayoutChecked, live_blocks};
pub use panics::{Misuse, Panics, Stray, each_panic_point};
pub use sweep::{Leak, Sweep, sweep, sweep_async};
