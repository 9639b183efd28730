//! A program that is built with `panic = "abort"`: failed requests are survived where they can be,
//! and end it as Rust says where they cannot.

use std::hint::black_box;
use std::thread;

use thrifty::heap::{self, ByEnv};
use thrifty::meter::{Metered, measure};

#[global_allocator]
static GLOBAL: Metered<ByEnv> = Metered::new(ByEnv::new("THRIFTY_TEST_BACKEND"));

/// More than a process can have.
const TOO_LARGE: usize = 1 << 60;

fn main() {
    println!("panic = {}", if cfg!(panic = "abort") { "abort" } else { "unwind" });
    let selection = heap::selection().expect("a choice");
    assert_eq!(heap::active(), Some(selection.backend()));
    match std::env::args().nth(1).as_deref() {
        Some("survives") => survives(),
        Some("fails") => drop(black_box(Vec::<u8>::with_capacity(black_box(TOO_LARGE)))),
        Some("panics") => {
            let thread = thread::spawn(|| {
                let _block = black_box(vec![1_u8; 1000]);
                panic!("on a thread");
            });
            println!("not reached: {}", thread.join().is_err());
        }
        other => println!("survives, fails or panics? {other:?}"),
    }
}

fn survives() {
    let ((), usage) = measure(|| {
        let mut list = vec![1_u8; 100];
        assert!(list.try_reserve_exact(TOO_LARGE).is_err());
        assert!(String::new().try_reserve_exact(TOO_LARGE).is_err());
        assert_eq!(list, [1; 100]);
    });
    assert_eq!((usage.allocs, usage.frees, usage.net_bytes()), (1, 1, 0));
    println!("survived on {}", heap::selection().expect("a choice").backend());
}
