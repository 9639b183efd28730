//! jemalloc, by `mallctl`.
//!
//! INVARIANTS
//! 1. `read` and `write` are called with the C type that jemalloc's ctl.c has for the name; jemalloc
//!    checks the size and refuses another with `EINVAL`.

use core::ffi::{CStr, c_char, c_int, c_uint};
use core::ptr;

use tikv_jemalloc_sys as ffi;

use super::environment::{has, sets};
use super::{Applied, Knob, Outcome, ReturnMemory, Tuning};
use crate::heap::Backend;

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
    let mut place = [0_usize; 3];
    let mut len = place.len();
    // SAFETY: the name ends with NUL; `place` has room for `len` numbers; all live through the call.
    let code = unsafe { ffi::mallctlnametomib(of_one.as_ptr(), place.as_mut_ptr(), &raw mut len) };
    checked(code)?;
    for arena in 0..read::<c_uint>(c"arenas.narenas")? {
        place[1] = arena as usize;
        match write_at(&place, ms) {
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

/// The types of jemalloc's options: any bits of a number, no destructor.
trait Value: Copy {
    const ZERO: Self;
}
impl Value for c_uint {
    const ZERO: Self = 0;
}
impl Value for isize {
    const ZERO: Self = 0;
}
impl Value for bool {
    const ZERO: Self = false;
}
impl Value for *const c_char {
    const ZERO: Self = ptr::null();
}

fn read<T: Value>(name: &CStr) -> Result<T, c_int> {
    let mut value = T::ZERO;
    let mut size = size_of::<T>();
    // SAFETY: the name ends with NUL; `value` has room for `size` bytes and, by INVARIANT 1, the type
    // of what is written there; nothing is set. All live through the call.
    let code = unsafe {
        ffi::mallctl(
            name.as_ptr(),
            ptr::from_mut(&mut value).cast(),
            &raw mut size,
            ptr::null_mut(),
            0,
        )
    };
    checked(code).map(|()| value)
}

fn write<T: Value>(name: &CStr, mut value: T) -> Result<(), c_int> {
    // SAFETY: the name ends with NUL; jemalloc reads `value`, whose type is right by INVARIANT 1,
    // and reports no old one. All live through the call.
    checked(unsafe {
        ffi::mallctl(
            name.as_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::from_mut(&mut value).cast(),
            size_of::<T>(),
        )
    })
}

/// Writes where `mallctlnametomib` says, and fails unless the value can be read back.
fn write_at(place: &[usize; 3], mut value: isize) -> Result<(), c_int> {
    let set = ptr::from_mut(&mut value).cast();
    // SAFETY: `place` holds the 3 numbers of a name with 3 parts; jemalloc reads `value`, an
    // `ssize_t` as INVARIANT 1 demands, and reports no old one. All live through the call.
    checked(unsafe {
        ffi::mallctlbymib(
            place.as_ptr(),
            place.len(),
            ptr::null_mut(),
            ptr::null_mut(),
            set,
            size_of::<isize>(),
        )
    })
}

fn checked(code: c_int) -> Result<(), c_int> {
    if code == 0 { Ok(()) } else { Err(code) }
}
