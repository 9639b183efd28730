//! The mode that counts only.
#![cfg(feature = "meter")]

use std::alloc::System;
use std::hint::black_box;
use std::panic::catch_unwind;

use thrifty::assert_allocs;
use thrifty::meter::{CountsOnly, Metered, allocs_per_run, is_installed, measure, no_alloc};

#[global_allocator]
static GLOBAL: Metered<System, CountsOnly> = Metered::counts_only(System);

fn bytes(n: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(n))
}

fn message(f: fn()) -> String {
    *catch_unwind(f).expect_err("should have failed").downcast::<String>().expect("a message")
}

#[test]
fn it_counts_and_knows_no_peak() {
    assert!(is_installed());
    let ((), usage) = measure(|| {
        let mut grown = bytes(10);
        grown.reserve_exact(30);
        grown.shrink_to(20);
        drop(grown);
        drop(black_box(vec![0_u8; 5]));
    });
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (2, 2, 2));
    assert_eq!((usage.bytes_allocated, usage.bytes_freed, usage.bytes_kept), (35, 35, 30));
    assert_eq!(usage.peak_bytes, 0);
    assert_eq!(usage.to_string(), "2 allocs, 2 reallocs, 2 frees, 35 B");
    assert_eq!(allocs_per_run(5, || bytes(7)).allocs, 1);
}

#[test]
fn assertions_hold_or_fail_by_the_counts() {
    no_alloc(|| ());
    assert_allocs!(== 1, bytes <= 7, { bytes(7) });
    let text = message(|| no_alloc(|| drop(bytes(9))));
    assert!(text.contains("allocations          1   == 0  <- out of bounds"), "{text}");
    assert!(text.ends_with("no backtrace: `Metered::counts_only` keeps none, `Metered::new` does"));
}

#[test]
fn a_bound_on_the_peak_is_refused() {
    let text = message(|| assert_allocs!(<= 9, peak <= 1, {}));
    assert!(text.contains("the peak is not known in the mode that counts only"), "{text}");
}

#[test]
fn over_aligned_and_failed_requests_are_passed_on() {
    let (block, usage) = measure(|| {
        let mut bytes = Vec::<u8>::new();
        assert!(bytes.try_reserve_exact(isize::MAX as usize - 10).is_err());
        Box::new(Aligned(1))
    });
    assert_eq!((&raw const *block).addr() % 128, 0);
    // The request that failed is counted in this mode.
    assert_eq!(usage.allocs, 2);
}

#[repr(align(128))]
struct Aligned(#[expect(dead_code, reason = "only the address matters")] u8);
