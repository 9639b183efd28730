//! glibc, by `mallopt`.

use core::sync::atomic::{AtomicI32, Ordering};

use super::{Applied, Knob, Outcome, ReturnMemory, Tuning};
use crate::heap::Backend;

/// Turns the knobs that are glibc's, whichever allocator the Rust side of the process runs on.
pub(super) fn apply(tuning: &Tuning, applied: &mut Applied) {
    let mut record = |knob, outcome| applied.record(knob, Backend::System, outcome);
    let thresholds = tuning.trim_threshold.is_some() || tuning.mmap_threshold.is_some();
    if let Some(when) = tuning.return_memory
        && !thresholds
    {
        record(Knob::ReturnMemory, return_memory(when));
    }
    if let Some(arenas) = tuning.max_arenas {
        record(Knob::MaxArenas, max_arenas(saturated(arenas as usize)));
    }
    if tuning.background_purge.is_some() {
        record(Knob::BackgroundPurge, Outcome::Unsupported);
    }
    if tuning.huge_pages.is_some() {
        record(Knob::HugePages, Outcome::Unsupported);
    }
    if let Some(bytes) = tuning.trim_threshold {
        record(Knob::TrimThreshold, set(Parameter::TrimThreshold, saturated(bytes)));
    }
    if let Some(bytes) = tuning.mmap_threshold {
        record(Knob::MmapThreshold, set(Parameter::MmapThreshold, saturated(bytes)));
    }
}

/// glibc makes its limit once, when a thread first needs an arena, and does not tell: what is set
/// while there is one thread holds, of all else nothing is sure.
fn max_arenas(arenas: i32) -> Outcome {
    /// What was set in time; 0 for nothing.
    static IN_FORCE: AtomicI32 = AtomicI32::new(0);

    let in_time = is_single_threaded();
    let outcome = set(Parameter::ArenaMax, arenas);
    if outcome != Outcome::Applied {
        return outcome;
    }
    if in_time {
        IN_FORCE.store(arenas, Ordering::Relaxed);
    }
    if IN_FORCE.load(Ordering::Relaxed) == arenas { outcome } else { Outcome::TooLate }
}

fn return_memory(when: ReturnMemory) -> Outcome {
    /// The largest `M_MMAP_THRESHOLD` that glibc accepts: `DEFAULT_MMAP_THRESHOLD_MAX`.
    const MAX_MMAP_THRESHOLD: i32 = if size_of::<usize>() == 8 { 32 << 20 } else { 512 << 10 };
    /// What it has until it adjusts it: `DEFAULT_MMAP_THRESHOLD`.
    const DEFAULT_MMAP_THRESHOLD: i32 = 128 << 10;

    let (trim, mmap) = match when.delay_ms() {
        0 => (0, DEFAULT_MMAP_THRESHOLD),
        -1 => (-1, MAX_MMAP_THRESHOLD),
        _ => return Outcome::Unsupported,
    };
    let outcome = set(Parameter::TrimThreshold, trim);
    if outcome == Outcome::Applied {
        // The user may have set it: then it stays beside ours.
        let _ = set(Parameter::MmapThreshold, mmap);
    }
    outcome
}

fn saturated(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[derive(Clone, Copy)]
enum Parameter {
    ArenaMax,
    TrimThreshold,
    MmapThreshold,
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn set(parameter: Parameter, value: i32) -> Outcome {
    use super::environment::{has, is_set};

    let (parameter, variable, tunable) = match parameter {
        Parameter::ArenaMax => (libc::M_ARENA_MAX, "MALLOC_ARENA_MAX", "glibc.malloc.arena_max"),
        Parameter::TrimThreshold => {
            (libc::M_TRIM_THRESHOLD, "MALLOC_TRIM_THRESHOLD_", "glibc.malloc.trim_threshold")
        }
        Parameter::MmapThreshold => {
            (libc::M_MMAP_THRESHOLD, "MALLOC_MMAP_THRESHOLD_", "glibc.malloc.mmap_threshold")
        }
    };
    if is_set(variable) {
        return Outcome::Environment(variable);
    }
    if has("GLIBC_TUNABLES", b':', b'=', tunable) {
        return Outcome::Environment("GLIBC_TUNABLES");
    }
    // SAFETY: takes any parameter and any value, and glibc's own lock.
    match unsafe { libc::mallopt(parameter, value) } {
        1 => Outcome::Applied,
        code => Outcome::Failed(code),
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn set(_: Parameter, _: i32) -> Outcome {
    Outcome::Unsupported
}

/// Whether no second thread was ever started; false where glibc (before 2.32) cannot say.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn is_single_threaded() -> bool {
    // SAFETY: `dlsym` takes the pseudo-handle and a name that ends with NUL.
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"__libc_single_threaded".as_ptr()) };
    // SAFETY: if not null it points to glibc's `char` of this name (sys/single_threaded.h), which any
    // thread may read at any time; only its first `pthread_create` and `fork` write to it.
    !symbol.is_null() && unsafe { symbol.cast::<u8>().read_volatile() } != 0
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn is_single_threaded() -> bool {
    false
}
