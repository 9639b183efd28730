//! A piece of a test in a forked child.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// How a child ends when `f` has returned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// At once.
    AtOnce,
    /// As a program does: handlers, destructors, then the end.
    #[allow(dead_code, reason = "for one of the binaries with this module")]
    Exit,
}

/// Seconds that a child may take. Far more than any needs, also under valgrind.
const LIMIT: u32 = 100;

/// Runs `f` in a forked child. Its panic, its crash or its hanging is a failure here.
#[track_caller]
pub(crate) fn in_a_fork(end: End, f: impl FnOnce()) {
    // SAFETY: no precondition in C. `f` is code of a test that is about what the child may do.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: no precondition. An alarm that nobody handles ends the process.
        unsafe { libc::alarm(LIMIT) };
        let code = i32::from(catch_unwind(AssertUnwindSafe(f)).is_err());
        match end {
            End::Exit if code == 0 => std::process::exit(code),
            // SAFETY: takes every code.
            _ => unsafe { libc::_exit(code) },
        }
    }
    let mut status = 0;
    // SAFETY: `status` has room for the status.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child, "{}", std::io::Error::last_os_error());
    if libc::WIFSIGNALED(status) {
        match libc::WTERMSIG(status) {
            libc::SIGALRM => panic!("the forked child hung: it was ended after {LIMIT} seconds"),
            signal => panic!("the forked child was killed by signal {signal}"),
        }
    }
    assert_eq!(libc::WEXITSTATUS(status), 0, "the forked child failed");
}
