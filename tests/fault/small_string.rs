//! `SmallString` when memory runs out, and when closures, iterators and `Display`s misbehave.

use std::cell::Cell;
use std::collections::TryReserveError;
use std::fmt;

use thrifty::fault::{self, Fail};
use thrifty::inline::{Piece, Sink, SmallString, small_concat, small_format};

use crate::panic_text;
use crate::tally::{self, each_panic_point};

type Small = SmallString<8>;

#[test]
fn try_reserve() {
    reserve_twice(Small::try_reserve);
}

#[test]
fn try_reserve_exact() {
    reserve_twice(Small::try_reserve_exact);
}

/// The spill makes a block, the growth resizes it; a refusal leaves text and place as they were.
fn reserve_twice(reserve: fn(&mut Small, usize) -> Result<(), TryReserveError>) {
    let sweep = tally::sweep(|| {
        let mut text = Small::from("12345678");
        reserve(&mut text, 0)?;
        let spilled = reserve(&mut text, 1);
        assert_eq!((text.as_str(), text.spilled()), ("12345678", spilled.is_ok()));
        spilled?;
        let room = text.capacity();
        let grown = reserve(&mut text, 100);
        assert_eq!((text.as_str(), text.capacity() > room), ("12345678", grown.is_ok()));
        grown
    });
    assert_eq!((sweep.points, sweep.refused), (2, 2));
    sweep.assert_clean();
}

/// Sizes that no address space has are refused before they become a request.
#[test]
fn overflow_is_no_request() {
    let sweep = tally::sweep(|| {
        let mut text = Small::from("1");
        for much in [usize::MAX, isize::MAX.unsigned_abs()] {
            assert!(text.try_reserve(much).is_err() && text.try_reserve_exact(much).is_err());
            assert_eq!((text.as_str(), text.spilled()), ("1", false));
        }
        Ok::<(), TryReserveError>(())
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
    assert_eq!(panic_text(|| Small::from("1").reserve(usize::MAX)), "capacity overflow");
    assert_eq!(panic_text(|| Small::from("1").reserve_exact(usize::MAX)), "capacity overflow");
    assert_eq!(panic_text(|| drop(Small::with_capacity(usize::MAX))), "capacity overflow");
}

/// Not one request, so none can fail.
#[test]
fn what_fits_asks_for_nothing() {
    let run = tally::with(Fail::From(1), || {
        let mut text: SmallString<16> = small_concat!(16; "user:", 4711_u64, ':', true);
        text.insert_str(0, "a");
        text.replace_range(1..3, "b");
        drop(text.drain(..2));
        text.retain(|ch| ch != ':');
        text.extend_from_within(..2);
        text = text.clone();
        text += &small_format!(8; "{:>2}", 7);
        text.shrink_to_fit();
        text
    });
    assert_eq!((run.value.as_str(), run.requests), ("er4711trueer 7", 0));
}

/// The block of a spill has room for all of the text, wherever the new part goes.
#[test]
fn a_spill_is_one_request() {
    type Change = fn(&mut Small, &str);

    let changes: [(&str, Change); 4] = [
        ("push_str", |text, long| text.push_str(long)),
        ("insert_str", |text, long| text.insert_str(1, long)),
        ("replace_range", |text, long| text.replace_range(2..3, long)),
        ("+=", |text, long| *text += long),
    ];
    for (name, change) in changes {
        for len in [1, 3, 9, 20] {
            let long = "y".repeat(len);
            let run = tally::with(Fail::Nth(0), || {
                let mut text = Small::from("12345678");
                change(&mut text, &long);
                text
            });
            let room = if run.value.len() > 8 { run.value.len().max(16) } else { 8 };
            assert_eq!(run.value.capacity(), room, "{name} of {len}");
            assert_eq!(run.requests, u64::from(run.value.len() > 8), "{name} of {len}");
        }
    }
}

/// Both places end as `String` does: with what was kept until then.
#[test]
fn a_predicate_of_retain_panics() {
    for start in ["aßcdef", "aßcdefghijklm"] {
        each_panic_point(|fuse| {
            let (mut small, mut std) = (Small::from(start), String::from(start));
            let calls = Cell::new(0);
            let kept = fuse.catch(|| {
                small.retain(|ch| {
                    fuse.tick("predicate");
                    calls.set(calls.get() + 1);
                    ch != 'c'
                });
            });
            let before: String = start.chars().take(calls.get()).filter(|&ch| ch != 'c').collect();
            assert_eq!(small, before);
            std.retain(|ch| ch != 'c');
            assert!(kept.is_err() || small == std);
            small.push('z');
            assert_eq!(small, before + "z");
        })
        .assert_clean();
    }
}

/// What came before the panic is there, also across the spill.
#[test]
fn an_iterator_panics() {
    each_panic_point(|fuse| {
        let mut text = Small::from("123");
        let taken = Cell::new(0);
        let _ = fuse.catch(|| {
            text.extend("abcdefghijkl".chars().inspect(|_| {
                fuse.tick("next");
                taken.set(taken.get() + 1);
            }));
        });
        assert_eq!(text, format!("123{}", &"abcdefghijkl"[..taken.get()]));
        let _ = fuse.catch(|| {
            text.extend(["äö", "ü"].into_iter().inspect(|_| fuse.tick("next")));
        });
        text.push('z');
        assert!(text.ends_with('z'));
    })
    .assert_clean();
}

/// A `size_hint` is a hint: too low, too high, or more than there is memory.
#[test]
fn an_iterator_lies() {
    struct Liar(usize, usize);

    impl Iterator for Liar {
        type Item = char;

        fn next(&mut self) -> Option<char> {
            self.0 = self.0.checked_sub(1)?;
            Some('ß')
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            (self.1, Some(self.1))
        }
    }

    for (items, claimed) in [(0, 100), (3, 0), (4, 1), (5, 0), (20, 1), (20, 1000)] {
        let text: Small = Liar(items, claimed).collect();
        assert_eq!(text, "ß".repeat(items));
        assert!(text.capacity() >= claimed);
    }
    let mut text = Small::from("1");
    let overflow = panic_text(|| text.extend(Liar(1, usize::MAX)));
    assert_eq!((&*overflow, text.as_str(), text.spilled()), ("capacity overflow", "1", false));
    assert_eq!(overflow, panic_text(|| String::from("1").extend(Liar(1, usize::MAX))));
}

/// An index that `String` refuses is refused, and changes nothing.
#[test]
fn an_index_is_beyond_the_end_or_inside_a_char() {
    for start in ["aß€", "aß€ and more"] {
        let mut text = Small::from(start);
        let beyond = text.len() + 1;
        for at in [2, beyond, usize::MAX] {
            panic_text(|| text.insert(at, 'x'));
            panic_text(|| text.insert_str(at, "x"));
            panic_text(|| text.replace_range(at.., "x"));
            panic_text(|| drop(text.drain(at..)));
            panic_text(|| drop(text.split_off(at)));
            panic_text(|| text.extend_from_within(at..));
            panic_text(|| assert_eq!(text.remove(at), ' '));
            if at == 2 {
                panic_text(|| text.truncate(at));
            }
            assert_eq!(text, start);
        }
        #[allow(clippy::reversed_empty_ranges, reason = "bad input")]
        let (ours, theirs) =
            (panic_text(|| drop(text.drain(3..1))), panic_text(|| assert_eq!(&start[3..1], "")));
        assert_eq!(ours, theirs);
        assert_eq!(text, start);
    }
}

struct Failing;

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("some text")?;
        Err(fmt::Error)
    }
}

/// As with `format!`: an error that no writer made is a bug of the `Display`, and ends in a panic.
#[test]
fn a_display_fails() {
    assert!(panic_text(|| drop(format!("{Failing}"))).contains("returned an error"));
    assert!(panic_text(|| drop(small_format!(32; "{Failing}"))).contains("returned an error"));
    assert!(panic_text(|| drop(small_format!(4; "{Failing}"))).contains("returned an error"));
    // Into a text that is there it is an error to handle, and what came before it stays.
    let mut text = Small::new();
    assert!(fmt::write(&mut text, format_args!("{Failing}")).is_err());
    assert_eq!(text, "some text");
}

/// Leaks nothing, whether the text was inline or had spilled when it panicked.
#[test]
fn a_display_panics() {
    struct Fused(fault::Fuse);

    impl fmt::Display for Fused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for _ in 0..5 {
                self.0.tick("fmt");
                f.write_str("123")?;
            }
            Ok(())
        }
    }

    let panics = each_panic_point(|fuse| {
        let text = fuse.catch(|| small_format!(8; "<{}>", Fused(fuse)));
        assert!(text.is_err() || text.unwrap() == "<123123123123123>");
    });
    assert_eq!(panics.points, 5);
    panics.assert_clean();
}

/// A `Piece` of the reader's own that is not the same text each time, or fails, or panics.
#[test]
fn a_piece_misbehaves() {
    struct Growing(Cell<usize>, usize);

    impl Piece for Growing {
        fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
            let len = self.0.get();
            self.0.set(len + self.1);
            (0..len).try_for_each(|_| to.write_char('x'))
        }
    }

    struct Refusing;

    impl Piece for Refusing {
        fn append_to<S: Sink>(&self, _: &mut S) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    struct Once(Cell<bool>);

    impl Piece for Once {
        fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
            if self.0.replace(true) { to.write_str("short") } else { Err(fmt::Error) }
        }
    }

    // Asked for the inline place, the length and the heap.
    let text = small_concat!(8; Growing(Cell::new(9), 1));
    assert_eq!((text.len(), text.spilled()), (11, true));
    let text = small_concat!(8; Once(Cell::new(false)));
    assert_eq!((text.as_str(), text.spilled()), ("short", false));
    let text = panic_text(|| drop(small_concat!(8; Refusing)));
    assert!(text.contains("a `Piece` returned an error"), "{text}");
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process() {
    type Text = SmallString<8>;
    const LONG: &str = "longer than eight bytes";
    let units: Vec<u16> = LONG.encode_utf16().collect();
    let sweep = tally::sweep_infallible(|| {
        let short = Text::from("short");
        drop((short.clone().into_string(), short.clone().into_bytes(), short.into_boxed_str()));
        drop((Text::from_utf8_lossy(LONG.as_bytes()), Text::from_utf16_lossy(&units)));
        drop((Text::from_utf16(&units), Text::from_fmt(format_args!("{LONG}, {}", 1))));
        drop((small_concat!(8; LONG, 1), small_format!(8; "{LONG} {}", 2)));
        let mut text = Text::with_capacity(20);
        text.push_str(LONG);
        text.push('!');
        text.insert_str(0, LONG);
        text.insert(0, '!');
        text.replace_range(1..3, LONG);
        text.extend(['a'; 100]);
        text.reserve(1000);
        text.shrink_to(500);
        text.shrink_to_fit();
        let tail = text.split_off(10);
        (text, tail)
    });
    assert!(sweep.points > 15, "{sweep}");
    assert_eq!(sweep.aborted, sweep.points, "{sweep}");
    sweep.assert_clean();
}
