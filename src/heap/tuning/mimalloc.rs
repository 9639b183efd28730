//! mimalloc, by `mi_option_set`.

use core::ffi::{CStr, c_int, c_long};

use libmimalloc_sys as ffi;

use super::environment::is_set;
use super::{Applied, Knob, Moment, Outcome, Tuning};
use crate::heap::Backend;

/// An option: its index, and the variables by which the user sets it.
///
/// The indices are those of `mi_option_e` in mimalloc.h. Both C lines agree on the low ones, which
/// the crate below does not name; `tests/heap/tuning.rs` proves each by its name, in both lines.
struct MiOption {
    index: c_int,
    variables: &'static [(&'static CStr, &'static str)],
}

const ALLOW_LARGE_OS_PAGES: MiOption = MiOption {
    index: ffi::mi_option_large_os_pages,
    variables: &[
        (c"MIMALLOC_ALLOW_LARGE_OS_PAGES", "MIMALLOC_ALLOW_LARGE_OS_PAGES"),
        (c"mimalloc_allow_large_os_pages", "mimalloc_allow_large_os_pages"),
        (c"MIMALLOC_LARGE_OS_PAGES", "MIMALLOC_LARGE_OS_PAGES"),
        (c"mimalloc_large_os_pages", "mimalloc_large_os_pages"),
    ],
};

const PURGE_DELAY: MiOption = MiOption {
    index: 15,
    variables: &[
        (c"MIMALLOC_PURGE_DELAY", "MIMALLOC_PURGE_DELAY"),
        (c"mimalloc_purge_delay", "mimalloc_purge_delay"),
        (c"MIMALLOC_RESET_DELAY", "MIMALLOC_RESET_DELAY"),
        (c"mimalloc_reset_delay", "mimalloc_reset_delay"),
    ],
};

const ARENA_PURGE_MULT: MiOption = MiOption {
    index: 24,
    variables: &[
        (c"MIMALLOC_ARENA_PURGE_MULT", "MIMALLOC_ARENA_PURGE_MULT"),
        (c"mimalloc_arena_purge_mult", "mimalloc_arena_purge_mult"),
    ],
};

const ALLOW_THP: MiOption = MiOption {
    // By the number of options, which tells the line that was linked. Our own features do not:
    // another crate may have switched the C line.
    index: match ffi::_mi_option_last {
        38 => 37,
        47 => 43,
        _ => -1,
    },
    variables: &[
        (c"MIMALLOC_ALLOW_THP", "MIMALLOC_ALLOW_THP"),
        (c"mimalloc_allow_thp", "mimalloc_allow_thp"),
    ],
};

pub(super) fn apply(tuning: &Tuning, moment: Moment, applied: &mut Applied) {
    let mut record = |knob, outcome| applied.record(knob, Backend::Mimalloc, outcome);
    if let Some(when) = tuning.return_memory {
        let outcome = set(&PURGE_DELAY, when.delay_ms().into());
        if outcome == Outcome::Applied {
            // v2 waits ten times as long for whole arenas. The user may want that: no matter.
            let _ = set(&ARENA_PURGE_MULT, 1);
        }
        record(Knob::ReturnMemory, outcome);
    }
    if tuning.max_arenas.is_some() {
        record(Knob::MaxArenas, Outcome::Unsupported);
    }
    if tuning.background_purge.is_some() {
        record(Knob::BackgroundPurge, Outcome::Unsupported);
    }
    if let Some(on) = tuning.huge_pages {
        let outcome = match (on, moment) {
            (false, _) if ALLOW_THP.index < 0 || !cfg!(target_os = "linux") => Outcome::Unsupported,
            (true, Moment::Start) => set(&ALLOW_LARGE_OS_PAGES, 1),
            (false, Moment::Start) => set(&ALLOW_THP, 0),
            (true, Moment::Running) => in_force(&ALLOW_LARGE_OS_PAGES, 1, true),
            (false, Moment::Running) => in_force(&ALLOW_THP, 0, huge_pages_are_off()),
        };
        record(Knob::HugePages, outcome);
    }
}

/// Sets an option, unless the user has, and asks mimalloc whether it has it now.
fn set(option: &MiOption, value: c_long) -> Outcome {
    if let Some(variable) = option.user() {
        return Outcome::Environment(variable);
    }
    // SAFETY: mimalloc refuses an index that it does not have and takes every value. It does not
    // synchronise: another thread that reads the option meanwhile sees the old value or the new one,
    // since an option is one aligned word, and either is a legal value for it.
    unsafe { ffi::mi_option_set(option.index, value) };
    if option.get() == value { Outcome::Applied } else { Outcome::Unsupported }
}

/// What to answer about an option that mimalloc looks at only when it wakes up.
fn in_force(option: &MiOption, value: c_long, effect: bool) -> Outcome {
    if let Some(variable) = option.user() {
        Outcome::Environment(variable)
    } else if option.get() == value && effect {
        Outcome::Applied
    } else {
        Outcome::TooLate
    }
}

impl MiOption {
    fn get(&self) -> c_long {
        // SAFETY: mimalloc answers 0 for an index that it does not have; on concurrent writes see
        // `set`.
        unsafe { ffi::mi_option_get(self.index) }
    }

    /// The environment variable by which the user sets this option, if any.
    fn user(&self) -> Option<&'static str> {
        self.variables.iter().find(|(variable, _)| is_set(variable)).map(|&(_, name)| name)
    }
}

/// Whether the kernel leaves huge pages out for this process, which is what `allow_thp` 0 asks for.
#[cfg(target_os = "linux")]
fn huge_pages_are_off() -> bool {
    use core::ffi::c_ulong;

    const PR_GET_THP_DISABLE: c_int = 42;
    unsafe extern "C" {
        fn prctl(option: c_int, ...) -> c_int;
    }
    const UNUSED: c_ulong = 0;
    // SAFETY: this option reads a flag of the process and takes four more arguments, all zero.
    unsafe { prctl(PR_GET_THP_DISABLE, UNUSED, UNUSED, UNUSED, UNUSED) == 1 }
}

#[cfg(not(target_os = "linux"))]
fn huge_pages_are_off() -> bool {
    false
}
