//! `advise` on the naive way to serve a request: its sites say what the ladder takes away.
#![cfg(all(feature = "inline", feature = "meter", feature = "pool", feature = "share"))]

use std::alloc::System;
use std::collections::BTreeSet;

use thrifty::meter::{Advice, Lever, Metered, advise};

#[path = "../benches/support/mod.rs"]
mod support;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn naive() -> Advice {
    let mut naive = support::variant("naive").expect("it is the baseline");
    advise(|| assert!(naive.handle(support::REQUEST).is_ok()))
}

fn sum(advice: &Advice, of: impl Fn(&thrifty::meter::Site) -> bool) -> u64 {
    advice.sites().iter().filter(|site| of(site)).map(thrifty::meter::Site::requests).sum()
}

#[test]
fn every_request_is_in_a_site() {
    let advice = naive();
    println!("{advice}");
    assert!(advice.usage().allocs > 100, "{advice}");
    assert_eq!(sum(&advice, |_| true), advice.usage().requests());
}

#[test]
fn nine_in_ten_requests_are_on_a_line_of_the_workload_and_on_a_rung_of_the_ladder() {
    let advice = naive();
    let all = advice.usage().requests();
    if advice.without_lines() * 2 > all {
        eprintln!("{advice}");
        return; // built without debug information
    }
    let located = |site: &thrifty::meter::Site| {
        site.file.as_deref().is_some_and(|file| file.starts_with("benches/support/"))
            && site.lever.is_some()
    };
    let mapped = sum(&advice, located);
    assert!(mapped * 10 >= all * 9, "{mapped} of {all}\n{advice}");
    let levers: BTreeSet<String> = advice
        .sites()
        .iter()
        .filter_map(|site| site.lever)
        .map(|lever: Lever| lever.to_string())
        .collect();
    assert_eq!(levers, ["buffers", "inline", "zero_copy"].map(str::to_owned).into());
}

#[test]
fn the_best_variants_leave_little_or_nothing_to_say() {
    for (name, sites) in [("zero_copy_inline", 4), ("best", 0)] {
        let mut variant = support::variant(name).expect("it is on the ladder");
        assert!(variant.handle(support::REQUEST).is_ok());
        let advice = advise(|| assert!(variant.handle(support::REQUEST).is_ok()));
        assert!(advice.sites().len() <= sites, "{name}: {advice}");
    }
}
