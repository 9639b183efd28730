//! Budgets as values.

use std::hint::black_box;

use thrifty::meter::Budget;

use crate::message;

fn bytes(n: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(n))
}

#[test]
fn what_stays_within_gives_its_value() {
    const BUDGET: Budget = Budget::new().allocs(2).reallocs(0).frees(1).bytes(30).peak(20);
    let kept = BUDGET.run(|| {
        drop(bytes(10));
        bytes(20)
    });
    assert_eq!(kept.capacity(), 20);
    assert_eq!(Budget::default().run(|| bytes(1 << 20)).capacity(), 1 << 20);
}

#[test]
fn each_bound_fails_alone_with_the_callers_line() {
    let work = || {
        let mut grown = bytes(10);
        grown.reserve_exact(30);
        drop(grown);
    };
    let no = Budget::new();
    let budgets = [no.allocs(1), no.reallocs(0), no.frees(0), no.bytes(29), no.peak(29)];
    let names = ["allocations", "reallocations", "frees", "bytes", "peak bytes"];
    for (budget, name) in budgets.iter().zip(names) {
        let line = line!() + 1;
        let text = message(|| budget.run(work));
        assert!(text.starts_with(&format!("Budget at {}:{line}:", file!())), "{text}");
        let broken: Vec<&str> = text.lines().filter(|line| line.contains("<- out of")).collect();
        assert!(broken.len() == 1 && broken[0].trim_start().starts_with(name), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("<=")).count(), 1, "{text}");
    }
}
