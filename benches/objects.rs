//! A map of twenty numbers for each request: made anew beside taken from a pool.
//!
//! `std, cleared` is what a caller can do who has one place for one map. `objects/small` is where a
//! pool does not pay: a vector of some bytes costs an allocator little more.
//!
//! ```text
//! cargo bench --bench objects
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{
    alloc::System,
    cell::RefCell,
    collections::HashMap,
    hint::black_box,
    sync::{Mutex, PoisonError},
};
use thrifty::{meter::Metered, pool::Pool};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

type Map = HashMap<u64, u64>;

static MAPS: Pool<Map> = Pool::new();
static SMALL: Pool<Vec<u8>> = Pool::new();
static LOCKED: Mutex<Vec<Map>> = Mutex::new(Vec::new());

fn main() {
    rows::run(|criterion| {
        map(criterion);
        small(criterion);
    });
}

fn map(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "objects/map");
    let kept = RefCell::new(Map::new());
    for n in [1, 20, 200] {
        let sum = filled(&mut Map::new(), n);
        assert_eq!(filled(&mut MAPS.get(), n), sum);
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |n| filled(&mut Map::new(), n));
        rows.row("std, cleared", n, |n| {
            let mut kept = kept.borrow_mut();
            kept.clear();
            filled(&mut kept, n)
        });
        rows.row("std, Mutex<Vec>", n, |n| {
            let lock = || LOCKED.lock().unwrap_or_else(PoisonError::into_inner);
            let mut map = lock().pop().unwrap_or_default();
            let sum = filled(&mut map, n);
            map.clear();
            lock().push(map);
            sum
        });
        rows.row("thrifty", n, |n| filled(&mut MAPS.get(), n));
    }
}

fn small(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "objects/small");
    for n in [8, 64] {
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std", n, |n| written(&mut Vec::new(), n));
        rows.row("thrifty", n, |n| written(&mut SMALL.get(), n));
    }
}

fn filled(map: &mut Map, n: u64) -> u64 {
    for number in 0..n {
        *map.entry(black_box(number)).or_default() += number;
    }
    map.values().sum()
}

fn written(bytes: &mut Vec<u8>, n: u64) -> usize {
    bytes.extend_from_slice(&[1; 64][..n.try_into().unwrap()]);
    black_box(&*bytes).len()
}
