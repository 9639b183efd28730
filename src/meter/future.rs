//! Measures a future: every poll of it, on whichever thread.
//!
//! ```text
//!  thread A   ..other tasks..[poll 1]..other tasks..........[poll 4 = ready]
//!  thread B   .....other tasks.......[poll 2][poll 3]..other tasks..........
//!                               |       |       |              |
//!  Tally                        +-------+-------+--------------+--> Usage
//! ```
//!
//! A scope is open during a poll only, so it never leaves its thread; what it saw is added to the
//! tally, which moves with the future.
//!
//! # Invariants
//!
//! They hold for both futures of this file, and make their field `future` structurally pinned:
//!
//! - P1: once the whole is pinned, `future` is reached only through `project`: no other function
//!   takes the pinned whole mutably, and `inspect`, which moves `future`, takes the whole by value.
//! - P2: the whole is `Unpin` only if `future` is.
//! - P3: neither type implements `Drop`, so `future` is dropped in place, by the compiler.
//! - P4: neither type is `repr(packed)`.

use core::fmt;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::catch_unwind;
use std::thread::panicking;

use super::counters::Sums;
use super::scope::{Scope, ensure_installed};
use super::usage::Usage;

/// Measures futures: adds [`metered`](Self::metered) to each of them.
///
/// For code that is not suspended take [`measure`](super::measure).
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use std::pin::pin;
/// # use std::task::{Context, Poll, Waker};
/// # use thrifty::meter::Metered;
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     let mut future = pin!(future);
/// #     let mut context = Context::from_waker(Waker::noop());
/// #     loop {
/// #         if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
/// #             return output;
/// #         }
/// #     }
/// # }
/// use thrifty::meter::MeterFutureExt;
///
/// async fn greet(name: &str) -> String {
///     format!("Hello {name}")
/// }
///
/// let (greeting, usage) = block_on(greet("Ann").metered());
/// assert_eq!(greeting, "Hello Ann");
/// assert_eq!(usage.allocs, 1);
/// ```
pub trait MeterFutureExt: Future + Sized {
    /// Measures this future: the output comes together with what its polls did.
    ///
    /// Runs on any executor. The figures are exact when the task moves between threads, and leave out
    /// what other tasks do there in between. [`inspect`](MeteredFuture::inspect) keeps the output as
    /// it is and hands the figures to a closure.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// Panics if [`Metered`](super::Metered) is not the global allocator. A poll panics where
    /// [`Scope::enter`] does.
    #[track_caller]
    fn metered(self) -> MeteredFuture<Self> {
        ensure_installed();
        MeteredFuture { future: self, tally: Tally::ZERO }
    }
}

impl<F: Future> MeterFutureExt for F {}

/// A future that measures its polls: its output is the inner one and a [`Usage`].
///
/// Made by [`metered`](MeterFutureExt::metered). Futures nest, each with its own figures. Only polls
/// count: not making, boxing, spawning or dropping the future, nor the tasks that it spawns. An
/// `async fn` drops what it holds in its last poll, so that is counted; what a cancelled one still
/// held is in [`net_bytes`](Usage::net_bytes). The peak is what the polls held at a time, above what
/// was live before the first. It is larger than the inner future by 56 bytes and padding.
///
/// # Allocation
///
/// Never allocates.
#[must_use = "futures do nothing unless polled"]
pub struct MeteredFuture<F> {
    future: F,
    tally: Tally,
}

impl<F> MeteredFuture<F> {
    /// Hands the final figures to a closure, and leaves the output as it is.
    ///
    /// The closure is called exactly once: when the future completes, or else when it is dropped, with
    /// what was used so far, since a request that is cancelled still has its cost. That includes a
    /// future that panicked or was never polled. What the closure itself does is not counted.
    ///
    /// A panic of the closure passes through, save where the future is dropped by unwinding: there it
    /// is caught, since a second panic would abort the process.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::alloc::System;
    /// # use std::pin::pin;
    /// # use std::task::{Context, Poll, Waker};
    /// # use thrifty::meter::Metered;
    /// # #[global_allocator]
    /// # static GLOBAL: Metered<System> = Metered::new(System);
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = pin!(future);
    /// #     let mut context = Context::from_waker(Waker::noop());
    /// #     loop {
    /// #         if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
    /// #             return output;
    /// #         }
    /// #     }
    /// # }
    /// use thrifty::meter::MeterFutureExt;
    ///
    /// let mut cost = 0;
    /// let answer = async { "a response".to_owned() };
    /// let response = block_on(answer.metered().inspect(|usage| cost = usage.requests()));
    /// assert_eq!(response, "a response");
    /// assert_eq!(cost, 1);
    /// ```
    pub fn inspect<C: FnOnce(&Usage)>(self, closure: C) -> InspectedFuture<F, C> {
        let bill = Bill { tally: self.tally, closure: Some(closure) };
        InspectedFuture { future: self.future, bill }
    }

    /// Returns what the polls did so far.
    ///
    /// For a future that was pinned in place and given up, by a timeout for example.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::alloc::System;
    /// # use thrifty::meter::Metered;
    /// # #[global_allocator]
    /// # static GLOBAL: Metered<System> = Metered::new(System);
    /// use std::pin::pin;
    /// use std::task::{Context, Waker};
    /// use thrifty::meter::MeterFutureExt;
    ///
    /// let mut stuck = pin!(
    ///     async {
    ///         let held = vec![0_u8; 100];
    ///         std::future::pending::<()>().await;
    ///         drop(held);
    ///     }
    ///     .metered()
    /// );
    /// assert!(stuck.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    /// assert_eq!(stuck.so_far().net_bytes(), 100);
    /// ```
    #[must_use]
    pub fn so_far(&self) -> Usage {
        self.tally.usage()
    }

    fn project(self: Pin<&mut Self>) -> (Pin<&mut F>, &mut Tally) {
        // SAFETY: nothing is moved out of the reference: `tally` is not pinned, and `future` is
        // pinned again right below, before anything else could reach it.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: `future` lies within `*this`, which is pinned: it stays where it is until it is
        // dropped there (P3, P4), nobody else gets `&mut F` from the pinned whole (P1), and the
        // whole can be moved again only if `F` may be (P2).
        let future = unsafe { Pin::new_unchecked(&mut this.future) };
        (future, &mut this.tally)
    }
}

impl<F: Future> Future for MeteredFuture<F> {
    type Output = (F::Output, Usage);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (future, tally) = self.project();
        tally.poll(future, context).map(|output| (output, tally.usage()))
    }
}

impl<F> fmt::Debug for MeteredFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeteredFuture").field("so_far", &self.so_far()).finish_non_exhaustive()
    }
}

/// A future that measures its polls and hands the figures to a closure.
///
/// Made by [`inspect`](MeteredFuture::inspect).
///
/// # Allocation
///
/// Never allocates.
#[must_use = "futures do nothing unless polled"]
pub struct InspectedFuture<F, C: FnOnce(&Usage)> {
    /// Dropped before the bill, so that futures within this one present theirs first.
    future: F,
    bill: Bill<C>,
}

impl<F, C: FnOnce(&Usage)> InspectedFuture<F, C> {
    fn project(self: Pin<&mut Self>) -> (Pin<&mut F>, &mut Bill<C>) {
        // SAFETY: nothing is moved out of the reference: `bill` is not pinned, and `future` is
        // pinned again right below, before anything else could reach it.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: `future` lies within `*this`, which is pinned: it stays where it is until it is
        // dropped there (P3, P4), nobody else gets `&mut F` from the pinned whole (P1), and the
        // whole can be moved again only if `F` may be (P2).
        let future = unsafe { Pin::new_unchecked(&mut this.future) };
        (future, &mut this.bill)
    }
}

/// The closure is never pinned. `F: Unpin` keeps P2.
impl<F: Unpin, C: FnOnce(&Usage)> Unpin for InspectedFuture<F, C> {}

impl<F: Future, C: FnOnce(&Usage)> Future for InspectedFuture<F, C> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (future, bill) = self.project();
        let poll = bill.tally.poll(future, context);
        if poll.is_ready() {
            bill.present();
        }
        poll
    }
}

impl<F, C: FnOnce(&Usage)> fmt::Debug for InspectedFuture<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let so_far = self.bill.tally.usage();
        f.debug_struct("InspectedFuture").field("so_far", &so_far).finish_non_exhaustive()
    }
}

/// What a future's polls did so far.
#[derive(Clone, Copy)]
struct Tally {
    sums: Sums,
    /// The most bytes that were live at a time, above those live before the first poll.
    peak: i64,
}

impl Tally {
    const ZERO: Self = Self { sums: Sums::ZERO, peak: 0 };

    fn poll<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let _visit = Visit { tally: self, scope: Scope::enter() };
        future.poll(context)
    }

    fn add(&mut self, scope: &Scope) {
        // The bytes that earlier polls left behind are live all through this one.
        self.peak = self.peak.max(self.sums.live() + scope.peak());
        self.sums = self.sums.plus(scope.sums());
    }

    fn usage(&self) -> Usage {
        Usage::new(self.sums, self.peak)
    }
}

/// One poll; added to the tally when it ends, by a panic as well.
struct Visit<'a> {
    tally: &'a mut Tally,
    scope: Scope,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        seeded!(self.tally.add(&self.scope), "poll-lost-by-panic" => {
            if !panicking() {
                self.tally.add(&self.scope);
            }
        });
    }
}

/// A tally, and who is to be told.
struct Bill<C: FnOnce(&Usage)> {
    tally: Tally,
    /// `None` once it has been called.
    closure: Option<C>,
}

impl<C: FnOnce(&Usage)> Bill<C> {
    fn present(&mut self) {
        if let Some(closure) = self.closure.take() {
            closure(&self.tally.usage());
        }
    }
}

impl<C: FnOnce(&Usage)> Drop for Bill<C> {
    fn drop(&mut self) {
        if panicking() {
            // Executors drop a task that panicked while its panic is still under way.
            let _ = catch_unwind(AssertUnwindSafe(|| self.present()));
        } else {
            self.present();
        }
    }
}
