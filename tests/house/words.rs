//! No exception without a reason, and nothing left for later.

use crate::tree::{Complaint, Source, has_word};
use syn::{Attribute, Meta, visit::Visit};

const RULE: &str = "words";

/// Written in halves, since this file is checked too.
const LEFT_FOR_LATER: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// `allow` and `expect` need a `reason`; a test that is ignored tests nothing.
pub(crate) fn check_attributes(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources {
        match source.parse(RULE) {
            Ok(file) => {
                let mut reader = Attributes { source, complaints };
                reader.visit_file(&file);
                complaints = reader.complaints;
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    complaints
}

pub(crate) fn check_words(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            for word in LEFT_FOR_LATER.into_iter().filter(|word| holds(line, word)) {
                let fix = format!("`{word}`: do it now, or write an issue and remove the word");
                complaints.push(Complaint::new(&*source.path, index + 1, RULE, fix));
            }
        }
    }
    complaints
}

/// A macro's name ends with `!`, so only its beginning must be the beginning of a word.
fn holds(line: &str, word: &str) -> bool {
    match word.strip_suffix('!') {
        Some(name) => has_word(line, name) && line.contains(word),
        None => has_word(line, word),
    }
}

struct Attributes<'a> {
    source: &'a Source,
    complaints: Vec<Complaint>,
}

impl Visit<'_> for Attributes<'_> {
    fn visit_attribute(&mut self, attribute: &Attribute) {
        let text = match &attribute.meta {
            Meta::List(list) => list.tokens.to_string(),
            _ => String::new(),
        };
        let path = attribute.path();
        let (needle, fix) = if path.is_ident("ignore") {
            ("ignore", "an ignored test tests nothing: let it run, or remove it")
        } else if is_exception(attribute, &text) && !text.contains("reason =") {
            let needle = if path.is_ident("expect") { "expect" } else { "allow" };
            (needle, "an exception needs `reason = \"...\"`: say why, or follow the lint")
        } else {
            return;
        };
        let line = self.line_of_attribute(needle, &text);
        self.complaints.push(Complaint::new(&*self.source.path, line, RULE, fix));
    }
}

impl Attributes<'_> {
    /// The first line that holds the attribute's name and the first word of what it lists.
    fn line_of_attribute(&self, needle: &str, listed: &str) -> usize {
        let spaceless = listed.replace(' ', "");
        let first = spaceless.split([',', '(']).next().unwrap_or_default();
        self.source
            .text
            .lines()
            .position(|line| has_word(line, needle) && line.replace(' ', "").contains(first))
            .map_or(1, |index| index + 1)
    }
}

fn is_exception(attribute: &Attribute, text: &str) -> bool {
    let path = attribute.path();
    path.is_ident("allow")
        || path.is_ident("expect")
        || (path.is_ident("cfg_attr") && (text.contains("allow (") || text.contains("allow(")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;

    fn attributes(text: &str) -> Vec<Complaint> {
        check_attributes(&[Source::new("src/x.rs", text)])
    }

    #[test]
    fn an_exception_without_a_reason_is_a_complaint() {
        assert_complaints(
            &attributes(
                "#![allow(dead_code)]\n\n#[expect(unused)]\nfn f() { #[allow(clippy::a)] g(); }\n",
            ),
            &["src/x.rs:1: words: an exception needs", "x.rs:3:", "x.rs:4:"],
        );
        assert_complaints(&attributes("#[cfg_attr(x, allow(unused))]\nfn f() {}"), &["x.rs:1:"]);
        assert_complaints(&attributes("#[allow(unused, reason = \"why\")]\nfn f() {}"), &[]);
        assert_complaints(
            &attributes("#[cfg_attr(x, allow(unused, reason = \"why\"))]\nfn f() {}"),
            &[],
        );
    }

    #[test]
    fn an_ignored_test_is_a_complaint() {
        assert_complaints(
            &attributes(
                "#[test]\n#[ignore]\nfn f() {}\n#[test]\n#[ignore = \"slow\"]\nfn g() {}\n",
            ),
            &["x.rs:2: words: an ignored test", "an ignored test"],
        );
    }

    #[test]
    fn words_for_later_are_complaints() {
        for word in LEFT_FOR_LATER {
            let text = format!("fn f() {{}}\n    {word}(); // {word}: later\n");
            assert_complaints(&check_words(&[Source::new("README.md", text)]), &["README.md:2:"]);
            let part = format!("A{word}B and MY_{word}\n");
            assert_complaints(&check_words(&[Source::new("README.md", part)]), &[]);
        }
    }
}
