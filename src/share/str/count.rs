//! The count of handles: the one place where threads meet. `tests/loom` runs this file.

use core::ptr::null_mut;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use crate::sync::{AtomicPtr, AtomicUsize};

/// How many handles there are to one buffer, from 1 to [`Count::MAX`].
pub(super) struct Count(AtomicUsize);

impl Count {
    /// The most handles there can be. What goes beyond aborts: at once in `new` and `add`, and in
    /// `add_one` once it finds more, for which the sign bit is all that it tests.
    ///
    /// Above it is room for one `add_one` of each thread that is about to abort.
    pub(super) const MAX: usize = usize::MAX >> 1;

    pub(super) fn new(handles: usize) -> Self {
        if handles > Self::MAX {
            overflow();
        }
        Self(AtomicUsize::new(handles))
    }

    /// Counts one more handle, made from one that lives.
    ///
    /// Relaxed: whoever may clone a handle already sees what it points to, and passing the new one
    /// to another thread orders all that came before.
    #[inline]
    pub(super) fn add_one(&self) {
        if self.0.fetch_add(1, Relaxed) > Self::MAX {
            overflow();
        }
    }

    /// Counts `handles` more in one operation, and never more than [`Count::MAX`] even for a moment:
    /// an addition that large, made by two threads, could wrap around before either aborts.
    #[inline]
    pub(super) fn add(&self, handles: usize) {
        let fits = |sum: &usize| seeded!(*sum <= Self::MAX, "str-count-unbounded" => true);
        let sum = |count: usize| count.checked_add(handles).filter(fits);
        if self.0.fetch_update(Relaxed, Relaxed, sum).is_err() {
            overflow();
        }
    }

    /// Gives up as many handles. `true` if they were the last: the caller frees what they shared.
    ///
    /// What the others did before they let go happens before the caller frees: their decrements are
    /// Releases, and the load that follows the last one is an Acquire. A load and no fence, because
    /// thread sanitizers do not model fences. To look first whether it is the last, which saves that
    /// one the read-modify-write, costs all others a tenth.
    #[inline]
    pub(super) fn release(&self, handles: usize) -> bool {
        if self.0.fetch_sub(handles, seeded!(Release, "str-release-relaxed" => Relaxed)) != handles
        {
            return false;
        }
        let _ = self.0.load(seeded!(Acquire, "str-last-unordered" => Relaxed));
        true
    }

    /// Whether there is one handle, and all that the former others did is visible.
    #[inline]
    pub(super) fn is_one(&self) -> bool {
        self.0.load(seeded!(Acquire, "str-only-unordered" => Relaxed)) == 1
    }
}

/// Puts `made` into an empty slot; `Err` with what another thread put there first.
pub(super) fn install<T>(slot: &AtomicPtr<T>, made: *mut T) -> Result<(), *mut T> {
    let publish = seeded!(AcqRel, "str-header-unpublished" => Relaxed);
    slot.compare_exchange(null_mut(), made, publish, Acquire).map(drop)
}

/// More handles than can be counted: going on would free the buffer too early.
#[cold]
#[inline(never)]
fn overflow() -> ! {
    #[cfg(feature = "std")]
    std::process::abort();
    // A panic while panicking aborts, and no caller can catch it.
    #[cfg(not(feature = "std"))]
    {
        struct Abort;
        impl Drop for Abort {
            fn drop(&mut self) {
                unreachable!("more handles to one Str than can be counted");
            }
        }
        let _abort = Abort;
        unreachable!("more handles to one Str than can be counted");
    }
}
