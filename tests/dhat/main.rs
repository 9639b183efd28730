//! What each block takes from the heap: exact counts, a row a case, std's figures beside ours.
//!
//! ```text
//! cargo test --test dhat                       # all rows, in this process, one after the other
//! cargo test --test dhat -- "small_vec::push"  # some rows
//! BLESS=1 cargo test --test dhat               # write tests/ledger/*.txt anew
//! ```
//!
//! dhat counts for the whole process, and two profilers at once panic. So the harness is ours,
//! always uses one thread, and a row owns the profiler from the start to the end of its measured
//! part: see [`ledger::measure`]. A row needs nothing from the rows before it and may run alone.
//!
//! To add a block: a file here that returns a [`ledger::Block`], and a line in `blocks`.

#[cfg(feature = "async")]
mod acquire;
#[cfg(feature = "arena")]
mod arena;
mod array_string;
mod array_vec;
#[cfg(feature = "http-body")]
mod body;
#[cfg(feature = "pool")]
mod buffer_pool;
#[cfg(feature = "share")]
mod clone_from;
#[cfg(feature = "share")]
mod cow;
#[cfg(feature = "share")]
mod fields;
mod ledger;
mod machinery;
#[cfg(feature = "pool")]
mod objects;
#[cfg(feature = "tokio")]
mod read_async;
#[cfg(feature = "pool")]
mod recycle;
mod rules;
#[cfg(feature = "pool")]
mod scratch;
#[cfg(feature = "std")]
mod small_map;
#[cfg(feature = "std")]
mod small_set;
mod small_string;
mod small_vec;
#[cfg(feature = "share")]
mod str;
mod text;

use libtest_mimic::{Arguments, Trial};
use std::{process::ExitCode, sync::Arc};

#[global_allocator]
static GLOBAL: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Counts are the process's: a second thread's allocations would land in the row being measured.
    arguments.test_threads = Some(1);

    let rules = Arc::new(rules::Rules::of_this_run());
    let notes = Arc::new(ledger::Notes::default());
    let mut trials: Vec<Trial> = machinery::trials();
    for block in blocks() {
        trials.extend(block.trials(&rules, &notes));
    }

    let conclusion = libtest_mimic::run(&arguments, trials);
    notes.print();
    conclusion.exit_code()
}

fn blocks() -> Vec<ledger::Block> {
    vec![
        small_vec::block(),
        array_vec::block(),
        array_string::block(),
        // Without std there is no default hasher.
        #[cfg(feature = "std")]
        small_map::block(),
        #[cfg(feature = "std")]
        small_set::block(),
        small_string::block(),
        #[cfg(feature = "share")]
        str::block(),
        #[cfg(feature = "share")]
        fields::block(),
        #[cfg(feature = "share")]
        cow::block(),
        #[cfg(feature = "share")]
        clone_from::block(),
        #[cfg(feature = "pool")]
        buffer_pool::block(),
        #[cfg(feature = "pool")]
        objects::block(),
        #[cfg(feature = "pool")]
        recycle::block(),
        #[cfg(feature = "pool")]
        scratch::block(),
        #[cfg(feature = "arena")]
        arena::block(),
        #[cfg(feature = "async")]
        acquire::block(),
        #[cfg(feature = "http-body")]
        body::block(),
        #[cfg(feature = "tokio")]
        read_async::block(),
    ]
}
