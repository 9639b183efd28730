//! Without the allocator no figure is given, rather than 0.
#![cfg(feature = "meter")]

use thrifty::assert_allocs;
use thrifty::meter;

#[test]
fn it_says_so() {
    assert!(!meter::is_installed());
    assert_eq!(meter::pause(|| 5), 5);
}

#[test]
#[should_panic(expected = "`Metered` is not the global allocator of this program")]
fn the_threads_figures_fail() {
    let _ = meter::thread();
}

#[test]
#[should_panic(expected = "`Metered` is not the global allocator of this program")]
fn the_processs_figures_fail() {
    let _ = meter::process();
}

#[test]
fn an_allocator_that_is_not_the_global_one_is_not_taken_for_it() {
    use std::alloc::{GlobalAlloc, Layout, System};

    static OTHER: meter::Metered<System> = meter::Metered::new(System);

    std::thread::scope(|scope| {
        let busy = || {
            for _ in 0..10_000 {
                // SAFETY: the layout's size is not zero.
                let block = unsafe { OTHER.alloc(Layout::new::<u64>()) };
                // SAFETY: the block is live, came from this allocator with this layout.
                unsafe { OTHER.dealloc(block, Layout::new::<u64>()) };
            }
        };
        scope.spawn(busy);
        for _ in 0..1000 {
            assert!(!meter::is_installed());
        }
    });
}

#[test]
#[should_panic(expected = "`Metered` is not the global allocator of this program")]
fn measure_fails() {
    let _ = meter::measure(|| ());
}

#[test]
#[should_panic(expected = "static GLOBAL: thrifty::meter::Metered<std::alloc::System>")]
fn no_alloc_fails() {
    meter::no_alloc(|| ());
}

#[test]
#[should_panic(expected = "two versions of thrifty are in the dependency graph")]
fn assert_allocs_fails() {
    assert_allocs!(== 0, {});
}

#[test]
#[should_panic(expected = "not into a library")]
fn an_average_fails() {
    meter::allocs_per_run(3, || ());
}

#[test]
#[should_panic(expected = "cannot count: `Metered` is not the global allocator")]
fn a_metered_future_fails() {
    drop(meter::MeterFutureExt::metered(async {}));
}
