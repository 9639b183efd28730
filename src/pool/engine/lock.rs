//! A lock that nobody waits for.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::sync::{AtomicBool, UnsafeCell};

/// Either one has it at once, or one does something else.
///
/// So neither a holder that was preempted nor one that a fork has left behind stops anybody, and
/// code that is called by the allocator inside cannot deadlock.
#[derive(Debug, Default)]
pub(crate) struct TryLock<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// INVARIANTS
// K1: `value` is touched only inside `try_with`, by whoever turned `held` from false to true, and
//     until that one turns it back.

// SAFETY: by K1 threads touch the value one after the other, with an Acquire that reads the Release
// of the one before; that is all that `T: Send` asks for.
unsafe impl<T: Send> Sync for TryLock<T> {}

impl<T> TryLock<T> {
    /// Runs `f` on the value, unless another one is at it.
    pub(crate) fn try_with<R>(&self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.held.compare_exchange(false, true, Acquire, Relaxed).ok()?;
        // Also when `f` panics.
        let unlock = seeded!(Release, "lock-release-relaxed" => Relaxed);
        let _release = OnDrop(|| self.held.store(false, unlock));
        Some(self.value.with_mut(|value| {
            // SAFETY: the value is alive as long as `self`, and nobody else touches it (K1).
            f(unsafe { &mut *value })
        }))
    }
}

/// Runs what it holds at the end of its scope, on every way out.
pub(crate) struct OnDrop<F: Fn()>(pub(crate) F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
