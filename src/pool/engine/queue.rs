//! The queue of those who wait for a pool: first come, first served.

use core::future::poll_fn;
use core::task::Poll;

use tokio::sync::Semaphore;

use super::core::Core;
use super::local;
use super::tag::Tag;

/// A semaphore with one permit, the turn: whoever has it looks for an item, the others stand in line.
///
/// A future that is dropped leaves the line, or passes the turn on. Whatever it was told is not lost
/// with it: the next in line begins by looking.
#[derive(Debug)]
pub(in crate::pool) struct Queue(Semaphore);

/// Counted as waiting, as long as it lives.
struct Waiter {
    core: &'static Core,
    generation: u64,
}

impl Queue {
    pub(in crate::pool) const fn new() -> Self {
        Self(Semaphore::const_new(1))
    }

    /// Sends all home, now and later.
    pub(in crate::pool) fn close(&self) {
        self.0.close();
    }

    /// What `attempt` finds: at once if nobody waits, else in turn. `None` if the queue is closed.
    ///
    /// `attempt` is told whether it is its turn; without one it leaves alone what others wait for.
    pub(in crate::pool) async fn wait<R>(
        &self,
        core: &'static Core,
        pool: Tag,
        attempt: impl Fn(bool) -> Option<R>,
    ) -> Option<R> {
        if !core.waits(pool)
            && let Some(found) = attempt(false)
        {
            return Some(found);
        }
        // Dropped last: whoever is next has the turn by then.
        let _waiter = Waiter::join(core, pool);
        let _turn = self.0.acquire().await.ok()?;
        loop {
            // Made before looking: what comes after that is not missed.
            let given = core.waiting.given();
            if let Some(found) = attempt(true) {
                return Some(found);
            }
            if core.depot.idle().0 == 0 {
                given.await;
            } else {
                // There is something, behind a lock that another thread holds.
                give_way().await;
            }
        }
    }
}

impl Waiter {
    fn join(core: &'static Core, pool: Tag) -> Self {
        core.waiting.join(pool.generation());
        let waiter = Self { core, generation: pool.generation() };
        core.divert();
        // What this thread has at hand is for who is first in line.
        local::flush(core, pool);
        waiter
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.core.waiting.leave(self.generation);
    }
}

/// Lets other tasks run.
async fn give_way() {
    let mut waited = false;
    poll_fn(|context| {
        if core::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
