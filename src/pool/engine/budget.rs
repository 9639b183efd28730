//! An amount that belongs to one generation of a pool.

use core::sync::atomic::Ordering::Relaxed;

use crate::sync::AtomicU64;

/// Amounts are below this: a tebibyte, where they are bytes.
pub(crate) const MOST: u64 = (1 << AMOUNT) - 1;

const AMOUNT: u32 = 40;

/// What the pool of one generation has taken, of bytes, items or room.
///
/// Generation and amount are one atomic: what is given back to a pool that has been closed in the
/// meantime changes nothing for the pool that has its place now.
#[derive(Debug, Default)]
pub(crate) struct Budget(AtomicU64);

impl Budget {
    /// Starts a generation, with nothing taken.
    pub(crate) fn start(&self, generation: u64) {
        self.0.store(generation << AMOUNT, Relaxed);
    }

    /// Takes `amount` if no more than `limit` is taken then, and says how much that is.
    pub(crate) fn try_take(&self, generation: u64, amount: u64, limit: u64) -> Option<u64> {
        self.change(generation, |taken| {
            taken.checked_add(amount).filter(|&taken| {
                taken <= seeded!(limit, "budget-off-by-one" => limit + 1).min(MOST)
            })
        })
    }

    /// Gives `amount` back.
    pub(crate) fn give(&self, generation: u64, amount: u64) {
        self.change(generation, |taken| Some(taken.saturating_sub(amount)));
    }

    /// What is taken; nothing if the generation is over.
    pub(crate) fn taken(&self, generation: u64) -> u64 {
        let now = self.0.load(Relaxed);
        if now >> AMOUNT == generation { now & MOST } else { 0 }
    }

    fn change(&self, generation: u64, change: impl Fn(u64) -> Option<u64>) -> Option<u64> {
        let mut now = self.0.load(Relaxed);
        loop {
            if seeded!(now >> AMOUNT != generation, "budget-generation-unchecked" => false) {
                return None;
            }
            let changed = change(now & MOST)?;
            let next = generation << AMOUNT | changed;
            match self.0.compare_exchange_weak(now, next, Relaxed, Relaxed) {
                Ok(_) => return Some(changed),
                Err(other) => now = other,
            }
        }
    }
}
