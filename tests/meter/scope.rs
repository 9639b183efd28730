//! Scopes, averages and pauses.

use std::hint::black_box;

use thrifty::meter::{Scope, Usage, allocs_per_run, is_installed, measure, pause};

fn bytes(n: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(n))
}

#[test]
fn it_is_installed() {
    assert!(is_installed());
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(measure(|| ()).1, Usage::default());
}

#[test]
fn nested_scopes_each_have_their_own_peak() {
    let outer = Scope::enter();
    drop(bytes(100));
    let inner = Scope::enter();
    drop(bytes(30));
    assert_eq!(inner.finish().peak_bytes, 30);
    assert_eq!(outer.so_far().peak_bytes, 100);
    let inner = Scope::enter();
    let kept = bytes(500);
    assert_eq!(inner.finish().peak_bytes, 500);
    drop(kept);
    let usage = outer.finish();
    assert_eq!((usage.allocs, usage.frees, usage.peak_bytes), (3, 3, 500));
}

#[test]
fn the_peak_is_above_what_was_live_at_the_start() {
    let kept = bytes(1000);
    let scope = Scope::enter();
    drop(kept);
    drop(bytes(600));
    assert_eq!(scope.so_far().peak_bytes, 0);
    let other = bytes(1001);
    assert_eq!(scope.so_far().peak_bytes, 1);
    drop(other);
}

#[test]
fn scopes_may_end_in_any_order() {
    let first = Scope::enter();
    drop(bytes(10));
    let second = Scope::enter();
    drop(bytes(70));
    let third = Scope::enter();
    drop(bytes(50));
    assert_eq!(second.finish().peak_bytes, 70);
    drop(bytes(60));
    assert_eq!(first.finish().peak_bytes, 70);
    drop(bytes(5));
    let usage = third.finish();
    assert_eq!((usage.allocs, usage.peak_bytes), (3, 60));
    // Every slot is free again.
    let scopes: Vec<Scope> = (0..128).map(|_| Scope::enter()).collect();
    drop(scopes);
}

#[test]
fn an_outer_scope_that_ends_first_leaves_its_peak_to_the_one_around_it() {
    let outermost = Scope::enter();
    drop(bytes(900));
    let outer = Scope::enter();
    drop(bytes(20));
    let inner = Scope::enter();
    let innermost = Scope::enter();
    drop(outer);
    drop(inner);
    drop(bytes(1));
    assert_eq!(innermost.finish().peak_bytes, 1);
    assert_eq!(outermost.finish().peak_bytes, 900);
}

#[test]
#[should_panic(expected = "128 allocation scopes open, which is the limit")]
fn too_many_scopes_are_refused() {
    let mut scopes = Vec::new();
    for _ in 0..129 {
        scopes.push(Scope::enter());
    }
}

#[test]
fn a_scope_ends_when_the_code_unwinds() {
    let outer = Scope::enter();
    let result = std::panic::catch_unwind(|| {
        let _inner = Scope::enter();
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(result.is_err());
    let inner = Scope::enter();
    drop(bytes(7));
    assert_eq!(inner.finish().peak_bytes, 7);
    assert!(outer.finish().allocs >= 2);
}

#[test]
fn an_average_rounds_down_and_skips_the_warm_up() {
    let mut runs = 0;
    let usage = allocs_per_run(10, || {
        runs += 1;
        // 1 in the warm-up, then 10 times 1, and 9 more in the last run: 1.9 on average.
        for _ in 0..if runs == 11 { 10 } else { 1 } {
            drop(bytes(100));
        }
    });
    assert_eq!(runs, 11);
    assert_eq!((usage.allocs, usage.frees, usage.bytes_allocated), (1, 1, 190));
    assert_eq!(usage.peak_bytes, 100);
}

#[test]
#[should_panic(expected = "allocs_per_run of 0 runs: pass at least 1")]
fn an_average_of_nothing_is_refused() {
    allocs_per_run(0, || ());
}

#[test]
fn the_threads_peak_is_not_that_of_its_last_scope() {
    std::thread::spawn(|| {
        // The thread may have freed more than it allocated so far.
        let high = || thrifty::meter::thread().peak_bytes > 1 << 19;
        drop(bytes(1 << 20));
        let scope = Scope::enter();
        drop(bytes(10));
        assert!(high());
        assert_eq!(scope.finish().peak_bytes, 10);
        assert!(high());
    })
    .join()
    .unwrap();
}

#[test]
fn what_is_paused_is_left_out() {
    let outer = Scope::enter();
    let kept = bytes(10);
    let hidden = pause(|| {
        drop(bytes(4000));
        let nested = pause(|| bytes(3));
        drop(nested);
        bytes(200)
    });
    let inner = Scope::enter();
    let more = bytes(50);
    let usage = outer.so_far();
    assert_eq!((usage.allocs, usage.frees), (2, 0));
    assert_eq!((usage.bytes_allocated, usage.peak_bytes), (60, 60));
    assert_eq!(inner.finish().peak_bytes, 50);
    drop((kept, more));
    assert_eq!(outer.so_far().net_bytes(), 0);
    // Freeing what was allocated in a pause is a free like any other.
    drop(hidden);
    let usage = outer.finish();
    assert_eq!((usage.frees, usage.net_bytes(), usage.peak_bytes), (3, -200, 60));
}

#[test]
fn measuring_within_a_pause_fails_rather_than_to_see_nothing() {
    let text = crate::message(|| pause(|| drop(Scope::enter())));
    assert!(text.contains("cannot be measured inside `meter::pause`"), "{text}");
    let text = crate::message(|| pause(|| thrifty::meter::no_alloc(|| drop(bytes(1)))));
    assert!(text.contains("measure first and pause within"), "{text}");
    assert_eq!(measure(|| drop(bytes(2))).1.allocs, 1);
}

#[test]
fn a_pause_ends_when_the_code_unwinds() {
    let scope = Scope::enter();
    let unwound = std::panic::catch_unwind(|| pause(|| std::panic::resume_unwind(Box::new(()))));
    assert!(unwound.is_err());
    let before = scope.so_far().allocs;
    drop(bytes(1));
    assert_eq!(scope.so_far().allocs, before + 1);
}

#[test]
fn usage_reads_well() {
    let ((), usage) = measure(|| {
        let mut bytes = bytes(8);
        bytes.resize(9, 0);
    });
    assert_eq!(usage.to_string(), "1 allocs, 1 reallocs, 1 frees, 16 B, peak 16 B");
    assert_eq!(usage.requests(), 2);
}
