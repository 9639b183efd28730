//! Fail the first request, then the second, then the third, until none is left.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::fmt;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::thread::{self, Thread};

use super::failing::{Fail, Watch};

/// Runs `f` with each of its memory requests failing in turn.
///
/// The first run grants everything: it builds what is built once and counts the requests. Then
/// request 1 fails, then 2, then 3, until a run meets no failure. Every run must end in `Ok` or
/// `Err`, and give back all it took on this thread; what the closure itself stores outside counts
/// as not given back. The closure has to do the same work each time: make the value that is to be
/// broken inside it.
///
/// Only fallible calls can be swept, `try_reserve` and its like. An infallible one (`Vec::push`,
/// `Box::new`, `format!`) that meets the failing request ends in
/// [`handle_alloc_error`](std::alloc::handle_alloc_error) and aborts the process: prepare inputs
/// before the sweep and leave only the `try_` calls in the closure, or take
/// [`sweep_infallible`](super::sweep_infallible). For `async` code take [`sweep_async`]. Requests of
/// other threads never fail and are not counted.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// - If [`Failing`](super::Failing) is not part of the program's global allocator: a sweep that
///   could fail nothing is never reported as clean.
/// - If the closure returns `Err` although every request was granted.
/// - If it makes more than 100,000 requests, since a sweep costs the square of that, or if the
///   sweep passes 1,000 points more than twice the requests of the first run, since then each run
///   asks for more than the run before.
/// - If this thread is already inside a sweep or [`with`](super::with).
///
/// A panic of the closure passes through; the number of the point is printed beside it.
///
/// # Cost
///
/// As many runs as there are requests, and two more.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use std::collections::TryReserveError;
/// use thrifty::fault::{self, Failing};
///
/// #[global_allocator]
/// static ALLOC: Failing<System> = Failing::new(System);
///
/// /// Joins two texts, or says that there is no memory for it.
/// fn join(a: &str, b: &str) -> Result<String, TryReserveError> {
///     let mut text = String::new();
///     text.try_reserve_exact(a.len())?;
///     text.push_str(a);
///     text.try_reserve_exact(b.len())?;
///     text.push_str(b);
///     Ok(text)
/// }
///
/// let sweep = fault::sweep(|| join("a heap", " of words"));
/// assert_eq!(sweep.points, 2);
/// sweep.assert_clean();
/// ```
#[track_caller]
pub fn sweep<T, E>(mut f: impl FnMut() -> Result<T, E>) -> Sweep {
    let granted = run(&mut f, 0);
    let limit = point_limit(checked_points(granted.requests));
    let mut sweep = Sweep::default();
    loop {
        let point = sweep.points + 1;
        assert!(
            point <= limit,
            "thrifty::fault::sweep: point {point} is above the limit of {limit}, although the first \
             run made only {} requests: each run asks for more than the run before, so the sweep \
             would never end; make the closure do the same work each time",
            granted.requests
        );
        let seen = run(&mut f, point);
        let met = seen.failed > 0;
        if let Some(bytes) = usize::try_from(seen.live).ok().filter(|&bytes| bytes > 0) {
            sweep.leaked.push(Leak { point: if met { point } else { 0 }, bytes });
        }
        if !met {
            return sweep;
        }
        sweep.points = point;
        if seeded!(seen.ok, "sweep-blind-to-lost-errors" => false) {
            sweep.swallowed.push(point);
        } else {
            sweep.refused += 1;
        }
    }
}

/// Runs an `async` closure with each of its memory requests failing in turn.
///
/// [`sweep`] for code that awaits. Each run's future is polled here, on this thread, until it is
/// ready; it sleeps while the future waits for somebody to wake it. A future that needs a runtime's
/// timers or sockets enters that runtime before this call (tokio: `Runtime::enter`).
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// As [`sweep`].
///
/// # Cost
///
/// As many runs as there are requests, and two more.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use std::collections::TryReserveError;
/// use thrifty::fault::{self, Failing};
///
/// #[global_allocator]
/// static ALLOC: Failing<System> = Failing::new(System);
///
/// async fn read(part: &str, into: &mut String) -> Result<(), TryReserveError> {
///     into.try_reserve_exact(part.len())?;
///     into.push_str(part);
///     Ok(())
/// }
///
/// let sweep = fault::sweep_async(async || {
///     let mut text = String::new();
///     read("a heap", &mut text).await?;
///     read(" of words", &mut text).await
/// });
/// assert_eq!(sweep.points, 2);
/// sweep.assert_clean();
/// ```
#[track_caller]
pub fn sweep_async<T, E>(mut f: impl AsyncFnMut() -> Result<T, E>) -> Sweep {
    // Made once, out of the sight of the sweep: its clones only count.
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    sweep(|| {
        let mut future = pin!(f());
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    })
}

/// Wakes the thread that sweeps.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        seeded!(self.0.unpark(), "wake-lost" => ());
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// What [`sweep`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a sweep proves something only once its report is read: call `assert_clean`"]
#[non_exhaustive]
pub struct Sweep {
    /// Requests that were made to fail, one a run. 0 means that the closure asks for no memory.
    pub points: u64,
    /// Runs that returned `Err`.
    pub refused: u64,
    /// The points whose failure was hidden: the run returned `Ok`.
    ///
    /// Right for code that falls back or tries again, wrong for code that lost something.
    pub swallowed: Vec<u64>,
    /// The runs that did not give back all their memory.
    pub leaked: Vec<Leak>,
}

/// Memory that one run of a [`sweep`] did not give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leak {
    /// The request that failed, counted from 1; 0 is the last run, in which none failed.
    pub point: u64,
    /// Bytes still held on this thread after the run's result was dropped.
    pub bytes: usize,
}

impl Sweep {
    /// Panics unless every failure came back as `Err` and nothing leaked.
    ///
    /// For code that may swallow a failure, assert that [`leaked`](Self::leaked) is empty instead.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// If a run swallowed its failure or leaked; the text names the points.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// use std::alloc::System;
    /// use thrifty::fault::{self, Failing};
    ///
    /// #[global_allocator]
    /// static ALLOC: Failing<System> = Failing::new(System);
    ///
    /// fault::sweep(|| {
    ///     let mut list: Vec<u64> = Vec::new();
    ///     let _ = list.try_reserve(8); // the error is lost
    ///     Ok::<_, ()>(list)
    /// })
    /// .assert_clean();
    /// ```
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(
            self.swallowed.is_empty() && self.leaked.is_empty(),
            "thrifty::fault::sweep is not clean: {self}"
        );
    }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} points, {} refused", self.points, self.refused)?;
        write!(f, ", {} swallowed", self.swallowed.len())?;
        list(f, &self.swallowed, |f, point| write!(f, "at {point}"))?;
        write!(f, ", {} leaked", self.leaked.len())?;
        list(f, &self.leaked, |f, leak| match leak.point {
            0 => write!(f, "{} bytes when nothing failed", leak.bytes),
            point => write!(f, "{} bytes at {point}", leak.bytes),
        })
    }
}

/// A sweep costs the square of this many requests, about a minute.
const MAX_POINTS: u64 = 100_000;

/// The requests of the run that grants all, if they are few enough to be swept.
#[track_caller]
pub(super) fn checked_points(requests: u64) -> u64 {
    assert!(
        requests <= MAX_POINTS,
        "thrifty::fault::sweep: the closure makes {requests} requests, above the limit of \
         {MAX_POINTS}, and a sweep costs the square of them: give it less work"
    );
    requests
}

/// How far a sweep may go when its first run met `seen` points.
pub(super) fn point_limit(seen: u64) -> u64 {
    seen * 2 + 1_000
}

/// Writes the first few findings in brackets.
pub(super) fn list<T>(
    f: &mut fmt::Formatter<'_>,
    findings: &[T],
    mut show: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    const SHOWN: usize = 8;
    for (index, finding) in findings.iter().take(SHOWN).enumerate() {
        f.write_str(if index == 0 { " (" } else { ", " })?;
        show(f, finding)?;
    }
    match findings.len() {
        0 => Ok(()),
        1..=SHOWN => f.write_str(")"),
        more => write!(f, ", and {} more)", more - SHOWN),
    }
}

/// Says at which point the user's closure panicked.
pub(super) struct Whereabouts {
    pub(super) tool: &'static str,
    pub(super) point: u64,
}

impl Drop for Whereabouts {
    #[expect(clippy::print_stderr, reason = "it stands beside the panic's own text, on stderr")]
    fn drop(&mut self) {
        if thread::panicking() {
            match self.point {
                0 => eprintln!("{}: that panic came in the run without any fault", self.tool),
                point => eprintln!("{}: that panic came at point {point}", self.tool),
            }
        }
    }
}

struct Seen {
    ok: bool,
    requests: u64,
    failed: u64,
    live: isize,
}

#[track_caller]
fn run<T, E>(f: &mut impl FnMut() -> Result<T, E>, point: u64) -> Seen {
    let whereabouts = Whereabouts { tool: "thrifty::fault::sweep", point };
    let watch = Watch::begin(Fail::Nth(point));
    let result = f();
    let (requests, failed) = (watch.requests(), watch.failed());
    let ok = result.is_ok();
    watch.disarm();
    drop(result);
    let live = watch.live();
    drop((watch, whereabouts));
    assert!(
        ok || failed > 0,
        "thrifty::fault::sweep: the closure returned `Err` although no request of it failed, so \
         its errors prove nothing: make it succeed when there is memory"
    );
    Seen { ok, requests, failed, live }
}
