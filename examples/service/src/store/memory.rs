//! Rows in this process.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use thrifty::inline::SmallString;

use super::{Stock, first_rows};

/// How many movements are remembered.
const REMEMBERED: usize = 1_024;

/// Rows that do not change, and the last movements.
#[derive(Debug)]
pub struct Memory {
    rows: BTreeMap<&'static str, Stock<&'static str>>,
    movements: Mutex<VecDeque<(SmallString<16>, i64)>>,
}

impl Memory {
    pub(super) fn new() -> Self {
        let movements = Mutex::new(VecDeque::with_capacity(REMEMBERED));
        Self { rows: first_rows().map(|row| (row.sku, row)).collect(), movements }
    }

    pub(super) fn get(&self, sku: &str) -> Option<Stock<&str>> {
        self.rows.get(sku).copied()
    }

    pub(super) fn each(&self, skus: &[&str], show: impl FnMut(Stock<&str>)) {
        let rows = self.rows.values().filter(|row| skus.contains(&row.sku));
        rows.copied().for_each(show);
    }

    pub(super) fn book(&self, skus: &[&str], changes: &[i64]) {
        // A panic of another request left a whole queue behind: `push_back` has no half-way.
        let mut movements = self.movements.lock().unwrap_or_else(PoisonError::into_inner);
        for (&sku, &change) in skus.iter().zip(changes) {
            if movements.len() == REMEMBERED {
                movements.pop_front();
            }
            movements.push_back((sku.into(), change));
        }
    }
}
