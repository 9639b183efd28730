//! The fields of each line borrow from the line, and the line lives for one round only.
//!
//! ```text
//! cargo run --example recycle
//! ```

use std::{alloc::System, num::ParseIntError};
use thrifty::{
    meter::{Metered, measure},
    pool::{RecycleSlot, recycle},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const LINES: [&str; 3] = ["a;b;3;d;e", "f;g;x;i;j", "k;l;4;n;o"];

fn main() {
    let (new, std) = measure(|| {
        LINES.map(|line| {
            // A vector outside of the loop would have to hold `&str` of all rounds.
            let mut fields = Vec::new();
            fields.extend(line.split(';'));
            fields.len()
        })
    });

    let mut kept: Vec<&str> = Vec::with_capacity(8);
    let (loops, in_loop) = measure(|| {
        LINES.map(|line| {
            let mut fields = recycle(std::mem::take(&mut kept));
            fields.extend(line.split(';'));
            let count = fields.len();
            kept = recycle(fields);
            count
        })
    });

    // Where the code may leave by `?`, a slot gets the memory back all the same.
    let mut slot = RecycleSlot::<&'static str>::new();
    assert_eq!(third(&mut slot, LINES[0]), Ok(3));
    let (numbers, in_slot) = measure(|| LINES.map(|line| third(&mut slot, line).ok()));

    assert_eq!((new, numbers), (loops, [Some(3), None, Some(4)]));
    assert_eq!((in_loop.allocs, in_slot.allocs), (0, 0));
    println!(
        "3 lines: Vec::new {} (re)allocations, recycle {}, RecycleSlot {}",
        std.allocs + std.reallocs,
        in_loop.allocs + in_loop.reallocs,
        in_slot.allocs + in_slot.reallocs,
    );
}

fn third(slot: &mut RecycleSlot<&'static str>, line: &str) -> Result<u32, ParseIntError> {
    let mut fields = slot.lend::<&str>();
    fields.extend(line.split(';'));
    fields[2].parse()
}
