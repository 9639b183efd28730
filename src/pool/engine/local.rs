//! How a thread finds its magazines, and gives them up when it ends.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::ptr;

use super::core::{Core, Item, Kind};
use super::depot::Batch;
use super::slot::{Magazine, Slot};
use super::table;
use super::tag::{NEAR_POOLS, Tag};

/// In place of a slot that the thread does not have. Nothing is ever put into it: also who asks for an
/// item of no pool, by a tag that is 0, gets none.
static UNBOUND: Slot = Slot::new();

thread_local! {
    /// The slots used last. It has no destructor: it may be looked at as long as the thread lives,
    /// and without asking whether it still does.
    static CACHE: [Cell<&'static Slot>; NEAR_POOLS] =
        const { [const { Cell::new(&UNBOUND) }; NEAR_POOLS] };

    /// All slots of the thread. Touched first when the thread first goes the slow way.
    static HELD: Held = const { Held(RefCell::new(Vec::new())) };
}

struct Held(RefCell<Vec<(&'static Slot, &'static Kind)>>);

impl Drop for Held {
    /// The thread ends: its items go to the depot, its slots to other threads.
    fn drop(&mut self) {
        for (slot, kind) in self.0.take() {
            seeded!(give_up(slot, kind), "local-items-stay" => ());
        }
    }
}

/// The magazine where the item of such a handle may go straight back.
#[inline]
pub(in crate::pool) fn magazine(tag: Tag) -> Option<&'static Magazine> {
    let magazine = cached(tag).magazine(tag.class());
    magazine.wants(tag).then_some(magazine)
}

/// The idle item of the class that the thread has nearest at hand, with the tag for its handle.
///
/// `pool` is the pool's tag with the marks of all its handles.
///
/// # Safety
///
/// `class` is below 64.
#[inline]
pub(in crate::pool) unsafe fn take(pool: Tag, class: usize) -> Option<(Item, Tag)> {
    let tag = pool.item(class);
    // SAFETY: a slot has 64 magazines, and the class is below that, as the caller promises.
    let magazine = unsafe { cached(pool).magazine_unchecked(class) };
    // Neither the slot of another pool nor the magazine of another class hands out this tag.
    if magazine.hands_out(tag) { magazine.pop_front().map(|item| (item, tag)) } else { None }
}

/// An idle item of the class, if the thread has one, likewise.
#[inline]
pub(in crate::pool) fn take_any(pool: Tag, class: usize) -> Option<(Item, Tag)> {
    let tag = pool.item(class);
    let magazine = cached(pool).magazine(class);
    if magazine.hands_out(tag) { magazine.pop().map(|item| (item, tag)) } else { None }
}

/// An idle item of the class, from wherever there is one.
#[cold]
pub(in crate::pool) fn take_slowly(
    core: &'static Core,
    pool: Tag,
    class: usize,
    kind: &'static Kind,
    handed: u64,
) -> Option<(Item, Tag)> {
    if !core.is_open(pool) {
        return None;
    }
    let tag = pool.item(class).with(handed);
    let Some(slot) = bind(core, pool, kind, handed) else {
        return core.depot.take(0, pool, class, 1).pop().map(|item| (item, tag));
    };
    let item = slot.magazine(class).pop().or_else(|| slot.refill(core, near(slot), class, kind))?;
    Some((item, tag))
}

/// Keeps an item, or disposes of it.
#[cold]
pub(in crate::pool) fn give(tag: Tag, kind: &'static Kind, handed: u64, item: Item) {
    let (pool, class) = (tag.pool(), tag.class());
    let Some(core) = table::find(pool) else { return (kind.free)(class, item) };
    if !core.is_open(pool) {
        return core.dispose(pool, class, kind, item);
    }
    if let Some(slot) = bind(core, pool, kind, handed) {
        return slot.keep(core, near(slot), class, kind, item);
    }
    core.shelve(0, pool, kind, class, Batch::of(item));
}

/// Empties the thread's magazines of this pool into the depot; tells how many bytes.
pub(in crate::pool) fn flush(core: &Core, pool: Tag) -> usize {
    let held = HELD.try_with(|held| {
        let list = held.0.try_borrow().ok()?;
        list.iter().find(|(slot, _)| slot.is_of(pool)).copied()
    });
    let Ok(Some((slot, kind))) = held else { return 0 };
    slot.flush(core, near(slot), kind)
}

/// Gives up the thread's slot of this place, whichever pool it is bound to.
pub(in crate::pool) fn leave(pool: Tag) {
    let held = HELD.try_with(|held| {
        let mut list = held.0.try_borrow_mut().ok()?;
        let at = list.iter().position(|(slot, _)| slot.pool().id() == pool.id())?;
        Some(list.swap_remove(at))
    });
    if let Ok(Some((slot, kind))) = held {
        give_up(slot, kind);
    }
}

#[inline]
fn cached(tag: Tag) -> &'static Slot {
    CACHE.with(|cache| cache[tag.near()].get())
}

/// The thread's slot for an open pool, in the cache too. `None` if the thread ends, if there is no
/// memory, or if this is called by the allocator from inside.
fn bind(core: &'static Core, pool: Tag, kind: &'static Kind, handed: u64) -> Option<&'static Slot> {
    if cached(pool).is_of(pool) {
        return Some(cached(pool));
    }
    let known = HELD.try_with(|held| {
        let list = held.0.try_borrow().ok()?;
        Some(list.iter().find(|(slot, _)| slot.pool().id() == pool.id()).copied())
    });
    let slot = match known {
        Ok(Some(Some((slot, _)))) if slot.is_of(pool) => slot,
        Ok(Some(Some(_))) => {
            // To dispose of what the pool before has left may lead here, and bind a slot already.
            leave(pool);
            return bind(core, pool, kind, handed);
        }
        Ok(Some(None)) => hold(core, pool, kind, handed)?,
        _ => return None,
    };
    CACHE.with(|cache| cache[pool.near()].set(slot));
    Some(slot)
}

fn hold(core: &'static Core, pool: Tag, kind: &'static Kind, handed: u64) -> Option<&'static Slot> {
    HELD.try_with(|held| {
        let mut list = held.0.try_borrow_mut().ok()?;
        list.try_reserve(1).ok()?;
        let slot = Slot::claim(core, pool, kind, handed)?;
        list.push((slot, kind));
        Some(slot)
    })
    .ok()?
}

fn give_up(slot: &'static Slot, kind: &'static Kind) {
    let pool = slot.pool();
    CACHE.with(|cache| {
        let place = &cache[pool.near()];
        if ptr::eq(place.get(), slot) {
            place.set(&UNBOUND);
        }
    });
    if let Some(core) = table::find(pool) {
        slot.flush(core, near(slot), kind);
        slot.release(core);
    }
}

/// Which shard is tried first: neighbouring slots differ.
fn near(slot: &'static Slot) -> usize {
    ptr::from_ref(slot).addr() / size_of::<Slot>()
}
