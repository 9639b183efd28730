//! The heap line's figures; its text is tested beside the code that writes it.

use std::hint::black_box;

use thrifty::meter::heap_line;

#[test]
fn the_figures_are_those_of_one_run_after_a_warm_up() {
    let mut runs = 0;
    let mut kept = Vec::new();
    let usage = heap_line(|| {
        runs += 1;
        kept.resize(300, 0_u8);
        black_box(Vec::<u64>::with_capacity(32))
    });
    assert_eq!(runs, 17);
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (1, 0, 1));
    assert_eq!((usage.bytes_allocated, usage.peak_bytes), (256, 256));
}

#[test]
fn nothing_is_a_result() {
    assert_eq!(heap_line(|| 7).requests(), 0);
}
