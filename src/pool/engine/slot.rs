//! The magazines of one thread for one pool.

use alloc::vec::Vec;
use core::cell::Cell;
use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::core::{Core, Item, Kind};
use super::depot::Batch;
use super::tag::Tag;
use super::wanted::Wanted;
use crate::sync::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, BATCH, CLASSES, NUMBERS, array_of,
    const_fn,
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
///           `- magazines [0..64] --> front: item
///                                `-> rack: -, item, item, ...
///                                                         ^ top
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
    magazines: [Magazine; NUMBERS],
}

/// The idle items of one class that one thread has at hand.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Magazine {
    /// The tag that a handle of this class is given.
    handed: Cell<u64>,
    /// The tag of a handle whose item may go straight back; 0 while there is room for none.
    wanted: Wanted,
    /// The first item, or null. Whoever takes one and puts it back changes nothing but this.
    front: AtomicPtr<u8>,
    /// Items that were taken out by users.
    pops: AtomicU64,
    rack: AtomicPtr<Rack>,
    /// The other items have the places of the rack from 1 up to here.
    top: AtomicU32,
    /// Items that may be here, the first one too.
    room: AtomicU32,
    /// Bytes that one item stands for.
    weight: AtomicUsize,
    /// `pops` when the slot last ran out of room: a magazine that was not used since makes way.
    seen: AtomicU64,
}

type Rack = [AtomicPtr<u8>; MAGAZINE];

// INVARIANTS
// S1: a slot or rack behind a pointer comes from `leaked` and is never freed or moved, so a shared
//     reference to it may live for ever.
// S2: while a slot is `owned`, only the thread that turned `owned` to true changes its magazines, and
//     only that thread looks at their cells; others only read what is atomic, and with feature `async`
//     set `wanted` to 0, which no tag is. A claim reads with Acquire what the release before it wrote.
//     A slot in a static is never changed.
// S3: `room <= MAGAZINE`; if it is not 0, `rack` points to a rack, and `1 <= top <= room`. The
//     magazine owns `front`, unless that is null, and what the places from 1 to below `top` hold,
//     which is not null. While `room` is 0 it owns nothing, `top` is 1, and `wanted` is 0.
// S4: to allocate, to free and to dispose of an item may lead back to this slot, on this thread: an
//     allocator or the drop of an object may use the pool. What was read before is read again after.

// SAFETY: the cells are touched by one thread after the other, with an Acquire that reads the Release
// of the one before, or never written (S2); all else is atomic. As atomics, whose loads no compiler
// folds into the comparison, they cost a get and a put two instructions of 29.
unsafe impl Sync for Slot {}

impl Slot {
    const_fn! {
        /// Bound to no pool: whatever is asked of it goes the slow way.
        pub(crate) fn new() -> Self {
            Self {
                pool: AtomicU64::new(0),
                owned: AtomicBool::new(true),
                next: AtomicPtr::new(ptr::null_mut()),
                room: AtomicU64::new(0),
                magazines: array_of!(Magazine::new(); NUMBERS),
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
            magazine.handed.set(0);
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
        &self.magazines[class % NUMBERS]
    }

    /// The same without a mask, which with the moves around it is 3 instructions of 29. No
    /// `get_unchecked`, which tells the compiler what `Floor::class` keeps from it.
    ///
    /// # Safety
    ///
    /// `class` is below `NUMBERS`.
    #[inline]
    pub(crate) unsafe fn magazine_unchecked(&self, class: usize) -> &Magazine {
        // SAFETY: there are `NUMBERS` magazines, so the place is one of them, as the caller promises.
        let magazine = unsafe { self.magazines.as_ptr().add(class) };
        // SAFETY: it points to a magazine of `self`, which is borrowed.
        unsafe { &*magazine }
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
        let waits = core.waits(pool);
        // Room first: what is taken must not have to go back. Who only takes gets room for a whole
        // batch, if that is not at the cost of other classes.
        let free = self.room.load(Relaxed) + magazine.weight() as u64 <= core.most_thread_bytes();
        let tight = magazine.items() == magazine.room() || magazine.room() < BATCH && free;
        if !waits && tight {
            self.make_room(core, near, class, kind);
        }
        // The others are for those who wait.
        let room = if waits { 1 } else { magazine.room() - magazine.items() };
        let mut batch = core.depot.take(near, pool, class, room.clamp(1, BATCH));
        let item = batch.pop()?;
        while let Some(item) = batch.pop() {
            // One more than the room was never taken.
            let kept = magazine.has_room() && magazine.push(item);
            debug_assert!(kept, "there is room for it");
        }
        magazine.count_pop();
        core.exchanged(near, pool, kind);
        Some(item)
    }

    /// Keeps an item that its magazine has no room for, here or in the depot.
    pub(crate) fn keep(&self, core: &Core, near: usize, class: usize, kind: &Kind, item: Item) {
        let (magazine, pool) = (self.magazine(class), self.pool());
        if !magazine.has_room() && !core.waits(pool) {
            self.make_room(core, near, class, kind);
        }
        let mut batch = Batch::of(item);
        if self.invite(core, class) {
            if magazine.has_room() && magazine.push(item) {
                return;
            }
            magazine.unload(magazine.items() / 2, &mut batch);
        } else {
            self.flush(core, near, kind);
        }
        core.shelve(near, pool, kind, class, batch);
        core.exchanged(near, pool, kind);
    }

    /// Lets no item go straight back to a magazine. Any thread may call it.
    #[cfg(feature = "async")]
    pub(crate) fn divert(&self) {
        for magazine in &self.magazines {
            magazine.wanted.set(0);
        }
    }

    /// Whether nobody waits; if so and there is room, items of the class go straight back from now on.
    fn invite(&self, core: &Core, class: usize) -> bool {
        let (magazine, pool) = (self.magazine(class), self.pool());
        let tag = pool.item(class);
        if magazine.wants(tag) {
            return true;
        }
        let wanted = if magazine.room() > 0 { tag.0 } else { 0 };
        magazine.wanted.set(wanted);
        let waits = core.waiting.any_so_far(pool.generation());
        if waits {
            magazine.wanted.set(0);
        }
        !waits
    }

    /// Empties all magazines into the depot, or disposes of the items; tells the bytes.
    pub(crate) fn flush(&self, core: &Core, near: usize, kind: &Kind) -> usize {
        (0..CLASSES).map(|class| self.flush_class(core, near, class, kind)).sum()
    }

    fn flush_class(&self, core: &Core, near: usize, class: usize, kind: &Kind) -> usize {
        let magazine = self.magazine(class);
        let mut bytes = 0;
        while magazine.items() > 0 {
            let mut batch = Batch::default();
            magazine.unload(BATCH, &mut batch);
            bytes += batch.len() * magazine.weight();
            core.shelve(near, self.pool(), kind, class, batch);
        }
        self.set_room(core, class, 0);
        bytes
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
            magazine.close_ranks();
            self.set_room(core, class, magazine.items());
        }
    }

    /// Changes the room of a class; what the core does not grant is not had.
    #[expect(clippy::cast_possible_truncation, reason = "at most `MAGAZINE`")]
    fn set_room(&self, core: &Core, class: usize, room: usize) {
        let (magazine, generation) = (self.magazine(class), self.pool().generation());
        let (now, weight) = (magazine.room(), magazine.weight() as u64);
        let (more, less) = (room.saturating_sub(now) as u64, now.saturating_sub(room) as u64);
        if more > 0 && core.room.try_take(generation, more * weight, core.most_room()).is_none() {
            return;
        }
        seeded!(core.room.give(generation, less * weight), "slot-room-kept" => ());
        self.room.store(self.room.load(Relaxed) + more * weight - less * weight, Relaxed);
        magazine.room.store(room as u32, Relaxed);
        if room == 0 {
            magazine.wanted.set(0);
        }
    }

    fn bind(&self, pool: Tag, kind: &Kind, handed: u64) {
        self.room.store(0, Relaxed);
        for (class, magazine) in self.magazines.iter().enumerate().take(CLASSES) {
            let weight = (kind.weigh)(class);
            magazine.weight.store(weight, Relaxed);
            magazine.handed.set(pool.item(class).with(handed).0);
            magazine.wanted.set(0);
            magazine.front.store(ptr::null_mut(), Relaxed);
            magazine.top.store(1, Relaxed);
            magazine.room.store(0, Relaxed);
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
                handed: Cell::new(0),
                wanted: Wanted::nothing(),
                front: AtomicPtr::new(ptr::null_mut()),
                pops: AtomicU64::new(0),
                rack: AtomicPtr::new(ptr::null_mut()),
                top: AtomicU32::new(1),
                room: AtomicU32::new(0),
                weight: AtomicUsize::new(0),
                seen: AtomicU64::new(0),
            }
        }
    }

    /// Whether the item of a handle with this tag may go straight back.
    #[inline]
    pub(crate) fn wants(&self, tag: Tag) -> bool {
        self.wanted.get() == tag.0
    }

    /// Whether handles of its items are given this tag.
    #[inline]
    pub(crate) fn hands_out(&self, tag: Tag) -> bool {
        self.handed.get() == tag.0
    }

    /// Takes the item in front for the user.
    #[inline]
    pub(crate) fn pop_front(&self) -> Option<Item> {
        let item = self.take_front()?;
        self.count_pop();
        Some(item)
    }

    /// Takes an item for the user.
    #[inline]
    pub(crate) fn pop(&self) -> Option<Item> {
        let item = self.take_front().or_else(|| self.pop_rack())?;
        self.count_pop();
        Some(item)
    }

    /// Whether the place in front was free for the item. Only for who has seen that there is room at
    /// all: that the magazine wants the tag of the item, or has room.
    #[inline]
    pub(crate) fn push_front(&self, item: Item) -> bool {
        let free = self.front.load(Relaxed).is_null();
        if free {
            self.front.store(item.0.as_ptr(), Relaxed);
        }
        free
    }

    /// Whether there was room for the item. As [`push_front`](Self::push_front).
    #[inline]
    pub(crate) fn push(&self, item: Item) -> bool {
        if self.push_front(item) {
            return true;
        }
        let top = self.top.load(Relaxed);
        let room = self.room.load(Relaxed);
        if seeded!(top >= room, "magazine-off-by-one" => top > room) {
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
        let items = self.items();
        (items, items * self.weight(), self.pops.load(Relaxed))
    }

    /// Only the owner counts, so this is an addition without a lock prefix.
    #[inline]
    fn count_pop(&self) {
        self.pops.store(self.pops.load(Relaxed).wrapping_add(1), Relaxed);
    }

    #[inline]
    fn take_front(&self) -> Option<Item> {
        let front = NonNull::new(self.front.load(Relaxed))?;
        self.front.store(ptr::null_mut(), Relaxed);
        Some(Item(front))
    }

    #[inline]
    fn pop_rack(&self) -> Option<Item> {
        let top = self.top.load(Relaxed) - 1;
        if top == 0 {
            return None;
        }
        let item = self.place(top).load(Relaxed);
        self.top.store(top, Relaxed);
        // SAFETY: the place was below `top`, so it held an item, which is not null (S3).
        Some(Item(unsafe { NonNull::new_unchecked(item) }))
    }

    /// Takes the front last: what is used next stays longest.
    fn unload(&self, most: usize, batch: &mut Batch) {
        for _ in 0..most {
            if batch.len() == BATCH {
                return;
            }
            let Some(item) = self.pop_rack().or_else(|| self.take_front()) else { return };
            batch.push(item);
        }
    }

    /// An item from the rack takes the place in front, if that is free.
    fn close_ranks(&self) {
        if self.front.load(Relaxed).is_null()
            && let Some(item) = self.pop_rack()
        {
            self.front.store(item.0.as_ptr(), Relaxed);
        }
    }

    fn items(&self) -> usize {
        let front = usize::from(!self.front.load(Relaxed).is_null());
        self.top.load(Relaxed) as usize - 1 + front
    }

    fn room(&self) -> usize {
        self.room.load(Relaxed) as usize
    }

    fn has_room(&self) -> bool {
        self.items() < self.room()
    }

    /// A place of the rack below `room`, which is not 0.
    #[inline]
    fn place(&self, at: u32) -> &'static AtomicPtr<u8> {
        // SAFETY: the callers have seen that `at` is below `room`, so there is a rack (S3), which is
        // never freed and only holds atomics (S1).
        let rack: &'static Rack = unsafe { &*self.rack.load(Relaxed) };
        // SAFETY: `room` is at most the length of the rack (S3). A checked index would be paid
        // for by every get and put.
        unsafe { rack.get_unchecked(at as usize) }
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
