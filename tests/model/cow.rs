//! `CowExt` against std: every character, every boundary of the blocks, random text.

use std::borrow::Cow;

use proptest::prelude::*;
use thrifty::share::CowExt;

/// Equal to std's, and borrowed exactly if nothing changed.
#[allow(clippy::ptr_arg, reason = "whether it is borrowed is what is asked")]
#[track_caller]
pub(crate) fn check(text: &str, cow: &Cow<'_, str>, std: &str) {
    assert_eq!(cow, std, "{text:?}");
    match cow {
        Cow::Borrowed(same) => {
            assert!(std::ptr::eq(*same, text), "{text:?} is borrowed from elsewhere");
        }
        Cow::Owned(_) => assert_ne!(std, text, "{text:?} was copied for nothing"),
    }
}

#[track_caller]
pub(crate) fn check_cases(text: &str) {
    check(text, &text.cow_to_lowercase(), &text.to_lowercase());
    check(text, &text.cow_to_uppercase(), &text.to_uppercase());
    check(text, &text.cow_to_ascii_lowercase(), &text.to_ascii_lowercase());
    check(text, &text.cow_to_ascii_uppercase(), &text.to_ascii_uppercase());
}

#[test]
fn every_character() {
    let mut text = String::new();
    for c in '\0'..=char::MAX {
        text.clear();
        text.push(c);
        check_cases(&text);
    }
}

/// Each in a context: behind a block of ASCII, before a capital, and where a sigma is looked at.
#[test]
fn every_character_that_has_a_case_in_context() {
    let cased = ('\0'..=char::MAX)
        .filter(|&c| !c.to_lowercase().eq([c]) || !c.to_uppercase().eq([c]))
        .chain(['ς', '\'', '.', '\u{ad}', '\u{307}', '東', '\u{1f600}']);
    let mut texts = 0;
    for c in cased {
        check_cases(&format!("a front of thirty-two ascii bytes{c}"));
        check_cases(&format!("{c}behind it more than thirty-two ascii bytes"));
        check_cases(&format!("ß{c}X"));
        check_cases(&format!("a{c}Σ{c} Σ{c}Σ"));
        texts += 1;
    }
    assert!(texts > 2000, "{texts} characters only");
}

#[test]
fn final_sigma() {
    for text in ["Σ", "ΑΣ", "ΑΣ ", "ΑΣΑ", "ΑΣ.Α", "αΣ", "ας", "ασ", "Σ'", "Α'Σ", "aaΣ", "ßΣ", "σΣΣ"]
    {
        check_cases(text);
        check_cases(&format!("{text} {text}"));
        check_cases(&("x".repeat(31) + text));
    }
}

/// Each length around the blocks, each place, each neighbour of the letters in ASCII.
#[test]
fn block_boundaries() {
    for len in 0..=100 {
        let quiet = "-".repeat(len);
        check_cases(&quiet);
        for at in 0..len {
            for c in ["@", "A", "Z", "[", "`", "a", "z", "{", "\u{7f}", "\0"] {
                let mut text = quiet.clone();
                text.replace_range(at..=at, c);
                check_cases(&text);
                check(&text, &text.cow_replace(c, "+"), &text.replace(c, "+"));
                check(&text, &text.cow_replace(c, "++"), &text.replace(c, "++"));
            }
            let mut text = quiet.clone();
            text.replace_range(at..=at, "Ä");
            check_cases(&text);
            check(&text, &text.cow_replace('Ä', "Ae"), &text.replace('Ä', "Ae"));
            check(&text, &text.cow_replace("-", ""), &text.replace('-', ""));
        }
    }
}

#[allow(clippy::needless_borrows_for_generic_args, reason = "patterns of their own")]
#[test]
fn every_pattern_of_std() {
    let text = "a-b_c--d";
    let patterns = [
        text.cow_replace('-', "+"),
        text.cow_replace("-", "+"),
        text.cow_replace(&String::from("-"), "+"),
        text.cow_replace(['-'], "+"),
        text.cow_replace(&['-'], "+"),
        text.cow_replace(&['-'][..], "+"),
        text.cow_replace(|c: char| c == '-', "+"),
    ];
    for cow in patterns {
        check(text, &cow, "a+b_c++d");
    }
    check(text, &text.cow_replace(['-', '_'], "-"), "a-b-c--d");
    check("---", &"---".cow_replace(['-', '_'], "-"), "---");
    for (from, to) in [("", ""), ("", "+"), ("-", "-"), ("--", "--"), ("--", "-"), ("é", "\0")] {
        for text in ["", "-", "--", "---", "é-é"] {
            check(text, &text.cow_replace(from, to), &text.replace(from, to));
        }
    }
}

/// Mostly few letters, so that patterns occur.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab]{0,12}",
        "[a-cA-C -]{0,80}",
        "[a-z ]{0,90}[ΣσςÄßİǅ]?[A-Za-z]{0,5}",
        "[ΑΒΣαβσς.' ]{0,20}",
        "\\PC{0,60}",
    ]
}

proptest! {
    #[test]
    fn random_text(text in text()) {
        check_cases(&text);
    }

    #[test]
    fn random_replacements(text in text(), from in "[ab]{0,2}|\\PC", to in "[ab]{0,3}|\\PC") {
        check(&text, &text.cow_replace(&from, &to), &text.replace(&from, &to));
        if let Some(c) = from.chars().next() {
            check(&text, &text.cow_replace(c, &to), &text.replace(c, &to));
            let both = [c, 'b'];
            check(&text, &text.cow_replace(both, &to), &text.replace(both, &to));
        }
    }
}
