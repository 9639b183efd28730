//! All pools of the process, found by the number in a tag.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Mutex, PoisonError};

use super::core::{Core, Kind, Limits};
use super::local;
use super::tag::{GENERATIONS, POOLS, Tag};
use crate::sync::{AtomicPtr, AtomicU64};

/// Place 0 stays empty: a slot that is bound to no pool stands for it.
static TABLE: [Place; POOLS] = [const { Place::new() }; POOLS];

/// Places whose pool was closed, and the first that was never used.
static FREE: Mutex<(VecDeque<usize>, usize)> = Mutex::new((VecDeque::new(), 1));

struct Place {
    core: AtomicPtr<Core>,
    /// Pools that had the place.
    generations: AtomicU64,
}

impl Place {
    const fn new() -> Self {
        Self { core: AtomicPtr::new(ptr::null_mut()), generations: AtomicU64::new(0) }
    }
}

/// Opens a pool; `None` if there are as many as there can be.
pub(in crate::pool) fn open(kind: &Kind, limits: Limits) -> Option<(&'static Core, Tag)> {
    loop {
        let id = {
            let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
            // The one that was closed longest ago, so that few handles of it are left.
            free.0.pop_front().or_else(|| {
                let fresh = free.1;
                (fresh < POOLS).then(|| free.1 += 1).map(|()| fresh)
            })?
        };
        let place = &TABLE[id];
        let generation = place.generations.load(Relaxed) + 1;
        place.generations.store(generation, Relaxed);
        let core = core_at(place).unwrap_or_else(|| {
            let core: &'static Core = Box::leak(Box::default());
            place.core.store(ptr::from_ref(core).cast_mut(), Release);
            core
        });
        let pool = Tag::of_pool(id, generation);
        if core.open(pool, kind, limits) {
            return Some((core, pool));
        }
    }
}

/// Closes it; a second time does nothing.
pub(in crate::pool) fn close(core: &Core, pool: Tag, kind: &Kind) {
    let closed = core.close(pool, kind);
    local::leave(pool);
    if closed && pool.generation() + 1 < GENERATIONS {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        free.0.push_back(pool.id());
    }
}

/// The shared part of the pool with this tag, or of the one that has its place now.
pub(in crate::pool) fn find(tag: Tag) -> Option<&'static Core> {
    core_at(&TABLE[tag.id()])
}

/// The item of this handle is no longer its pool's, or never was and lay beside it.
#[cold]
pub(in crate::pool) fn dismiss(tag: Tag, beside: bool, kind: &Kind) {
    let Some(core) = find(tag) else { return };
    if beside {
        core.stray_in(tag.pool());
    } else {
        core.dismiss(tag.pool(), tag.class(), kind);
    }
}

fn core_at(place: &Place) -> Option<&'static Core> {
    // SAFETY: the pointer is null, or the core that `open` has leaked: never freed, never moved, and
    // all of its fields may be shared.
    unsafe { place.core.load(Acquire).as_ref() }
}
