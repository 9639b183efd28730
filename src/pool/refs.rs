//! How many handles read one block.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::sync::AtomicU32;

/// A count of references, as `Arc` has it, save that a last reader is spared the read-modify-write.
#[derive(Debug)]
pub(crate) struct Refs(AtomicU32);

/// Half of what the count can hold: so many threads cannot be between the addition and the abort.
const MOST: u32 = u32::MAX / 2;

impl Refs {
    /// One reference.
    pub(crate) fn one() -> Self {
        Self(AtomicU32::new(1))
    }

    /// One more. Whoever calls this has one, so what it protects is alive.
    #[inline]
    pub(crate) fn add(&self) {
        if self.0.fetch_add(1, Relaxed) > MOST {
            // Handles were forgotten, one for each number there is: going on would free too early.
            std::process::abort();
        }
    }

    /// One less; whether it was the last, which then has what it protects alone.
    #[inline]
    pub(crate) fn drop_one(&self) -> bool {
        if self.is_one() {
            return true;
        }
        // Release: the reads of this handle come before whatever the last one does. The Acquire is in
        // the load of whoever sees that it was the last, instead of a fence: sanitizers follow it.
        self.0.fetch_sub(1, seeded!(Release, "refs-release-relaxed" => Relaxed)) == 1
            && self.0.load(Acquire) == 0
    }

    /// Whether there is no other: nobody can make one from a reference that nobody else has.
    #[inline]
    pub(crate) fn is_one(&self) -> bool {
        self.0.load(Acquire) == 1
    }
}
