//! Every order in which threads can meet.
//!
//! ```text
//! RUSTFLAGS="--cfg thrifty_loom" cargo test --release --test loom --features async
//! ```
//!
//! The files under test are compiled here a second time, against loom's atomics in place of the
//! library's `sync` module. Each model has a twin with a seeded bug that must fail: a model that
//! cannot fail shows nothing.
#![cfg(thrifty_loom)]

extern crate alloc;

#[macro_use]
#[path = "../../src/seeded.rs"]
mod seeded;

#[path = "../../src/heap/choice.rs"]
mod choice;
#[path = "../../src/share/str/count.rs"]
mod count;
#[expect(dead_code, reason = "the models use a part of it")]
#[path = "../../src/meter/counters.rs"]
mod counters;
#[expect(dead_code, reason = "the models use a part of it")]
#[path = "../../src/meter/registry.rs"]
mod registry;

#[expect(dead_code, reason = "the models use a part of it")]
mod pool_engine;
#[path = "../../src/pool/refs.rs"]
mod refs;

mod heap;
mod meter;
mod pool;
mod str;
#[cfg(feature = "async")]
mod waiting;

mod sync {
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
    pub(crate) use loom::thread::yield_now;

    #[cfg(feature = "async")]
    pub(crate) use super::waiting::told::{Notified, Notify};
    #[cfg(feature = "async")]
    pub(crate) use loom::sync::atomic::fence;

    /// Time does not pass in a model.
    pub(crate) fn sleep(_: std::time::Duration) {
        yield_now();
    }

    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

    impl<T: Default> Default for UnsafeCell<T> {
        fn default() -> Self {
            Self(loom::cell::UnsafeCell::new(T::default()))
        }
    }

    impl<T> UnsafeCell<T> {
        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            self.0.with_mut(f)
        }
    }

    pub(crate) const CLASSES: usize = 2;
    pub(crate) const NUMBERS: usize = CLASSES;
    pub(crate) const BATCH: usize = 1;
    pub(crate) const RETRIES: u32 = 1;

    macro_rules! const_fn {
        ($(#[$meta:meta])* $vis:vis fn $($rest:tt)*) => { $(#[$meta])* $vis fn $($rest)* };
    }

    macro_rules! array_of {
        ($value:expr; $count:expr) => {
            ::core::array::from_fn(|_| $value)
        };
    }

    pub(crate) use {array_of, const_fn};
}
