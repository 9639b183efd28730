//! Platforms: what works where, and what was checked.
//!
//! Counting, inline types, pools and shared text are Rust and std, and the same everywhere. What
//! differs is what the allocators and the system can tell, and that differs by target:
//!
//! | | Linux, glibc | Linux, musl | macOS | Windows |
//! |---|---|---|---|---|
//! | `meter`, `inline`, `pool`, `share`, `fault` | yes | yes | yes | yes |
//! | the line of an offender, inside of code that takes backtraces itself | yes | yes | yes | not on MSVC |
//! | `heap::Mimalloc` | yes | yes | yes | yes |
//! | `heap::Jemalloc` | yes | yes | yes | does not build on MSVC |
//! | [`ByEnv`](crate::heap::ByEnv) obeys the variable | yes | yes | yes | takes the default |
//! | [`active`](crate::heap::active) knows the system's allocator | yes | no | no | no |
//! | [`rss`](crate::heap::rss) | yes | yes | `None` | `None` |
//! | [`purge`](crate::heap::purge) on the system's allocator | `malloc_trim` | nothing | nothing | nothing |
//! | [`Tuning`](crate::heap::Tuning) of the system's allocator | yes | no knobs | no knobs | no knobs |
//! | checked by | `.ci/run`, on x86-64 | a workflow that has not run yet | the same | the same |
//!
//! The README has the longer table, with each field of [`Stats`](crate::heap::Stats). Nothing is claimed for a cell that
//! no lane checks.
//!
//! # What is never estimated
//!
//! A figure that a target cannot give is `None`, and has no line in the Prometheus text. So code that
//! runs everywhere asks:
//!
//! ```
//! use thrifty::heap;
//!
//! match heap::rss() {
//!     Some(bytes) => println!("{bytes} bytes resident"),
//!     None => println!("this system does not say"),
//! }
//! # #[cfg(target_os = "linux")]
//! assert!(heap::rss().is_some());
//! ```
//!
//! # Without std
//!
//! `inline` and `share` need only `alloc`: `default-features = false, features = ["inline", "share"]`.
//! `.ci/lane/no_std` builds them so, and shows that its check can fail.
//!
//! # Numbers that depend on the target
//!
//! - **Counts** do not, where the code is the same. Bytes depend on the width of a pointer: snapshots and
//!   ledgers have a line for each.
//! - **Debug and release** differ where the optimizer removes an allocation; each has its own line.
//! - **Instructions** depend on the processor's features and the compiler: they are compared on one
//!   machine.
