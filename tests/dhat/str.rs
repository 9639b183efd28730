//! `Str` beside `String`, `Arc<str>` and `Bytes`: what is shared takes no block, what is short none.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use compact_str::CompactString;
use std::{hint::black_box, sync::Arc};
use thrifty::share::{Str, bytes::Bytes};

const STR: &str = "Str";
const COMPACT: &str = "compact_str 0.10";
const BYTES: &str = "bytes 1.12";

pub(crate) fn block() -> Block {
    let mut rows = made();
    rows.extend(shared());
    rows.extend(turned_into());
    Block {
        name: "str",
        about: "`N bytes` is ASCII text of that length. `100 in 128` is a `String` with 28 bytes to spare, \
                `100 in 100`\none with none; each is made beforehand, and freed within.",
        rows,
    }
}

fn made() -> Vec<Row> {
    let one = |bytes| heap(1, bytes, bytes);
    vec![
        Row::thrifty("from_static of 100 bytes", STR, NOTHING, || {
            measure(|| Str::from_static(black_box(STATIC)))
        }),
        Row::thrifty("from 23 bytes", STR, NOTHING, || from::<Str>(23)),
        Row::std("from 23 bytes", "String", one(23), || from::<String>(23)),
        Row::std("from 23 bytes", "Arc<str>", one(40), || from::<Arc<str>>(23)),
        Row::peer("from 23 bytes", COMPACT, NOTHING, || from::<CompactString>(23)),
        Row::thrifty("from 100 bytes", STR, one(128), || from::<Str>(100)),
        Row::std("from 100 bytes", "String", one(100), || from::<String>(100)),
        Row::std("from 100 bytes", "Arc<str>", one(120), || from::<Arc<str>>(100)),
        Row::peer("from 100 bytes", COMPACT, one(100), || from::<CompactString>(100)),
        Row::thrifty("from a String, 100 in 128", STR, NOTHING, || string(128, Str::from)),
        Row::peer("from a String, 100 in 128", BYTES, one(24), || string(128, Bytes::from)),
        Row::std("from a String, 100 in 128", "Arc<str>", one(120), || {
            string(128, Arc::<str>::from)
        }),
        Row::thrifty("from a String, 100 in 100", STR, NOTHING, || string(100, Str::from)),
        Row::peer("from a String, 100 in 100", BYTES, NOTHING, || string(100, Bytes::from)),
        Row::thrifty("from Bytes, 100 bytes", STR, one(56), || {
            let bytes = Bytes::from(text(100));
            measure(|| Str::try_from(bytes).unwrap())
        }),
        Row::thrifty("from Bytes that are refused", STR, NOTHING, || {
            let bytes = Bytes::from(vec![0xff; 100]);
            measure(|| Str::try_from(bytes).unwrap_err())
        }),
    ]
}

fn shared() -> Vec<Row> {
    vec![
        Row::thrifty("first clone, 100 in 128", STR, NOTHING, || {
            string(128, |s| twice(Str::from(s)))
        }),
        Row::peer("first clone, 100 in 128", BYTES, heap(1, 24, 24), || {
            string(128, |s| twice(Bytes::from(s)))
        }),
        Row::thrifty("first clone, 100 in 100", STR, heap(1, 24, 24), || {
            string(100, |s| twice(Str::from(s)))
        }),
        // One byte too few for the count behind the text.
        Row::thrifty("first clone, 100 in 127", STR, heap(1, 24, 24), || {
            string(127, |s| twice(Str::from(s)))
        }),
        Row::peer("first clone, 100 in 100", BYTES, heap(1, 24, 24), || {
            string(100, |s| twice(Bytes::from(s)))
        }),
        Row::thrifty("1000 clones of 100 bytes", STR, NOTHING, || {
            let warm = Str::from(text(100));
            let _counted = warm.clone();
            measure(|| (0..1000).for_each(|_| drop(black_box(&warm).clone())))
        }),
        Row::std("1000 clones of 100 bytes", "String", heap(1000, 100_000, 100), || {
            let warm = text(100);
            measure(|| (0..1000).for_each(|_| drop(black_box(&warm).clone())))
        }),
        Row::thrifty("slices of 10 and of 90 bytes", STR, NOTHING, || {
            let warm = Str::from(text(100).as_str());
            measure(|| (warm.slice(..10), warm.slice_ref(&warm[10..])))
        }),
        Row::std("slices of 10 and of 90 bytes", "String", heap(2, 100, 100), || {
            let warm = text(100);
            measure(|| (warm[..10].to_owned(), warm[10..].to_owned()))
        }),
        Row::thrifty("26 slices of 40 bytes by slicer", STR, NOTHING, || {
            let warm = Str::from(text(100).as_str());
            measure(|| {
                let mut slicer = warm.slicer(26);
                [(); 26].map(|()| slicer.slice(black_box(10)..50))
            })
        }),
        Row::thrifty("trim, split_once, lines", STR, NOTHING, || {
            let warm = Str::from(" name: value\n a line of more than 23 bytes in all\n");
            measure(|| (warm.trim(), warm.split_once(':'), warm.lines().count()))
        }),
    ]
}

fn turned_into() -> Vec<Row> {
    vec![
        Row::thrifty("into_string, 100 in 128", STR, NOTHING, || {
            string(128, |s| Str::from(s).into_string())
        }),
        Row::thrifty("into_string of a clone", STR, heap(1, 100, 100), || {
            let (clone, _other) = twice(Str::from(text(100).as_str()));
            measure(|| clone.into_string())
        }),
        Row::thrifty("into_bytes, 100 in 128", STR, heap(1, 24, 24), || {
            string(128, |s| Str::from(s).into_bytes())
        }),
        Row::thrifty("into_bytes, 100 in 100", STR, NOTHING, || {
            string(100, |s| Str::from(s).into_bytes())
        }),
        Row::thrifty("into_bytes of a clone", STR, heap(1, 32, 32), || {
            let (clone, _other) = twice(Str::from(text(100).as_str()));
            measure(|| clone.into_bytes())
        }),
        Row::thrifty("into_bytes of 23 bytes", STR, heap(1, 23, 23), || {
            let short = Str::from(&text(23));
            measure(|| short.into_bytes())
        }),
        Row::thrifty("Bytes to Str to Bytes", STR, heap(1, 56, 56), || {
            let bytes = Bytes::from(text(100));
            let _other = bytes.clone();
            measure(|| Str::try_from(bytes).unwrap().into_bytes())
        }),
        Row::thrifty("make_mut, alone", STR, NOTHING, || {
            string(100, |s| {
                let mut text = Str::from(s);
                text.make_mut().make_ascii_uppercase();
                text
            })
        }),
        Row::thrifty("make_mut, shared", STR, heap(1, 128, 128), || {
            let (mut clone, _other) = twice(Str::from(text(100).as_str()));
            measure(move || {
                clone.make_mut().make_ascii_uppercase();
                clone
            })
        }),
        Row::thrifty("detach of 50 from 4096", STR, heap(1, 80, 80), || {
            let page = Str::from(text(4096).as_str());
            let part = page.slice(..50);
            measure(|| part.detach())
        }),
    ]
}

const STATIC: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

fn text(len: usize) -> String {
    let mut text = String::with_capacity(len);
    text.extend(('a'..='z').cycle().take(len));
    text
}

fn from<T: for<'a> From<&'a str>>(len: usize) -> Heap {
    let text = text(len);
    measure(|| T::from(black_box(&*text)))
}

/// 100 bytes in a `String` of that capacity, made before and handed over.
fn string<T>(capacity: usize, make: impl FnOnce(String) -> T) -> Heap {
    let mut string = String::with_capacity(capacity);
    string.push_str(&text(100));
    measure(|| make(black_box(string)))
}

fn twice<T: Clone>(first: T) -> (T, T) {
    let second = first.clone();
    (first, second)
}
