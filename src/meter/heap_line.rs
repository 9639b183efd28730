//! The exact heap line that stands below Criterion's time line.

use core::fmt;
use core::hint::black_box;

use super::scope::measure;
use super::usage::Usage;

/// How often the closure runs after the warm-up.
const RUNS: u64 = 16;

/// Prints what one run of `f` does to the heap, and returns it.
///
/// Call it right after Criterion has printed the time of the same closure. Runs `f` once to warm up
/// and 16 times to count; a count that is not the same in every run is marked as an average. Take
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
#[expect(clippy::print_stdout, reason = "printing is what it is for")]
pub fn heap_line<R>(mut f: impl FnMut() -> R) -> Usage {
    let mut sum = Usage::default();
    let mut first = None;
    let mut steady = true;
    measure(|| drop(black_box(f())));
    for _ in 0..RUNS {
        let ((), usage) = measure(|| drop(black_box(f())));
        steady &= *first.get_or_insert(usage) == usage;
        sum.allocs += usage.allocs;
        sum.reallocs += usage.reallocs;
        sum.frees += usage.frees;
        sum.bytes_allocated += usage.bytes_allocated;
        sum.bytes_freed += usage.bytes_freed;
        sum.bytes_kept += usage.bytes_kept;
        sum.peak_bytes = sum.peak_bytes.max(usage.peak_bytes);
    }
    let usage = sum.per_iter(RUNS);
    println!("{:24}{}", "", HeapLine { usage, steady });
    usage
}

struct HeapLine {
    usage: Usage,
    steady: bool,
}

impl fmt::Display for HeapLine {
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
        HeapLine { usage, steady }.to_string()
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
