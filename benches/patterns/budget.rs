//! Pattern: ordinary tests that fail when code allocates more than its budget.
//!
//! Copy this file to `tests/budget.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[test]]
//! name = "budget"
//! ```
//!
//! Run: `cargo test --test budget`
//! Prints: `test result: ok. 4 passed`
//!
//! Each test counts its own thread, so they run in parallel, under any harness, and may compare with
//! `==`. A failure names the line that went over. Bounds are on what a request asks for in the
//! steady state; what is set up once is done before.

use std::alloc::System;
use std::fmt::Write;

use thrifty::assert_allocs;
use thrifty::meter::{Budget, Metered, no_alloc};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// What one response may cost, named once for all tests that serve one.
const RESPONSE: Budget = Budget::new().allocs(1).bytes(64);

/// The code under test: put yours here.
fn response(id: u32) -> String {
    let mut body = String::with_capacity(32);
    let _ = write!(body, "{{\"id\":{id}}}");
    body
}

fn response_into(body: &mut String, id: u32) {
    body.clear();
    let _ = write!(body, "{{\"id\":{id}}}");
}

#[test]
fn a_response_stays_within_its_budget() {
    let body = RESPONSE.run(|| response(7));
    assert_eq!(body, r#"{"id":7}"#);
}

#[test]
fn a_response_is_one_block_of_a_known_size() {
    assert_allocs!(== 1, reallocs == 0, bytes <= 32, { drop(response(u32::MAX)) });
}

#[test]
fn a_kept_body_never_allocates() {
    let mut body = response(0);
    for id in 0..100 {
        no_alloc(|| response_into(&mut body, id));
    }
    assert_eq!(body, r#"{"id":99}"#);
}

#[test]
fn a_lookup_that_finds_nothing_is_free() {
    let names = ["ada", "grace"];
    let found = no_alloc(|| names.iter().position(|name| *name == "alan"));
    assert_eq!(found, None);
}
