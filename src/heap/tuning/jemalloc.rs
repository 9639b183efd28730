//! jemalloc, by `mallctl`.

use core::ffi::{CStr, c_char, c_int, c_uint};

use super::environment::{has, sets};
use super::{Applied, Knob, Outcome, ReturnMemory, Tuning};
use crate::heap::Backend;
use crate::heap::mallctl::{OfArena, read, write};

const ENOENT: c_int = 2;
/// What a write to an arena that does not exist, or has not woken up, answers.
const EFAULT: c_int = 14;

pub(super) fn apply(tuning: &Tuning, applied: &mut Applied) {
    let mut record = |knob, outcome| applied.record(knob, Backend::Jemalloc, outcome);
    if let Some(when) = tuning.return_memory {
        record(Knob::ReturnMemory, unless_user("dirty_decay_ms", || return_memory(when)));
    }
    if let Some(arenas) = tuning.max_arenas {
        let outcome = unless_user("narenas", || match read::<c_uint>(c"opt.narenas") {
            Ok(now) if now == arenas => Outcome::Applied,
            Ok(_) => Outcome::TooLate,
            Err(code) => failed(code),
        });
        record(Knob::MaxArenas, outcome);
    }
    if let Some(on) = tuning.background_purge {
        record(Knob::BackgroundPurge, unless_user("background_thread", || background(on)));
    }
    if let Some(on) = tuning.huge_pages {
        record(Knob::HugePages, unless_user("thp", || huge_pages(on)));
    }
}

/// Asks `act`, unless the user has set the option in the environment.
fn unless_user(option: &str, act: impl FnOnce() -> Outcome) -> Outcome {
    if !is_users(option) {
        return act();
    }
    let prefixed = has("_RJEM_MALLOC_CONF", b',', b':', option);
    Outcome::Environment(if prefixed { "_RJEM_MALLOC_CONF" } else { "MALLOC_CONF" })
}

/// Whether the user has set the option in the environment.
fn is_users(option: &str) -> bool {
    // The text that jemalloc itself has read, which is not there in a program with more rights than
    // its user.
    read::<*const c_char>(c"opt.malloc_conf.env_var").is_ok_and(|text| {
        // SAFETY: not null; jemalloc keeps the text that it has read, which ends with NUL.
        !text.is_null() && sets(unsafe { CStr::from_ptr(text) }.to_bytes(), b',', b':', option)
    })
}

fn return_memory(when: ReturnMemory) -> Outcome {
    let dirty = when.delay_ms() as isize;
    // Pages decay twice: from dirty to muzzy, which the kernel may take, and from muzzy to gone. One
    // delay is asked for, so the second is none.
    let muzzy = if dirty == -1 { -1 } else { 0 };
    let mut result = decay(c"arenas.dirty_decay_ms", c"arena.0.dirty_decay_ms", dirty);
    if result.is_ok() && !is_users("muzzy_decay_ms") {
        result = decay(c"arenas.muzzy_decay_ms", c"arena.0.muzzy_decay_ms", muzzy);
    }
    result.map_or_else(failed, |()| Outcome::Applied)
}

/// Sets the default of arenas to come, then each arena that is there. Fails unless all have it.
fn decay(to_come: &CStr, of_one: &CStr, ms: isize) -> Result<(), c_int> {
    write(to_come, ms)?;
    if read::<isize>(to_come)? != ms {
        return Err(EFAULT);
    }
    let of_one = OfArena::new(of_one)?;
    for arena in 0..read::<c_uint>(c"arenas.narenas")? {
        match of_one.write(arena, ms) {
            // There is no arena of this number yet: it will have the default.
            Ok(()) | Err(EFAULT) => {}
            Err(code) => return Err(code),
        }
    }
    Ok(())
}

fn background(on: bool) -> Outcome {
    let code =
        match write(c"background_thread", on).and_then(|()| read::<bool>(c"background_thread")) {
            Ok(now) if now == on => return Outcome::Applied,
            Ok(_) | Err(ENOENT) => return Outcome::Unsupported,
            Err(code) => code,
        };
    // It counts as on even where no thread could be started.
    if on {
        let _ = write(c"background_thread", false);
    }
    Outcome::Failed(code)
}

fn huge_pages(on: bool) -> Outcome {
    let mode = match read::<*const c_char>(c"opt.thp") {
        // SAFETY: not null; `opt.thp` is one of jemalloc's static texts, which end with NUL.
        Ok(mode) if !mode.is_null() => unsafe { CStr::from_ptr(mode) },
        Ok(_) => return Outcome::Unsupported,
        Err(code) => return failed(code),
    };
    match mode.to_bytes() {
        b"not supported" => Outcome::Unsupported,
        b"always" if on => Outcome::Applied,
        b"never" if !on => Outcome::Applied,
        _ => Outcome::TooLate,
    }
}

fn failed(code: c_int) -> Outcome {
    if code == ENOENT { Outcome::Unsupported } else { Outcome::Failed(code) }
}
