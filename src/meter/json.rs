//! Text in JSON.

use core::fmt::{self, Write};

/// Writes a string, with its quotes.
pub(super) fn write_string(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(out, "\\{char}")?,
            '\0'..' ' => write!(out, "\\u{:04x}", u32::from(char))?,
            _ => out.write_char(char)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut out = String::new();
        write_string(&mut out, "a\"b\\c\n\u{1}é").expect("a String takes everything");
        assert_eq!(out, r#""a\"b\\c\u000a\u0001é""#);
    }
}
