//! Patterns that panic, and text that needs no memory.

use std::borrow::Cow;

use thrifty::share::CowExt;

use crate::tally::{self, each_panic_point};

#[test]
fn the_pattern_panics() {
    let text = "a-b-c";
    let panics = each_panic_point(|fuse| {
        let replaced = fuse.catch(|| {
            text.cow_replace(
                |c: char| {
                    fuse.tick("pattern");
                    c == '-'
                },
                "+",
            )
        });
        assert!(replaced.is_err() || replaced.unwrap() == "a+b+c");
    });
    assert_eq!(panics.points, 5, "each character once");
    panics.assert_clean();
}

#[test]
fn nothing_to_do_asks_for_nothing() {
    let sweep = tally::sweep(|| {
        let text = "straße 4711";
        let same = [
            text.cow_to_lowercase(),
            text.cow_to_ascii_lowercase(),
            text.cow_replace('&', "&amp;"),
            text.cow_replace("4711", "4711"),
        ];
        let capitals = ["STRASSE".cow_to_uppercase(), "STRAßE".cow_to_ascii_uppercase()];
        if same.iter().chain(&capitals).all(|cow| matches!(cow, Cow::Borrowed(_))) {
            Ok(())
        } else {
            Err("a copy")
        }
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process() {
    let sweep = tally::sweep_infallible(|| {
        [
            "Straße".cow_to_lowercase(),
            "Straße".cow_to_ascii_lowercase(),
            "straße".cow_to_uppercase(),
            "straße".cow_to_ascii_uppercase(),
            "a&b".cow_replace('&', "&amp;"),
        ]
        .map(Cow::into_owned)
    });
    assert!(sweep.points >= 5, "{sweep}");
    assert_eq!(sweep.aborted, sweep.points, "{sweep}");
    sweep.assert_clean();
}
