//! The magazines of one thread for one pool.

use alloc::vec::Vec;
use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::core::{Core, Item, Kind};
use super::depot::Batch;
use super::tag::Tag;
use crate::sync::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, BATCH, CLASSES, array_of, const_fn,
};

/// Items that a magazine holds at most; a power of two.
pub(crate) const MAGAZINE: usize = 2 * BATCH;

/// Room that a class is given when it is first used.
const FIRST_ROOM: usize = MAGAZINE.div_ceil(16);

/// A magazine for each class, and who has them.
///
/// ```text
/// core --> slot --> slot --> null     never freed: a later thread claims what an ended one released
///           |- owned                  claimed by a thread
///           |- pool                   whose items lie in the magazines
///           `- magazines [0..32] --> rack: item, item, ...
///                                                      ^ top
/// ```
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Slot {
    /// The pool's tag; 0 while bound to none.
    pool: AtomicU64,
    owned: AtomicBool,
    next: AtomicPtr<Slot>,
    /// Bytes that the magazines have room for, as taken from the core.
    room: AtomicU64,
    magazines: [Magazine; CLASSES],
}

/// The idle items of one class that one thread has at hand, last in, first out.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Magazine {
    /// The tag that a handle of this class is given.
    handed: AtomicU64,
    /// The tag of a handle whose item may go straight back. Another one than `handed` if none may.
    wanted: AtomicU64,
    rack: AtomicPtr<Rack>,
    /// Items in the rack: at most `room`.
    top: AtomicUsize,
    room: AtomicUsize,
    /// Bytes that one item stands for.
    weight: AtomicUsize,
    /// Items that were taken out by users.
    pops: AtomicU64,
    /// `pops` when the slot last ran out of room: a magazine that was not used since makes way.
    seen: AtomicU64,
}

type Rack = [AtomicPtr<u8>; MAGAZINE];

// INVARIANTS
// S1: a slot or rack behind a pointer comes from `leaked` and is never freed or moved, so a shared
//     reference to it may live for ever; all of its fields are atomic, so it may be shared.
// S2: while a slot is `owned`, only the thread that turned `owned` to true changes its magazines;
//     others only read numbers. A claim reads with Acquire what the release before it wrote.
// S3: `top <= room <= MAGAZINE`; if `room` is not 0, `rack` points to a rack; places below `top`
//     hold the items that the magazine owns, which are not null.
// S4: to allocate, to free and to dispose of an item may lead back to this slot, on this thread: an
//     allocator or the drop of an object may use the pool. What was read before is read again after.

impl Slot {
    const_fn! {
        /// Bound to no pool: whatever is asked of it goes the slow way.
        pub(crate) fn new() -> Self {
            Self {
                pool: AtomicU64::new(0),
                owned: AtomicBool::new(true),
                next: AtomicPtr::new(ptr::null_mut()),
                room: AtomicU64::new(0),
                magazines: array_of!(Magazine::new(); CLASSES),
            }
        }
    }

    /// A slot of this core that no other thread has, bound to the pool; `None` without memory.
    pub(crate) fn claim(core: &Core, pool: Tag, kind: &Kind, handed: u64) -> Option<&'static Self> {
        let slot = core.all_slots().find(|slot| slot.try_own());
        let slot = match slot {
            Some(slot) => slot,
            None => Self::add(core)?,
        };
        slot.bind(pool, kind, handed);
        Some(slot)
    }

    /// Lets another thread have it. What was in it must be gone.
    pub(crate) fn release(&self, core: &Core) {
        let hits = self.magazines.iter().map(|magazine| magazine.pops.load(Relaxed)).sum();
        core.keep_hits(self.pool(), hits);
        self.pool.store(0, Relaxed);
        for magazine in &self.magazines {
            magazine.wanted.store(0, Relaxed);
        }
        self.owned.store(false, Release);
    }

    #[inline]
    pub(crate) fn is_of(&self, pool: Tag) -> bool {
        self.pool.load(Relaxed) == pool.0
    }

    pub(crate) fn pool(&self) -> Tag {
        Tag(self.pool.load(Relaxed))
    }

    #[inline]
    pub(crate) fn magazine(&self, class: usize) -> &Magazine {
        &self.magazines[class % CLASSES]
    }

    pub(crate) fn next(&self) -> *mut Self {
        self.next.load(Acquire)
    }

    /// Takes one item for the user and up to half a magazine for later from the depot.
    pub(crate) fn refill(
        &self,
        core: &Core,
        near: usize,
        class: usize,
        kind: &Kind,
    ) -> Option<Item> {
        let (magazine, pool) = (self.magazine(class), self.pool());
        // Room first: what is taken must not have to go back.
        if magazine.top() == magazine.room() {
            self.make_room(core, near, class, kind);
        }
        let room = magazine.room() - magazine.top();
        let mut batch = core.depot.take(near, pool, class, room.clamp(1, BATCH));
        let item = batch.pop()?;
        while let Some(item) = batch.pop() {
            // One more than the room was never taken.
            let kept = magazine.push(item);
            debug_assert!(kept, "there is room for it");
        }
        magazine.count_pop();
        core.exchanged(near, pool, kind);
        Some(item)
    }

    /// Keeps an item that its magazine has no room for, here or in the depot.
    pub(crate) fn keep(&self, core: &Core, near: usize, class: usize, kind: &Kind, item: Item) {
        let (magazine, pool) = (self.magazine(class), self.pool());
        if magazine.push(item) {
            return;
        }
        self.make_room(core, near, class, kind);
        if magazine.push(item) {
            return;
        }
        let mut batch = Batch::default();
        batch.push(item);
        magazine.unload(magazine.top() / 2, &mut batch);
        self.send(core, near, class, kind, batch);
        core.exchanged(near, pool, kind);
    }

    /// Empties all magazines into the depot, or disposes of the items; tells the bytes.
    pub(crate) fn flush(&self, core: &Core, near: usize, kind: &Kind) -> usize {
        (0..CLASSES).map(|class| self.flush_class(core, near, class, kind)).sum()
    }

    fn flush_class(&self, core: &Core, near: usize, class: usize, kind: &Kind) -> usize {
        let magazine = self.magazine(class);
        let mut bytes = 0;
        while magazine.top() > 0 {
            let mut batch = Batch::default();
            magazine.unload(magazine.top().min(BATCH), &mut batch);
            bytes += batch.len() * magazine.weight();
            self.send(core, near, class, kind, batch);
        }
        self.set_room(core, class, 0);
        bytes
    }

    fn send(&self, core: &Core, near: usize, class: usize, kind: &Kind, mut batch: Batch) {
        if !core.depot.give(near, self.pool(), class, &mut batch) {
            core.dispose_of(self.pool(), kind, class, batch);
        }
    }

    /// Doubles the room of a class, as far as the bounds allow, at the cost of classes that are not
    /// in use at the moment.
    fn make_room(&self, core: &Core, near: usize, class: usize, kind: &Kind) {
        let magazine = self.magazine(class);
        let most = core.most_thread_bytes();
        let weight = magazine.weight() as u64;
        if magazine.room() == MAGAZINE || weight > most || !magazine.has_rack() {
            return;
        }
        if self.room.load(Relaxed) + weight > most {
            for other in (0..CLASSES).filter(|&other| other != class) {
                self.squeeze(core, near, other, kind);
            }
        }
        // Not before: the class may have got room while others were squeezed (S4).
        let wish = (2 * magazine.room()).clamp(FIRST_ROOM, MAGAZINE);
        let left = most.saturating_sub(self.room.load(Relaxed));
        let more = usize::try_from(left / weight.max(1)).unwrap_or(usize::MAX);
        self.set_room(core, class, wish.min(magazine.room().saturating_add(more)));
    }

    /// Takes the room that a class does not need.
    fn squeeze(&self, core: &Core, near: usize, class: usize, kind: &Kind) {
        let magazine = self.magazine(class);
        if magazine.room() == 0 {
            return;
        }
        let pops = magazine.pops.load(Relaxed);
        if magazine.seen.swap(pops, Relaxed) == pops {
            self.flush_class(core, near, class, kind);
        } else {
            self.set_room(core, class, magazine.top());
        }
    }

    /// Changes the room of a class; what the core does not grant is not had.
    fn set_room(&self, core: &Core, class: usize, room: usize) {
        let (magazine, generation) = (self.magazine(class), self.pool().generation());
        let (now, weight) = (magazine.room(), magazine.weight() as u64);
        let (more, less) = (room.saturating_sub(now) as u64, now.saturating_sub(room) as u64);
        if more > 0 && core.room.try_take(generation, more * weight, core.most_room()).is_none() {
            return;
        }
        seeded!(core.room.give(generation, less * weight), "slot-room-kept" => ());
        self.room.store(self.room.load(Relaxed) + more * weight - less * weight, Relaxed);
        magazine.room.store(room, Relaxed);
    }

    fn bind(&self, pool: Tag, kind: &Kind, handed: u64) {
        self.room.store(0, Relaxed);
        for (class, magazine) in self.magazines.iter().enumerate() {
            let weight = (kind.weigh)(class);
            let tag = pool.item(class, (kind.log2)(class));
            magazine.weight.store(weight, Relaxed);
            magazine.handed.store(tag.with(handed).0, Relaxed);
            magazine.wanted.store(tag.0, Relaxed);
            for number in [&magazine.top, &magazine.room] {
                number.store(0, Relaxed);
            }
            for number in [&magazine.pops, &magazine.seen] {
                number.store(0, Relaxed);
            }
        }
        self.pool.store(pool.0, Relaxed);
    }

    fn try_own(&self) -> bool {
        !self.owned.load(Relaxed)
            && self.owned.compare_exchange(false, true, Acquire, Relaxed).is_ok()
    }

    /// A new slot, in the core's list, owned.
    fn add(core: &Core) -> Option<&'static Self> {
        let slot = leaked(place_for()?, Self::new());
        let mut first = core.slots.load(Relaxed);
        loop {
            slot.next.store(first, Relaxed);
            let added = ptr::from_ref(slot).cast_mut();
            match core.slots.compare_exchange_weak(first, added, Release, Relaxed) {
                Ok(_) => return Some(slot),
                Err(other) => first = other,
            }
        }
    }
}

impl Magazine {
    const_fn! {
        fn new() -> Self {
            Self {
                handed: AtomicU64::new(0),
                wanted: AtomicU64::new(0),
                rack: AtomicPtr::new(ptr::null_mut()),
                top: AtomicUsize::new(0),
                room: AtomicUsize::new(0),
                weight: AtomicUsize::new(0),
                pops: AtomicU64::new(0),
                seen: AtomicU64::new(0),
            }
        }
    }

    /// Whether the item of a handle with this tag may go straight back.
    #[inline]
    pub(crate) fn wants(&self, tag: Tag) -> bool {
        self.wanted.load(Relaxed) == tag.0
    }

    /// Takes the item that came last, with the tag for its handle.
    #[inline]
    pub(crate) fn pop(&self) -> Option<(Item, Tag)> {
        let item = self.pop_uncounted()?;
        self.count_pop();
        Some((item, Tag(self.handed.load(Relaxed))))
    }

    /// Whether there was room for the item.
    #[inline]
    pub(crate) fn push(&self, item: Item) -> bool {
        let top = self.top();
        if seeded!(top >= self.room(), "magazine-off-by-one" => top > self.room()) {
            return false;
        }
        self.place(top).store(item.0.as_ptr(), Relaxed);
        self.top.store(top + 1, Relaxed);
        true
    }

    #[inline]
    pub(crate) fn weight(&self) -> usize {
        self.weight.load(Relaxed)
    }

    /// Items, their bytes, and how many were taken out.
    pub(crate) fn figures(&self) -> (usize, usize, u64) {
        let items = self.top();
        (items, items * self.weight(), self.pops.load(Relaxed))
    }

    pub(crate) fn handed(&self) -> Tag {
        Tag(self.handed.load(Relaxed))
    }

    /// Only the owner counts, so this is an addition without a lock prefix.
    #[inline]
    fn count_pop(&self) {
        self.pops.store(self.pops.load(Relaxed).wrapping_add(1), Relaxed);
    }

    #[inline]
    fn pop_uncounted(&self) -> Option<Item> {
        let top = self.top().checked_sub(1)?;
        let item = self.place(top).load(Relaxed);
        self.top.store(top, Relaxed);
        // SAFETY: the place was below `top`, so it held an item, which is not null (S3).
        Some(Item(unsafe { NonNull::new_unchecked(item) }))
    }

    fn unload(&self, most: usize, batch: &mut Batch) {
        for _ in 0..most {
            if batch.len() == BATCH {
                return;
            }
            let Some(item) = self.pop_uncounted() else { return };
            batch.push(item);
        }
    }

    #[inline]
    fn top(&self) -> usize {
        self.top.load(Relaxed)
    }

    #[inline]
    fn room(&self) -> usize {
        self.room.load(Relaxed)
    }

    /// A place below `room`.
    #[inline]
    fn place(&self, at: usize) -> &'static AtomicPtr<u8> {
        // SAFETY: the callers have seen that `at` is below `room`, so there is a rack (S3), which is
        // never freed and only holds atomics (S1).
        let rack: &'static Rack = unsafe { &*self.rack.load(Relaxed) };
        // SAFETY: `room` is at most the length of the rack (S3). A checked index would be paid
        // for by every get and put.
        unsafe { rack.get_unchecked(at) }
    }

    /// Makes the rack on first use; `false` without memory.
    fn has_rack(&self) -> bool {
        if !self.rack.load(Relaxed).is_null() {
            return true;
        }
        let Some(place) = place_for::<Rack>() else { return false };
        // By now there may be one, with items in it (S4).
        if self.rack.load(Relaxed).is_null() {
            let rack = leaked(place, core::array::from_fn(|_| AtomicPtr::default()));
            self.rack.store(ptr::from_ref(rack).cast_mut(), Relaxed);
        }
        true
    }
}

/// Memory for one value; `None` if there is none.
fn place_for<T>() -> Option<Vec<T>> {
    let mut place = Vec::new();
    place.try_reserve_exact(1).ok()?;
    Some(place)
}

/// A value that is never freed, in memory that is there already.
fn leaked<T>(mut place: Vec<T>, value: T) -> &'static T {
    place.push(value);
    &place.leak()[0]
}
