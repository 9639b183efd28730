//! Reads one environment variable without allocating.

/// The longest name, in bytes.
pub(super) const LONGEST_NAME: usize = 63;

/// What the environment says.
#[allow(dead_code, reason = "on each platform a part of the answers is possible")]
#[derive(Debug)]
pub(super) enum Value<'a> {
    Text(&'a [u8]),
    Absent,
    /// The process has more rights than the user who started it and set its environment.
    Distrusted,
    /// There is no way to ask without allocating.
    NoWay,
}

/// Calls `look` with the value of the variable `name`, at most `LONGEST_NAME` bytes without NUL.
#[cfg(unix)]
pub(super) fn look<R>(name: &str, look: impl FnOnce(Value<'_>) -> R) -> R {
    use core::ffi::CStr;

    // With a NUL at the end at least.
    let mut copy = [0; LONGEST_NAME + 1];
    let Some(target) = copy.get_mut(..name.len()).filter(|copy| copy.len() <= LONGEST_NAME) else {
        return look(Value::Absent);
    };
    target.copy_from_slice(name.as_bytes());
    let Ok(name) = CStr::from_bytes_until_nul(&copy) else { return look(Value::Absent) };

    if unix::distrusts() {
        return look(Value::Distrusted);
    }
    let value = unix::get(name);
    if value.is_null() {
        return look(Value::Absent);
    }
    // SAFETY: not null, so a string in the environment, which ends with NUL. It is read here and not
    // kept. That nothing changes it meanwhile is what `ByEnv` asks of the program.
    let value = unsafe { CStr::from_ptr(value) };
    look(Value::Text(value.to_bytes()))
}

/// On Windows and elsewhere the default is taken.
#[cfg(not(unix))]
pub(super) fn look<R>(_name: &str, look: impl FnOnce(Value<'_>) -> R) -> R {
    look(Value::NoWay)
}

/// The C library of Linux knows whether the kernel started the process in secure mode.
#[cfg(all(target_os = "linux", any(target_env = "gnu", target_env = "musl")))]
mod unix {
    use core::ffi::{CStr, c_char, c_ulong};

    /// `AT_SECURE` of `elf.h`.
    const SECURE: c_ulong = 23;

    unsafe extern "C" {
        fn secure_getenv(name: *const c_char) -> *const c_char;
        safe fn getauxval(kind: c_ulong) -> c_ulong;
    }

    pub(super) fn distrusts() -> bool {
        getauxval(SECURE) != 0
    }

    pub(super) fn get(name: &CStr) -> *const c_char {
        // SAFETY: the name ends with NUL. The environment may be read at any time that nobody
        // changes it, which is what `ByEnv` asks of the program.
        unsafe { secure_getenv(name.as_ptr()) }
    }
}

/// Elsewhere the rights tell: those the process has, and those of the user who started it.
#[cfg(all(unix, not(all(target_os = "linux", any(target_env = "gnu", target_env = "musl")))))]
mod unix {
    use core::ffi::{CStr, c_char};

    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *const c_char;
        // `uid_t` and `gid_t` are 32 bits wide on every such target.
        safe fn getuid() -> u32;
        safe fn geteuid() -> u32;
        safe fn getgid() -> u32;
        safe fn getegid() -> u32;
    }

    pub(super) fn distrusts() -> bool {
        getuid() != geteuid() || getgid() != getegid()
    }

    pub(super) fn get(name: &CStr) -> *const c_char {
        // SAFETY: the name ends with NUL. The environment may be read at any time that nobody
        // changes it, which is what `ByEnv` asks of the program.
        unsafe { getenv(name.as_ptr()) }
    }
}
