//! `SmallString<32>` beside `String`: nothing up to 32 bytes, one block for the 33rd.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use compact_str::{CompactString, format_compact};
use std::hint::black_box;
use thrifty::inline::{SmallString, small_concat, small_format};

type Small = SmallString<32>;
const SMALL: &str = "SmallString<32>";
const COMPACT: &str = "compact_str 0.10";

/// Bytes, and what pushing them one by one takes: `SmallString`, `String::new`,
/// `String::with_capacity`, `CompactString`.
///
/// The block of a spill has twice the inline room, and then doubles as a `String` does.
const PUSH: [(usize, Heap, Heap, Heap, Heap); 7] = [
    (1, NOTHING, heap(1, 8, 8), heap(1, 1, 1), NOTHING),
    (16, NOTHING, heap(2, 24, 16), heap(1, 16, 16), NOTHING),
    (31, NOTHING, heap(3, 56, 32), heap(1, 31, 31), heap(1, 36, 36)),
    (32, NOTHING, heap(3, 56, 32), heap(1, 32, 32), heap(1, 36, 36)),
    (33, heap(1, 64, 64), heap(4, 120, 64), heap(1, 33, 33), heap(1, 36, 36)),
    (64, heap(1, 64, 64), heap(4, 120, 64), heap(1, 64, 64), heap(3, 171, 81)),
    (65, heap(2, 192, 128), heap(5, 248, 128), heap(1, 65, 65), heap(3, 171, 81)),
];

pub(crate) fn block() -> Block {
    let mut rows = Vec::new();
    for (n, small, grown, sized, compact) in PUSH {
        let case = format!("push {n}");
        rows.push(Row::thrifty(&case, SMALL, small, move || {
            measure(|| pushed(Small::new(), n, Small::push))
        }));
        rows.push(Row::std(&case, "String::new", grown, move || {
            measure(|| pushed(String::new(), n, String::push))
        }));
        rows.push(Row::std(&case, "String::with_capacity", sized, move || {
            measure(|| pushed(String::with_capacity(n), n, String::push))
        }));
        rows.push(Row::peer(&case, COMPACT, compact, move || {
            measure(|| pushed(CompactString::default(), n, CompactString::push))
        }));
    }
    for n in [32, 33] {
        let blocks = |bytes| if n == 32 { NOTHING } else { heap(1, bytes, bytes) };
        rows.extend(copies(n, &blocks));
        rows.extend(changes(n));
        rows.extend(built(n, &blocks));
    }
    rows.extend(handed_on());
    Block {
        name: "small_string",
        about: "Texts are ASCII; `push 16` is 16 calls of one char.",
        rows,
    }
}

/// A text of `n` bytes: a copy is exact, so its block has no spare room.
fn copies(n: usize, blocks: &dyn Fn(u64) -> Heap) -> Vec<Row> {
    let bytes = n as u64;
    let utf16 = move || "x".repeat(n).encode_utf16().collect::<Vec<u16>>();
    vec![
        Row::thrifty(format!("from {n} bytes"), SMALL, blocks(bytes), move || {
            let text = "x".repeat(n);
            measure(|| Small::from(black_box(&*text)))
        }),
        Row::std(format!("from {n} bytes"), "String", heap(1, bytes, bytes), move || {
            let text = "x".repeat(n);
            measure(|| String::from(black_box(&*text)))
        }),
        Row::thrifty(format!("clone of {n} bytes"), SMALL, blocks(bytes), move || {
            let original = Small::from("x".repeat(n));
            measure(|| black_box(&original).clone())
        }),
        Row::std(format!("clone of {n} bytes"), "String", heap(1, bytes, bytes), move || {
            let original = "x".repeat(n);
            measure(|| black_box(&original).clone())
        }),
        Row::thrifty(format!("split_off at 1 of {}", n + 1), SMALL, blocks(bytes), move || {
            let mut text = Small::from("x".repeat(n + 1));
            measure(|| text.split_off(1))
        }),
        Row::thrifty(format!("with_capacity({n})"), SMALL, blocks(bytes), move || {
            measure(|| Small::with_capacity(black_box(n)))
        }),
        Row::thrifty(format!("from_utf8_lossy of {n}"), SMALL, blocks(bytes), move || {
            let text = "x".repeat(n);
            measure(|| Small::from_utf8_lossy(black_box(text.as_bytes())))
        }),
        Row::thrifty(format!("from_utf16 of {n}"), SMALL, blocks(bytes), move || {
            let units = utf16();
            measure(|| Small::from_utf16(black_box(&units)).unwrap())
        }),
        Row::thrifty(format!("from_utf16_lossy of {n}"), SMALL, blocks(bytes), move || {
            let units = utf16();
            measure(|| Small::from_utf16_lossy(black_box(&units)))
        }),
        Row::thrifty(format!("reserve_exact to {n}"), SMALL, blocks(bytes), move || {
            measure(|| {
                let mut text = Small::from("x");
                text.reserve_exact(black_box(n - 1));
                text
            })
        }),
    ]
}

/// A text that becomes `n` bytes long: the block of the spill has 64.
fn changes(n: usize) -> Vec<Row> {
    let expected = if n == 32 { NOTHING } else { heap(1, 64, 64) };
    let row = |case: String, change: fn(&mut Small, &str)| {
        Row::thrifty(&case, SMALL, expected, move || {
            let rest = "y".repeat(n - 8);
            measure(|| {
                let mut text = Small::from("abcdefgh");
                change(&mut text, black_box(&rest));
                assert_eq!((text.len(), text.spilled()), (n, n > 32));
                text
            })
        })
    };
    vec![
        row(format!("push_str to {n}"), Small::push_str),
        row(format!("insert_str to {n}"), |text, rest| text.insert_str(4, rest)),
        row(format!("replace_range to {n}"), |text, rest| text.replace_range(4..4, rest)),
        row(format!("reserve, extend to {n}"), |text, rest| {
            text.reserve(rest.len());
            text.extend(rest.chars());
        }),
        row(format!("try_reserve, += to {n}"), |text, rest| {
            text.try_reserve(rest.len()).unwrap();
            *text += rest;
        }),
        row(format!("insert, from_within to {n}"), |text, rest| {
            text.clear();
            text.push_str(&rest[..rest.len() / 2]);
            text.extend_from_within(..);
            while text.len() < rest.len() + 8 {
                text.insert(1, 'z');
            }
        }),
    ]
}

/// `user:1234567:` and a name, `n` bytes in all; `format!` guesses 12 and doubles.
fn built(n: usize, blocks: &dyn Fn(u64) -> Heap) -> Vec<Row> {
    let bytes = n as u64;
    let name = move || "a".repeat(n - 13);
    let spilled = if n == 32 { NOTHING } else { heap(1, 64, 64) };
    let case = format!("key of {n} bytes");
    vec![
        Row::thrifty(&case, "small_concat!(32; ..)", blocks(bytes), move || {
            let (id, name) = black_box((1_234_567_u64, name()));
            measure(|| small_concat!(32; "user:", id, ':', name))
        }),
        Row::thrifty(&case, "small_format!(32; ..)", spilled, move || {
            let (id, name) = black_box((1_234_567_u64, name()));
            measure(|| small_format!(32; "user:{id}:{name}"))
        }),
        Row::std(&case, "format!", heap(3, 84, 48), move || {
            let (id, name) = black_box((1_234_567_u64, name()));
            measure(|| format!("user:{id}:{name}"))
        }),
        Row::peer(&case, COMPACT, heap(1, bytes, bytes), move || {
            let (id, name) = black_box((1_234_567_u64, name()));
            measure(|| format_compact!("user:{id}:{name}"))
        }),
    ]
}

/// What a text becomes, and what it was made from.
fn handed_on() -> Vec<Row> {
    let inline = || Small::from("x".repeat(32).as_str());
    let spilled = || Small::from("x".repeat(33).as_str());
    vec![
        Row::thrifty("into_string of 32 bytes", SMALL, heap(1, 32, 32), move || {
            let text = inline();
            measure(|| text.into_string())
        }),
        Row::thrifty("into_string of 33 bytes", SMALL, NOTHING, move || {
            let text = spilled();
            measure(|| text.into_string())
        }),
        Row::thrifty("into_boxed_str of 32 bytes", SMALL, heap(1, 32, 32), move || {
            let text = inline();
            measure(|| text.into_boxed_str())
        }),
        Row::thrifty("into_boxed_str of 33 bytes", SMALL, NOTHING, move || {
            let text = spilled();
            measure(|| text.into_boxed_str())
        }),
        Row::thrifty("into_bytes of 33 bytes", SMALL, NOTHING, move || {
            let text = spilled();
            measure(|| text.into_bytes())
        }),
        Row::thrifty("from a String of 33 bytes", SMALL, NOTHING, || {
            let text = "x".repeat(33);
            measure(|| Small::from(text))
        }),
        Row::thrifty("from a String of 32 bytes", SMALL, NOTHING, || {
            let text = "x".repeat(32);
            measure(|| Small::from(text))
        }),
        Row::thrifty("from_utf8 of 33 bytes", SMALL, NOTHING, || {
            let bytes = "x".repeat(33).into_bytes();
            measure(|| Small::from_utf8(bytes).unwrap())
        }),
        Row::thrifty("33 bytes shrink inline", SMALL, NOTHING, move || {
            let mut text = spilled();
            measure(|| {
                text.pop();
                text.shrink_to_fit();
                assert!(!text.spilled());
            })
        }),
        Row::thrifty("remove, drain, retain, truncate", SMALL, NOTHING, move || {
            let mut texts = [inline(), spilled()];
            measure(|| {
                for text in &mut texts {
                    text.remove(3);
                    drop(text.drain(1..5));
                    text.retain(|ch| ch == 'x');
                    text.replace_range(..4, "ab");
                    text.truncate(3);
                    text.pop();
                }
            })
        }),
        Row::thrifty("100 times clear, push 33", SMALL, NOTHING, move || {
            let mut warm = spilled();
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(std::mem::take(&mut warm), 33, Small::push);
                }
            })
        }),
        Row::std("100 times clear, push 33", "String", NOTHING, || {
            let mut warm = "x".repeat(33);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(std::mem::take(&mut warm), 33, String::push);
                }
            })
        }),
    ]
}

/// One byte a call, the length unknown to the text.
fn pushed<C>(mut to: C, n: usize, push: impl Fn(&mut C, char)) -> C {
    for _ in 0..black_box(n) {
        push(&mut to, black_box('x'));
    }
    to
}
