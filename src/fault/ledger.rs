//! The book of every bomb: who lives, who was dropped, when the fuse blows.
//!
//! One table for the process, looked up by the number of the run. A [`Bomb`](super::Bomb) then
//! holds plain numbers only: a container that drops it twice, or drops it when its run is long
//! over, is seen and not suffered, and a bomb may go wherever a `'static` and `Send` value may.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::failing::unwatched;

static LEDGERS: Mutex<Vec<Ledger>> = Mutex::new(Vec::new());

/// The notes of one run.
pub(super) struct Ledger {
    run: u64,
    /// The tick at which the fuse blows, counted from 1; 0: never.
    lit: u64,
    ticks: u64,
    blown: Option<&'static str>,
    /// The panic has started and nobody of ours has caught it yet.
    in_flight: bool,
    /// By the number of the bomb: is it alive?
    alive: Vec<bool>,
    misused: Vec<(usize, &'static str)>,
}

/// What a run left in its ledger.
pub(super) struct Entry {
    pub(super) ticks: u64,
    pub(super) blown: Option<&'static str>,
    pub(super) alive: usize,
    pub(super) misused: Vec<(usize, &'static str)>,
}

/// A ledger in the table; it is taken out when this is dropped.
pub(super) struct Open {
    run: u64,
}

impl Open {
    pub(super) fn new(lit: u64) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: only the number's uniqueness matters.
        let run = NEXT.fetch_add(1, Ordering::Relaxed);
        let ledger = Ledger {
            run,
            lit,
            ticks: 0,
            blown: None,
            in_flight: false,
            alive: Vec::new(),
            misused: Vec::new(),
        };
        table(|ledgers| ledgers.push(ledger));
        Self { run }
    }

    pub(super) fn run(&self) -> u64 {
        self.run
    }

    pub(super) fn read(&self) -> Entry {
        look(self.run, |ledger| Entry {
            ticks: ledger.ticks,
            blown: ledger.blown,
            alive: ledger.alive.iter().filter(|&&alive| alive).count(),
            misused: ledger.misused.clone(),
        })
        .unwrap_or(Entry { ticks: 0, blown: None, alive: 0, misused: Vec::new() })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        table(|ledgers| ledgers.retain(|ledger| ledger.run != self.run));
    }
}

/// Counts a point; true if the fuse has to blow here.
pub(super) fn tick(run: u64, what: &'static str) -> bool {
    // A panic while the thread unwinds would abort the process: then the point is only counted.
    let may_blow = !thread::panicking();
    look(run, |ledger| {
        ledger.ticks += 1;
        let blows = may_blow && ledger.ticks == ledger.lit;
        if blows {
            ledger.blown = Some(what);
            ledger.in_flight = true;
        }
        blows
    })
    .unwrap_or(false)
}

/// Claims a panic that was caught: the point and the place, if it came from this run's fuse.
pub(super) fn land(run: u64) -> Option<(u64, &'static str)> {
    look(run, |ledger| {
        let ours = core::mem::take(&mut ledger.in_flight);
        ledger.blown.filter(|_| ours).map(|what| (ledger.lit, what))
    })
    .flatten()
}

/// Enters a new bomb, alive.
pub(super) fn enter(run: u64) -> usize {
    look(run, |ledger| {
        ledger.alive.push(true);
        ledger.alive.len() - 1
    })
    .unwrap_or(usize::MAX)
}

/// Notes what is done to a bomb that should be alive.
pub(super) fn touch(run: u64, id: usize, what: &'static str) {
    look(run, |ledger| {
        if seeded!(ledger.alive.get(id) == Some(&false), "bomb-second-drop-unseen" => false) {
            ledger.misused.push((id, what));
        }
    });
}

/// Notes the death of a bomb.
pub(super) fn bury(run: u64, id: usize) {
    touch(run, id, "drop");
    look(run, |ledger| {
        if let Some(alive) = ledger.alive.get_mut(id) {
            *alive = false;
        }
    });
}

/// `None` once the run is over. `f` must not call back into this file.
fn look<R>(run: u64, f: impl FnOnce(&mut Ledger) -> R) -> Option<R> {
    table(|ledgers| ledgers.iter_mut().find(|ledger| ledger.run == run).map(f))
}

fn table<R>(f: impl FnOnce(&mut Vec<Ledger>) -> R) -> R {
    // Unwatched: the book's own memory must neither fail nor be weighed in a sweep.
    unwatched(|| f(&mut LEDGERS.lock().unwrap_or_else(PoisonError::into_inner)))
}
