//! Whether somebody waits for items of a pool, and how they learn that some were given back.
//!
//! While nobody waits, items go back to their thread's magazine, of which nobody else knows. So the
//! first thing that a waiter does is to divert them: it clears what the magazines want, and from then
//! on each item that comes back takes the slow way, where it is put where all can reach it and the
//! waiters are told.
//!
//! ```text
//!  a waiter                              who gives back
//!  counts itself                         into the depot, or off the budget
//!  ---- fence ----                       ---- fence ----
//!  diverts the magazines                 somebody counted? tell them
//!  looks into depot and budget
//! ```
//!
//! One of the two fences comes first. If it is the waiter's, it is told; if it is the other one, the
//! waiter sees what was given. The same holds for an owner that lets a magazine want items again.
//!
//! What was on its way to a magazine when that was diverted gets there, and stays out of reach as
//! what lay there before. Magazines have room for no more than half of the pool (`Core::most_room`).

#[cfg(feature = "async")]
use core::sync::atomic::Ordering::SeqCst;

#[cfg(feature = "async")]
use super::budget::{Budget, MOST};
#[cfg(feature = "async")]
use crate::sync::{Notified, Notify, fence};

/// Those who wait for the pool of one generation. Without feature `async` there are none.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// How many there are. Also those of a future that was forgotten, but none of a former pool.
    #[cfg(feature = "async")]
    count: Budget,
    /// It wakes all of them: one that was forgotten must not keep the word from the others.
    #[cfg(feature = "async")]
    given: Notify,
}

#[cfg(feature = "async")]
impl Waiting {
    pub(crate) fn start(&self, generation: u64) {
        self.count.start(generation);
    }

    /// Whether somebody waits, as far as this thread knows.
    pub(crate) fn any(&self, generation: u64) -> bool {
        self.count.taken(generation) > 0
    }

    /// Whether somebody waits who may not see what this thread has written.
    pub(crate) fn any_so_far(&self, generation: u64) -> bool {
        seeded!(fence(SeqCst), "waiting-fence-dropped" => ());
        self.any(generation)
    }

    /// To be called after something was given back.
    pub(crate) fn tell(&self, generation: u64) {
        if self.any_so_far(generation) {
            seeded!(self.given.notify_waiters(), "waiting-nobody-told" => ());
        }
    }

    /// One waits more. What it looks at after this was either given back before, or it is told.
    pub(crate) fn join(&self, generation: u64) {
        self.count.try_take(generation, 1, MOST);
        fence(SeqCst);
    }

    pub(crate) fn leave(&self, generation: u64) {
        self.count.give(generation, 1);
    }

    /// Completes when something is given back from now on.
    pub(crate) fn given(&self) -> Notified<'_> {
        self.given.notified()
    }
}

#[cfg(not(feature = "async"))]
#[expect(clippy::unused_self, reason = "the same calls with and without the feature")]
impl Waiting {
    pub(crate) const fn start(&self, _: u64) {}

    pub(crate) const fn any(&self, _: u64) -> bool {
        false
    }

    pub(crate) const fn any_so_far(&self, _: u64) -> bool {
        false
    }

    pub(crate) const fn tell(&self, _: u64) {}
}
