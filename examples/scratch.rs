//! A cache key for each request, put together, looked up and forgotten.
//!
//! ```text
//! cargo run --example scratch
//! ```

use std::{alloc::System, collections::HashMap, fmt::Write};
use thrifty::{
    meter::{Metered, measure},
    pool::{scratch, with_scratch_string},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

scratch! {
    /// The prices of one order. What has grown above 16 KiB is not kept.
    static PRICES: Vec<u32>, retain = 16 * 1024
}

fn main() {
    let cache = HashMap::from([("user:7:de".to_owned(), "Grüezi"), ("user:8:en".to_owned(), "Hi")]);
    let users = [(7, "de"), (8, "en"), (9, "fr"), (7, "de")];

    let (found, std) = measure(|| {
        users.iter().filter(|(id, lang)| cache.contains_key(&format!("user:{id}:{lang}"))).count()
    });
    let look_up = |id: u32, lang: &str| {
        with_scratch_string(|key| {
            write!(key, "user:{id}:{lang}").is_ok() && cache.contains_key(key.as_str())
        })
    };
    look_up(0, "first use"); // from here on the string is there
    let (again, thrifty) = measure(|| users.iter().filter(|(id, lang)| look_up(*id, lang)).count());
    assert_eq!((found, again, thrifty.allocs), (3, 3, 0));
    println!("4 keys: format! {} allocations, with_scratch_string {}", std.allocs, thrifty.allocs);

    let order = "120 80 200 95";
    median(order);
    let (middle, thrifty) = measure(|| median(order));
    assert_eq!((middle, thrifty.allocs), (Some(120), 0));
    println!("median of an order: {} allocations", thrifty.allocs);
}

fn median(order: &str) -> Option<u32> {
    PRICES.with(|prices| {
        prices.extend(order.split(' ').filter_map(|price| price.parse::<u32>().ok()));
        prices.sort_unstable();
        prices.get(prices.len() / 2).copied()
    })
}
