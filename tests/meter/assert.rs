//! Assertions: what they accept, and how they fail.

use std::backtrace::Backtrace;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

use thrifty::assert_allocs;
use thrifty::meter::{no_alloc, pause};

/// Runs what must fail and returns its message.
pub(crate) fn message(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("should have failed");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a message")).to_owned(),
    }
}

/// Whether this build has them: a plain `cargo test --release` does not.
pub(crate) fn has_line_numbers() -> bool {
    Backtrace::force_capture().to_string().contains("tests/meter/assert.rs:")
}

#[inline(never)]
fn offender(n: usize) -> Vec<u8> {
    black_box(vec![7; n])
}

#[test]
fn what_keeps_its_bounds_gives_its_value() {
    assert_eq!(no_alloc(|| 7), 7);
    let kept = offender(3);
    no_alloc(move || drop(kept));
    assert_eq!(assert_allocs!(== 0, { "text" }), "text");
    let bytes = assert_allocs!(== 1, bytes == 5, peak <= 5, frees < 1, reallocs == 0, {
        offender(5)
    });
    assert_eq!(bytes.len(), 5);
    let limit = 2;
    assert_allocs!(<= limit + 1, { (offender(1), offender(2)) });
    assert_allocs!(> 0, { offender(1) });
    assert_allocs!(>= 1, { offender(1) });
}

#[test]
fn an_allocation_fails_with_line_figures_and_backtrace() {
    let line = line!() + 1;
    let text = message(|| no_alloc(|| drop(offender(40))));
    assert!(text.starts_with(&format!("no_alloc at {}:{line}:", file!())), "{text}");
    assert!(text.contains("allocations          1   == 0  <- out of bounds"), "{text}");
    assert!(text.contains("in all: 1 allocs, 0 reallocs, 1 frees, 40 B, peak 40 B"), "{text}");
    assert!(text.contains("the first request over a bound, of 40 bytes, was made"), "{text}");
    if has_line_numbers() {
        assert!(text.contains("offender\n        at ./tests/meter/assert.rs:"), "{text}");
    }
    for own in ["meter::local", "meter::watch", "std::backtrace", "__rust_alloc", "test::run"] {
        assert!(!text.contains(own), "{own} in {text}");
    }
}

#[test]
fn the_first_request_over_the_bound_is_shown_and_no_earlier_one() {
    #[inline(never)]
    fn third() -> Vec<u8> {
        let bytes = offender(33);
        // Not a tail call, which would leave no frame.
        assert_eq!(bytes.len(), 33);
        bytes
    }
    let text = message(|| {
        assert_allocs!(<= 2, {
            drop((offender(11), offender(22)));
            drop(third());
            drop(offender(44));
        });
    });
    assert!(text.contains("allocations          4   <= 2  <- out of bounds"), "{text}");
    assert!(text.contains("of 33 bytes"), "{text}");
    if has_line_numbers() {
        assert!(text.contains("third\n        at ./tests/meter/assert.rs:"), "{text}");
    }
}

#[test]
fn every_bound_is_listed_and_the_first_broken_one_gives_the_backtrace() {
    let text = message(|| {
        assert_allocs!(<= 5, bytes <= 100, peak < 90, {
            drop(offender(60));
            drop(offender(61));
        });
    });
    assert!(text.contains("allocations          2   <= 5\n"), "{text}");
    assert!(text.contains("bytes              121   <= 100  <- out of bounds"), "{text}");
    assert!(text.contains("peak bytes          61   < 90\n"), "{text}");
    assert!(text.contains("of 61 bytes"), "{text}");
}

#[test]
fn a_reallocation_is_a_request() {
    let mut grown = offender(4);
    let text = message(|| no_alloc(|| grown.reserve_exact(100)));
    assert!(text.contains("in all: 0 allocs, 1 reallocs"), "{text}");
    let text = message(|| no_alloc(|| grown.shrink_to(50)));
    assert!(text.contains("of 50 bytes"), "{text}");
}

#[test]
fn too_few_fail_without_an_offender() {
    let text = message(|| assert_allocs!(== 1, {}));
    assert!(text.contains("allocations          0   == 1  <- out of bounds"), "{text}");
    assert!(!text.contains("first request"), "{text}");
}

#[test]
fn an_early_exit_is_checked_as_well() {
    fn early(n: usize) -> Option<()> {
        assert_allocs!(== 0, {
            drop(offender(n));
            None?;
        });
        Some(())
    }
    assert!(message(|| assert_eq!(early(8), None)).contains("of 8 bytes"));
    assert_eq!((|| Some(assert_allocs!(== 0, { Some(3)? })))(), Some(3));
}

#[test]
fn a_panic_inside_stays_what_it_is() {
    let text = message(|| {
        no_alloc(|| {
            drop(offender(5));
            panic!("the test's {}", "own");
        });
    });
    assert_eq!(text, "the test's own");
    assert_allocs!(== 0, {});
}

#[test]
fn assertions_nest_and_each_names_its_own_offender() {
    let outer = message(|| {
        assert_allocs!(<= 1, {
            let inner = catch_unwind(|| no_alloc(|| drop(offender(9))));
            pause(|| drop(inner.expect_err("the inner one fails first")));
            drop(offender(10));
        });
    });
    assert!(outer.starts_with("assert_allocs! at"), "{outer}");
    assert_allocs!(== 2, {
        drop(offender(1));
        assert_allocs!(== 1, { drop(offender(2)) });
    });
}

#[test]
fn what_is_paused_is_no_offence() {
    no_alloc(|| pause(|| drop(offender(100))));
    let text = message(|| {
        no_alloc(|| {
            pause(|| drop(offender(100)));
            drop(offender(101));
        });
    });
    assert!(text.contains("of 101 bytes"), "{text}");
}

#[test]
fn code_that_takes_a_backtrace_does_not_hang() {
    let text = message(|| no_alloc(|| drop(Backtrace::force_capture())));
    assert!(text.contains("takes or prints a backtrace"), "{text}");
    let backtrace = Backtrace::force_capture();
    let text = message(|| no_alloc(|| drop(backtrace.to_string())));
    assert!(text.contains("out of bounds"), "{text}");
}
