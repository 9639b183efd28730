//! Every order in which threads can meet.
//!
//! ```text
//! RUSTFLAGS="--cfg thrifty_loom" cargo test --release --test loom
//! ```
//!
//! The files under test are compiled here a second time, against loom's atomics in place of the
//! library's `sync` module. Each model has a twin with a seeded bug that must fail: a model that
//! cannot fail shows nothing.
#![cfg(thrifty_loom)]

#[path = "../../src/heap/choice.rs"]
mod choice;
#[path = "../../src/share/str/count.rs"]
mod count;
#[expect(dead_code, reason = "the models use a part of it")]
#[path = "../../src/meter/counters.rs"]
mod counters;
#[path = "../../src/meter/registry.rs"]
mod registry;

mod heap;
mod meter;
mod str;

mod sync {
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
    pub(crate) use loom::thread::yield_now;
}
