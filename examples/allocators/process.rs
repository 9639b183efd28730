//! What the kernel accounted for a process.

use std::io;
use std::process::{Child, ExitStatus};

use serde::{Deserialize, Serialize};

/// From the start of a process to now, or to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    /// In user mode and in the kernel, all threads.
    pub cpu_seconds: f64,
    /// Page faults that were served without reading from a disk, and those that were not.
    pub minor_faults: u64,
    pub major_faults: u64,
    /// The largest resident set, in bytes. The memory of the process that started this one is in it,
    /// as a lower bound: on Linux it is carried over when the program is loaded.
    pub peak_rss: u64,
}

impl Account {
    /// What was added since `earlier`; the peak stays what it is.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self {
            cpu_seconds: self.cpu_seconds - earlier.cpu_seconds,
            minor_faults: self.minor_faults.saturating_sub(earlier.minor_faults),
            major_faults: self.major_faults.saturating_sub(earlier.major_faults),
            peak_rss: self.peak_rss,
        }
    }

    /// Whether `part` can be a part of it; both are read from the same clock of the kernel, which
    /// rounds the time to microseconds.
    pub(crate) fn holds(&self, part: &Self) -> bool {
        self.minor_faults >= part.minor_faults
            && self.major_faults >= part.major_faults
            && self.cpu_seconds + 1e-4 >= part.cpu_seconds
    }
}

/// The account of this process; `None` where the platform has none.
pub(crate) fn own() -> Option<Account> {
    platform::own()
}

/// Waits for the end of a process, and takes its account. What it wrote to a pipe must have been read.
pub(crate) fn wait(child: Child) -> io::Result<(ExitStatus, Option<Account>)> {
    platform::wait(child)
}

#[cfg(unix)]
mod platform {
    use std::io::{self, ErrorKind};
    use std::mem::MaybeUninit;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, ExitStatus};

    use super::Account;

    /// The kernel counts the peak in KiB, macOS in bytes.
    const PEAK_UNIT: u64 = if cfg!(target_vendor = "apple") { 1 } else { 1024 };

    pub(super) fn own() -> Option<Account> {
        let mut usage = MaybeUninit::uninit();
        // SAFETY: `usage` is a valid place for one `rusage`, which is all that is written to.
        let result = unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
        if result != 0 {
            return None;
        }
        // SAFETY: on success `getrusage` has filled in the whole of it (POSIX).
        Some(account(&unsafe { usage.assume_init() }))
    }

    #[expect(clippy::needless_pass_by_value, reason = "its number is free for others after this")]
    pub(super) fn wait(child: Child) -> io::Result<(ExitStatus, Option<Account>)> {
        let number = libc::pid_t::try_from(child.id()).map_err(io::Error::other)?;
        let mut status = 0;
        let mut usage = MaybeUninit::uninit();
        loop {
            // SAFETY: `status` and `usage` are valid places for one `c_int` and one `rusage`, which is
            // all that is written to; any process number is allowed.
            let result = unsafe { libc::wait4(number, &raw mut status, 0, usage.as_mut_ptr()) };
            if result == number {
                break;
            }
            let error = io::Error::last_os_error();
            if error.kind() != ErrorKind::Interrupted {
                return Err(error);
            }
        }
        // SAFETY: `wait4` returned the process, so it has filled in the whole of it (wait4(2)).
        let usage = unsafe { usage.assume_init() };
        Ok((ExitStatus::from_raw(status), Some(account(&usage))))
    }

    fn account(usage: &libc::rusage) -> Account {
        Account {
            cpu_seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            minor_faults: count(usage.ru_minflt),
            major_faults: count(usage.ru_majflt),
            peak_rss: count(usage.ru_maxrss) * PEAK_UNIT,
        }
    }

    fn count(number: libc::c_long) -> u64 {
        u64::try_from(number).unwrap_or(0)
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds of a process, and millionths of one")]
    fn seconds(time: libc::timeval) -> f64 {
        time.tv_sec as f64 + time.tv_usec as f64 / 1e6
    }
}

#[cfg(not(unix))]
mod platform {
    use std::io;
    use std::process::{Child, ExitStatus};

    use super::Account;

    pub(super) fn own() -> Option<Account> {
        None
    }

    pub(super) fn wait(mut child: Child) -> io::Result<(ExitStatus, Option<Account>)> {
        Ok((child.wait()?, None))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::hint::black_box;
    use std::process::Command;

    use super::*;

    #[test]
    fn a_process_that_did_something_has_an_account_and_a_status() {
        let script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 3";
        let child = Command::new("sh").args(["-c", script]).spawn().unwrap();
        let (status, account) = wait(child).unwrap();
        let account = account.unwrap();
        assert_eq!(status.code(), Some(3));
        assert!(account.cpu_seconds > 0.0 && account.minor_faults > 0, "{account:?}");
        assert!(account.peak_rss > 100_000, "{account:?}");
    }

    #[test]
    fn pages_that_are_written_to_are_in_the_own_account() {
        let before = own().unwrap();
        let pages = black_box(vec![1_u8; 32 << 20]);
        let account = own().unwrap().since(&before);
        assert!(account.minor_faults > 0 && account.cpu_seconds >= 0.0, "{account:?}");
        assert!(account.peak_rss > 32 << 20, "{account:?}");
        assert!(own().unwrap().holds(&account));
        assert!(!before.holds(&own().unwrap()) || pages.is_empty());
    }
}
