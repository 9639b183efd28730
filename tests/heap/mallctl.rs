//! Options as jemalloc itself tells them.

use std::ffi::{CStr, c_char};

/// The types of the options that tests read: jemalloc writes no bits that they cannot have.
pub(crate) trait Value: Copy {
    const ZERO: Self;
}

impl Value for bool {
    const ZERO: Self = false;
}

impl Value for u32 {
    const ZERO: Self = 0;
}

impl Value for isize {
    const ZERO: Self = 0;
}

impl Value for *const c_char {
    const ZERO: Self = std::ptr::null();
}

/// `None` where there is no option of this name and size.
pub(crate) fn read<T: Value>(name: &CStr) -> Option<T> {
    let (mut value, mut size) = (T::ZERO, size_of::<T>());
    // SAFETY: the name ends with NUL; `value` has room for `size` bytes, and the callers name an option
    // of its type; nothing is set. All live through the call.
    let code = unsafe {
        tikv_jemalloc_sys::mallctl(
            name.as_ptr(),
            (&raw mut value).cast(),
            &raw mut size,
            std::ptr::null_mut(),
            0,
        )
    };
    (code == 0).then_some(value)
}
