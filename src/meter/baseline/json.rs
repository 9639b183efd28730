//! The text of a baseline: a JSON array, one object a line, sorted by id.
//!
//! ```text
//! [
//! {"id":"join/sized","allocs":1,"reallocs":0,"frees":1,"bytes_allocated":25,...},
//! {"id":"join/summed","allocs":0,"reallocs":0,"frees":0,"bytes_allocated":0,...}
//! ]
//! ```
//!
//! Any JSON parser reads it, and `git diff` shows one line a benchmark. What is read back is exactly
//! this form: a baseline is written by the tool, so whatever else it holds is a mistake to name.

use alloc::collections::BTreeMap;
use core::fmt::{self, Write};

use crate::meter::json::write_string;
use crate::meter::usage::Usage;

/// Figures by id.
pub(super) type Figures = BTreeMap<String, Usage>;

type Field = fn(&mut Usage) -> &mut u64;

const FIELDS: [(&str, Field); 7] = [
    ("allocs", |usage| &mut usage.allocs),
    ("reallocs", |usage| &mut usage.reallocs),
    ("frees", |usage| &mut usage.frees),
    ("bytes_allocated", |usage| &mut usage.bytes_allocated),
    ("bytes_freed", |usage| &mut usage.bytes_freed),
    ("bytes_kept", |usage| &mut usage.bytes_kept),
    ("peak_bytes", |usage| &mut usage.peak_bytes),
];

/// Where the text is not a baseline, and why.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) why: String,
}

/// Displays as the text of a baseline.
pub(super) struct Text<'a>(pub(super) &'a Figures);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[\n")?;
        for (index, (id, usage)) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "{\"id\":" } else { ",\n{\"id\":" })?;
            write_string(f, id)?;
            let mut usage = *usage;
            for (name, field) in FIELDS {
                write!(f, ",\"{name}\":{}", field(&mut usage))?;
            }
            f.write_char('}')?;
        }
        f.write_str(if self.0.is_empty() { "]\n" } else { "\n]\n" })
    }
}

pub(super) fn read(text: &str) -> Result<Figures, Malformed> {
    let mut figures = Figures::new();
    let mut lines = text.lines().zip(1..);
    let at = |line| move |why| Malformed { line, why };
    if lines.next().is_none_or(|(line, _)| line != "[") {
        return Err(at(1)(String::from("expected `[` and nothing else")));
    }
    // Whether the line before ends in a comma; the first object needs none before it.
    let mut more = None;
    let mut last = 1;
    while let Some((line, number)) = lines.next() {
        last = number;
        if line == "]" {
            if more == Some(true) {
                return Err(at(number)(String::from("expected an object after the comma")));
            }
            return match lines.next() {
                None => Ok(figures),
                Some((_, number)) => {
                    Err(at(number)(String::from("expected the end of the file after `]`")))
                }
            };
        }
        if more == Some(false) {
            return Err(at(number)(String::from("expected `]`: the line before has no comma")));
        }
        let object = line.strip_suffix(',');
        more = Some(object.is_some());
        let (id, usage) = read_object(object.unwrap_or(line)).map_err(at(number))?;
        if figures.insert(id, usage).is_some() {
            return Err(at(number)(String::from("this id stands in the file twice")));
        }
    }
    Err(at(last + 1)(String::from("expected `]` before the end of the file")))
}

fn read_object(line: &str) -> Result<(String, Usage), String> {
    let mut rest = Rest(line);
    rest.take("{\"id\":")?;
    let id = rest.string()?;
    let mut usage = Usage::default();
    for (name, field) in FIELDS {
        rest.take(",\"")?;
        rest.take(name)?;
        rest.take("\":")?;
        *field(&mut usage) = rest.number()?;
    }
    rest.take("}")?;
    if rest.0.is_empty() { Ok((id, usage)) } else { Err(rest.expected("the end of the line")) }
}

/// What is still to be read of a line.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn take(&mut self, text: &str) -> Result<(), String> {
        self.0 = self.0.strip_prefix(text).ok_or_else(|| self.expected(&format!("`{text}`")))?;
        Ok(())
    }

    fn number(&mut self) -> Result<u64, String> {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(end);
        // JSON has no leading zeros.
        let plain = digits == "0" || !digits.starts_with('0');
        match digits.parse() {
            Ok(number) if plain => {
                self.0 = rest;
                Ok(number)
            }
            _ => Err(self.expected("a whole number of at most 64 bits")),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.take("\"")?;
        let mut text = String::new();
        loop {
            let mut chars = self.0.chars();
            let char = match chars.next() {
                Some('"') => {
                    self.0 = chars.as_str();
                    return Ok(text);
                }
                Some('\\') => match chars.next() {
                    Some(char @ ('"' | '\\')) => char,
                    Some('u') => {
                        let char = chars.as_str().get(..4).and_then(hex4);
                        chars = chars.as_str().get(4..).unwrap_or_default().chars();
                        char.ok_or_else(|| self.expected("`\\u` and four hexadecimal digits"))?
                    }
                    _ => return Err(self.expected("`\\\"`, `\\\\` or `\\u`")),
                },
                Some(char) if char >= ' ' => char,
                _ => return Err(self.expected("the `\"` that ends the id")),
            };
            text.push(char);
            self.0 = chars.as_str();
        }
    }

    fn expected(&self, what: &str) -> String {
        if self.0.is_empty() {
            return format!("expected {what}, found the end of the line");
        }
        let found: String = self.0.chars().take(24).collect();
        format!("expected {what}, found `{found}`")
    }
}

/// `None` for surrogates too: the writer escapes control characters only.
fn hex4(digits: &str) -> Option<char> {
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| all)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"id":"a","allocs":1,"reallocs":2,"frees":3,"bytes_allocated":4,"bytes_freed":5,"bytes_kept":6,"peak_bytes":7}"#;

    fn one() -> Usage {
        Usage {
            allocs: 1,
            reallocs: 2,
            frees: 3,
            bytes_allocated: 4,
            bytes_freed: 5,
            bytes_kept: 6,
            peak_bytes: 7,
        }
    }

    fn why(text: &str) -> String {
        let Malformed { line, why } = read(text).unwrap_err();
        format!("{line}: {why}")
    }

    #[test]
    fn the_text_is_one_line_an_id_in_order() {
        let two = Figures::from([(String::from("b"), one()), (String::from("a"), one())]);
        let b = ONE.replace("\"a\"", "\"b\"");
        assert_eq!(Text(&two).to_string(), format!("[\n{ONE},\n{b}\n]\n"));
        assert_eq!(Text(&Figures::new()).to_string(), "[\n]\n");
    }

    #[test]
    fn what_is_written_is_read_back_and_is_json() {
        let ids =
            ["", "a/b, c/1", "\"", "\\", "\\\"", "\n\t\0\u{1f}\u{7f}", "ä/\u{1f980}", "},\\u0041"];
        let most = Usage { allocs: u64::MAX, ..one() };
        for count in 0..=ids.len() {
            let figures: Figures =
                ids[..count].iter().map(|&id| (String::from(id), most)).collect();
            let text = Text(&figures).to_string();
            assert_eq!(read(&text), Ok(figures.clone()));
            assert_eq!(read(&text.replace('\n', "\r\n")), Ok(figures));
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let mut back: Vec<_> =
                json.as_array().unwrap().iter().map(|x| x["id"].as_str().unwrap()).collect();
            back.sort_unstable();
            let mut ids = ids[..count].to_vec();
            ids.sort_unstable();
            assert_eq!(back, ids);
        }
    }

    #[test]
    fn a_file_of_another_shape_is_named_with_its_line() {
        assert_eq!(why(""), "1: expected `[` and nothing else");
        assert_eq!(why("{}"), "1: expected `[` and nothing else");
        assert_eq!(why("["), "2: expected `]` before the end of the file");
        assert_eq!(why(&format!("[\n{ONE}\n")), "3: expected `]` before the end of the file");
        assert_eq!(why(&format!("[\n{ONE},\n]\n")), "3: expected an object after the comma");
        assert_eq!(
            why(&format!("[\n{ONE}\n{ONE}\n]\n")),
            "3: expected `]`: the line before has no comma"
        );
        assert_eq!(why(&format!("[\n{ONE},\n{ONE}\n]\n")), "3: this id stands in the file twice");
        assert_eq!(why("[\n]\n\n"), "3: expected the end of the file after `]`");
        assert_eq!(why("[\n<<<<<<< HEAD\n]\n"), "2: expected `{\"id\":`, found `<<<<<<< HEAD`");
    }

    #[test]
    fn an_object_of_another_shape_is_named_with_its_line() {
        let broken = |from: &str, to: &str| {
            assert!(ONE.contains(from), "{from}");
            why(&format!("[\n{}\n]\n", ONE.replacen(from, to, 1)))
        };
        let number = "2: expected a whole number of at most 64 bits, found ";
        for bad in ["", "-1", "+1", "01", "\"1\"", "18446744073709551616"] {
            assert!(broken("1", bad).starts_with(number), "{bad}");
        }
        assert_eq!(broken("1", "1.5"), "2: expected `,\"`, found `.5,\"reallocs\":2,\"frees\":`");
        assert_eq!(
            broken("frees", "freed"),
            "2: expected `frees`, found `freed\":3,\"bytes_allocate`"
        );
        assert_eq!(broken("7}", "7"), "2: expected `}`, found the end of the line");
        assert_eq!(broken("7}", "7} "), "2: expected the end of the line, found ` `");
        assert_eq!(
            broken("{", "{ "),
            "2: expected `{\"id\":`, found `{ \"id\":\"a\",\"allocs\":1,\"r`"
        );
        for bad in [r"\n", r"\x41", r"\/"] {
            let text = broken("a", bad);
            assert!(text.starts_with(r#"2: expected `\"`, `\\` or `\u`, found "#), "{text}");
        }
        for bad in [r"\u41", r"\ud800", r"\u+041", r"\uäää"] {
            let text = broken("a", bad);
            assert!(text.starts_with(r"2: expected `\u` and four hex"), "{text}");
        }
        assert!(broken("a", "\t").starts_with("2: expected the `\"` that ends the id, found "));
        assert_eq!(
            why("[\n{\"id\":\"a"),
            "2: expected the `\"` that ends the id, found the end of the line"
        );
    }
}
