//! What this process used so far.

use std::{fs, io};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use thrifty::{heap, meter};

/// Allocations, reallocations included, and their bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heap {
    requests: u64,
    bytes: u64,
}

impl Heap {
    /// All threads but this one, which only measures.
    pub(super) fn now() -> Self {
        // Whoever has measured something is in the sum.
        meter::measure(|| ());
        let (all, own) = (meter::process(), meter::thread());
        Self {
            requests: all.allocs + all.reallocs - own.requests(),
            bytes: all.bytes_allocated - own.bytes_allocated,
        }
    }

    /// Per request, since then.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(super) fn each(self, since: Self, requests: usize) -> (f64, f64) {
        let each = |now: u64, then: u64| (now - then) as f64 / requests as f64;
        (each(self.requests, since.requests), each(self.bytes, since.bytes))
    }
}

/// CPU time in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cpu {
    pub(super) user: f64,
    pub(super) system: f64,
}

impl Cpu {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(super) fn now() -> io::Result<Self> {
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        let micros = |time: nix::sys::time::TimeVal| time.num_microseconds() as f64;
        Ok(Self { user: micros(usage.user_time()), system: micros(usage.system_time()) })
    }

    pub(super) fn since(self, then: Self) -> Self {
        Self { user: self.user - then.user, system: self.system - then.system }
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    pub(super) fn each(self, requests: usize) -> Self {
        let requests = requests as f64;
        Self { user: self.user / requests, system: self.system / requests }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { user: self.user + other.user, system: self.system + other.system }
    }
}

/// The largest resident memory, in bytes, since [`forget_peak`] where that works.
pub(super) fn peak_rss() -> Option<u64> {
    heap::stats().peak_rss
}

/// Lets the kernel count the peak from here: Linux only, and not in every container.
pub(super) fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}
