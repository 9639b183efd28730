//! Patterns that panic, and text that needs no memory.

use std::borrow::Cow;

use thrifty::fault::{self, each_panic_point};
use thrifty::share::CowExt;

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
    let sweep = fault::sweep(|| {
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
