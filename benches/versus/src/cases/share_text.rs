//! One text: made, cut, cloned, or changed, and dropped.
//!
//! | case | one operation |
//! |---|---|
//! | `slice-23` | 23 bytes out of 4 KiB that were shared before |
//! | `new-inline` | 64 texts of 0 to 22 bytes, in no order, from `&str` |
//! | `clone-heap` | a clone of 100 bytes that were cloned before |
//! | `from-string-spare` | a `String` of 100 bytes and room for 28 more, taken over and cloned |
//! | `cow-lowercase` | 58 bytes that are lowercase already |
//! | `cow-changed` | 58 bytes whose last one is uppercase |
//! | `cow-replace` | 58 bytes without the byte that is to be replaced |
//! | `clone-from` | a struct of five fields copied onto one of the same shape |

#![expect(clippy::inline_always, reason = "an implementation is measured, not the calls around it")]

use core::hint::black_box;
use core::ops::{Deref, Range};
use std::sync::Arc;

use arcstr::ArcStr;
use bytes_str::BytesStr;
use bytestring::ByteString;
use compact_str::CompactString;
use cow_utils::CowUtils;
use ecow::EcoString;
use flexstr::SharedStr;
use flexstr::str::SharedStrRef;
use hipstr::HipStr;
use imstr::ImString;
use lean_string::LeanString;
use smol_str::SmolStr;
use thrifty::share::{CowExt, Str, clone_from};

use super::Entry;

/// For each case what its operation starts from, made once, and the operation.
macro_rules! cases {
    ($($case:literal { $($name:literal => $start:expr, |$input:ident| $op:expr;)* })*) => {
        /// All implementations of each case.
        pub static ENTRIES: &[Entry] = &[$($(Entry {
            case: $case,
            name: $name,
            run: {
                #[inline(never)]
                fn run(ops: u64) {
                    let start = $start;
                    for _ in 0..ops {
                        let $input = black_box(&start);
                        black_box(&$op);
                    }
                }
                run
            },
            result: || {
                let start = $start;
                let $input = &start;
                hash(&$op)
            },
        },)*)*];
    };
}

cases! {
    "slice-23" {
        "thrifty" => shared(Str::from(kibibytes())), |text| text.slice(at());
        "String" => kibibytes(), |text| text[at()].to_owned();
        "Arc<str>" => kibibytes(), |text| Arc::<str>::from(&text[at()]);
        "bytestring" => shared(ByteString::from(kibibytes())), |text| text.slice_ref(&text[at()]);
        "bytes-utils" => shared(bytes_utils::Str::from(kibibytes())), |text| text.slice(at());
        "bytes-str" => shared(BytesStr::from(kibibytes())), |text| text.slice(at());
        "hipstr" => shared(HipStr::from(kibibytes())), |text| text.slice(at());
        "arcstr" => shared(ArcStr::from(kibibytes())), |text| text.substr(at());
        "imstr" => shared(ImString::from(kibibytes())), |text| text.slice(at());
        "ecow" => kibibytes(), |text| EcoString::from(&text[at()]);
        "smol_str" => kibibytes(), |text| SmolStr::new(&text[at()]);
        "compact_str" => kibibytes(), |text| CompactString::new(&text[at()]);
        "lean_string" => kibibytes(), |text| LeanString::from(&text[at()]);
        "flexstr" => kibibytes(), |text| flex(&text[at()]);
    }
    "clone-heap" {
        "thrifty" => shared(Str::from(&*text(100))), |text| text.clone();
        "String" => text(100), |text| text.clone();
        "Arc<str>" => Arc::<str>::from(text(100)), |text| Arc::clone(text);
        "bytestring" => shared(ByteString::from(text(100))), |text| text.clone();
        "bytes-utils" => shared(bytes_utils::Str::from(text(100))), |text| text.clone();
        "bytes-str" => shared(BytesStr::from(text(100))), |text| text.clone();
        "hipstr" => shared(HipStr::from(text(100))), |text| text.clone();
        "arcstr" => ArcStr::from(text(100)), |text| text.clone();
        "imstr" => ImString::from(text(100)), |text| text.clone();
        "ecow" => EcoString::from(text(100)), |text| text.clone();
        "smol_str" => SmolStr::new(text(100)), |text| text.clone();
        "compact_str" => CompactString::from(text(100)), |text| text.clone();
        "lean_string" => LeanString::from(text(100)), |text| text.clone();
        "flexstr" => flex(&text(100)), |text| text.clone();
    }
    "from-string-spare" {
        "thrifty" => text(100), |text| twice(Str::from(spare(text)));
        "String alone" => text(100), |text| spare(text);
        "Arc<str>" => text(100), |text| twice(Arc::<str>::from(spare(text)));
        "bytestring" => text(100), |text| twice(ByteString::from(spare(text)));
        "bytes-utils" => text(100), |text| twice(bytes_utils::Str::from(spare(text)));
        "bytes-str" => text(100), |text| twice(BytesStr::from(spare(text)));
        "hipstr" => text(100), |text| twice(HipStr::from(spare(text)));
        "arcstr" => text(100), |text| twice(ArcStr::from(spare(text)));
        "imstr" => text(100), |text| twice(ImString::from(spare(text)));
        "ecow" => text(100), |text| twice(EcoString::from(spare(text)));
        "smol_str" => text(100), |text| twice(SmolStr::from(spare(text)));
        "compact_str" => text(100), |text| twice(CompactString::from(spare(text)));
        "lean_string" => text(100), |text| twice(LeanString::from(spare(text)));
        "flexstr" => text(100), |text| twice(SharedStr::from(spare(text)));
    }
    "cow-lowercase" {
        "thrifty" => LOWER, |text| CowExt::cow_to_lowercase(*text);
        "std" => LOWER, |text| text.to_lowercase();
        "cow-utils" => LOWER, |text| CowUtils::cow_to_lowercase(*text);
    }
    "cow-changed" {
        "thrifty" => CHANGES, |text| CowExt::cow_to_lowercase(*text);
        "std" => CHANGES, |text| text.to_lowercase();
        "cow-utils" => CHANGES, |text| CowUtils::cow_to_lowercase(*text);
    }
    "cow-replace" {
        "thrifty" => LOWER, |text| CowExt::cow_replace(*text, black_box("&"), black_box("&amp;"));
        "std" => LOWER, |text| text.replace(black_box("&"), black_box("&amp;"));
        "cow-utils" => LOWER, |text| CowUtils::cow_replace(*text, black_box("&"), black_box("&amp;"));
    }
}

/// One table a case, since here an operation makes many texts.
macro_rules! made {
    ($($name:literal => |$text:ident| $make:expr;)*) => {
        /// All implementations of the case `new-inline`.
        pub static MADE: &[Entry] = &[$(Entry {
            case: "new-inline",
            name: $name,
            run: {
                #[inline(never)]
                fn run(ops: u64) {
                    let texts = texts();
                    for _ in 0..ops {
                        for $text in black_box(&texts) {
                            let $text: &str = $text;
                            black_box(&$make);
                        }
                    }
                }
                run
            },
            result: || {
                let made = |$text: &String| {
                    let $text: &str = $text;
                    hash(&$make)
                };
                texts().iter().flat_map(made).collect()
            },
        },)*];
    };
}

made! {
    "thrifty" => |text| Str::from(text);
    "String" => |text| String::from(text);
    "Arc<str>" => |text| Arc::<str>::from(text);
    "bytestring" => |text| ByteString::from(text);
    "bytes-utils" => |text| bytes_utils::Str::from(text);
    "bytes-str" => |text| BytesStr::from_str_slice(text);
    "hipstr" => |text| HipStr::from(text).into_owned();
    "arcstr" => |text| ArcStr::from(text);
    "imstr" => |text| ImString::from(text);
    "ecow" => |text| EcoString::from(text);
    "smol_str" => |text| SmolStr::new(text);
    "compact_str" => |text| CompactString::new(text);
    "lean_string" => |text| LeanString::from(text);
    "flexstr" => |text| flex(text);
}

/// All implementations of the case `clone-from`.
pub static COPIES: &[Entry] = &[
    copies::<Reusing>("thrifty"),
    copies::<Derived>("derive"),
    Entry { case: "clone-from", name: "clone", run: run_clones, result: copied::<Derived> },
];

const LOWER: &str = "the quick brown fox jumps over the lazy dog and runs away.";
const CHANGES: &str = "the quick brown fox jumps over the lazy dog and runs awaY!";

fn text(len: usize) -> String {
    ('a'..='z').cycle().take(len).collect()
}

fn kibibytes() -> String {
    text(4096)
}

/// Where the 23 bytes are: the compiler does not know.
#[inline(always)]
fn at() -> Range<usize> {
    let start = black_box(1234);
    start..black_box(start + 23)
}

/// The text, after its first clone: what that alone costs is over.
fn shared<T: Clone>(text: T) -> T {
    drop(text.clone());
    text
}

#[inline(always)]
fn twice<T: Clone>(first: T) -> [T; 2] {
    [first.clone(), first]
}

#[inline(always)]
fn spare(text: &str) -> String {
    let mut string = String::with_capacity(128);
    string.push_str(text);
    string
}

#[inline(always)]
fn flex(text: &str) -> SharedStr {
    SharedStrRef::from_borrowed(text).into_owned()
}

/// 64 texts of 0 to 22 bytes.
fn texts() -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(64);
    (0..64).map(|_| text(random.usize(0..=22))).collect()
}

/// What two implementations must agree about.
trait Same {
    fn bytes(&self) -> Vec<u8>;
}

impl<T: Deref<Target = str>> Same for [T; 2] {
    fn bytes(&self) -> Vec<u8> {
        assert_eq!(*self[0], *self[1]);
        self[0].as_bytes().to_vec()
    }
}

macro_rules! same {
    ($($text:ty),*) => {$(
        impl Same for $text {
            fn bytes(&self) -> Vec<u8> {
                let text: &str = self;
                text.as_bytes().to_vec()
            }
        }
    )*};
}

same! {
    Str, String, Arc<str>, ByteString, bytes_utils::Str, BytesStr, HipStr<'_>, ArcStr,
    arcstr::Substr, ImString, EcoString, SmolStr, CompactString, LeanString, SharedStr,
    std::borrow::Cow<'_, str>
}

fn hash(text: &impl Same) -> Vec<u64> {
    text.bytes().into_iter().map(u64::from).collect()
}

macro_rules! snapshot {
    ($($(#[$derive:meta])? $name:ident)*) => {$(
        $(#[$derive])?
        struct $name {
            id: String,
            tags: Vec<String>,
            note: Option<String>,
            body: Vec<u8>,
            version: u64,
        }

        impl Snapshot for $name {
            fn new() -> Self {
                Self {
                    id: text(36),
                    tags: (4..8).map(text).collect(),
                    note: Some(text(40)),
                    body: text(200).into_bytes(),
                    version: 7,
                }
            }

            fn figures(&self) -> Vec<u64> {
                let lengths = self.tags.iter().map(String::len);
                let lengths = lengths.chain(self.note.as_ref().map(String::len));
                let lengths = lengths.chain([self.id.len(), self.body.len()]);
                lengths.map(|len| len as u64).chain([self.version]).collect()
            }
        }
    )*};
}

trait Snapshot: Clone {
    fn new() -> Self;
    fn figures(&self) -> Vec<u64>;
}

snapshot! {
    Reusing
    #[derive(Clone)] Derived
}

clone_from! { impl Clone for Reusing { id, tags, note, body, version } }

const fn copies<T: Snapshot>(name: &'static str) -> Entry {
    Entry { case: "clone-from", name, run: run_copies::<T>, result: copied::<T> }
}

#[inline(never)]
fn run_copies<T: Snapshot>(ops: u64) {
    let (source, mut target) = (T::new(), T::new());
    for _ in 0..ops {
        black_box(&mut target).clone_from(black_box(&source));
    }
}

#[inline(never)]
fn run_clones(ops: u64) {
    let (source, mut target) = (Derived::new(), Derived::new());
    for _ in 0..ops {
        *black_box(&mut target) = black_box(&source).clone();
    }
}

fn copied<T: Snapshot>() -> Vec<u64> {
    let (source, mut target) = (T::new(), T::new());
    target.clone_from(&source);
    target.figures()
}
