//! jemalloc's options and figures, by their names.
//!
//! INVARIANTS
//! 1. All of this is called with the C type that jemalloc's ctl.c has for the name. jemalloc checks
//!    the size and refuses another with `EINVAL`.

use core::ffi::{CStr, c_char, c_int, c_uint};
use core::ptr;

use tikv_jemalloc_sys as ffi;

/// The C types of what has a name: any bits that jemalloc writes, no destructor.
pub(super) trait Value: Copy {
    const ZERO: Self;
}

impl Value for c_uint {
    const ZERO: Self = 0;
}

impl Value for u64 {
    const ZERO: Self = 0;
}

impl Value for usize {
    const ZERO: Self = 0;
}

impl Value for isize {
    const ZERO: Self = 0;
}

/// C's `bool`, of which jemalloc writes 0 or 1.
impl Value for bool {
    const ZERO: Self = false;
}

impl Value for *const c_char {
    const ZERO: Self = ptr::null();
}

/// The error is the code: `ENOENT` if this build of jemalloc does not know the name.
pub(super) fn read<T: Value>(name: &CStr) -> Result<T, c_int> {
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

pub(super) fn write<T: Value>(name: &CStr, mut value: T) -> Result<(), c_int> {
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

/// Calls a name that neither takes nor gives a value.
pub(super) fn call(name: &CStr) -> Result<(), c_int> {
    // SAFETY: the name ends with NUL; null and 0 say that there is no value.
    checked(unsafe {
        ffi::mallctl(name.as_ptr(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), 0)
    })
}

/// One name for every arena, looked up once: `arena.0.dirty_decay_ms`.
///
/// INVARIANT 2: the numbers are those of a name of three parts, the second an arena's number.
pub(super) struct OfArena([usize; 3]);

impl OfArena {
    /// `name` is that of arena 0.
    pub(super) fn new(name: &CStr) -> Result<Self, c_int> {
        let mut place = [0; 3];
        let mut len = place.len();
        // SAFETY: the name ends with NUL; `place` has room for `len` numbers; all live through the
        // call.
        let code =
            unsafe { ffi::mallctlnametomib(name.as_ptr(), place.as_mut_ptr(), &raw mut len) };
        debug_assert!(code != 0 || len == place.len(), "{name:?} has {len} parts");
        checked(code).map(|()| Self(place))
    }

    pub(super) fn read<T: Value>(&self, arena: c_uint) -> Result<T, c_int> {
        let place = self.at(arena);
        let mut value = T::ZERO;
        let mut size = size_of::<T>();
        // SAFETY: `place` holds the numbers of a name (INVARIANT 2); `value` has room for `size` bytes
        // and, by INVARIANT 1, the type of what is written there; nothing is set. All live through
        // the call.
        let code = unsafe {
            ffi::mallctlbymib(
                place.as_ptr(),
                place.len(),
                ptr::from_mut(&mut value).cast(),
                &raw mut size,
                ptr::null_mut(),
                0,
            )
        };
        checked(code).map(|()| value)
    }

    pub(super) fn write<T: Value>(&self, arena: c_uint, mut value: T) -> Result<(), c_int> {
        let place = self.at(arena);
        // SAFETY: `place` holds the numbers of a name (INVARIANT 2); jemalloc reads `value`, whose
        // type is right by INVARIANT 1, and reports no old one. All live through the call.
        checked(unsafe {
            ffi::mallctlbymib(
                place.as_ptr(),
                place.len(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::from_mut(&mut value).cast(),
                size_of::<T>(),
            )
        })
    }

    const fn at(&self, arena: c_uint) -> [usize; 3] {
        [self.0[0], arena as usize, self.0[2]]
    }
}

fn checked(code: c_int) -> Result<(), c_int> {
    if code == 0 { Ok(()) } else { Err(code) }
}
