//! The tag that a magazine compares a handle's with.

#[cfg(feature = "async")]
use core::sync::atomic::Ordering::Relaxed;

#[cfg(feature = "async")]
use crate::sync::AtomicU64;
#[cfg(not(feature = "async"))]
use core::cell::Cell;

use crate::sync::const_fn;

/// Read and written by the thread of the magazine; with feature `async`, who waits sets it to 0.
///
/// An atomic only where that may be: no compiler folds its load into the comparison, which costs a get
/// and a put one instruction of 30.
#[derive(Debug)]
pub(super) struct Wanted(
    #[cfg(feature = "async")] AtomicU64,
    #[cfg(not(feature = "async"))] Cell<u64>,
);

#[cfg(feature = "async")]
impl Wanted {
    const_fn! {
        pub(super) fn nothing() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    #[inline]
    pub(super) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    pub(super) fn set(&self, tag: u64) {
        self.0.store(tag, Relaxed);
    }
}

#[cfg(not(feature = "async"))]
impl Wanted {
    const_fn! {
        pub(super) fn nothing() -> Self {
            Self(Cell::new(0))
        }
    }

    #[inline]
    pub(super) fn get(&self) -> u64 {
        self.0.get()
    }

    pub(super) fn set(&self, tag: u64) {
        self.0.set(tag);
    }
}
