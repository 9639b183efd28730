//! `Str::with_source`: what is deserialised is equal with and without it, wherever it lies.

use std::cell::OnceCell;
use std::sync::mpsc::{self, Sender};

use proptest::collection::vec;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use thrifty::share::{Str, bytes::Bytes};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Doc<S> {
    name: S,
    tags: Vec<S>,
    note: Option<S>,
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(prop_oneof!["[a-z ]{0,60}", "[\"\\\\\n\u{e9}a-z]{20,40}"], 2..6)
}

fn is_part(part: &Str, of: &Str) -> bool {
    of.try_slice_ref(part).is_some()
}

proptest! {
    #[test]
    fn the_same_as_strings(texts in texts(), spare in 0..40_usize) {
        let doc = Doc { name: texts[0].clone(), note: Some(texts[1].clone()), tags: texts };
        let mut json = serde_json::to_string(&doc).unwrap();
        json.reserve_exact(spare);
        let source = Str::from(json);
        let copied: Doc<Str> = serde_json::from_str(&source).unwrap();
        let shared: Doc<Str> = Str::with_source(&source, || serde_json::from_str(&source)).unwrap();
        prop_assert_eq!(&shared, &copied);
        prop_assert_eq!(serde_json::to_string(&shared).unwrap(), &*source);
        for (tag, string) in shared.tags.iter().zip(&doc.tags) {
            let escaped = string.contains(['"', '\\', '\n']);
            prop_assert_eq!(is_part(tag, &source), !escaped && string.len() > 23 || tag.is_empty());
        }
        let shares = shared.tags.iter().any(|tag| is_part(tag, &source) && !tag.is_empty());
        prop_assert_eq!(source.is_unique(), !shares);
        drop(shared);
        prop_assert!(source.is_unique());
    }
}

fn source(words: &str) -> Str {
    Str::from(format!("[{:?}]", words.repeat(3)))
}

fn first(json: &str) -> Str {
    serde_json::from_str::<[Str; 1]>(json).unwrap().into_iter().next().unwrap()
}

#[test]
fn the_innermost_source_counts() {
    let (outer, inner) = (source("an outer text"), source("an inner text"));
    Str::with_source(&outer, || {
        assert!(is_part(&first(&outer), &outer));
        Str::with_source(&inner, || {
            assert!(is_part(&first(&inner), &inner));
            assert!(!is_part(&first(&outer), &outer), "a copy");
        });
        assert!(is_part(&first(&outer), &outer));
        // Another thread has no source.
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!is_part(&first(&outer), &outer)));
        });
    });
    assert!(!is_part(&first(&outer), &outer));
    assert!(outer.is_unique() && inner.is_unique());
}

/// More strings than one batch of counted handles.
#[test]
fn every_string_is_counted() {
    let text = "a text of more than 23 bytes";
    for strings in [0, 1, 15, 16, 17, 32, 33, 100] {
        let json = Str::from(serde_json::to_string(&vec![text; strings]).unwrap());
        let all: Vec<Str> = Str::with_source(&json, || serde_json::from_str(&json)).unwrap();
        assert_eq!(json.is_unique(), strings == 0);
        assert!(
            all.len() == strings && all.iter().all(|part| part == text && is_part(part, &json))
        );
        drop(json);
        let last = all.into_iter().next_back();
        assert!(last.is_none_or(|last| last.is_unique() && last == text));
    }
}

#[test]
fn every_kind_of_source() {
    const JSON: &str = "[\"a text of more than 23 bytes\"]";
    let bytes = Bytes::from(JSON);
    for json in
        [Str::from_static(JSON), Str::try_from(bytes).unwrap(), Str::from(String::from(JSON))]
    {
        let part = Str::with_source(&json, || first(&json));
        assert!(is_part(&part, &json));
        let by_bytes: [Str; 1] =
            Str::with_source(&json, || serde_json::from_slice(json.as_bytes())).unwrap();
        assert!(is_part(&by_bytes[0], &json));
    }
    // An inline source: the strings in it are inline too.
    let short = Str::from("[\"short\"]");
    assert_eq!(Str::with_source(&short, || first(&short)), "short");
    // Text that is built, not borrowed.
    let value: serde_json::Value = serde_json::from_str(JSON).unwrap();
    assert_eq!(serde_json::from_value::<[Str; 1]>(value).unwrap()[0], JSON[2..30]);
    assert!(serde_json::from_str::<Str>("7").unwrap_err().to_string().contains("a string"));
}

/// What a thread drops last may still deserialise: then there is no place for a source, and all is
/// copied.
#[test]
fn while_a_thread_ends() {
    struct Last(Sender<Str>);
    impl Drop for Last {
        fn drop(&mut self) {
            let json = source("a text for the end");
            self.0.send(Str::with_source(&json, || first(&json))).unwrap();
        }
    }
    std::thread_local! {
        static LAST: OnceCell<Last> = const { OnceCell::new() };
    }
    // Which of two thread-locals goes first differs from system to system: either way round.
    for last_is_first in [true, false] {
        let (send, received) = mpsc::channel();
        let set = move || LAST.with(|last| last.set(Last(send)).ok().unwrap());
        let touch = || Str::with_source(&source("one before"), || ());
        let thread = std::thread::spawn(move || {
            if last_is_first {
                set();
                touch();
            } else {
                touch();
                set();
            }
        });
        thread.join().unwrap();
        assert_eq!(received.recv().unwrap(), "a text for the end".repeat(3));
    }
}
