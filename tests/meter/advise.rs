//! Advice: the right line and the right remedy come first.

use std::backtrace::Backtrace;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use thrifty::assert_allocs;
use thrifty::meter::{Advice, Kind, Lever, Site, advise, measure, no_alloc, pause};

/// Whether this build has them: a plain `cargo test --release` does not.
fn has_line_numbers() -> bool {
    Backtrace::force_capture().to_string().contains("tests/meter/advise.rs:")
}

/// Checks what comes first; without debug information only the figures.
#[track_caller]
fn assert_first(advice: &Advice, line: u32, kind: Kind, lever: Lever, saves: u64) {
    let first = &advice.sites()[0];
    if has_line_numbers() {
        assert_eq!(first.file.as_deref(), Some("tests/meter/advise.rs"), "{advice}");
        assert_eq!(first.line, Some(line), "{advice}");
        assert_eq!((first.kind, first.lever), (kind, Some(lever)), "{advice}");
        assert_eq!(first.saves, saves, "{advice}");
    }
    assert_is_complete(advice);
}

#[track_caller]
fn assert_is_complete(advice: &Advice) {
    let sum = |of: fn(&Site) -> u64| advice.sites().iter().map(of).sum::<u64>();
    let usage = advice.usage();
    assert_eq!(sum(|site| site.allocs), usage.allocs, "{advice}");
    assert_eq!(sum(|site| site.reallocs), usage.reallocs, "{advice}");
    assert_eq!(sum(|site| site.bytes), usage.bytes_allocated, "{advice}");
    assert_eq!(advice.dropped(), 0);
}

/// One thing that each program below does beside its waste.
fn needed() -> Box<[u8]> {
    black_box(vec![0; 300].into_boxed_slice())
}

#[test]
fn a_format_in_a_loop() {
    let advice = advise(|| {
        let kept = needed();
        let mut total = kept.len();
        for id in 0..10 {
            total += black_box(format!("order-{id}")).len();
        }
        total
    });
    assert_first(&advice, line!() - 4, Kind::Format, Lever::Inline, advice.usage().requests() - 1);
    if has_line_numbers() {
        let text = advice.to_string();
        assert!(text.contains("\n       `format!`: 10 allocs, "), "{text}");
        assert!(text.contains("inline: `inline::small_format!`"), "{text}");
    }
}

#[test]
fn short_texts_that_are_joined() {
    let (user, id) = (black_box("user"), black_box("4711"));
    let advice = advise(|| {
        let keys: [String; 3] = core::array::from_fn(|_| [user, id].join(":"));
        (needed(), keys)
    });
    assert_first(&advice, line!() - 3, Kind::Joined, Lever::Inline, 3);
    if has_line_numbers() {
        assert!(advice.to_string().contains("inline: `inline::small_concat!`"), "{advice}");
    }
    // A long one is no matter of the stack.
    let long = black_box("x".repeat(100));
    let advice = advise(|| [&*long, user, id].concat());
    assert_first(&advice, line!() - 1, Kind::Joined, Lever::Buffers, 1);
}

#[test]
fn a_vec_grown_by_push() {
    let advice = advise(|| {
        let kept = needed();
        let mut all = Vec::new();
        for id in 0..1000_u32 {
            all.push(black_box(id));
        }
        (kept, all)
    });
    // 4, 8, ... 1024 elements of 4 bytes.
    assert_first(&advice, line!() - 5, Kind::GrowingVec, Lever::Buffers, 8);
    if has_line_numbers() {
        let first = &advice.sites()[0];
        assert_eq!((first.allocs, first.reallocs, first.bytes), (1, 8, 4096), "{advice}");
        assert_eq!((first.sizes.min, first.sizes.median, first.sizes.max), (16, 256, 4096));
        assert!(advice.to_string().contains("`Vec::with_capacity`"), "{advice}");
    }
}

#[test]
fn a_string_that_is_cloned() {
    #[derive(Clone)]
    struct Order {
        customer: String,
    }
    let order = Order { customer: black_box("Zoë Brandt").to_owned() };
    let advice = advise(|| {
        let kept = needed();
        let names: [String; 5] = core::array::from_fn(|_| order.customer.clone());
        (kept, names)
    });
    assert_first(&advice, line!() - 3, Kind::StringClone, Lever::ZeroCopy, 5);
    // A derived clone is the matter of who calls it.
    let advice = advise(|| (needed(), black_box(&order).clone(), black_box(&order).clone()));
    if has_line_numbers() {
        assert_eq!(advice.sites()[1].line, Some(line!() - 2), "{advice}");
        assert_eq!(advice.sites()[1].kind, Kind::Clone, "{advice}");
    }
    assert_is_complete(&advice);
}

#[test]
fn a_hash_map_with_few_entries() {
    let advice = advise(|| {
        let kept = needed();
        let mut ports = HashMap::new();
        for (name, port) in black_box([("http", 80), ("https", 443), ("ssh", 22), ("dns", 53)]) {
            ports.insert(name, port);
        }
        (kept, ports)
    });
    assert_first(&advice, line!() - 4, Kind::HashTable, Lever::Inline, 2);
    if has_line_numbers() {
        assert!(advice.to_string().contains("few entries: an `inline::SmallMap`"), "{advice}");
    }
}

#[test]
fn an_iterator_that_is_collected_to_be_used_once() {
    let words = black_box("a b c d");
    let advice = advise(|| {
        let kept = needed();
        let count: usize =
            [1, 2, 3].iter().map(|_| black_box(words.split(' ').collect::<Vec<_>>()).len()).sum();
        (kept, count)
    });
    assert_first(&advice, line!() - 3, Kind::Collect, Lever::Inline, 3);
}

#[test]
fn every_other_kind_that_std_has() {
    struct Cents(u32);

    impl fmt::Display for Cents {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
        }
    }

    let text = black_box("Text");
    let cases: [(&dyn Fn(), Kind); 16] = [
        (&|| drop(black_box(text.to_string())), Kind::OwnedString),
        (&|| drop(black_box(String::from(text))), Kind::OwnedString),
        (&|| drop(black_box(black_box(Some(text)).map(str::to_owned))), Kind::OwnedString),
        (&|| drop(black_box(text.to_lowercase())), Kind::ChangedString),
        (&|| drop(black_box(black_box(7).to_string())), Kind::Display),
        (&|| drop(black_box(Cents(black_box(705)).to_string())), Kind::Display),
        (&|| drop(black_box([text, "b"].join(","))), Kind::Joined),
        (&|| drop(black_box(String::new() + text)), Kind::GrowingString),
        (&|| drop(black_box(String::with_capacity(text.len()))), Kind::Reserved),
        (&|| drop(black_box(vec![7_u8; text.len()])), Kind::Reserved),
        (&|| drop(black_box(vec![text, text])), Kind::Listed),
        (&|| drop(black_box(text.as_bytes().to_vec())), Kind::CopiedSlice),
        (&|| drop(black_box(Box::new(text))), Kind::Boxed),
        (&|| drop(black_box(Arc::new(text))), Kind::Shared),
        (&|| drop(black_box(BTreeMap::from([(text, 1)]))), Kind::TreeNode),
        (&|| drop(black_box(vec![text].into_iter().rev().collect::<Box<[_]>>())), Kind::Collect),
    ];
    for (index, (case, kind)) in cases.iter().enumerate() {
        let advice = advise(case);
        assert_is_complete(&advice);
        // The optimizer makes one function of closures that do the same.
        if has_line_numbers() && cfg!(debug_assertions) {
            let found =
                advice.sites().iter().any(|site| site.kind == *kind && site.lever.is_some());
            assert!(found, "case {index} should be {kind:?}: {advice}");
        }
    }
}

#[test]
fn nothing_to_say_about_nothing() {
    let advice = advise(|| black_box(7));
    assert_eq!((advice.sites(), advice.usage().requests()), (&[][..], 0));
    assert!(advice.to_string().starts_with("0 allocs, 0 reallocs, 0 B at 0 sites\n"));
    assert!(advice.to_json().ends_with(r#""sites":[]}"#));
}

#[test]
fn its_own_work_is_in_no_figure_and_advice_nests() {
    let (outer, usage) = measure(|| {
        advise(|| {
            drop(needed());
            let inner = advise(|| drop((needed(), needed())));
            assert_eq!(inner.usage().allocs, 2);
            assert_is_complete(&inner);
            pause(|| drop((needed(), inner)));
            drop(needed());
        })
    });
    assert_eq!((usage.requests(), outer.usage().allocs), (4, 4));
    assert_is_complete(&outer);
}

#[test]
fn a_panic_inside_ends_the_recording() {
    let payload = catch_unwind(AssertUnwindSafe(|| {
        advise(|| {
            drop(needed());
            panic!("the test's own");
        })
    }));
    assert!(payload.is_err());
    // Were it still open, this would fill it.
    for _ in 0..100_000 {
        drop(black_box(Box::new(7)));
    }
    let advice = advise(|| drop(needed()));
    assert_eq!(advice.usage().allocs, 1);
    assert_is_complete(&advice);
    no_alloc(|| {});
    assert_allocs!(== 1, { drop(needed()) });
}

#[test]
fn code_that_takes_a_backtrace_does_not_hang() {
    // The first one of a process reads all debug information: more requests than are recorded.
    drop(Backtrace::force_capture().to_string());
    let advice = advise(|| drop(Backtrace::force_capture().to_string()));
    assert_is_complete(&advice);
    let advice = advise(|| drop(catch_unwind(|| panic!("caught"))));
    assert_is_complete(&advice);
}

#[test]
fn bounds_inside_and_outside_still_hold() {
    let advice = assert_allocs!(== 2, {
        advise(|| {
            drop(needed());
            assert_allocs!(== 1, { drop(needed()) });
        })
    });
    assert_eq!(advice.sites()[0].allocs, 2, "{advice}");
    let payload = catch_unwind(|| no_alloc(|| drop(advise(|| drop(needed())))));
    let text = payload.expect_err("it allocates").downcast::<String>().expect("a message");
    assert!(text.contains("in all: 1 allocs"), "{text}");
    assert!(text.contains("(300 B)"), "{text}");
}

#[test]
fn too_many_requests_are_counted_and_said() {
    let advice = advise(|| {
        for _ in 0..100_007 {
            drop(black_box(Box::new(7)));
        }
    });
    assert_eq!((advice.usage().allocs, advice.dropped()), (100_007, 7));
    assert!(advice.to_string().contains("note: 7 requests are in no site"), "{advice}");
    assert_eq!(advice.sites()[0].allocs, 100_000);
}

#[test]
fn json_says_the_same() {
    let advice = advise(|| drop(needed()));
    let json: serde_json::Value = serde_json::from_str(&advice.to_json()).expect("it is JSON");
    let (site, expected) = (&json["sites"][0], &advice.sites()[0]);
    assert_eq!((&json["allocs"], &json["bytes"]), (&1.into(), &300.into()));
    assert_eq!(
        (&json["dropped"], &json["without_lines"]),
        (&0.into(), &advice.without_lines().into())
    );
    assert_eq!(site["file"].as_str(), expected.file.as_deref());
    assert_eq!(site["line"].as_u64(), expected.line.map(u64::from));
    assert_eq!(site["kind"].as_str(), Some(&*format!("{:?}", expected.kind)));
    assert_eq!(site["lever"].as_str().map(str::to_owned), expected.lever.map(|l| l.to_string()));
    assert_eq!(site["sizes"]["median"], 300);
    assert_eq!(site["instead"], expected.instead);
}

#[test]
fn without_lines_it_says_how_to_get_them() {
    let advice = advise(|| drop(needed()));
    let is_said = advice.to_string().contains("set `debug = \"line-tables-only\"`");
    assert_eq!(is_said, advice.without_lines() > 0, "{advice}");
    assert_eq!(is_said, !has_line_numbers(), "{advice}");
}
