//! The exact heap line that stands below Criterion's time line.

use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::hint::black_box;
use core::pin::Pin;

use super::baseline;
use super::scope::{Scope, ensure_installed, measure};
use super::usage::Usage;

/// How often the closure runs after the warm-up.
const RUNS: u64 = 16;

/// Prints what one run of `f` does to the heap, and returns it.
///
/// Call it right after Criterion has printed the time of the same closure. Runs `f` once to warm up
/// and 16 times to count; a count that is not the same in every run is marked as an average. What
/// `f` returns is dropped within its run, as Criterion's `iter` does. Take [`HeapLine`] for figures
/// that are kept under an id, for a set-up that is not counted and for async code, and
/// [`allocs_per_run`](super::allocs_per_run) for the figures without the print.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// Panics where [`measure`] does.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// // Prints "heap: 1 allocs/iter 256 B/iter 1 frees/iter peak 256 B".
/// let usage = meter::heap_line(|| Vec::<u8>::with_capacity(256));
/// assert_eq!(usage.allocs, 1);
/// ```
#[track_caller]
pub fn heap_line<R>(f: impl FnMut() -> R) -> Usage {
    ensure_installed();
    Runs::of(f).print()
}

/// A heap line with an id, under which its figures are kept for [`exit_on_regress`].
///
/// Give it the id that Criterion prints, `group/function/parameter`, and count the closure that was
/// timed with the method of the same name: [`iter`](Self::iter), [`iter_batched`](Self::iter_batched)
/// or [`iter_async`](Self::iter_async). Each prints the line of [`heap_line`] and returns the
/// figures; each runs the closure once to warm up and 16 times to count. What is kept of runs that
/// differ is the average, rounded down, and the highest peak.
///
/// [`exit_on_regress`]: super::exit_on_regress
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{HeapLine, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let words = ["allocations", "are", "a", "number"];
/// let joined = HeapLine::new("words/joined").iter(|| words.join(" "));
/// let counted = HeapLine::new("words/counted").iter(|| words.iter().map(|word| word.len()).sum::<usize>());
/// // Zero is a result like any other.
/// assert_eq!((joined.requests(), counted.requests()), (1, 0));
/// ```
#[derive(Debug)]
#[must_use = "it counts nothing before `iter`, `iter_batched` or `iter_async` is called"]
pub struct HeapLine {
    id: String,
}

impl HeapLine {
    /// Names the line. The id must be its own in all benches that share a baseline.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }

    /// Counts one run of `f`, with the drop of what it returns.
    ///
    /// The twin of Criterion's `Bencher::iter`.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics where [`measure`] does, and if this process has used the id before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::alloc::System;
    /// # use thrifty::meter::{HeapLine, Metered};
    /// # #[global_allocator]
    /// # static GLOBAL: Metered<System> = Metered::new(System);
    /// let usage = HeapLine::new("greeting").iter(|| format!("hello, {}", "world"));
    /// assert_eq!((usage.allocs, usage.frees), (1, 1));
    /// ```
    #[track_caller]
    #[expect(clippy::iter_not_returning_iterator, reason = "the name that Criterion's users know")]
    pub fn iter<R>(self, f: impl FnMut() -> R) -> Usage {
        ensure_installed();
        self.keep(&Runs::of(f))
    }

    /// Counts one run of `routine` on what `setup` returns.
    ///
    /// The twin of Criterion's `Bencher::iter_batched`, and counts what that one times: neither the
    /// set-up nor the drop of what `routine` returns. The drop of the input counts if `routine` does
    /// it, so return the input to leave it out.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics where [`measure`] does, and if this process has used the id before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::alloc::System;
    /// # use thrifty::meter::{HeapLine, Metered};
    /// # #[global_allocator]
    /// # static GLOBAL: Metered<System> = Metered::new(System);
    /// let usage = HeapLine::new("sort").iter_batched(
    ///     || vec![3, 1, 2],
    ///     |mut items| {
    ///         items.sort_unstable();
    ///         items
    ///     },
    /// );
    /// assert_eq!((usage.allocs, usage.frees), (0, 0));
    /// ```
    #[track_caller]
    pub fn iter_batched<I, R>(
        self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(I) -> R,
    ) -> Usage {
        ensure_installed();
        self.keep(&Runs::count(|| {
            let input = setup();
            let (output, usage) = measure(|| black_box(routine(black_box(input))));
            drop(output);
            usage
        }))
    }

    /// Counts one run of the async `f`, with the drop of its output.
    ///
    /// The twin of Criterion's `AsyncBencher::iter`. `block_on` runs a future to its end on this
    /// thread, as those of tokio, smol and pollster do; it is called once, so what it allocates to
    /// start is not counted. Counts this thread: tasks that it runs meanwhile count, tasks on other
    /// threads do not.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics where [`measure`] does, if this process has used the id before, and if `block_on`
    /// returns before the future is done.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::alloc::System;
    /// # use thrifty::meter::{HeapLine, Metered};
    /// # #[global_allocator]
    /// # static GLOBAL: Metered<System> = Metered::new(System);
    /// # struct Runtime;
    /// # impl Runtime {
    /// #     fn block_on<F: Future>(&self, f: F) -> F::Output {
    /// #         use std::task::{Context, Poll, Waker};
    /// #         let mut f = std::pin::pin!(f);
    /// #         loop {
    /// #             if let Poll::Ready(output) = f.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
    /// #                 return output;
    /// #             }
    /// #         }
    /// #     }
    /// # }
    /// # let runtime = Runtime;
    /// async fn answer(id: u32) -> String {
    ///     format!("order-{id}")
    /// }
    ///
    /// let usage = HeapLine::new("answer").iter_async(|f| runtime.block_on(f), async || answer(7).await);
    /// assert_eq!(usage.allocs, 1);
    /// ```
    #[track_caller]
    pub fn iter_async<'a, R: 'a>(
        self,
        block_on: impl FnOnce(Pin<Box<dyn Future<Output = ()> + 'a>>),
        mut f: impl AsyncFnMut() -> R + 'a,
    ) -> Usage {
        ensure_installed();
        let done = Rc::new(Cell::new(None));
        let result = Rc::clone(&done);
        // Not `Send`, as a scope is tied to its thread: no executor can move it to another one.
        block_on(Box::pin(async move {
            drop(black_box(f().await));
            let mut runs = Runs::new();
            for _ in 0..RUNS {
                let scope = Scope::enter();
                drop(black_box(f().await));
                runs.add(scope.finish());
            }
            result.set(Some(runs));
        }));
        let runs: Option<Runs> = done.take();
        let runs = runs.expect("iter_async: `block_on` must run its future to the end");
        self.keep(&runs)
    }

    #[track_caller]
    fn keep(self, runs: &Runs) -> Usage {
        let usage = runs.print();
        baseline::record(self.id, usage);
        usage
    }
}

/// The sum of the runs, and whether they were all alike.
#[derive(Clone, Copy)]
struct Runs {
    sum: Usage,
    first: Option<Usage>,
    steady: bool,
}

impl Runs {
    fn new() -> Self {
        Self { sum: Usage::default(), first: None, steady: true }
    }

    fn of<R>(mut f: impl FnMut() -> R) -> Self {
        Self::count(|| measure(|| drop(black_box(f()))).1)
    }

    fn count(mut run: impl FnMut() -> Usage) -> Self {
        run();
        let mut runs = Self::new();
        for _ in 0..RUNS {
            runs.add(run());
        }
        runs
    }

    fn add(&mut self, usage: Usage) {
        self.steady &= *self.first.get_or_insert(usage) == usage;
        let sum = &mut self.sum;
        sum.allocs += usage.allocs;
        sum.reallocs += usage.reallocs;
        sum.frees += usage.frees;
        sum.bytes_allocated += usage.bytes_allocated;
        sum.bytes_freed += usage.bytes_freed;
        sum.bytes_kept += usage.bytes_kept;
        sum.peak_bytes = sum.peak_bytes.max(usage.peak_bytes);
    }

    #[expect(clippy::print_stdout, reason = "printing is what it is for")]
    fn print(&self) -> Usage {
        let usage = self.sum.per_iter(RUNS);
        println!("{:24}{}", "", Line { usage, steady: self.steady });
        usage
    }
}

struct Line {
    usage: Usage,
    steady: bool,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usage = &self.usage;
        write!(f, "heap: {} allocs/iter ", usage.allocs)?;
        if usage.reallocs > 0 {
            write!(f, "{} reallocs/iter ", usage.reallocs)?;
        }
        write!(
            f,
            "{} B/iter {} frees/iter peak {} B",
            usage.bytes_allocated, usage.frees, usage.peak_bytes
        )?;
        if !self.steady {
            write!(f, " (average of {RUNS} runs that differ)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(usage: Usage, steady: bool) -> String {
        Line { usage, steady }.to_string()
    }

    #[test]
    fn zero_is_written_like_any_other_figure() {
        let text = line(Usage::default(), true);
        assert_eq!(text, "heap: 0 allocs/iter 0 B/iter 0 frees/iter peak 0 B");
    }

    #[test]
    fn reallocations_and_unsteady_runs_are_said() {
        let usage = Usage {
            allocs: 1,
            reallocs: 7,
            frees: 1,
            bytes_allocated: 1024,
            bytes_freed: 1024,
            bytes_kept: 1016,
            peak_bytes: 1024,
        };
        let text = "heap: 1 allocs/iter 7 reallocs/iter 1024 B/iter 1 frees/iter peak 1024 B";
        assert_eq!(line(usage, true), text);
        assert_eq!(line(usage, false), format!("{text} (average of 16 runs that differ)"));
    }
}
