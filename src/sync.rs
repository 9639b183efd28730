//! What threads meet at. `tests/loom` compiles the files that use it against loom's own.

#[cfg(any(feature = "meter", feature = "pool"))]
pub(crate) use core::hint::spin_loop;
#[cfg(any(feature = "heap", feature = "meter", feature = "pool", feature = "share"))]
pub(crate) use core::sync::atomic::AtomicPtr;
#[cfg(any(feature = "heap", feature = "pool"))]
pub(crate) use core::sync::atomic::AtomicU32;
#[cfg(any(feature = "pool", feature = "share"))]
pub(crate) use core::sync::atomic::AtomicUsize;
#[cfg(feature = "async")]
pub(crate) use core::sync::atomic::fence;
#[cfg(any(feature = "meter", feature = "pool"))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicU64};
#[cfg(feature = "pool")]
pub(crate) use std::thread::sleep;
#[cfg(any(feature = "meter", feature = "pool"))]
pub(crate) use std::thread::yield_now;
#[cfg(feature = "async")]
pub(crate) use tokio::sync::{Notify, futures::Notified};

/// A cell in loom's way: the pointer is lent to a closure, so that loom sees each access.
#[cfg(feature = "pool")]
#[derive(Debug, Default)]
pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

#[cfg(feature = "pool")]
impl<T> UnsafeCell<T> {
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}

/// Classes that a pool may have, a power of two. A model has few: each atomic costs it time.
#[cfg(feature = "pool")]
pub(crate) const CLASSES: usize = 32;

/// Numbers that a class may have, those that no pool has too. A model has few.
#[cfg(feature = "pool")]
pub(crate) const NUMBERS: usize = 64;

/// Items that move between a magazine of a pool and its depot at once. A model has few.
#[cfg(feature = "pool")]
pub(crate) const BATCH: usize = 32;

/// How often a pool asks its depot again where a lock is held, with 1, 2, 4 ... spins between: some
/// two microseconds in all. Producer and consumer that never sleep, on a busy machine: of 200,000
/// gets 120 instead of 3,200 to 6,700 made a new block. A model asks twice.
#[cfg(feature = "pool")]
pub(crate) const RETRIES: u32 = 6;

/// A `const fn`; in a model a `fn`, since loom's atomics are not made at compile time.
#[cfg(feature = "pool")]
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis fn $($rest:tt)*) => { $(#[$meta])* $vis const fn $($rest)* };
}

/// An array of values made one by one, at compile time where [`const_fn`] is.
#[cfg(feature = "pool")]
macro_rules! array_of {
    ($value:expr; $count:expr) => {
        [const { $value }; $count]
    };
}

#[cfg(feature = "pool")]
pub(crate) use {array_of, const_fn};
