//! Finds the first request that goes over a bound, with its backtrace.
//!
//! The allocator only records: a panic may start no earlier than the end of the watched scope.

use core::cell::RefCell;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;
use std::backtrace::Backtrace;

use super::counters::Sums;
use super::local;
use super::stack::{self, Withheld};

thread_local! {
    static WATCHES: RefCell<Vec<Watch>> = const { RefCell::new(Vec::new()) };
}

/// An allocation (`old` is 0) or a reallocation that has been served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) old: usize,
    pub(super) new: usize,
}

/// What a scope may use, all inclusive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Allocations and reallocations together.
    pub(super) requests: u64,
    pub(super) reallocs: u64,
    pub(super) bytes: u64,
    pub(super) peak: u64,
}

impl Limits {
    pub(super) const NONE: Self =
        Self { requests: u64::MAX, reallocs: u64::MAX, bytes: u64::MAX, peak: u64::MAX };
}

/// The first request over a bound.
#[derive(Debug)]
pub(super) struct Offence {
    pub(super) size: usize,
    pub(super) backtrace: Result<Backtrace, Withheld>,
}

#[derive(Debug)]
struct Watch {
    id: u64,
    limits: Limits,
    since: Sums,
    offence: Option<Offence>,
}

impl Watch {
    fn is_exceeded(&self, view: Sums, peak: i64) -> bool {
        let used = view.minus(self.since);
        let peak = u64::try_from(peak - self.since.live()).unwrap_or(0);
        used.allocs + used.reallocs > self.limits.requests
            || used.reallocs > self.limits.reallocs
            || used.bytes > self.limits.bytes
            || peak > self.limits.peak
    }
}

/// Watches the calling thread until [`stop`] is called with the same number.
pub(super) fn start(limits: Limits, since: Sums) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);

    let id = NEXT.fetch_add(1, Relaxed);
    local::pause();
    stack::warm_up();
    // Unavailable only while the thread ends, where no scope can be opened.
    let _ = WATCHES.try_with(|watches| {
        watches.borrow_mut().push(Watch { id, limits, since, offence: None });
    });
    local::resume();
    local::watch_allocations();
    id
}

/// Ends a watch.
pub(super) fn stop(id: u64) -> Option<Offence> {
    local::unwatch_allocations();
    let take = |watches: &RefCell<Vec<Watch>>| {
        let mut watches = watches.borrow_mut();
        let place = watches.iter().position(|watch| watch.id == id)?;
        watches.remove(place).offence
    };
    WATCHES.try_with(take).ok().flatten()
}

/// Looks at a request of the calling thread. Called by the allocator: must not unwind.
pub(super) fn look(request: Request, view: Sums, peak: i64) {
    let _ = WATCHES.try_with(|watches| {
        let Ok(mut watches) = watches.try_borrow_mut() else { return };
        for watch in watches.iter_mut() {
            if watch.offence.is_none() && watch.is_exceeded(view, peak) {
                local::pause();
                watch.offence = Some(Offence { size: request.new, backtrace: stack::capture() });
                local::resume();
            }
        }
    });
}
