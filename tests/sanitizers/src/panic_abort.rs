//! What a program gets that is built with `panic = "abort"`: see `.ci/lane/panic-abort`.
//!
//! Nothing unwinds there, so no guard is dropped. What is checked: a failed check of the meter still
//! says what happened and where before the process ends, and so does a panic of the blocks or of
//! code that they call; a refused request that has a `try_` function is survived.

use std::alloc::System;
use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use thrifty::assert_allocs;
use thrifty::inline::{SmallMap, SmallString};
use thrifty::meter::{self, Budget, Metered, measure};
use thrifty::pool::{BufferPool, Pool, PoolConfig, Reset, with_scratch};
use thrifty::share::Str;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// Name, body, and what a process says before it is killed; nothing if it goes on to its end.
type Case = (&'static str, fn(), Option<&'static str>);

const CASES: &[Case] = &[
    ("refusals are survived", refusals, None),
    ("no_alloc", || meter::no_alloc(|| drop(black_box(vec![1]))), Some("no_alloc")),
    (
        "assert_allocs",
        || assert_allocs!(== 0, { drop(black_box(vec![1])) }),
        Some("panic_abort.rs"),
    ),
    ("a budget", || Budget::new().bytes(3).run(|| drop(black_box(vec![1; 4]))), Some("bytes")),
    ("a reset panics", || drop(OBJECTS.get()), Some("the reset panics")),
    ("a closure panics", || with_scratch(|_| panic!("in the closure")), Some("in the closure")),
    ("a hash panics", hash_panics, Some("the hash panics")),
    ("inside of a char", || drop(Str::from("a\u{e9}").slice(..2)), Some("inside of 'é'")),
    ("beyond the end", || SmallString::<8>::from("ab").insert(9, 'x'), Some("9")),
    ("a buffer of all memory", || drop(POOL.get(usize::MAX)), Some("capacity overflow")),
    (
        "no memory",
        || drop(black_box(String::with_capacity(black_box(1 << 60)))),
        Some("allocation of"),
    ),
];

static OBJECTS: Pool<Strict> = Pool::new();
static POOL: thrifty::pool::StaticBufferPool = BufferPool::new_static(PoolConfig::new());

fn main() -> ExitCode {
    if let Some(name) = env::args().nth(1) {
        let (_, case, _) = CASES.iter().find(|case| case.0 == name).expect("a case of the list");
        case();
        println!("the end was reached");
        return ExitCode::SUCCESS;
    }
    if !cfg!(panic = "abort") {
        println!("built with another panic strategy: this would show nothing");
        return ExitCode::FAILURE;
    }
    let mut failed = 0;
    for (name, _, said) in CASES {
        let output = Command::new(env::current_exe().expect("a path")).arg(name).output();
        let output = output.expect("the program runs itself");
        let stderr = String::from_utf8_lossy(&output.stderr);
        let right = match said {
            None => output.status.success(),
            Some(said) => was_aborted(output.status) && stderr.contains(said),
        };
        if !right {
            failed += 1;
            println!("{name}: {}, and not {said:?}: {stderr}", output.status);
        }
    }
    println!("{} of {} cases", CASES.len() - failed, CASES.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn was_aborted(status: std::process::ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(libc::SIGABRT)
}

fn refusals() {
    let mut map: SmallMap<u32, u32, 4> = SmallMap::from([(1, 1)]);
    let mut buf = POOL.get(10);
    buf.extend_from_slice(b"kept");
    let ((), usage) = measure(|| {
        assert!(map.try_reserve(usize::MAX).is_err());
        assert!(buf.try_reserve(usize::MAX).is_err());
        assert!(POOL.try_get(usize::MAX).is_err());
    });
    assert_eq!((usage.requests(), map.len(), &*buf), (0, 1, &b"kept"[..]));
}

#[derive(Default)]
struct Strict;

impl Reset for Strict {
    fn reset(&mut self) {
        panic!("the reset panics");
    }
}

fn hash_panics() {
    #[derive(PartialEq, Eq)]
    struct Unhashable(u8);
    impl std::hash::Hash for Unhashable {
        fn hash<H: std::hash::Hasher>(&self, _: &mut H) {
            panic!("the hash panics");
        }
    }
    // The third key moves all of them to a table.
    let map: SmallMap<Unhashable, u8, 2> = (0..3).map(|key| (Unhashable(key), key)).collect();
    drop(map);
}
