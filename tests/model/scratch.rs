//! Kept vectors, strings and maps against ones made anew: the same content, and a life of their own.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Write;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use thrifty::pool::{Reset, Scratch, scratch, with_scratch, with_scratch_string};

scratch! {
    static NUMBERS: Vec<u32>, retain = 256;
    static TEXT: String, retain = 64;
    static COUNTS: HashMap<u8, usize>, retain = 1024;
    static UNITS: Vec<()>, retain = 0
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Numbers(Vec<u32>),
    Text(String),
    Counts(Vec<u8>),
    Units(usize),
    /// The rest runs inside of a use of the same value.
    Inside,
    /// Takes the value along.
    Taken,
    Panic,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => vec(any::<u32>(), 0..100).prop_map(Op::Numbers),
        4 => "[a-zäß]{0,70}".prop_map(Op::Text),
        3 => vec(0..20_u8, 0..60).prop_map(Op::Counts),
        1 => (0..9_usize).prop_map(Op::Units),
        2 => Just(Op::Inside),
        1 => Just(Op::Taken),
        1 => Just(Op::Panic),
    ]
}

pub(crate) fn run(ops: &[Op]) {
    let Some((op, rest)) = ops.split_first() else { return };
    match op {
        Op::Numbers(numbers) => NUMBERS.with(|kept| {
            assert!(kept.is_empty(), "nothing of the last user is left");
            assert!(kept.capacity() <= 64, "{} of 256 bytes", kept.capacity() * 4);
            kept.extend(numbers);
            kept.sort_unstable();
            let mut model = numbers.clone();
            model.sort_unstable();
            assert_eq!(*kept, model);
        }),
        Op::Text(text) => {
            TEXT.with(|kept| {
                assert!(kept.is_empty() && kept.capacity() <= 64);
                write!(kept, "{text}!").unwrap();
                assert_eq!(*kept, format!("{text}!"));
            });
            with_scratch_string(|kept| {
                assert!(kept.is_empty());
                kept.push_str(text);
                with_scratch(|bytes| {
                    assert!(bytes.is_empty());
                    bytes.extend_from_slice(kept.as_bytes());
                    assert_eq!(bytes, text.as_bytes());
                });
            });
        }
        Op::Counts(numbers) => COUNTS.with(|kept| {
            assert!(kept.is_empty());
            let mut model = HashMap::new();
            for &number in numbers {
                *kept.entry(number).or_default() += 1;
                *model.entry(number).or_default() += 1;
            }
            assert_eq!(*kept, model);
        }),
        Op::Units(count) => UNITS.with(|kept| {
            assert!(kept.is_empty());
            kept.extend((0..*count).map(|_| ()));
            assert_eq!(kept.len(), *count);
        }),
        Op::Inside => {
            return NUMBERS.with(|kept| {
                kept.push(1);
                run(rest);
                assert_eq!(*kept, [1], "a use inside has a value of its own");
            });
        }
        Op::Taken => {
            let taken = NUMBERS.with(|kept| {
                kept.push(7);
                std::mem::take(kept)
            });
            run(rest);
            return assert_eq!(taken, [7]);
        }
        Op::Panic => {
            let panicked = std::panic::catch_unwind(|| {
                NUMBERS.with(|kept| {
                    kept.push(1);
                    std::panic::resume_unwind(Box::new(()));
                })
            });
            assert!(panicked.is_err());
        }
    }
    run(rest);
}

proptest! {
    #[test]
    fn kept_values_are_as_new_ones(ops in vec(op(), 0..30)) {
        run(&ops);
    }
}

#[test]
fn what_is_above_the_limit_is_not_kept() {
    scratch! { static BYTES: Vec<u8>, retain = 100 }
    for (size, kept) in [(99, 99), (100, 100), (101, 0), (1, 1)] {
        BYTES.with(|bytes| {
            // From nothing: a larger one of a former round would hide it.
            *bytes = Vec::new();
            bytes.reserve_exact(size);
        });
        BYTES.with(|bytes| assert_eq!(bytes.capacity(), kept));
    }
}

#[test]
fn each_thread_has_its_own() {
    scratch! { static BYTES: Vec<u8>, retain = 100 }
    BYTES.with(|bytes| bytes.reserve_exact(50));
    thread::spawn(|| BYTES.with(|bytes| assert_eq!(bytes.capacity(), 0))).join().unwrap();
    BYTES.with(|bytes| assert_eq!(bytes.capacity(), 50));
}

#[test]
fn a_use_inside_finds_what_it_left() {
    scratch! { static BYTES: Vec<u8>, retain = 1000 }
    let grow = || {
        BYTES.with(|outer| {
            outer.reserve_exact(100);
            BYTES.with(|inner| {
                inner.reserve_exact(100);
                (outer.as_ptr().addr(), inner.as_ptr().addr())
            })
        })
    };
    let (outer, inner) = grow();
    assert_ne!(outer, inner);
    let (again, inside) = grow();
    assert!([(outer, inner), (inner, outer)].contains(&(again, inside)), "the same two");
}

/// A destructor of a thread-local runs before or after the kept values are gone: both work.
#[test]
fn it_works_in_destructors_of_thread_locals() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            with_scratch(|bytes| bytes.extend_from_slice(b"late"));
            with_scratch_string(|text| text.push_str("late"));
            NUMBERS.with(|numbers| numbers.push(1));
        }
    }
    thread_local! {
        static BEFORE: Late = const { Late };
        static AFTER: Late = const { Late };
    }
    let ended = thread::spawn(|| {
        BEFORE.with(|_| ());
        with_scratch(|bytes| bytes.push(1));
        with_scratch_string(|text| text.push('x'));
        NUMBERS.with(|numbers| numbers.push(1));
        AFTER.with(|_| ());
    });
    assert!(ended.join().is_ok());
}

/// `reset`, `default` and `drop` use the very value that they are called for.
#[test]
fn code_of_the_value_may_use_the_scratch_itself() {
    #[derive(Default)]
    struct Selfish {
        uses: usize,
    }
    thread_local! { static DEEP: Cell<usize> = const { Cell::new(0) } }
    scratch! { static SELFISH: Selfish, retain = 0 }
    impl Reset for Selfish {
        fn reset(&mut self) {
            again();
            self.uses = 0;
        }
    }
    impl Drop for Selfish {
        fn drop(&mut self) {
            again();
        }
    }
    fn again() {
        if DEEP.get() < 3 {
            DEEP.set(DEEP.get() + 1);
            SELFISH.with(|value| value.uses += 1);
            DEEP.set(DEEP.get() - 1);
        }
    }
    thread::spawn(|| {
        for _ in 0..3 {
            SELFISH.with(|value| {
                assert_eq!(value.uses, 0);
                value.uses += 1;
            });
        }
    })
    .join()
    .unwrap();
}

#[test]
fn the_static_is_for_all_threads_whatever_is_kept() {
    #[derive(Default)]
    struct RefCells(RefCell<Vec<std::rc::Rc<u8>>>);
    impl Reset for RefCells {
        fn reset(&mut self) {
            self.0.get_mut().reset();
        }
    }

    fn shared<T: Send + Sync>(_: &T) {}
    // `Rc` never leaves its thread, so the static may be shared.
    scratch! { static LOCAL: RefCells, retain = 100 }
    shared(&LOCAL);
    LOCAL.with(|cells| cells.0.borrow_mut().push(std::rc::Rc::new(1)));
    let _: &Scratch<RefCells> = &LOCAL;
}
