//! The user's environment variables.

use core::ffi::{CStr, c_char};

unsafe extern "C" {
    // A program that runs with more rights than its user has must not listen to the user.
    #[cfg_attr(target_os = "linux", link_name = "secure_getenv")]
    fn getenv(name: *const c_char) -> *const c_char;
}

/// Calls `look` with the value of the variable, if it is set and may be trusted.
pub(super) fn look<R>(name: &CStr, look: impl FnOnce(&[u8]) -> R) -> Option<R> {
    // SAFETY: `name` ends with NUL. The environment is not changed meanwhile: whoever changes it
    // while other threads run has promised that nobody reads it (`std::env::set_var`).
    let value = unsafe { getenv(name.as_ptr()) };
    if value.is_null() {
        return None;
    }
    // SAFETY: `getenv` returns a pointer to a text that ends with NUL and stays until the
    // environment is changed; that it is not, see above.
    Some(look(unsafe { CStr::from_ptr(value) }.to_bytes()))
}

/// Whether the variable is set, to whatever.
pub(super) fn is_set(name: &CStr) -> bool {
    look(name, |_| ()).is_some()
}

/// Whether `text` sets `key`, where `text` is `key=value` pairs, each after a separator.
pub(super) fn sets(text: &[u8], separator: u8, assign: u8, key: &str) -> bool {
    text.split(|&byte| byte == separator).any(|pair| {
        pair.strip_prefix(key.as_bytes()).is_some_and(|value| value.first() == Some(&assign))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_as_a_whole_only() {
        let sets = |text: &str, key| sets(text.as_bytes(), b',', b':', key);
        assert!(sets("narenas:3", "narenas"));
        assert!(sets("thp:never,narenas:3", "narenas"));
        assert!(!sets("narenas_ratio:3", "narenas"));
        assert!(!sets("xnarenas:3,narenas", "narenas"));
        assert!(!sets("", "narenas"));
    }
}
