//! Bugs that are sown on purpose, to see that the checks find them.
//!
//! `seeded!(right, "name" => wrong)` is `right`, and nothing else is compiled. Only a build with
//! `--cfg thrifty_seeded` has the wrong line too, and takes it where the environment says
//! `THRIFTY_SEEDED=name`. `tests/seeded/bugs.txt` names the check that must find each of them, and
//! `.ci/lane/seeded` tries it.

#[cfg(not(thrifty_seeded))]
macro_rules! seeded {
    ($right:expr, $name:literal => $wrong:expr) => {
        $right
    };
}

#[cfg(thrifty_seeded)]
macro_rules! seeded {
    ($right:expr, $name:literal => $wrong:expr) => {
        if $crate::seeded::is_chosen($name) { $wrong } else { $right }
    };
}

/// Neither allocates nor locks: an allocator asks too.
#[cfg(thrifty_seeded)]
pub(crate) fn is_chosen(name: &str) -> bool {
    use core::ffi::{CStr, c_char};
    use core::ptr::null_mut;
    use core::sync::atomic::{AtomicPtr, Ordering::Relaxed};

    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *mut c_char;
    }

    // Not of `sync`: a model is not to see it.
    static CHOSEN: AtomicPtr<c_char> = AtomicPtr::new(null_mut());

    let mut chosen = CHOSEN.load(Relaxed);
    if chosen.is_null() {
        // SAFETY: the name ends with NUL; the lane sets the variable before the program starts, and
        // nothing in it sets it again.
        chosen = unsafe { getenv(c"THRIFTY_SEEDED".as_ptr()) };
        if chosen.is_null() {
            chosen = c"".as_ptr().cast_mut();
        }
        CHOSEN.store(chosen, Relaxed);
    }
    // SAFETY: not null, so a string of the environment or the empty one, which end with NUL and stay.
    unsafe { CStr::from_ptr(chosen) }.to_bytes() == name.as_bytes()
}
