//! Keys for a cache, in words: built from a number and a name, used once and dropped.
//!
//! ```text
//! cargo run --example small_string
//! ```

use std::{alloc::System, collections::HashMap};
use thrifty::{
    inline::{SmallString, small_concat, small_format},
    meter::{Metered, Usage, measure},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    let cache = HashMap::from([("user:4711:alice".to_owned(), "ok")]);
    let (id, name) = (4711_u64, "alice");

    let (found, std) = measure(|| cache.get(&format!("user:{id}:{name}")));
    assert_eq!(found, Some(&"ok"));
    say("format!", &std);

    // Whatever has `Display`, and the same syntax.
    let (found, formatted) = measure(|| cache.get(&*small_format!(32; "user:{id}:{name}")));
    assert_eq!(found, Some(&"ok"));
    say("small_format!", &formatted);

    // Texts, chars and integers, without the machinery of `core::fmt`.
    let (found, joined) = measure(|| cache.get(&*small_concat!(32; "user:", id, ':', name)));
    assert_eq!(found, Some(&"ok"));
    say("small_concat!", &joined);

    // What does not fit is on the heap, in one block, which a `String` takes over as it is.
    let long = "a-name-that-nobody-has-thought-of";
    let (key, spilled) =
        measure(|| -> SmallString<32> { small_concat!(32; "user:", id, ':', long) });
    assert!(key.spilled());
    let (key, handed_on) = measure(|| key.into_string());
    assert_eq!((spilled.requests(), handed_on.requests(), key.len()), (1, 0, 43));
    say("small_concat!, 43 bytes", &spilled);
}

fn say(what: &str, usage: &Usage) {
    println!("{what:>23}: {} (re)allocations, {} bytes", usage.requests(), usage.bytes_allocated);
}
