//! What the user has set.

use crate::heap::environment::{Value, look};

/// Whether the variable is set, to whatever, and the process may listen to its user.
pub(super) fn is_set(variable: &str) -> bool {
    look(variable, |value| matches!(value, Value::Text(_)))
}

/// Whether the variable has `key=value` pairs, one of them for `key`.
pub(super) fn has(variable: &str, separator: u8, assign: u8, key: &str) -> bool {
    look(variable, |value| matches!(value, Value::Text(text) if sets(text, separator, assign, key)))
}

/// Whether `text` sets `key`, where `text` is `key=value` pairs with a separator between them.
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
