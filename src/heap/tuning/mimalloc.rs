//! mimalloc, by `mi_option_set`.

use core::ffi::{c_int, c_long};

use libmimalloc_sys as ffi;

use super::environment::is_set;
use super::{Applied, Knob, Moment, Outcome, Tuning};
use crate::heap::Backend;

/// An option: its index, and the variables by which the user sets it.
///
/// The indices are those of `mi_option_e` in mimalloc.h. Both C lines agree on the low ones, which
/// the crate below does not name; the tests prove each by its name.
struct MiOption {
    index: c_int,
    variables: &'static [&'static str],
}

const ALLOW_LARGE_OS_PAGES: MiOption = MiOption {
    index: ffi::mi_option_large_os_pages,
    variables: &[
        "MIMALLOC_ALLOW_LARGE_OS_PAGES",
        "mimalloc_allow_large_os_pages",
        "MIMALLOC_LARGE_OS_PAGES",
        "mimalloc_large_os_pages",
    ],
};

const PURGE_DELAY: MiOption = MiOption {
    index: 15,
    variables: &[
        "MIMALLOC_PURGE_DELAY",
        "mimalloc_purge_delay",
        "MIMALLOC_RESET_DELAY",
        "mimalloc_reset_delay",
    ],
};

const ARENA_PURGE_MULT: MiOption =
    MiOption { index: 24, variables: &["MIMALLOC_ARENA_PURGE_MULT", "mimalloc_arena_purge_mult"] };

const ALLOW_THP: MiOption = MiOption {
    // By the number of options, which tells the line that was linked. Our own features do not:
    // another crate may have switched the C line.
    index: match ffi::_mi_option_last {
        38 => 37,
        47 => 43,
        _ => -1,
    },
    variables: &["MIMALLOC_ALLOW_THP", "mimalloc_allow_thp"],
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
    if !cfg!(unix) {
        return set_unless_user(option, value);
    }
    // SAFETY: mimalloc refuses an index that it does not have and takes every value. It does not
    // synchronise: another thread that reads the option meanwhile sees the old value or the new one,
    // since an option is one aligned word, and either is a legal value for it.
    unsafe { ffi::mi_option_set(option.index, value) };
    if option.get() == value { Outcome::Applied } else { Outcome::Unsupported }
}

/// Where the environment cannot be read without allocating: mimalloc has read it, and lets it win.
fn set_unless_user(option: &MiOption, value: c_long) -> Outcome {
    // The environment is read here at the latest.
    let _ = option.get();
    // SAFETY: as in `set`.
    unsafe { ffi::mi_option_set_default(option.index, value) };
    match option.variables {
        _ if option.get() == value => Outcome::Applied,
        [variable, ..] => Outcome::Environment(variable),
        [] => Outcome::Unsupported,
    }
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
        self.variables.iter().copied().find(|variable| is_set(variable))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// The user sets an option by its name, so a value that arrives at the index proves the index.
    #[test]
    fn an_index_is_that_of_the_name() {
        let options = [&ALLOW_LARGE_OS_PAGES, &PURGE_DELAY, &ARENA_PURGE_MULT, &ALLOW_THP];
        let mine = std::env::var("THRIFTY_OPTION").ok();
        for option in options {
            for &variable in option.variables {
                if mine.as_deref() == Some(variable) {
                    assert_eq!(option.get(), 1234);
                    let others = options.iter().filter(|other| other.index != option.index);
                    assert!(others.into_iter().all(|other| other.get() != 1234));
                } else if mine.is_none() {
                    let mut child = Command::new(std::env::current_exe().expect("there is one"));
                    let test = "heap::tuning::mimalloc::tests::an_index_is_that_of_the_name";
                    child.args([test, "--exact"]).env("THRIFTY_OPTION", variable);
                    let output = child.env(variable, "1234").output().expect("it starts");
                    let said = String::from_utf8_lossy(&output.stdout);
                    assert!(output.status.success() && said.contains("1 passed"), "{said}");
                }
            }
        }
    }
}
