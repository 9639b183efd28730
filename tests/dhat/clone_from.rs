//! `clone_from` into a target that is large enough: our macro, std's derive, and std's own types.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use std::borrow::Cow;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::ffi::CString;
use std::hint::black_box;
use std::path::PathBuf;
use thrifty::share::clone_from;

macro_rules! order {
    ($($derive:meta)? => $name:ident) => {
        $(#[$derive])?
        #[allow(dead_code, reason = "only cloned")]
        struct $name {
            id: String,
            tags: Vec<String>,
            note: Option<String>,
            path: PathBuf,
            numbers: Box<[Vec<u32>; 2]>,
        }

        impl $name {
            fn new() -> Self {
                Self {
                    id: text(),
                    tags: vec![text(), text()],
                    note: Some(text()),
                    path: PathBuf::from(text()),
                    numbers: Box::new([vec![1, 2], vec![3]]),
                }
            }
        }
    };
}

order! { => Reusing }
order! { derive(Clone) => Derived }
clone_from! { impl Clone for Reusing { id, tags, note, path, numbers } }

pub(crate) fn block() -> Block {
    let mut rows = vec![
        Row::thrifty("5 fields, clone_from", "clone_from!", NOTHING, || copied(Reusing::new)),
        Row::std("5 fields, clone_from", "derive(Clone)", heap(9, 188, 188), || {
            copied(Derived::new)
        }),
        Row::thrifty("5 fields, clone", "clone_from!", heap(9, 188, 188), || {
            let order = Reusing::new();
            measure(|| black_box(&order).clone())
        }),
    ];
    rows.extend(reused());
    rows.extend(anew());
    Block {
        name: "clone_from",
        about: "Source and target have the same shape; texts are 16 bytes.\nThe rows of single std \
                types say which of them a struct can hold without an allocation.",
        rows,
    }
}

fn reused() -> Vec<Row> {
    vec![
        row("String", NOTHING, text),
        row("Vec<String>", NOTHING, || vec![text(), text()]),
        row("Option<String>", NOTHING, || Some(text())),
        row("Result<String, ()>", NOTHING, || Ok::<_, ()>(text())),
        row("[String; 2]", NOTHING, || [text(), text()]),
        row("Box<String>", NOTHING, || Box::new(text())),
        row("Box<[u8]>", NOTHING, || text().into_bytes().into_boxed_slice()),
        row("PathBuf", NOTHING, || PathBuf::from(text())),
        row("Cow<str>", NOTHING, || Cow::<str>::Owned(text())),
        row("BinaryHeap<String>", NOTHING, || BinaryHeap::from([text(), text()])),
    ]
}

fn anew() -> Vec<Row> {
    vec![
        row("(String, String)", heap(2, 32, 32), || (text(), text())),
        row("Box<str>", heap(1, 16, 16), || text().into_boxed_str()),
        row("CString", heap(1, 17, 17), || CString::new(text()).unwrap()),
        row("VecDeque<String>, 2", heap(2, 32, 32), || VecDeque::from([text(), text()])),
        row("HashMap<u8, String>, 2", heap(2, 32, 32), || {
            HashMap::from([(1, text()), (2, text())])
        }),
        row("BTreeMap<u8, String>, 2", heap(3, 352, 352), || {
            BTreeMap::from([(1, text()), (2, text())])
        }),
    ]
}

/// A std type.
fn row<T: Clone + 'static>(name: &str, expected: Heap, make: fn() -> T) -> Row {
    Row::std(name, "std's clone_from", expected, move || copied(make))
}

fn copied<T: Clone>(make: fn() -> T) -> Heap {
    let (source, target) = (make(), make());
    measure(|| {
        let mut target = target;
        target.clone_from(black_box(&source));
        target
    })
}

fn text() -> String {
    "sixteen bytes 16".to_owned()
}
