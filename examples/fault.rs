//! Breaks two small functions on purpose: `cargo run --features fault --example fault`.

use std::alloc::System;
use std::collections::TryReserveError;

use thrifty::fault::{self, Bomb, Failing, LayoutChecked};

#[global_allocator]
static ALLOC: Failing<LayoutChecked> = Failing::new(LayoutChecked::new(System));

/// Reads a request into a buffer and a list of words; says so when there is no memory for it.
fn words(request: &str) -> Result<(String, Vec<usize>), TryReserveError> {
    let mut text = String::new();
    text.try_reserve_exact(request.len())?;
    text.push_str(request);
    let mut starts = Vec::new();
    for (at, _) in request.split(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len() + 1;
        Some((start, word))
    }) {
        starts.try_reserve(1)?;
        starts.push(at);
    }
    Ok((text, starts))
}

/// The same, but it hides that the list is incomplete.
fn careless(request: &str) -> Result<(String, Vec<usize>), TryReserveError> {
    let mut text = String::new();
    text.try_reserve_exact(request.len())?;
    text.push_str(request);
    Ok(words(request).unwrap_or((text, Vec::new())))
}

fn main() {
    let request = "GET /a HTTP/1.1 and some more words to read";
    println!("memory runs out, at every request in turn:");
    let sweep = fault::sweep(|| words(request));
    println!("  words:    {sweep}");
    sweep.assert_clean();
    println!("  careless: {}", fault::sweep(|| careless(request)));

    #[cfg(unix)]
    println!(
        "  infallible: {}",
        fault::sweep_infallible(|| [request.to_owned(), request.repeat(2)])
    );
    println!("user code panics, at every call in turn:");
    let panics = fault::each_panic_point(|fuse| {
        let mut list: Vec<Bomb> = [1, 1, 2, 3, 3].map(|value| fuse.bomb(value)).into();
        list.dedup();
        drop(list.clone());
    });
    println!("  Vec::dedup, then clone: {panics}");
    panics.assert_clean();
}
