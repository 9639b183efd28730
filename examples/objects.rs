//! A parser with three buffers of its own, for each request, on any thread.
//!
//! ```text
//! cargo run --example objects
//! ```

use std::{alloc::System, collections::HashMap};
use thrifty::{
    meter::{Metered, measure},
    pool::{Pool, Reset},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static PARSERS: Pool<Parser> = Pool::new().max_objects(256).retain(64 * 1024);

#[derive(Default)]
struct Parser {
    text: String,
    words: Vec<(usize, usize)>,
    counts: HashMap<usize, u32>,
}

impl Reset for Parser {
    fn reset(&mut self) {
        self.text.reset();
        self.words.reset();
        self.counts.reset();
    }

    /// A request that makes it grow beyond `retain` does not leave it behind.
    fn footprint(&self) -> usize {
        self.text.footprint() + self.words.footprint() + self.counts.footprint()
    }
}

impl Parser {
    /// How many words have the most frequent length.
    fn run(&mut self, line: &str) -> u32 {
        assert!(self.text.is_empty() && self.words.is_empty() && self.counts.is_empty());
        for word in line.split(' ') {
            self.words.push((self.text.len(), word.len()));
            self.text.push_str(word);
        }
        self.words.iter().for_each(|(_, length)| *self.counts.entry(*length).or_default() += 1);
        self.counts.values().copied().max().unwrap_or(0)
    }
}

fn main() {
    let line = "each request makes the parser grow to the size of the others";
    let (new, std) = measure(|| Parser::default().run(line));
    PARSERS.get().run(line); // makes it
    let (pooled, thrifty) = measure(|| PARSERS.get().run(line));
    assert_eq!((new, thrifty.allocs + thrifty.reallocs), (pooled, 0));
    println!("new: {} (re)allocations, pooled: 0", std.allocs + std.reallocs);
    println!("{:?}", PARSERS.stats());
}
