//! `SmallSet` beside std's `HashSet`: distinct numbers, and what two sets have in common.
//!
//! ```text
//! cargo bench --bench small_set
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, collections::HashSet, hint::black_box};
use thrifty::{inline::SmallSet, meter::Metered};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

type Small = SmallSet<u32, 16>;
type Std = HashSet<u32>;

const LENGTHS: [u64; 6] = [1, 2, 4, 8, 16, 32];

fn main() {
    rows::run(|criterion| {
        distinct(criterion);
        common(criterion);
    });
}

/// `2 * n` numbers, each twice.
fn twice(n: u64) -> impl Iterator<Item = u32> {
    (0..2 * n).map(move |number| u32::try_from(number % n).unwrap().wrapping_mul(0x9e37_79b9))
}

fn distinct(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "small_set/distinct");
    for n in LENGTHS {
        let std = |n| black_box(&twice(n).collect::<Std>()).len();
        let ours = |n| {
            let mut set = Small::new();
            set.extend(twice(n));
            black_box(&set).len()
        };
        assert_eq!(ours(n), std(n));
        rows.group.throughput(Throughput::Elements(2 * n));
        rows.row("std", n, std);
        rows.row("thrifty", n, ours);
    }
}

fn common(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "small_set/common");
    for n in LENGTHS {
        let half =
            |n: u64| twice(n).skip(usize::try_from(n / 2).unwrap()).take(n.try_into().unwrap());
        let (std, std_other): (Std, Std) = (twice(n).collect(), half(n).collect());
        let (ours, other): (Small, Small) = (twice(n).collect(), half(n).collect());
        assert_eq!((&ours & &other).len(), (&std & &std_other).len());
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |_| (&std & &std_other).len());
        rows.row("thrifty", n, |_| (&ours & &other).len());
    }
}
