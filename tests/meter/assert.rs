//! Assertions: what they accept, and how they fail.

use std::backtrace::Backtrace;
use std::hint::black_box;
use std::panic::catch_unwind;

use thrifty::assert_allocs;
use thrifty::meter::{no_alloc, pause};

use crate::message;

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
    assert!(text.contains("the first request over a bound (40 B) was made"), "{text}");
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
    assert!(text.contains("(33 B)"), "{text}");
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
    assert!(text.contains("(61 B)"), "{text}");
}

#[test]
fn a_reallocation_is_a_request() {
    let mut grown = offender(4);
    let text = message(|| no_alloc(|| grown.reserve_exact(100)));
    assert!(text.contains("in all: 0 allocs, 1 reallocs"), "{text}");
    let text = message(|| no_alloc(|| grown.shrink_to(50)));
    assert!(text.contains("(50 B)"), "{text}");
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
    assert!(message(|| assert_eq!(early(8), None)).contains("(8 B)"));
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
    assert!(text.contains("(101 B)"), "{text}");
}

#[test]
fn code_that_takes_a_backtrace_does_not_hang() {
    let text = message(|| no_alloc(|| drop(Backtrace::force_capture())));
    assert!(text.contains("takes or prints a backtrace"), "{text}");
    let backtrace = Backtrace::force_capture();
    // The first print resolves the names, under the lock.
    let text = message(|| no_alloc(|| drop(format!("{backtrace:?}"))));
    assert!(text.contains("out of bounds"), "{text}");
    let backtrace = Backtrace::force_capture();
    let text = message(|| no_alloc(|| drop(backtrace.to_string())));
    assert!(text.contains("out of bounds"), "{text}");
    // With RUST_BACKTRACE set this takes one, otherwise it takes none and allocates nothing.
    let taken = catch_unwind(|| no_alloc(|| drop(Backtrace::capture())));
    drop(taken);
}

#[test]
fn a_request_of_a_panic_is_said_to_be_one() {
    let text = message(|| {
        no_alloc(|| drop(catch_unwind(|| std::panic::panic_any(()))));
    });
    assert!(text.contains("while this thread was panicking: no backtrace"), "{text}");
}

#[test]
fn each_bound_catches_its_own_first_offender() {
    let mut grown = offender(4);
    let text = message(|| assert_allocs!(<= 9, reallocs <= 1, { grow_twice(&mut grown) }));
    assert!(text.contains("(200 B)"), "{text}");
    let text = message(|| {
        assert_allocs!(<= 9, peak <= 100, {
            drop(offender(60));
            let both = (offender(61), offender(62));
            drop(both);
        });
    });
    assert!(text.contains("(62 B)"), "{text}");
    let text = message(|| {
        assert_allocs!(<= 9, bytes <= 20, bytes <= 30, {
            drop(offender(10));
            drop(offender(10));
            drop(offender(11));
        });
    });
    assert!(text.contains("(11 B)"), "{text}");
}

#[inline(never)]
fn grow_twice(grown: &mut Vec<u8>) {
    grown.reserve_exact(100);
    grown.reserve_exact(200 - grown.len());
}

#[test]
fn bounds_hold_up_to_their_edge() {
    assert_allocs!(< 2, bytes < 8, peak >= 7, allocs > 0, { offender(7) });
    for text in [
        message(|| drop(assert_allocs!(< 1, { offender(7) }))),
        message(|| drop(assert_allocs!(<= 1, bytes < 7, { offender(7) }))),
        message(|| drop(assert_allocs!(<= 1, bytes > 7, { offender(7) }))),
        message(|| drop(assert_allocs!(<= 1, bytes >= 8, { offender(7) }))),
        message(|| drop(assert_allocs!(<= 1, peak == 8, { offender(7) }))),
    ] {
        assert!(text.contains("<- out of bounds"), "{text}");
    }
}

#[test]
fn any_integer_is_a_bound_and_any_expression_the_code() {
    let (small, large) = (1_u8, 7_usize);
    let kept = assert_allocs!(<= small, bytes <= large, offender(7));
    assert_eq!(assert_allocs!(bytes <= kept.len(), peak <= 7_i32, offender(7),).len(), 7);
    assert_eq!(assert_allocs!(== 0, 'found: { break 'found 5 }), 5);
    assert!(assert_allocs!(== 0, kept.len() <= 7));
    let text = message(|| assert_allocs!(<= -1, {}));
    assert!(text.contains("a bound of -1: write 0 or more"), "{text}");
}

#[test]
fn code_that_never_comes_back_is_no_warning() {
    fn early() -> u32 {
        assert_allocs!(== 0, { return 5 })
    }
    assert_eq!(early(), 5);
}

#[test]
fn budgets_that_cross_each_keep_their_offender() {
    use thrifty::meter::__private::{AllocsGuard, Bound, Field, Op};

    let enter = |what| AllocsGuard::enter(what, [Bound::new(Field::Allocs, Op::AtMost, 0)]);
    let first = enter("first");
    let second = enter("second");
    drop(offender(12));
    let text = message(|| first.finish());
    assert!(text.starts_with("first at") && text.contains("(12 B)"), "{text}");
    let text = message(|| second.finish());
    assert!(text.starts_with("second at") && text.contains("(12 B)"), "{text}");
}

#[test]
fn a_failure_inside_is_not_counted_outside() {
    let scope = thrifty::meter::Scope::enter();
    let failed = catch_unwind(|| no_alloc(|| drop(offender(6))));
    let usage = scope.so_far();
    drop(failed);
    // The offence itself; neither the backtrace nor the message nor the panic.
    assert_eq!((usage.allocs, usage.bytes_allocated), (1, 6));
}
