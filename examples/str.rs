//! A request's head kept as text: copied field by field, and shared.
//!
//! ```text
//! cargo run --example str
//! ```

use std::alloc::System;
use thrifty::{
    meter::{Metered, measure},
    share::Str,
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const HEAD: &str = "host: api.example.com\r\n\
    user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101\r\n\
    accept: application/json\r\n\
    cookie: session=0123456789abcdef; theme=dark\r\n";

fn main() {
    let lines = |head: &str| head.lines().count();
    let mut strings = Vec::with_capacity(lines(HEAD));
    let ((), std) = measure(|| {
        for line in HEAD.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            strings.push((name.to_owned(), value.to_owned()));
        }
    });

    // The head arrives in a `String`, as from a socket: its buffer becomes the text's.
    let head = Str::from(HEAD.to_owned() + "\r\n");
    let mut shared = Vec::with_capacity(lines(HEAD));
    let ((), thrifty) = measure(|| {
        for line in head.lines().filter(|line| !line.is_empty()) {
            shared.extend(line.split_once(": "));
        }
    });
    assert!(strings.iter().zip(&shared).all(|(a, b)| a.0 == b.0 && a.1 == b.1));

    println!("{} fields as String: {} allocations", 2 * strings.len(), std.allocs);
    println!("{} fields as Str:    {} allocations", 2 * shared.len(), thrifty.allocs);

    // One long field keeps the whole head alive, until it is detached.
    let agent = &shared[1].1;
    println!(
        "the user agent keeps {} bytes alive, detached {}",
        agent.retained(),
        agent.detach().retained()
    );
}
