//! What all threads share of one pool.

use core::ptr::NonNull;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::time::Duration;

use super::budget::{Budget, MOST};
use super::depot::{Batch, Depot};
use super::slot::Slot;
use super::tag::Tag;
use super::waiting::Waiting;
use crate::sync::{AtomicPtr, AtomicU64, CLASSES};

/// Something on the heap that nobody uses at the moment.
///
/// An item has one owner at a time: a magazine, a shelf of the depot, a batch, or the holder of a
/// handle. Whoever takes it out of one has it alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item(pub(crate) NonNull<u8>);

// SAFETY: an item is an owned allocation. A `Kind` promises that what it points to may go to other
// threads.
unsafe impl Send for Item {}

/// What the items of a pool are.
///
/// Whoever writes one promises that the items may be sent to other threads.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Bytes of the heap that an item of this class stands for.
    pub(crate) weigh: fn(usize) -> usize,
    /// Disposes of an item. It may run code of others, so it is called with nothing held or borrowed.
    pub(crate) free: fn(usize, Item),
}

/// How much a pool may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of all its items, in use or idle.
    pub(crate) bytes: usize,
    /// Bytes in the magazines of one thread.
    pub(crate) thread_bytes: usize,
    /// The last class that is kept.
    pub(crate) class: usize,
    pub(crate) decay: Option<Duration>,
}

/// What a pool has done and holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) exchanges: u64,
    pub(crate) strays: u64,
    pub(crate) bytes: u64,
    pub(crate) high_water: u64,
    pub(crate) idle_bytes: u64,
    pub(crate) thread_bytes: u64,
    pub(crate) outstanding: u64,
}

/// The shared part of a pool. It is made once and never freed: the next pool has it.
#[derive(Debug, Default)]
pub(crate) struct Core {
    /// The pool's tag; 0 while there is none.
    pool: AtomicU64,
    pub(crate) depot: Depot,
    /// Bytes of the items, wherever they are.
    bytes: Budget,
    /// Items, wherever they are.
    items: Budget,
    /// Items beside the pool: too large for it, or over its bound.
    strays: Budget,
    /// Bytes that magazines have room for.
    pub(crate) room: Budget,
    pub(crate) waiting: Waiting,
    most_bytes: AtomicU64,
    most_thread_bytes: AtomicU64,
    last_class: AtomicU64,
    high_water: AtomicU64,
    /// Hits of threads that have given up their slots.
    past_hits: AtomicU64,
    misses: AtomicU64,
    stray_gets: AtomicU64,
    exchanges: AtomicU64,
    /// Every thread that ever had magazines here has a slot in this list, or had.
    pub(crate) slots: AtomicPtr<Slot>,
}

impl Core {
    /// Begins a pool; `false` if that is no longer possible here.
    pub(crate) fn open(&self, pool: Tag, kind: &Kind, limits: Limits) -> bool {
        for budget in [&self.bytes, &self.items, &self.strays, &self.room] {
            budget.start(pool.generation());
        }
        self.waiting.start(pool.generation());
        self.most_bytes.store(limits.bytes as u64, Relaxed);
        self.most_thread_bytes.store(limits.thread_bytes as u64, Relaxed);
        self.last_class.store(limits.class as u64, Relaxed);
        for figure in
            [&self.high_water, &self.past_hits, &self.misses, &self.stray_gets, &self.exchanges]
        {
            figure.store(0, Relaxed);
        }
        let opened = self.depot.open(pool, kind, limits.decay);
        self.pool.store(pool.0, Release);
        opened
    }

    /// Ends the pool and disposes of what lies in the depot. Items elsewhere go when their holder
    /// touches them. `false` if the place is of no further use.
    pub(crate) fn close(&self, pool: Tag, kind: &Kind) -> bool {
        if self.pool.compare_exchange(pool.0, 0, Release, Relaxed).is_err() {
            return false;
        }
        let closed = self.depot.close(pool, kind.free);
        self.waiting.tell(pool.generation());
        closed
    }

    /// Whether somebody waits for items of this pool: nobody else takes them then.
    pub(crate) fn waits(&self, pool: Tag) -> bool {
        self.waiting.any(pool.generation())
    }

    /// Lets no item go straight back to a magazine, until its owner has seen that nobody waits.
    #[cfg(feature = "async")]
    pub(crate) fn divert(&self) {
        self.all_slots().for_each(Slot::divert);
    }

    pub(crate) fn is_open(&self, pool: Tag) -> bool {
        self.pool.load(Acquire) == pool.0
    }

    /// Whether items of this class are kept.
    pub(crate) fn keeps(&self, class: usize) -> bool {
        class as u64 <= self.last_class.load(Relaxed)
    }

    pub(crate) fn most_thread_bytes(&self) -> u64 {
        self.most_thread_bytes.load(Relaxed)
    }

    /// Bytes that all magazines together may have room for. The other half cannot be stranded in
    /// threads that do nothing.
    pub(crate) fn most_room(&self) -> u64 {
        self.most_bytes.load(Relaxed) / 2
    }

    /// Enters an item that is about to be made; if the bound is reached, idle ones make way.
    pub(crate) fn admit(&self, pool: Tag, class: usize, kind: &Kind) -> bool {
        let weight = (kind.weigh)(class) as u64;
        let (generation, limit) = (pool.generation(), self.most_bytes.load(Relaxed));
        loop {
            if let Some(taken) = self.bytes.try_take(generation, weight, limit) {
                self.high_water.fetch_max(taken, Relaxed);
                self.items.try_take(generation, 1, MOST);
                return true;
            }
            if weight > limit || self.dispose_of_heaviest(pool, kind, weight) == 0 {
                return false;
            }
        }
    }

    /// A slot is given up that has seen so many hits.
    pub(crate) fn keep_hits(&self, pool: Tag, hits: u64) {
        if self.is_open(pool) {
            self.past_hits.fetch_add(hits, Relaxed);
        }
    }

    /// An item was made because none was idle.
    pub(crate) fn missed(&self) {
        self.misses.fetch_add(1, Relaxed);
    }

    /// The item is no longer the pool's: it was disposed of, given away, or could not be made.
    pub(crate) fn dismiss(&self, pool: Tag, class: usize, kind: &Kind) {
        self.bytes.give(pool.generation(), (kind.weigh)(class) as u64);
        self.items.give(pool.generation(), 1);
        self.waiting.tell(pool.generation());
    }

    /// Puts idle items where all threads can reach them, or disposes of them.
    pub(crate) fn shelve(
        &self,
        near: usize,
        pool: Tag,
        kind: &Kind,
        class: usize,
        mut batch: Batch,
    ) {
        if self.depot.give(near, pool, class, &mut batch) {
            self.waiting.tell(pool.generation());
        } else {
            self.dispose_of(pool, kind, class, batch);
        }
    }

    pub(crate) fn dispose(&self, pool: Tag, class: usize, kind: &Kind, item: Item) {
        self.dismiss(pool, class, kind);
        (kind.free)(class, item);
    }

    pub(crate) fn dispose_of(&self, pool: Tag, kind: &Kind, class: usize, mut batch: Batch) {
        while let Some(item) = batch.pop() {
            self.dispose(pool, class, kind, item);
        }
    }

    /// Disposes of idle items of about that many bytes, the largest first.
    pub(crate) fn dispose_of_heaviest(&self, pool: Tag, kind: &Kind, bytes: u64) -> u64 {
        let most = usize::try_from(bytes).unwrap_or(usize::MAX);
        let Some((class, batch)) = self.depot.heaviest(pool, most) else { return 0 };
        let freed = ((kind.weigh)(class) * batch.len()) as u64;
        self.dispose_of(pool, kind, class, batch);
        freed
    }

    /// An item beside the pool was handed out.
    pub(crate) fn stray_out(&self, pool: Tag) {
        self.strays.try_take(pool.generation(), 1, MOST);
        self.stray_gets.fetch_add(1, Relaxed);
    }

    pub(crate) fn stray_in(&self, pool: Tag) {
        self.strays.give(pool.generation(), 1);
    }

    /// After an exchange between a magazine and the depot.
    pub(crate) fn exchanged(&self, near: usize, pool: Tag, kind: &Kind) {
        self.exchanges.fetch_add(1, Relaxed);
        if let Some((class, batch)) = self.depot.aged(near, pool) {
            self.dispose_of(pool, kind, class, batch);
        }
    }

    pub(crate) fn figures(&self, pool: Tag) -> Figures {
        let generation = pool.generation();
        let (mut idle, mut idle_bytes) = self.depot.idle();
        let mut figures = Figures { hits: self.past_hits.load(Relaxed), ..Figures::default() };
        for slot in self.all_slots().filter(|slot| slot.is_of(pool)) {
            for class in 0..CLASSES {
                let (items, bytes, pops) = slot.magazine(class).figures();
                idle += items;
                idle_bytes += bytes;
                figures.thread_bytes += bytes as u64;
                figures.hits += pops;
            }
        }
        figures.misses = self.misses.load(Relaxed);
        figures.strays = self.stray_gets.load(Relaxed);
        figures.exchanges = self.exchanges.load(Relaxed);
        figures.bytes = self.bytes.taken(generation);
        figures.high_water = self.high_water.load(Relaxed);
        figures.idle_bytes = idle_bytes as u64;
        figures.outstanding = (self.items.taken(generation) + self.strays.taken(generation))
            .saturating_sub(idle as u64);
        figures
    }

    pub(crate) fn all_slots(&self) -> impl Iterator<Item = &'static Slot> {
        let mut next = self.slots.load(Acquire);
        core::iter::from_fn(move || {
            // SAFETY: a pointer in the list is null or a slot, and slots are never freed (S1).
            let slot: &'static Slot = unsafe { next.as_ref() }?;
            next = slot.next();
            Some(slot)
        })
    }
}
