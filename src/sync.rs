//! What threads meet at. `tests/loom` compiles the files that use it against loom's own.

#[cfg(feature = "meter")]
pub(crate) use core::hint::spin_loop;
#[cfg(any(feature = "heap", feature = "meter", feature = "pool"))]
pub(crate) use core::sync::atomic::AtomicPtr;
#[cfg(any(feature = "heap", feature = "pool"))]
pub(crate) use core::sync::atomic::AtomicU32;
#[cfg(feature = "pool")]
pub(crate) use core::sync::atomic::AtomicUsize;
#[cfg(any(feature = "meter", feature = "pool"))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicU64};
#[cfg(feature = "pool")]
pub(crate) use std::thread::sleep;
#[cfg(any(feature = "meter", feature = "pool"))]
pub(crate) use std::thread::yield_now;

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
