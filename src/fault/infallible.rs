//! Fail the first request of code that cannot say no, then the second: each in a process of its own.

use core::any::Any;
use core::ffi::{c_char, c_int};
use core::fmt;
use core::hint::black_box;
use core::panic::AssertUnwindSafe;
use std::io::{Error, ErrorKind, PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::os::fd::AsRawFd as _;
use std::panic::catch_unwind;

use super::failing::{Fail, Watch};
use super::sweep::{checked_points, list, point_limit};

/// Runs infallible code with each of its memory requests failing in turn, in child processes.
///
/// `Vec::push`, `Box::new`, `format!` and the like end the process when memory runs out. That must
/// be all that happens: no crash in a half-built value, no silent wrong answer. The first run is in
/// this process and grants everything: it builds what is built once. Then a `fork` runs the closure
/// with request 1 failing, another one with request 2, until one meets no failure, and the report
/// tells how each of them ended.
///
/// A child has only the thread that called this. Let the closure wait for no other thread and take
/// no lock that another one may hold; one that hangs all the same is ended after a minute and
/// reported. Leave `RUST_BACKTRACE` unset: once a panic of this process has looked at it, each child
/// takes its backtrace, which costs a thousand times what the rest does, and waits that minute in
/// vain if another thread was taking one at the moment of the fork.
///
/// For code with a `Result` take [`sweep`](super::sweep). Where a nightly toolchain turns the
/// failure into a panic (`alloc_error_hook`), `sweep(|| catch_unwind(work))` does it without a fork.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// As [`sweep`](super::sweep), and if no process or pipe can be made.
///
/// # Cost
///
/// A `fork` a request, about a quarter of a millisecond in a small process.
///
/// # Examples
///
/// ```
/// use std::alloc::System;
/// use thrifty::fault::{self, Failing};
///
/// #[global_allocator]
/// static ALLOC: Failing<System> = Failing::new(System);
///
/// let sweep = fault::sweep_infallible(|| {
///     let name = String::from("heap");
///     format!("{name} of words")
/// });
/// assert!(sweep.points >= 2);
/// assert_eq!(sweep.aborted, sweep.points, "no memory: the process ends, as std's does");
/// sweep.assert_clean();
/// ```
#[track_caller]
pub fn sweep_infallible<T>(mut f: impl FnMut() -> T) -> InfallibleSweep {
    let limit = point_limit(checked_points(run(&mut f, 0).requests));
    let mut sweep = InfallibleSweep::default();
    loop {
        let point = sweep.points + 1;
        assert!(
            point <= limit,
            "thrifty::fault::sweep_infallible: point {point} is above the limit of {limit}: each run \
             asks for more than the run before; make the closure do the same work each time"
        );
        match child(&mut f, point) {
            (Some(UNMET), _) => return sweep,
            (Some(UNMET_AND_LEAKED), _) => {
                sweep.leaked.push(0);
                return sweep;
            }
            (Some(RETURNED), _) => sweep.returned.push(point),
            (Some(LEAKED), _) => sweep.leaked.push(point),
            (None, text) if is_for_want_of_memory(&text) => sweep.aborted += 1,
            (word, text) => {
                let how = if word == Some(PANICKED) { How::Panicked } else { How::Killed };
                sweep.ended.push(Ended { point, how, text });
            }
        }
        sweep.points = point;
    }
}

/// What [`sweep_infallible`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a sweep proves something only once its report is read: call `assert_clean`"]
#[non_exhaustive]
pub struct InfallibleSweep {
    /// Requests that were made to fail, one a child. 0 means that the closure makes none.
    pub points: u64,
    /// Children that ended as they must, in [`handle_alloc_error`](std::alloc::handle_alloc_error).
    pub aborted: u64,
    /// The points without which the closure got by: it returned, and gave back all it took.
    pub returned: Vec<u64>,
    /// The points after which the closure returned and held memory on. 0 is the last run, in which
    /// nothing failed.
    pub leaked: Vec<u64>,
    /// The children that ended in another way.
    pub ended: Vec<Ended>,
}

/// A child of [`sweep_infallible`] that ended neither by returning nor for want of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// The request that failed, counted from 1.
    pub point: u64,
    /// In which way.
    pub how: How,
    /// What it wrote on stderr, then the text of its panic.
    pub text: String,
}

/// How a child of [`sweep_infallible`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum How {
    /// By a panic that left the closure: a failed assertion, or code that panics without memory.
    Panicked,
    /// By a signal: a crash, an abort that was not for want of memory, or a minute's wait.
    Killed,
}

impl InfallibleSweep {
    /// Panics unless each child ended for want of memory, or did without and leaked nothing.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// If a run leaked, panicked or crashed; the text names the points and what the child said.
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
    /// fault::sweep_infallible(|| {
    ///     let mut list: Vec<u64> = Vec::new();
    ///     list.try_reserve(8).expect("there is always memory");
    /// })
    /// .assert_clean();
    /// ```
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(
            self.leaked.is_empty() && self.ended.is_empty(),
            "thrifty::fault::sweep_infallible is not clean: {self}"
        );
    }
}

impl fmt::Display for InfallibleSweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { points, aborted, returned, leaked, ended } = self;
        write!(f, "{points} points, {aborted} aborted, {} returned", returned.len())?;
        write!(f, ", {} leaked", leaked.len())?;
        list(f, leaked, |f, point| write!(f, "at {point}"))?;
        write!(f, ", {} ended otherwise", ended.len())?;
        list(f, ended, |f, Ended { point, how, text }| {
            let how = if *how == How::Panicked { "panicked" } else { "was killed" };
            write!(f, "{how} at {point}: {}", text.trim())
        })
    }
}

/// The words of std's own message; an abort without them has another reason.
fn is_for_want_of_memory(text: &str) -> bool {
    seeded!(text.contains("memory allocation of"), "infallible-any-abort-will-do" => true)
}

/// The last word of a child that came to its end, behind a NUL.
const RETURNED: u8 = b'r';
const LEAKED: u8 = b'l';
const PANICKED: u8 = b'p';
/// The request that was to fail never came.
const UNMET: u8 = b'u';
const UNMET_AND_LEAKED: u8 = b'v';

/// Seconds after which a child is taken to hang.
const PATIENCE: u32 = 60;

struct Seen {
    requests: u64,
    failed: u64,
    live: isize,
}

#[track_caller]
fn run<T>(f: &mut impl FnMut() -> T, point: u64) -> Seen {
    let watch = Watch::begin(Fail::Nth(point));
    // Not seen through: memory that nobody looks at need not be asked for.
    let value = black_box(f());
    let (requests, failed) = (watch.requests(), watch.failed());
    watch.disarm();
    drop(value);
    Seen { requests, failed, live: watch.live() }
}

unsafe extern "C" {
    fn fork() -> c_int;
    fn waitpid(child: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn setenv(name: *const c_char, value: *const c_char, overwrite: c_int) -> c_int;
    safe fn dup2(from: c_int, to: c_int) -> c_int;
    safe fn alarm(seconds: u32) -> u32;
    safe fn raise(signal: c_int) -> c_int;
}

/// Runs the point in a fork: its last word, if it had one, and what it wrote on stderr.
fn child<T>(f: &mut impl FnMut() -> T, point: u64) -> (Option<u8>, String) {
    let (mut reader, writer) = pipe().expect("thrifty::fault: no pipe for a child process");
    // SAFETY: takes nothing. Other threads are gone in the child: what they held stays locked, which
    // the documentation of `sweep_infallible` says; it ends before anything of theirs.
    let pid = unsafe { fork() };
    if pid == 0 {
        in_the_child(f, point, &writer);
    }
    assert!(pid > 0, "thrifty::fault: no process for a child: {}", Error::last_os_error());
    in_the_parent(pid, &mut reader, writer)
}

fn in_the_child<T>(f: &mut impl FnMut() -> T, point: u64, mut writer: &PipeWriter) -> ! {
    const SIGKILL: c_int = 9;

    dup2(writer.as_raw_fd(), 2);
    alarm(PATIENCE);
    // A backtrace costs a thousand times what the rest does.
    // SAFETY: both texts end with NUL, and the child has no other thread.
    unsafe { setenv(c"RUST_BACKTRACE".as_ptr(), c"0".as_ptr(), 1) };
    let word = match catch_unwind(AssertUnwindSafe(|| run(f, point))) {
        Ok(Seen { failed: 0, live: ..=0, .. }) => UNMET,
        Ok(Seen { failed: 0, .. }) => UNMET_AND_LEAKED,
        Ok(Seen { live: ..=0, .. }) => RETURNED,
        Ok(_) => LEAKED,
        Err(panic) => {
            // A test's harness keeps for itself what the panic printed.
            let _ = writer.write_all(text_of(&*panic).as_bytes());
            PANICKED
        }
    };
    // Without its last word the child counts as killed.
    let _ = writer.write_all(&[0, word]);
    // Not an exit: memory checkers would miss what the parent's other threads hold.
    loop {
        raise(SIGKILL);
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let made = panic.downcast_ref::<String>().map(String::as_str);
    made.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default()
}

fn in_the_parent(pid: c_int, reader: &mut PipeReader, writer: PipeWriter) -> (Option<u8>, String) {
    drop(writer);
    let mut said = Vec::new();
    // An error leaves the text shorter than it was.
    let _ = reader.read_to_end(&mut said);
    let mut status = 0;
    // SAFETY: `status` is a place for a number that lives until the call is over.
    while unsafe { waitpid(pid, &raw mut status, 0) } == -1 {
        let error = Error::last_os_error();
        assert!(error.kind() == ErrorKind::Interrupted, "thrifty::fault: waitpid: {error}");
    }
    let (text, word) = match said.as_slice() {
        [text @ .., 0, word] => (text, Some(*word)),
        text => (text, None),
    };
    (word, String::from_utf8_lossy(text).into_owned())
}
