//! The figures of the guide's chapter `share`, on the reader's machine.
//!
//! `clone_or_copy` finds the length from which on an atomic count is cheaper than a copy.
//! `count_up` looks a key up 64 times in a map that has it. `state` hands a configuration on.
//!
//! ```text
//! cargo bench --bench recipes
//! cargo bench --bench recipes -- clone_or_copy
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::alloc::System;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::RandomState;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use thrifty::meter::Metered;
use thrifty::share::Str;

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    rows::run(|criterion| {
        clone_or_copy(criterion);
        count_up(criterion);
        state(criterion);
    });
}

/// Cloned and dropped.
fn clone_or_copy(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "recipes/clone_or_copy");
    for len in [16, 100, 200, 400, 800, 1600, 16_384_u64] {
        let text = "x".repeat(len.try_into().unwrap());
        let (arc, rc, shared): (Arc<str>, Rc<str>, Str) =
            (text.as_str().into(), text.as_str().into(), text.as_str().into());
        rows.group.throughput(Throughput::Bytes(len));
        rows.row("String, a copy", len, |_| black_box(&text).clone());
        rows.row("Arc<str>", len, |_| Arc::clone(black_box(&arc)));
        rows.row("Rc<str>", len, |_| Rc::clone(black_box(&rc)));
        rows.row("Str", len, |_| black_box(&shared).clone());
    }
}

fn count_up(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "recipes/count_up");
    let keys: Vec<String> = (0..64).map(|n| format!("/v1/orders/by-customer/{n:06}")).collect();
    let counts: HashMap<String, u64> = keys.iter().map(|key| (key.clone(), 0)).collect();
    let counts = RefCell::new(counts);
    let by_ref: hashbrown::HashMap<String, u64, RandomState> =
        keys.iter().map(|key| (key.clone(), 0)).collect();
    let by_ref = RefCell::new(by_ref);
    rows.group.throughput(Throughput::Elements(64));
    rows.row("std, entry(key.clone())", 64, |_| {
        let mut counts = counts.borrow_mut();
        for key in black_box(&keys) {
            *counts.entry(key.clone()).or_insert(0) += 1;
        }
    });
    rows.row("std, contains_key then get_mut", 64, |_| {
        let mut counts = counts.borrow_mut();
        for key in black_box(&keys) {
            if counts.contains_key(&**key) {
                *counts.get_mut(&**key).unwrap() += 1;
            } else {
                counts.insert(key.clone(), 1);
            }
        }
    });
    rows.row("std, get_mut, else insert", 64, |_| {
        let mut counts = counts.borrow_mut();
        for key in black_box(&keys) {
            if let Some(count) = counts.get_mut(&**key) {
                *count += 1;
            } else {
                counts.insert(key.clone(), 1);
            }
        }
    });
    rows.row("hashbrown, entry_ref(&key)", 64, |_| {
        let mut counts = by_ref.borrow_mut();
        for key in black_box(&keys) {
            *counts.entry_ref(&**key).or_insert(0) += 1;
        }
    });
    assert!(counts.borrow().values().chain(by_ref.borrow().values()).all(|&count| count > 0));
}

fn state(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "recipes/state");
    let swap = arc_swap::ArcSwap::from_pointee([0_u64; 32]);
    let lock = std::sync::RwLock::new(Arc::new([0_u64; 32]));
    let cache = RefCell::new(arc_swap::Cache::new(&swap));
    let parts: [Arc<u64>; 8] = std::array::from_fn(|n| Arc::new(n as u64));
    let one = Arc::new(parts.clone());
    rows.row("RwLock<Arc>, read", 1, |_| lock.read().unwrap()[0]);
    rows.row("ArcSwap, load_full", 1, |_| swap.load_full()[0]);
    rows.row("ArcSwap, load", 1, |_| swap.load()[0]);
    rows.row("ArcSwap, Cache::load", 1, |_| cache.borrow_mut().load()[0]);
    rows.row("a struct of 8 Arcs, clone", 8, |_| black_box(&parts).clone());
    rows.row("an Arc of that struct, clone", 8, |_| Arc::clone(black_box(&one)));
}
