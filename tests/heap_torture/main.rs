//! What breaks allocators, on each backend: many threads, `fork`, threads that std does not know,
//! the ends of threads and processes, every alignment, refusals, a library with its own allocator.
//!
//! ```text
//! cargo test --test heap_torture                                      # seconds
//! cargo test --test heap_torture --features full -- --include-ignored # all backends, at length
//! ```
//!
//! Every block of every child passes through `LayoutChecked`, which knows its layout, and through
//! `Makers`, which asks the allocators who made it. After the choice the variable is changed, so that
//! nothing can rely on it.
#![cfg(all(feature = "fault", feature = "heap", feature = "meter"))]

mod block;
#[path = "../heap/each_backend.rs"]
mod each_backend;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "../heap/forked.rs"]
mod forked;
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), path = "elsewhere.rs")]
mod glibc;
mod layouts;
mod makers;
mod refusing;
mod threads;

use std::env;
use std::ffi::OsStr;
use std::process::ExitCode;

use each_backend::{BACKEND, child};
use libtest_mimic::Trial;
use makers::Makers;
use thrifty::fault::{Failing, LayoutChecked};
use thrifty::heap::{self, Backend, ByEnv};
use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Metered<LayoutChecked<Failing<Makers<ByEnv>>>> =
    Metered::new(LayoutChecked::new(Failing::new(Makers(ByEnv::new(BACKEND)))));

/// Set in the children that do everything at length.
const LONG: &str = "THRIFTY_TEST_LONG";

fn main() -> ExitCode {
    let anywhere = [threads::CASES, layouts::CASES, refusing::CASES].concat();
    let cases = [anywhere.as_slice(), glibc::CASES].concat();
    each_backend::run(&[cases.as_slice(), glibc::OTHERS].concat(), || {
        let mut trials = each_backend::trials(&cases);
        for &backend in Backend::compiled() {
            trials.extend(cases.iter().map(|&(name, _)| at_length(backend, name)));
        }
        trials.extend(glibc::trials());
        trials
    })
}

fn at_length(backend: Backend, name: &'static str) -> Trial {
    let variables = [(LONG, OsStr::new("1"))];
    let run = move || child(backend, name, &variables);
    Trial::test(format!("{backend}, {name}, at length"), run).with_ignored_flag(true)
}

/// How often, in a child that is in a hurry or is not.
fn times(hurry: usize, at_length: usize) -> usize {
    if env::var_os(LONG).is_some() { at_length } else { hurry }
}

/// Whether the process runs on `backend`; valgrind and sanitizers put their own in the system's place.
fn is_on(backend: Backend) -> bool {
    let selected = heap::selection().is_some_and(|selection| selection.backend() == backend);
    selected && heap::active().map_or(backend == Backend::System, |active| active == backend)
}

/// Looks at the backend, then lets the variable name another one, which nothing may obey any more.
fn begin(backend: Backend) {
    assert!(is_on(backend), "{:?}", heap::selection());
    let other = Backend::compiled().iter().find(|&&other| other != backend);
    // SAFETY: the case has just begun: there is no other thread.
    unsafe { env::set_var(BACKEND, other.map_or("nobody", |other| other.name())) };
}
