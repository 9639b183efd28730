//! `Str` against `String`: every way in, every way on, every way out.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Bound::Excluded;
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use thrifty::share::bytes::{Bytes, BytesMut};
use thrifty::share::{NotUtf8, Str};

/// Ways to make a `Str` of a text; each leads to another owner or none.
const WAYS: usize = 10;

fn make(way: usize, text: &str) -> Str {
    match way % WAYS {
        0 => Str::from(text),
        1 => Str::from(String::from(text)),
        2 => {
            let mut roomy = String::with_capacity(text.len() + 7 * way);
            roomy.push_str(text);
            Str::from(roomy)
        }
        3 => Str::try_from(Bytes::copy_from_slice(text.as_bytes())).unwrap(),
        4 => Str::from_static(for_ever(text)),
        5 => Str::try_from(BytesMut::from(text)).unwrap(),
        6 => {
            // A part of a longer text, so that its neighbours are not its own.
            let around = format!("\u{1F980}{text}\u{e9}and what follows it in the same buffer");
            Str::from(around).slice(4..4 + text.len())
        }
        7 => Str::try_from(Bytes::from_owner(String::from(text))).unwrap(),
        8 => {
            let mut made = make(2, text);
            made.make_mut();
            made
        }
        _ => make(1, text).into_bytes().try_into().unwrap(),
    }
}

/// Kept where leak checkers find it.
fn for_ever(text: &str) -> &'static str {
    static KEPT: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let text: &'static str = Box::leak(Box::from(text));
    KEPT.lock().unwrap().push(text);
    text
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[a\u{e9}\u{20ac}\u{1F980} ,=\r\n]{0,40}",
        (20..27_usize).prop_map(|len| "x".repeat(len)),
        "[a-c]{24,200}",
    ]
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Clone,
    Slice(usize, usize),
    Slicer(usize, Vec<(usize, usize)>),
    Split(char),
    Cut(usize),
    Upper,
    Detach,
    Bytes,
    String,
    Drop,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => Just(Op::Clone),
        4 => any::<(usize, usize)>().prop_map(|(a, b)| Op::Slice(a, b)),
        1 => (0..5_usize, vec(any::<(usize, usize)>(), 0..5)).prop_map(|(n, x)| Op::Slicer(n, x)),
        2 => prop::sample::select(vec![',', '\u{e9}', ' ']).prop_map(Op::Split),
        2 => any::<usize>().prop_map(Op::Cut),
        2 => Just(Op::Upper),
        1 => Just(Op::Detach),
        1 => Just(Op::Bytes),
        1 => Just(Op::String),
        4 => Just(Op::Drop),
    ]
}

/// A range on char boundaries or not, now and then beyond the end.
fn range(text: &str, (a, b): (usize, usize)) -> (usize, usize) {
    let (a, b) = (a % (text.len() + 2), b % (text.len() + 2));
    (a.min(b), a.max(b))
}

fn same(str: &Str, string: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(str.as_str(), string);
    prop_assert_eq!(str.is_inline(), string.len() <= Str::INLINE_CAPACITY);
    if str.is_inline() {
        prop_assert_eq!((str.retained(), str.is_unique()), (0, true));
    }
    Ok(())
}

/// Any operations on any of the handles, which share buffers with each other.
pub(crate) fn run(way: usize, start: String, ops: Vec<(usize, Op)>) -> Result<(), TestCaseError> {
    let mut all = vec![(make(way, &start), start)];
    for (which, op) in ops {
        if all.is_empty() {
            break;
        }
        let which = which % all.len();
        let (str, string) = &all[which];
        match op {
            Op::Clone => {
                let pair = (str.clone(), string.clone());
                all.push(pair);
            }
            Op::Slice(a, b) => {
                let (a, b) = range(string, (a, b));
                let (part, model) = (str.try_slice(a..b), string.get(a..b));
                prop_assert_eq!(part.as_deref(), model);
                if let (Some(part), Some(model)) = (part, model) {
                    same(&str.slice_ref(&str.as_str()[a..b]), model)?;
                    let model = model.to_owned();
                    all.push((part, model));
                }
            }
            Op::Slicer(n, ranges) => {
                let mut slicer = str.slicer(n);
                let mut parts = Vec::new();
                for at in ranges {
                    let (a, b) = range(string, at);
                    let (part, model) = (slicer.try_slice(a..b), string.get(a..b));
                    prop_assert_eq!(part.as_deref(), model);
                    parts.extend(part.zip(model.map(str::to_owned)));
                }
                drop(slicer);
                all.extend(parts);
            }
            Op::Split(at) => {
                let parts: Vec<_> =
                    str.split(at).zip(string.split(at).map(str::to_owned)).collect();
                prop_assert_eq!(parts.len(), string.split(at).count());
                all.extend(parts);
            }
            Op::Cut(at) => {
                let at = at % (string.len() + 1);
                if string.is_char_boundary(at) {
                    let (str, string) = &mut all[which];
                    *str = str.slice(at..);
                    string.drain(..at);
                }
            }
            Op::Upper => {
                let (str, string) = &mut all[which];
                str.make_mut().make_ascii_uppercase();
                string.make_ascii_uppercase();
                prop_assert!(str.is_unique());
            }
            Op::Detach => {
                let own = str.detach();
                prop_assert!(own.is_unique() && own.retained() <= string.len() + 31);
                all[which].0 = own;
            }
            Op::Bytes => {
                let (str, string) = all.swap_remove(which);
                let bytes = str.into_bytes();
                prop_assert_eq!(&bytes, string.as_bytes());
                all.push((Str::try_from(bytes).unwrap(), string));
            }
            Op::String => {
                let (str, string) = all.swap_remove(which);
                let back = str.into_string();
                prop_assert_eq!(&back, &string);
                all.push((Str::from(back), string));
            }
            Op::Drop => drop(all.swap_remove(which)),
        }
        for (str, string) in &all {
            same(str, string)?;
        }
    }
    Ok(())
}

proptest! {
    /// A heap of handles to each other's buffers, changed in any order; all others stay as they are.
    #[test]
    fn handles_never_disturb_each_other(
        start in text(), way in 0..WAYS * 5, ops in vec((any::<usize>(), op()), 0..40),
    ) {
        run(way, start, ops)?;
    }

    /// What cuts, cuts as `str` does.
    #[test]
    fn cuts_are_those_of_str(text in text(), way in 0..WAYS, needle in "[a ,=\u{e9}]{1,2}") {
        let str = make(way, &text);
        let std = text.as_str();
        let pair = |(a, b): (Str, Str)| (a.into_string(), b.into_string());
        let std_pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        let char = needle.chars().next().unwrap();
        prop_assert_eq!(str.trim(), std.trim());
        prop_assert_eq!(str.trim_start(), std.trim_start());
        prop_assert_eq!(str.trim_end(), std.trim_end());
        prop_assert!(str.lines().eq(std.lines()));
        prop_assert!(str.lines().rev().eq(std.lines().rev()));
        prop_assert!(str.split_whitespace().eq(std.split_whitespace()));
        prop_assert!(str.split(&*needle).eq(std.split(&*needle)));
        prop_assert!(str.split(&needle).eq(std.split(&needle)));
        prop_assert!(str.split(char).eq(std.split(char)));
        prop_assert!(str.split([char, ',']).eq(std.split([char, ','])));
        prop_assert!(str.split(&[char, 'a']).eq(std.split(&[char, 'a'])));
        prop_assert!(str.split(&[char][..]).eq(std.split(&[char][..])));
        prop_assert!(str.split(|c: char| c > 'b').eq(std.split(|c: char| c > 'b')));
        prop_assert_eq!(str.split_once(&*needle).map(pair), std.split_once(&*needle).map(std_pair));
        prop_assert_eq!(str.rsplit_once(char).map(pair), std.rsplit_once(char).map(std_pair));
        let left = (str.strip_prefix(&*needle), str.strip_suffix(char));
        prop_assert_eq!(left.0.as_deref(), std.strip_prefix(&*needle));
        prop_assert_eq!(left.1.as_deref(), std.strip_suffix(char));
    }

    /// Equal, ordered, hashed, printed and looked up as its text.
    #[test]
    fn it_stands_for_its_text(a in text(), b in text(), way in 0..WAYS) {
        let (x, y) = (make(way, &a), make(way + 1, &b));
        prop_assert_eq!(x == y, a == b);
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert_eq!(x.partial_cmp(&*b), Some(a.cmp(&b)));
        let (slice, boxed, cow) = (a.as_str(), Box::<str>::from(&*a), Cow::Borrowed(&*a));
        let equal = [x == a, x == *slice, x == slice, x == boxed, x == cow];
        let reverse = [a == x, *slice == x, slice == x, boxed == x, cow == x];
        prop_assert_eq!((equal, reverse), ([true; 5], [true; 5]));
        prop_assert_eq!(a.partial_cmp(&x), Some(Ordering::Equal));
        let state = RandomState::new();
        prop_assert_eq!(state.hash_one(&x), state.hash_one(&*a));
        let borrowed: &str = x.borrow();
        prop_assert_eq!(borrowed, &*a);
        let map = HashMap::from([(x.clone(), 1)]);
        prop_assert_eq!(map.get(&*a), Some(&1));
        prop_assert_eq!((format!("{x:>9}|{x:?}"), x.to_string()), (format!("{a:>9}|{a:?}"), a));
    }

    /// What goes in comes out again.
    #[test]
    fn conversions_keep_the_text(text in text(), way in 0..WAYS) {
        let str = make(way, &text);
        prop_assert_eq!(&String::from(str.clone()), &text);
        prop_assert_eq!(&Bytes::from(str.clone()), text.as_bytes());
        prop_assert_eq!(&Vec::from(str.clone()), text.as_bytes());
        prop_assert_eq!(&*Box::<str>::from(str.clone()), &*text);
        prop_assert_eq!(&*Arc::<str>::from(str.clone()), &*text);
        prop_assert_eq!(Cow::from(&str), &*text);
        prop_assert_eq!(Cow::from(str.clone()), &*text);
        prop_assert_eq!(Str::from(Arc::<str>::from(&*text)), &*text);
        prop_assert_eq!(Str::from(Cow::Borrowed(&*text)), &*text);
        prop_assert_eq!(Str::from(Cow::from(text.clone())), &*text);
        prop_assert_eq!(Str::from(Box::<str>::from(&*text)), &*text);
        prop_assert_eq!(text.parse::<Str>(), Ok(str.clone()));
        prop_assert_eq!(text.chars().collect::<Str>(), &*text);
        prop_assert_eq!(text.chars().map(Str::from).collect::<String>(), &*text);
        prop_assert_eq!(text.chars().map(Str::from).collect::<Str>(), str);
    }

    /// Bytes that are no text come back, with std's verdict.
    #[test]
    fn refused_bytes_come_back(bytes in vec(any::<u8>(), 0..60)) {
        let std = std::str::from_utf8(&bytes).map_err(|error| (error, bytes.clone()));
        let made = Str::try_from(Bytes::from(bytes.clone())).map_err(took);
        prop_assert_eq!(made.as_deref().map_err(Clone::clone), std.clone());
        let made = Str::try_from(bytes.clone()).map_err(took);
        prop_assert_eq!(made.as_deref().map_err(Clone::clone), std.clone());
        let made = Str::try_from(BytesMut::from(&*bytes)).map_err(took);
        prop_assert_eq!(made.as_deref().map_err(Clone::clone), std);
        let lossy = Str::from_utf8_lossy(Bytes::from(bytes.clone()));
        prop_assert_eq!(lossy, String::from_utf8_lossy(&bytes));
    }
}

fn took<B: Into<Vec<u8>> + Clone>(refused: NotUtf8<B>) -> (std::str::Utf8Error, Vec<u8>) {
    (refused.utf8_error(), refused.into_bytes().into())
}

/// Each length around the inline capacity, with each amount of spare capacity, in each layout.
#[test]
fn every_length_and_spare_capacity() {
    let text: String = ('a'..='z').cycle().take(90).collect();
    for len in 0..=text.len() {
        for spare in 0..60 {
            let mut string = String::with_capacity(len + spare);
            string.push_str(&text[..len]);
            let (address, capacity) = (string.as_ptr(), string.capacity());
            let str = Str::from(string);
            assert_eq!(str, text[..len]);
            if len > Str::INLINE_CAPACITY {
                assert_eq!((str.as_ptr(), str.retained()), (address, capacity));
            }
            let clone = str.clone();
            assert_eq!(str.is_unique(), str.is_inline());
            for at in 0..=len {
                assert_eq!(clone.slice(at..), text[at..len]);
                assert_eq!(clone.slice(..at), text[..at]);
            }
            drop(str);
            assert!(clone.is_unique());
            let string = clone.into_string();
            assert_eq!(string, text[..len]);
            if len > Str::INLINE_CAPACITY {
                assert_eq!((string.as_ptr(), string.capacity()), (address, capacity));
            }
        }
    }
}

/// All byte strings of up to three bytes, and of four those whose bytes stand at the edges of the
/// encoding's ranges: std's verdict, and the text unharmed.
#[test]
fn every_short_byte_string_gets_stds_verdict() {
    const EDGES: [u8; 28] = [
        0x00, 0x01, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x9f, 0xa0, 0xa1, 0xbe, 0xbf, 0xc0, 0xc1,
        0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ];
    fn check(bytes: &[u8]) {
        match (std::str::from_utf8(bytes), Str::try_from(bytes)) {
            (Ok(text), Ok(str)) => assert!(str.as_bytes() == text.as_bytes() && str.is_inline()),
            (Err(std), Err(ours)) => assert_eq!(std, ours),
            (std, ours) => panic!("{bytes:?}: std {std:?}, ours {ours:?}"),
        }
    }
    check(&[]);
    for word in 0..1_u32 << 24 {
        let [a, b, c, _] = word.to_le_bytes();
        check(&[a, b, c]);
        if word < 1 << 16 {
            check(&[a, b]);
        }
        if word < 1 << 8 {
            check(&[a]);
        }
    }
    for a in EDGES {
        for b in EDGES {
            for c in EDGES {
                for d in EDGES {
                    check(&[a, b, c, d]);
                }
            }
        }
    }
}

#[test]
fn empties_hold_nothing() {
    for way in 0..WAYS {
        let str = make(way, "a text that is too long to be inline");
        for empty in [str.slice(7..7), str.slice(..0), str.slice_ref(""), str.slice(str.len()..)] {
            assert_eq!((empty.as_str(), empty.is_inline(), empty.retained()), ("", true, 0));
        }
        assert_eq!(make(way, ""), Str::default());
    }
}

#[test]
fn refusals_and_panics() {
    type Panics = fn() -> Str;
    let str = Str::from("k\u{f6}nig und noch viel mehr Text");
    assert_eq!((str.try_slice(..2), str.try_slice(9..99)), (None, None));
    assert_eq!(str.try_slice_ref("k\u{f6}nig"), None);
    let elsewhere = String::from("a text that is too long to be inline");
    assert_eq!(str.try_slice_ref(&elsewhere), None);
    assert_eq!(str.slicer(3).try_slice_ref(&elsewhere), None);
    // It begins in the text and ends behind it, in the same buffer.
    let whole = Str::from("the front, and the back that is not a part of it, however near");
    let front = whole.slice(..30);
    assert_eq!(front.try_slice_ref(&whole[5..30]).unwrap(), whole[5..30]);
    for beyond in [&whole[5..31], &whole[5..], &whole[29..], &whole[30..40], &whole[31..]] {
        assert_eq!(front.try_slice_ref(beyond), None, "{beyond:?}");
        assert_eq!(front.slicer(2).try_slice_ref(beyond), None, "{beyond:?}");
    }
    let panics: [(Panics, &str); 8] = [
        (|| Str::from("k\u{f6}nig").slice(..2), "byte 2 is inside of '\u{f6}'"),
        (|| Str::from("k\u{f6}nig").slice(2..3), "byte 2 is inside of '\u{f6}'"),
        (|| Str::from("k\u{f6}nig").slicer(1).slice(..9), "the text ends at byte 6"),
        (|| Str::from("k\u{f6}nig").slice(..=usize::MAX), "the text ends at byte 6"),
        (|| Str::from("k\u{f6}nig").slice(7..), "the text ends at byte 6"),
        (|| Str::from("k\u{f6}nig").slice((Excluded(4), Excluded(2))), "it starts behind its end"),
        (|| Str::from("here").slice_ref("elsewhere"), "a part of 9 bytes does not lie in"),
        (
            || Str::from("here").slicer(1).slice_ref("elsewhere"),
            "a part of 9 bytes does not lie in",
        ),
    ];
    for (panics, text) in panics {
        let payload = std::panic::catch_unwind(panics).unwrap_err();
        let said = payload.downcast_ref::<String>().unwrap();
        assert!(said.contains(text), "{said}");
    }
}

/// A `Bytes` is shared with those that have a clone of it, and never written to.
#[test]
fn handles_to_bytes() {
    let bytes = Bytes::from(String::from("a text that is too long to be inline"));
    let mut str = Str::try_from(bytes.clone()).unwrap();
    assert!(!str.is_unique());
    drop(bytes);
    assert!(str.is_unique());
    let before = str.as_ptr();
    str.make_mut().make_ascii_uppercase();
    assert_ne!(str.as_ptr(), before, "a copy, though nobody else has the bytes");
    assert_eq!(str, "A TEXT THAT IS TOO LONG TO BE INLINE");
}

#[test]
fn sizes_and_traits() {
    static LONG: Str = Str::from_static("a static text that is too long to be inline");
    const SHORT: &str = "short";
    static INLINE: Str = Str::from_static(SHORT);
    fn shared<T: Send + Sync + Unpin + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    shared::<Str>();
    assert_eq!((size_of::<Str>(), size_of::<Option<Str>>()), (24, 24));
    assert!(LONG.ptr_eq(&LONG.clone()) && !LONG.is_unique() && LONG.retained() == 0);
    assert_eq!(LONG.clone().into_bytes().as_ptr(), LONG.as_ptr());
    assert_eq!(LONG.slice(2..30).as_ptr(), LONG[2..].as_ptr());
    assert!(INLINE.is_inline() && INLINE == SHORT);
}

/// A slice may outlive everything else, on another thread.
#[test]
fn parts_go_to_other_threads() {
    let parts: Vec<Str> = {
        let str = make(1, &"a word and yet another word, ".repeat(40));
        str.split(", ").filter(|part| !part.is_empty()).collect()
    };
    let threads: Vec<_> =
        parts.into_iter().map(|part| std::thread::spawn(move || part.slice(2..).len())).collect();
    let lengths: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(lengths, 40 * 25);
}
