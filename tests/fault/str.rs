//! `Str` where memory runs out and where the caller's code panics.
//!
//! What shares text has no fallible twin: where it must allocate and cannot, the process ends by
//! `handle_alloc_error`, as `String`'s does.

use std::env;
use std::mem::ManuallyDrop;
use std::process::Command;

use thrifty::fault::{Bomb, Fail};
use thrifty::share::Str;
use thrifty::share::bytes::Bytes;

use crate::tally::{self, each_panic_point};

const LONG: &str = "a text that is too long to be inline";

fn exact() -> Str {
    Str::from(String::from(LONG))
}

fn roomy() -> Str {
    let mut string = String::with_capacity(100);
    string.push_str(LONG);
    Str::from(string)
}

/// What asks for nothing goes on where all requests are refused.
#[test]
fn sharing_asks_for_nothing() {
    let (counted, roomy, bytes) = (exact(), roomy(), Str::try_from(Bytes::from(LONG)).unwrap());
    let (fixed, _keep) = (Str::from_static(LONG), counted.clone());
    let string = String::from(LONG);
    let spare = String::with_capacity(100) + LONG;
    let run = tally::with(Fail::From(1), || {
        for text in [&counted, &roomy, &bytes, &fixed] {
            let clone = text.clone();
            assert!(clone.slice(1..30).ptr_eq(&text.slicer(4).slice(1..30)));
            assert_eq!(clone.split(' ').count(), 9);
            assert_eq!(clone.split_once(" that").unwrap().0, "a text");
        }
        assert_eq!(Str::from("short").detach().make_mut(), "short");
        let mut part = Str::from(spare);
        part = part.slice(2..);
        assert_eq!(part.make_mut(), &LONG[2..]);
        let mut alone = Str::from(string);
        assert_eq!(alone.make_mut(), LONG);
        assert_eq!(alone.into_bytes(), LONG);
        assert_eq!(bytes.into_bytes(), LONG);
        assert_eq!(fixed.into_bytes(), LONG);
        assert_eq!(roomy.into_string(), LONG);
    });
    assert_eq!((run.requests, run.failed), (0, 0));
}

/// Name, and what makes requests, of which the last is its own.
#[cfg(all(unix, not(miri)))]
const REQUESTS: [(&str, fn()); 10] = [
    ("copy", || drop(Str::from(LONG))),
    ("first clone", || drop(Str::clone(&exact()))),
    ("first slice", || drop(exact().slice(2..))),
    ("first of a slicer", || drop(exact().slicer(3).slice(2..))),
    ("bytes", || drop(Str::try_from(Bytes::from_static(LONG.as_bytes())).unwrap())),
    ("into_bytes of a shared text", || drop(Str::clone(&roomy()).into_bytes())),
    ("into_string of a part", || drop(roomy().slice(1..).into_string())),
    ("first of the cuts", || drop((exact().split_whitespace().count(), exact().slice_ref("")))),
    ("trimmed", || {
        let text = Str::from(format!(" {LONG}\n{LONG} "));
        let cut = [text.trim(), text.trim_start(), text.trim_end()];
        let lines: Vec<Str> = text.lines().collect();
        assert_eq!(text.try_slice(1..=LONG.len()).unwrap(), lines[0].trim());
        drop((cut, lines, text.rsplit_once('\n')));
    }),
    ("stripped", || {
        let text = exact();
        drop((text.strip_prefix("a "), text.strip_suffix("line"), text.slicer(2).try_slice(1..)));
    }),
];

#[cfg(all(unix, not(miri)))]
#[test]
fn a_refused_request_ends_the_process_as_strings_do() {
    for (name, request) in REQUESTS {
        let sweep = tally::sweep_infallible(request);
        assert!(sweep.points > 0, "{name} asks for nothing");
        assert_eq!(sweep.aborted, sweep.points, "{name}: {sweep}");
        sweep.assert_clean();
    }
}

const FORGET: &str = "THRIFTY_STR_FORGET";

/// Makes more handles than can be counted. Not in the parent.
#[test]
fn overflow_in_a_child() {
    let Ok(way) = env::var(FORGET) else { return };
    let text = roomy();
    let forget = |handles: usize| {
        let mut slicer = text.slicer(handles);
        let _ = ManuallyDrop::new(slicer.slice(1..30));
        let _ = ManuallyDrop::new(slicer);
    };
    // All but one of the handles that can be counted; it lives on only in the count.
    forget(isize::MAX.cast_unsigned() - 2);
    let last = text.clone();
    eprintln!("{} bytes are shared to the limit", last.len());
    match &*way {
        "clone" => drop((text.clone(), text.clone())),
        "slice" => drop((text.slice(1..), text.slice(1..))),
        "slicer" => forget(2),
        "large" => forget(usize::MAX),
        _ => unreachable!(),
    }
    eprintln!("the count has gone beyond its limit");
}

#[test]
fn more_handles_than_can_be_counted_abort() {
    for way in ["clone", "slice", "slicer", "large"] {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "str::overflow_in_a_child", "--nocapture"])
            .env(FORGET, way)
            .env("RUST_BACKTRACE", "0")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stderr);
        assert!(!child.status.success(), "{way}: {said}");
        assert!(said.contains("shared to the limit"), "{way}: {said}");
        assert!(!said.contains("beyond its limit"), "{way}: {said}");
        #[cfg(unix)]
        {
            use std::os::unix::process::ExitStatusExt;
            assert_eq!(child.status.signal(), Some(6), "{way}: SIGABRT expected: {said}");
        }
    }
}

#[test]
fn the_callers_code_panics() {
    let panics = each_panic_point(|fuse| {
        let text = exact();
        let parts = fuse.catch(|| {
            let mut slicer = text.slicer(9);
            let split = text.split(|c: char| {
                fuse.tick("pattern");
                c == 'x'
            });
            let parts: Vec<Str> =
                split.map(|part| slicer.try_slice_ref(&part).unwrap_or(part)).collect();
            parts
        });
        drop(parts);
        let collected: Result<Str, _> = fuse.catch(|| {
            let chars = LONG.chars().inspect(|_| fuse.tick("iterator"));
            chars.collect()
        });
        assert!(collected.is_err() || collected.unwrap() == LONG);
        assert!(text.is_unique(), "nothing keeps a handle");
        assert_eq!(text, LONG);
    });
    assert_eq!(panics.points, 2 * u64::try_from(LONG.len()).unwrap());
    panics.assert_clean();
}

/// The owner of foreign bytes panics when it is dropped: by the last handle, once.
#[test]
fn an_owner_that_panics_is_dropped_once() {
    let panics = each_panic_point(|fuse| {
        struct Owner(String, #[expect(dead_code, reason = "its drop is what counts")] Bomb<u8>);
        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }
        let owner = Owner(String::from(LONG), fuse.bomb(1));
        let text = Str::try_from(Bytes::from_owner(owner)).unwrap();
        let part = text.slice(2..);
        let _ = fuse.catch(|| drop(text));
        assert_eq!(part, LONG[2..]);
        let _ = fuse.catch(|| drop(part));
    });
    assert_eq!(panics.points, 1);
    panics.assert_sound();
}

#[cfg(feature = "serde")]
#[test]
fn a_panic_restores_the_former_source() {
    let (outer, inner) = (exact(), Str::from("[\"another text that is too long to be inline\"]"));
    let outer = Str::from(format!("[{:?}]", &*outer));
    Str::with_source(&outer, || {
        let panic = std::panic::catch_unwind(|| {
            Str::with_source(&inner, || std::panic::resume_unwind(Box::new(())));
        });
        assert!(panic.is_err() && inner.is_unique());
        let parts: Vec<Str> = serde_json::from_str(&outer).unwrap();
        assert_eq!(parts[0].as_ptr(), outer[2..].as_ptr());
    });
    assert!(outer.is_unique());
}

#[cfg(feature = "serde")]
#[test]
fn deserialising_with_a_source_asks_for_nothing() {
    let json = Str::from(serde_json::to_string(&[LONG; 32]).unwrap());
    let _counted = json.clone();
    let run = tally::with(Fail::From(1), || {
        let all: [Str; 32] = Str::with_source(&json, || serde_json::from_str(&json)).unwrap();
        assert!(all.iter().all(|part| part == LONG && json.try_slice_ref(part).is_some()));
    });
    assert_eq!((run.requests, run.failed), (0, 0));
}
