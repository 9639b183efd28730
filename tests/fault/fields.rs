//! A parser that panics, and memory that runs out while a record is cloned.

use thrifty::share::{Fields, Str};

use crate::tally::{self, each_panic_point};

/// Three of five fields lie in the value, so that both places are met.
#[test]
fn the_parser_panics() {
    let panics = each_panic_point(|fuse| {
        let mut line = Fields::<3>::new(String::from("a b c d e"));
        line.mark(|text, marks| marks.extend(text.split(' '))).unwrap();
        let marked = fuse.catch(|| {
            line.mark(|text, marks| {
                for field in text.split(' ').rev() {
                    fuse.tick("parser");
                    marks.mark(field);
                }
                fuse.tick("end of the parser");
            })
        });
        assert_eq!(line.text(), "a b c d e", "the buffer is as it was");
        if marked.is_ok() {
            assert_eq!(line, ["e", "d", "c", "b", "a"]);
        } else {
            assert!(line.is_empty(), "neither the old fields nor some of the new");
        }
        line.mark(|text, marks| marks.extend(text.split(' '))).unwrap();
        assert_eq!(line, ["a", "b", "c", "d", "e"]);
    });
    assert_eq!(panics.points, 6);
    panics.assert_clean();
}

/// The buffer goes with the call that panics, as with any function that takes it.
#[test]
fn parse_panics() {
    let panics = each_panic_point(|fuse| {
        let parsed = fuse.catch(|| {
            Fields::<1>::parse(String::from("a b"), |text, marks| {
                for field in text.split(' ') {
                    fuse.tick("parser");
                    marks.mark(field);
                }
            })
        });
        assert!(parsed.is_err() || parsed.unwrap().unwrap() == ["a", "b"]);
    });
    assert_eq!(panics.points, 2);
    panics.assert_clean();
}

/// What is promised not to allocate asks for nothing that could fail.
#[test]
fn marking_asks_for_nothing() {
    let sweep = tally::sweep(|| {
        let mut buf = String::new();
        buf.try_reserve_exact(20)?;
        buf.push_str("a b c");
        let mut line = Fields::<3>::new(buf);
        line.mark(|text, marks| marks.extend(text.split(' '))).unwrap();
        line.reset().push_str(" d");
        let refused = line.mark(|_, marks| marks.mark("elsewhere")).is_err();
        assert!(refused && line.is_empty());
        line.mark(|text, marks| marks.extend(text.split(' ').skip(1))).unwrap();
        assert_eq!(line, ["b", "c", "d"]);
        Ok::<_, std::collections::TryReserveError>(line)
    });
    assert_eq!(sweep.points, 1, "the buffer alone");
    sweep.assert_clean();
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process() {
    let text = "one two three four five, and so on to the end of the line";
    let sweep = tally::sweep_infallible(|| {
        let words = |text: &str| {
            Fields::<2>::try_parse(String::from(text), |text, marks| {
                text.split(' ').for_each(|word| marks.mark_bytes(word.as_bytes()));
                marks.mark_range(0..text.len());
                Ok::<(), ()>(())
            })
        };
        let mut fields = words(text).unwrap();
        let copy = fields.detach();
        let refused = fields.try_mark(|_, marks| {
            marks.mark_range(0..1);
            Err(())
        });
        assert!(refused.is_err());
        drop(fields.into_buf());
        let shared: Fields<2, Str> = copy.clone().into();
        let (first, all) = (shared.get_str(0), shared.get_str(shared.len() - 1));
        assert_eq!([first.unwrap(), all.unwrap()], ["one", text]);
        copy
    });
    assert!(sweep.points > 6, "{sweep}");
    assert_eq!(sweep.aborted, sweep.points, "{sweep}");
    sweep.assert_clean();
}
