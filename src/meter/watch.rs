//! Finds the first request that goes over a bound, with its backtrace; hands all to a recorder.
//!
//! The allocator only records: a panic may start no earlier than the end of the watched scope.

use core::cell::RefCell;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;
use std::backtrace::Backtrace;

use super::advise::Log;
use super::counters::Sums;
use super::local;
use super::stack::{self, Withheld};

thread_local! {
    static WATCHING: RefCell<Watching> = const { RefCell::new(Watching::NOTHING) };
}

/// Who wants to hear of this thread's requests.
#[derive(Debug)]
struct Watching {
    watches: Vec<Watch>,
    /// Every request, while somebody records.
    log: Option<Log>,
}

impl Watching {
    const NOTHING: Self = Self { watches: Vec::new(), log: None };
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
    let _ = WATCHING.try_with(|watching| {
        watching.borrow_mut().watches.push(Watch { id, limits, since, offence: None });
    });
    local::resume();
    local::watch_allocations();
    id
}

/// Ends a watch.
pub(super) fn stop(id: u64) -> Option<Offence> {
    local::unwatch_allocations();
    let take = |watching: &RefCell<Watching>| {
        let watches = &mut watching.borrow_mut().watches;
        let place = watches.iter().position(|watch| watch.id == id)?;
        watches.remove(place).offence
    };
    WATCHING.try_with(take).ok().flatten()
}

/// Records the calling thread's requests until [`stop_recording`], and returns where the log of
/// them starts: it is shared with the recordings that are open already.
pub(super) fn start_recording() -> usize {
    local::pause();
    let mark = WATCHING
        .try_with(|watching| watching.borrow_mut().log.get_or_insert_with(Log::new).open())
        .unwrap_or(0);
    local::resume();
    local::watch_allocations();
    mark
}

/// Ends the recording that was started last, and reads the log. The caller has paused the thread.
pub(super) fn stop_recording<R>(read: impl FnOnce(&Log) -> R) -> Option<R> {
    local::unwatch_allocations();
    let read = WATCHING.try_with(|watching| {
        let mut watching = watching.borrow_mut();
        let log = watching.log.as_mut()?;
        let is_last = log.close();
        let result = read(log);
        if is_last {
            watching.log = None;
        }
        Some(result)
    });
    read.ok().flatten()
}

/// Looks at a request of the calling thread. Called by the allocator: must not unwind.
pub(super) fn look(request: Request, view: Sums, peak: i64) {
    let _ = WATCHING.try_with(|watching| {
        let Ok(mut watching) = watching.try_borrow_mut() else { return };
        for watch in &mut watching.watches {
            if watch.offence.is_none() && watch.is_exceeded(view, peak) {
                local::pause();
                watch.offence = Some(Offence { size: request.new, backtrace: stack::capture() });
                local::resume();
            }
        }
        if let Some(log) = &mut watching.log {
            local::pause();
            log.record(request);
            local::resume();
        }
    });
}
