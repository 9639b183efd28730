//! The thread's own side of the meter: registration, peaks, pauses and watches.
//!
//! Nothing here unwinds when it is called from the allocator, and thread-local storage needs no
//! destructor, so a thread can be counted before its first Rust frame and after its last.

use core::cell::Cell;

use super::counters::{Counters, Sums, Trip};
use super::registry::Registry;
use super::watch::{self, Request};

/// How many scopes one thread can have open at a time.
pub(super) const MAX_SCOPES: usize = 128;

static REGISTRY: Registry = Registry::new();

thread_local! {
    static COUNTERS: Counters = const { Counters::unborn() };
    static LOCAL: Local = const { Local::new() };
    /// Takes the thread out of the registry when it ends.
    static GUARD: Guard = const { Guard };
}

/// What only the owner looks at.
///
/// Figures here leave out what was paused: `view = taken + sums - excluded`.
#[derive(Debug)]
struct Local {
    life: Cell<Life>,
    /// What the counters said when they were taken: all that a dead thread did.
    taken: Cell<Sums>,
    paused: Cell<u32>,
    /// Where the outermost pause began.
    paused_at: Cell<Sums>,
    watched: Cell<u32>,
    excluded: Cell<Sums>,
    /// The highest `live` in view since a scope was last opened or closed; while the trip wire marks
    /// the peak, the wire is newer.
    peak: Cell<i64>,
    /// The peak of each open scope up to the moment when the next one was opened. `GONE` marks a
    /// scope that was closed before one that was opened later.
    outer_peaks: [Cell<i64>; MAX_SCOPES],
    open: Cell<usize>,
}

/// In `outer_peaks`: closed already. No thread's live bytes get near it.
const GONE: i64 = i64::MIN;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Unborn,
    Live,
    Dead,
}

impl Local {
    const fn new() -> Self {
        Self {
            life: Cell::new(Life::Unborn),
            taken: Cell::new(Sums::ZERO),
            paused: Cell::new(0),
            paused_at: Cell::new(Sums::ZERO),
            watched: Cell::new(0),
            excluded: Cell::new(Sums::ZERO),
            peak: Cell::new(0),
            outer_peaks: [const { Cell::new(0) }; MAX_SCOPES],
            open: Cell::new(0),
        }
    }

    fn sums(&self, counters: &Counters) -> Sums {
        self.taken.get().plus(counters.sums())
    }

    fn view(&self, counters: &Counters) -> Sums {
        let sums = if self.paused.get() > 0 { self.paused_at.get() } else { self.sums(counters) };
        sums.minus(self.excluded.get())
    }

    /// Changes what is counted or looked at, with the peak at hand, and sets the trip wire anew.
    fn change<R>(&self, counters: &Counters, change: impl FnOnce() -> R) -> R {
        self.peak.set(self.peak(counters));
        let result = change();
        if self.life.get() != Life::Live {
            // Every operation of a dead thread is taken from its counters at once.
            counters.trip(Trip::Always);
        } else if self.paused.get() > 0 {
            counters.trip(Trip::Never);
        } else if self.watched.get() > 0 {
            counters.trip(Trip::Always);
        } else {
            counters.mark_peak(self.peak.get() + self.excluded.get().live());
        }
        result
    }

    fn peak(&self, counters: &Counters) -> i64 {
        let marked = counters.marked_peak().map(|peak| peak - self.excluded.get().live());
        marked.unwrap_or_else(|| self.peak.get())
    }
}

#[derive(Debug)]
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        with(die);
    }
}

/// Counts an allocation that succeeded.
#[inline]
pub(super) fn allocated(size: usize) {
    COUNTERS.with(|counters| {
        if counters.count_alloc(size) {
            tripped(Request { old: 0, new: size });
        }
    });
}

/// Counts a free; true if [`be_counted`] must be called.
#[inline]
#[must_use]
pub(super) fn freed(size: usize) -> bool {
    COUNTERS.with(|counters| counters.count_free(size))
}

/// Counts a reallocation that succeeded.
#[inline]
pub(super) fn reallocated(old: usize, new: usize) {
    COUNTERS.with(|counters| {
        counters.count_realloc(old.min(new));
        let touched = if new >= old {
            counters.count_growth(new - old)
        } else {
            counters.count_shrink(old - new)
        };
        if touched {
            tripped(Request { old, new });
        }
    });
}

/// Counts an allocation, in the mode that counts only.
#[inline]
pub(super) fn tally_alloc(size: usize) {
    COUNTERS.with(|counters| counters.tally_alloc(size));
}

/// Counts a free, in the mode that counts only.
#[inline]
pub(super) fn tally_free(size: usize) {
    COUNTERS.with(|counters| counters.tally_free(size));
}

/// Counts a reallocation, in the mode that counts only.
#[inline]
pub(super) fn tally_realloc(old: usize, new: usize) {
    COUNTERS.with(|counters| counters.tally_realloc(old, new));
}

/// The trip wire was touched.
#[cold]
#[inline(never)]
fn tripped(request: Request) {
    COUNTERS.with(|counters| {
        if !counters.marked_new_peak() {
            look(request);
        }
    });
}

/// The trip wire was touched, and not by a new peak alone.
#[cold]
#[inline(never)]
fn look(request: Request) {
    be_counted();
    with(|counters, local| {
        if local.paused.get() == 0 && local.watched.get() > 0 {
            let view = local.view(counters);
            local.peak.set(local.peak.get().max(view.live()));
            watch::look(request, view, local.peak.get());
        }
    });
}

/// An operation has been counted, on a thread that the registry may not hold yet, or no longer.
#[cold]
pub(super) fn be_counted() {
    with(|counters, local| match local.life.get() {
        Life::Unborn => be_born(counters, local),
        Life::Dead => {
            let sums = counters.take();
            local.taken.set(local.taken.get().plus(sums));
            seeded!(REGISTRY.retire(sums), "late-frees-lost" => ());
        }
        Life::Live => {}
    });
}

fn be_born(counters: &Counters, local: &Local) {
    // First: what follows may allocate, and must find a live thread.
    local.life.set(Life::Live);
    fork::watch();
    // SAFETY: `life` was `Unborn`, so the counters are not in the list; `die` unlinks them, either
    // when `GUARD` is dropped, which is before the thread's storage goes away, or right below.
    unsafe { REGISTRY.link(counters) };
    local.change(counters, || local.peak.set(counters.sums().live().max(0)));
    if GUARD.try_with(|_| ()).is_err() {
        // The thread is ending: its destructors have already run.
        die(counters, local);
    }
}

fn die(counters: &Counters, local: &Local) {
    let peak = local.peak(counters);
    if local.life.replace(Life::Dead) == Life::Live {
        local.peak.set(peak);
        // SAFETY: `life` was `Live`, so `be_born` has put the counters into the list and nothing has
        // taken them out.
        local.taken.set(unsafe { REGISTRY.unlink(counters) });
    }
}

/// What an allocation and its free moved on this thread: `None` if nothing was counted, else whether
/// the trip wire was, which it is in the full mode only.
pub(super) fn probe(allocate_and_free: impl FnOnce()) -> Option<bool> {
    let look = || {
        with(|counters, local| {
            ensure_born(counters, local);
            (local.sums(counters).frees, counters.limit())
        })
    };
    let (frees, limit) = look();
    allocate_and_free();
    let (frees_after, limit_after) = look();
    // On a dead thread, the full mode takes the counters at once, and the wire is where it was.
    let full = limit_after != limit || with(|counters, _| counters.sums().frees == 0);
    (frees_after != frees).then_some(full)
}

/// What this thread did so far, without what was paused.
pub(super) fn view() -> Sums {
    with(|counters, local| local.view(counters))
}

/// What all threads did so far, with what was paused.
pub(super) fn process() -> Sums {
    REGISTRY.process()
}

/// The highest number of live bytes that this thread reached.
pub(super) fn peak() -> i64 {
    with(|counters, local| highest(&local.outer_peaks[..local.open.get()], local.peak(counters)))
}

/// Opens a scope, whose peak starts at what is live now.
///
/// # Panics
///
/// Panics if the thread has [`MAX_SCOPES`] scopes open, is paused, or is ending.
#[track_caller]
pub(super) fn open_scope() -> (usize, Sums) {
    let (life, paused, slot) = with(|counters, local| {
        ensure_born(counters, local);
        (local.life.get(), local.paused.get() > 0, local.open.get())
    });
    assert!(
        life == Life::Live,
        "allocations cannot be measured in a thread-local destructor of an ending thread: \
         measure the code in a thread that goes on"
    );
    assert!(
        !paused,
        "allocations cannot be measured inside `meter::pause`, which leaves them out: \
         measure first and pause within"
    );
    assert!(
        slot < MAX_SCOPES,
        "this thread has {MAX_SCOPES} allocation scopes open, which is the limit: \
         finish some, or measure the recursion from outside"
    );
    with(|counters, local| {
        local.change(counters, || {
            let view = local.view(counters);
            local.outer_peaks[slot].set(local.peak.get());
            local.open.set(slot + 1);
            local.peak.set(view.live());
            (slot, view)
        })
    })
}

/// The highest number of live bytes since the scope was opened.
pub(super) fn scope_peak(slot: usize) -> i64 {
    // What lies above a scope's own slot are the peaks of its segments, one for each scope opened
    // within it; the last segment is the current one.
    with(|counters, local| {
        highest(&local.outer_peaks[slot + 1..local.open.get()], local.peak(counters))
    })
}

/// Closes a scope and hands its peak to the one around it.
pub(super) fn close_scope(slot: usize) {
    with(|counters, local| {
        let open = local.open.get();
        if slot + 1 < open {
            // One that was opened later is still open, the last at least: the peak before this scope
            // joins the next segment, and the slot stays until the later ones are closed.
            let before = local.outer_peaks[slot].replace(GONE);
            let later = &local.outer_peaks[slot + 1..open];
            if let Some(next) = later.iter().find(|peak| peak.get() != GONE) {
                next.set(next.get().max(before));
            }
            return;
        }
        local.change(counters, || {
            local.peak.set(local.peak.get().max(local.outer_peaks[slot].get()));
            let gone = local.outer_peaks[..slot].iter().rev().take_while(|peak| peak.get() == GONE);
            local.open.set(slot - gone.count());
        });
    });
}

/// Starts to leave out what this thread does.
pub(super) fn pause() {
    with(|counters, local| {
        ensure_born(counters, local);
        local.change(counters, || {
            if local.paused.get() == 0 {
                local.paused_at.set(local.sums(counters));
            }
            local.paused.set(local.paused.get() + 1);
        });
    });
}

/// Takes one call of [`pause`] back.
pub(super) fn resume() {
    with(|counters, local| {
        local.change(counters, || {
            local.paused.set(local.paused.get() - 1);
            if local.paused.get() == 0 {
                let within = local.sums(counters).minus(local.paused_at.get());
                let hidden = seeded!(within, "pause-counts-on" => Sums::ZERO);
                local.excluded.set(local.excluded.get().plus(hidden));
            }
        });
    });
}

/// Makes every allocation of this thread pass [`watch::look`], until as many calls of
/// [`unwatch_allocations`].
pub(super) fn watch_allocations() {
    with(|counters, local| {
        local.change(counters, || local.watched.set(local.watched.get() + 1));
    });
}

/// Takes one call of [`watch_allocations`] back.
pub(super) fn unwatch_allocations() {
    with(|counters, local| {
        local.change(counters, || local.watched.set(local.watched.get() - 1));
    });
}

fn ensure_born(counters: &Counters, local: &Local) {
    if local.life.get() == Life::Unborn {
        be_born(counters, local);
    }
}

fn highest(peaks: &[Cell<i64>], last: i64) -> i64 {
    peaks.iter().map(Cell::get).fold(last, i64::max)
}

/// Calls `f` with both halves of the thread's storage, which needs no destructor and so never ends
/// before the thread.
fn with<R>(f: impl FnOnce(&Counters, &Local) -> R) -> R {
    COUNTERS.with(|counters| LOCAL.with(|local| f(counters, local)))
}

/// Keeps the registry right in a process that was forked.
#[cfg(unix)]
mod fork {
    use core::ffi::c_int;
    use core::sync::atomic::{AtomicBool, Ordering};

    use super::{Life, REGISTRY, ensure_born, with};

    unsafe extern "C" {
        fn pthread_atfork(
            prepare: extern "C" fn(),
            parent: extern "C" fn(),
            child: extern "C" fn(),
        ) -> c_int;
    }

    /// Asks to be called around forks, once for the process.
    pub(super) fn watch() {
        static WATCHED: AtomicBool = AtomicBool::new(false);
        if !WATCHED.swap(true, Ordering::Relaxed) {
            // SAFETY: the three functions have the types that POSIX asks for, do not unwind and are
            // never unloaded: they are part of the program that holds the allocator. It takes no
            // lock of ours. Without memory for the entry it changes nothing, and so do we.
            let _ = unsafe { pthread_atfork(prepare, parent, child) };
        }
    }

    extern "C" fn prepare() {
        with(|counters, local| {
            ensure_born(counters, local);
            REGISTRY.before_fork(counters);
        });
    }

    extern "C" fn parent() {
        REGISTRY.after_fork_in_parent();
    }

    extern "C" fn child() {
        with(|counters, local| {
            let listed = (local.life.get() == Life::Live).then_some(counters);
            // SAFETY: a new process has one thread, this one; its counters are in the list exactly
            // while it is `Live`.
            unsafe { REGISTRY.after_fork_in_child(listed) };
        });
    }
}

#[cfg(not(unix))]
mod fork {
    pub(super) const fn watch() {}
}
