//! A struct of five fields copied into one that stands: std's derive beside `clone_from!`.
//!
//! ```text
//! cargo bench --bench clone_from
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::alloc::System;
use std::cell::RefCell;
use thrifty::meter::Metered;
use thrifty::share::clone_from;

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

macro_rules! order {
    ($(#[$derive:meta])* $name:ident) => {
        $(#[$derive])*
        #[derive(Debug, PartialEq)]
        struct $name {
            id: String,
            lines: Vec<String>,
            note: Option<String>,
            total: u64,
            address: String,
        }

        impl $name {
            fn new(lines: u64) -> Self {
                Self {
                    id: "order-4711".into(),
                    lines: (0..lines).map(|n| format!("{n} of KB-087-DE")).collect(),
                    note: Some("ring twice, please".into()),
                    total: 12_50,
                    address: "Lindenstraße 12, 50674 Köln".into(),
                }
            }
        }
    };
}

order! { Reusing }
order! { #[derive(Clone)] Derived }
clone_from! { impl Clone for Reusing { id, lines, note, total, address } }

fn main() {
    rows::run(order);
}

fn order(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "clone_from/order");
    for lines in [1, 4, 16] {
        rows.group.throughput(Throughput::Elements(1));
        let (source, target) = (Derived::new(lines), RefCell::new(Derived::new(lines)));
        rows.row("std, derive", lines, |_| target.borrow_mut().clone_from(&source));
        assert_eq!(*target.borrow(), source);
        let (source, target) = (Reusing::new(lines), RefCell::new(Reusing::new(lines)));
        rows.row("thrifty", lines, |_| target.borrow_mut().clone_from(&source));
        assert_eq!(*target.borrow(), source);
    }
}
