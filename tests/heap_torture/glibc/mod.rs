//! The cases that call the C library: it does what std does not let a program do.

mod beside;
mod builds;
mod ends;
mod fork;
mod limits;
mod pthreads;
mod stops;

use libtest_mimic::Trial;

use crate::each_backend::Case;

/// On every backend.
pub(crate) const CASES: &[Case] = &[
    ("fork::while_others_allocate", fork::while_others_allocate),
    ("fork::twice", fork::twice),
    ("limits::memory_that_runs_out", limits::memory_that_runs_out),
    ("pthreads::that_allocate_first", pthreads::that_allocate_first),
    ("ends::of_std_threads", ends::of_std_threads),
    ("ends::of_raw_threads", ends::of_raw_threads),
    ("ends::of_the_process", ends::of_the_process),
];

/// Those that have trials of their own.
pub(crate) const OTHERS: &[Case] = &[("beside::a_library", beside::a_library)];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = beside::trials();
    trials.extend(stops::trials());
    trials
}
