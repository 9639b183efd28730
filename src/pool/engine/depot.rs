//! Where magazines are filled from and emptied into.

use alloc::vec::Vec;
use core::mem::take;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;
use std::time::Instant;

use super::core::{Item, Kind};
use super::lock::TryLock;
use super::tag::Tag;
use crate::sync::{AtomicUsize, BATCH, CLASSES, RETRIES, sleep, spin_loop, yield_now};

/// Exchanges of a shard between two looks at the clock.
const LOOK: u32 = 64;

/// How often a lock is tried by what must have it (closing, trimming), and when sleep begins.
const PATIENCE: usize = 100;
const HASTE: usize = 50;

/// Idle items of all classes, in two shards, so that two threads seldom want the same.
#[derive(Debug, Default)]
pub(crate) struct Depot {
    shards: [Shard; 2],
}

/// Items of one class on the way.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    items: [Option<Item>; BATCH],
    len: usize,
}

/// Another one has the lock.
struct Held;

#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    shelves: TryLock<Shelves>,
    /// What is in the shelves, for those who only ask.
    items: AtomicUsize,
    bytes: AtomicUsize,
}

#[derive(Debug, Default)]
struct Shelves {
    /// Whose items these are. It stands behind the lock: nothing of a closed pool gets in, and
    /// nothing of it is left for the next pool that has the place.
    pool: Option<Tag>,
    classes: [Shelf; CLASSES],
    items: usize,
    bytes: usize,
    /// An item that nobody has needed for that long goes.
    decay: Option<Duration>,
    exchanges: u32,
    looked: Option<Instant>,
    /// The class whose excess goes next.
    next: usize,
}

#[derive(Debug, Default)]
struct Shelf {
    items: Vec<Item>,
    /// Bytes that one item stands for.
    weight: usize,
    /// The fewest items that lay here since the last look.
    low: usize,
    /// Items that are to go.
    excess: usize,
}

impl Batch {
    pub(crate) fn of(item: Item) -> Self {
        let mut batch = Self::default();
        batch.push(item);
        batch
    }

    /// Whether there was room.
    pub(crate) fn push(&mut self, item: Item) -> bool {
        let place = self.items.get_mut(self.len);
        let room = place.is_some();
        if let Some(place) = place {
            *place = Some(item);
            self.len += 1;
        }
        room
    }

    pub(crate) fn pop(&mut self) -> Option<Item> {
        self.len = self.len.checked_sub(1)?;
        self.items.get_mut(self.len)?.take()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Depot {
    /// Begins to hold the items of a pool; `false` if a shard is held for good.
    pub(crate) fn open(&self, pool: Tag, kind: &Kind, decay: Option<Duration>) -> bool {
        self.shards.iter().all(|shard| {
            shard
                .insist(|shelves| {
                    shelves.pool = Some(pool);
                    shelves.decay = decay;
                    shelves.looked = None;
                    for (class, shelf) in shelves.classes.iter_mut().enumerate() {
                        *shelf = Shelf { weight: (kind.weigh)(class), ..Shelf::default() };
                    }
                })
                .is_some()
        })
    }

    /// Ends it and hands out what is left; `false` if a shard is held for good.
    pub(crate) fn close(&self, pool: Tag, mut free: impl FnMut(usize, Item)) -> bool {
        let mut closed = true;
        for shard in &self.shards {
            let left = shard.insist(|shelves| shelves.close(pool));
            closed &= left.is_some();
            for (class, shelf) in left.into_iter().flatten().enumerate() {
                for item in shelf.items {
                    free(class, item);
                }
            }
        }
        closed
    }

    /// Up to `most` items of a class; none if the locks stay held or the pool is closed.
    pub(crate) fn take(&self, near: usize, pool: Tag, class: usize, most: usize) -> Batch {
        let from = |shard: &Shard| {
            // Who only looks disturbs nobody that is at it.
            if shard.items.load(Relaxed) == 0 {
                return Ok(None);
            }
            let taken = shard.of(pool, |shelves| shelves.take(class, most))?;
            Ok(taken.filter(|batch| batch.len > 0))
        };
        self.first(near, from).unwrap_or_default()
    }

    /// Takes the batch in: all of it, or nothing if the locks stay held or the pool is closed.
    pub(crate) fn give(&self, near: usize, pool: Tag, class: usize, batch: &mut Batch) -> bool {
        let to = |shard: &Shard| {
            let given = shard.of(pool, |shelves| shelves.give(class, batch))?;
            Ok(given.filter(|&given| given))
        };
        self.first(near, to).is_some()
    }

    /// After an exchange: what nobody has needed for long, a class and a batch at a time.
    pub(crate) fn aged(&self, near: usize, pool: Tag) -> Option<(usize, Batch)> {
        self.from(near).next()?.of(pool, Shelves::aged).ok()??
    }

    /// The largest idle items, a batch of at most `most` bytes (but one item at least).
    pub(crate) fn heaviest(&self, pool: Tag, most: usize) -> Option<(usize, Batch)> {
        self.shards.iter().find_map(|shard| {
            shard.insist(|shelves| {
                if shelves.pool != Some(pool) {
                    return None;
                }
                let class = shelves.heaviest()?;
                let count = (most / shelves.classes[class].weight.max(1)).max(1);
                Some((class, shelves.take(class, count)))
            })?
        })
    }

    /// Idle items and their bytes.
    pub(crate) fn idle(&self) -> (usize, usize) {
        self.shards.iter().fold((0, 0), |(items, bytes), shard| {
            (items + shard.items.load(Relaxed), bytes + shard.bytes.load(Relaxed))
        })
    }

    /// What the first shard yields that has something to yield.
    ///
    /// Where the lock of one was held, all are asked again, after a moment that grows: a holder that
    /// runs lets go within a microsecond, while what is made or freed instead costs as much, and
    /// again later. One that was preempted is not waited for.
    fn first<R>(
        &self,
        near: usize,
        mut ask: impl FnMut(&Shard) -> Result<Option<R>, Held>,
    ) -> Option<R> {
        for pause in 0..=RETRIES {
            let mut held = false;
            for shard in self.from(near) {
                match ask(shard) {
                    Ok(Some(done)) => return Some(done),
                    Ok(None) => {}
                    Err(Held) => held = true,
                }
            }
            if !held || pause == RETRIES {
                break;
            }
            (0..1 << pause).for_each(|_| spin_loop());
        }
        None
    }

    fn from(&self, near: usize) -> impl Iterator<Item = &Shard> {
        let near = near % self.shards.len();
        self.shards[near..].iter().chain(&self.shards[..near])
    }
}

impl Shard {
    /// Runs `f` if the lock is free, and if these are the pool's items.
    fn of<R>(&self, pool: Tag, f: impl FnOnce(&mut Shelves) -> R) -> Result<Option<R>, Held> {
        let asked = self.shelves.try_with(|shelves| {
            let is_ours = seeded!(shelves.pool == Some(pool), "depot-closed-pool-served" => true);
            let result = is_ours.then(|| f(shelves));
            self.tell(shelves);
            result
        });
        asked.ok_or(Held)
    }

    /// Runs `f`, even if it has to try often; `None` if whoever holds the lock does not let go, which
    /// only happens to the child of a fork.
    fn insist<R>(&self, mut f: impl FnMut(&mut Shelves) -> R) -> Option<R> {
        (0..PATIENCE).find_map(|attempt| {
            let done = self.shelves.try_with(|shelves| {
                let result = f(shelves);
                self.tell(shelves);
                result
            });
            if done.is_none() {
                wait(attempt);
            }
            done
        })
    }

    fn tell(&self, shelves: &Shelves) {
        self.items.store(shelves.items, Relaxed);
        self.bytes.store(shelves.bytes, Relaxed);
    }
}

/// A holder that was preempted needs a moment; one that a fork has left behind needs for ever.
fn wait(attempt: usize) {
    if attempt < HASTE {
        yield_now();
    } else {
        sleep(Duration::from_millis(1));
    }
}

impl Shelves {
    fn close(&mut self, pool: Tag) -> [Shelf; CLASSES] {
        if self.pool != Some(pool) {
            return Default::default();
        }
        (self.pool, self.items, self.bytes) = (None, 0, 0);
        take(&mut self.classes)
    }

    fn take(&mut self, class: usize, most: usize) -> Batch {
        let row = &mut self.classes[class];
        let mut batch = Batch::default();
        while batch.len < most.min(BATCH)
            && let Some(item) = row.items.pop()
        {
            batch.push(item);
        }
        row.low = row.low.min(row.items.len());
        self.items -= batch.len;
        self.bytes -= batch.len * row.weight;
        self.exchanges = self.exchanges.wrapping_add(1);
        batch
    }

    fn give(&mut self, class: usize, batch: &mut Batch) -> bool {
        let row = &mut self.classes[class];
        if row.items.try_reserve(batch.len).is_err() {
            return seeded!(false, "depot-refusal-ignored" => true);
        }
        self.items += batch.len;
        self.bytes += batch.len * row.weight;
        while let Some(item) = batch.pop() {
            row.items.push(item);
        }
        self.exchanges = self.exchanges.wrapping_add(1);
        true
    }

    fn aged(&mut self) -> Option<(usize, Batch)> {
        if self.exchanges.is_multiple_of(LOOK) {
            self.look(Instant::now());
        }
        for _ in 0..CLASSES {
            let class = self.next;
            let row = &mut self.classes[class];
            let excess = row.excess.min(row.items.len()).min(BATCH);
            if excess > 0 {
                row.excess -= excess;
                return Some((class, self.take(class, excess)));
            }
            row.excess = 0;
            self.next = (class + 1) % CLASSES;
        }
        None
    }

    /// Half of what nobody has needed since the last look is excess.
    fn look(&mut self, now: Instant) {
        let Some(decay) = self.decay else { return };
        let looked = *self.looked.get_or_insert(now);
        if now.saturating_duration_since(looked) < decay {
            return;
        }
        self.looked = Some(now);
        for shelf in &mut self.classes {
            shelf.excess = shelf.low.div_ceil(2);
            shelf.low = shelf.items.len();
        }
    }

    /// The class whose items are the largest of those that lie here.
    fn heaviest(&self) -> Option<usize> {
        let full = (0..CLASSES).filter(|&class| !self.classes[class].items.is_empty());
        full.max_by_key(|&class| self.classes[class].weight)
    }
}
