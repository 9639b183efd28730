//! `CloneProbe` and `assert_clones!`: what counts, and how it fails.
#![expect(clippy::redundant_clone, reason = "a clone is made here to be counted")]

use std::backtrace::Backtrace;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use thrifty::meter::{CloneProbe, measure, no_alloc};
use thrifty::{assert_allocs, assert_clones};

type Name = CloneProbe<String>;

fn name(text: &str) -> Name {
    CloneProbe::new(text.to_owned())
}

/// Runs what must fail and returns its message.
fn message(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("should have failed");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a message")).to_owned(),
    }
}

/// Whether this build has them: a plain `cargo test --release` does not.
fn has_line_numbers() -> bool {
    Backtrace::force_capture().to_string().contains("tests/meter/clones.rs:")
}

#[inline(never)]
fn copies(name: &Name) -> Name {
    let copy = black_box(name.clone());
    // Not a tail call, which would leave no frame.
    assert_eq!(&copy, name);
    copy
}

#[test]
fn a_family_counts_together_and_apart_from_others() {
    let (first, other) = (name("first"), name("other"));
    assert_eq!(CloneProbe::clones(&first), 0);
    let child = first.clone();
    let grandchild = child.clone();
    for probe in [&first, &child, &grandchild] {
        assert_eq!(CloneProbe::clones(probe), 2);
    }
    assert_eq!(CloneProbe::clones(&other), 0);
    drop((first, child));
    assert_eq!(CloneProbe::clones(&grandchild), 2);

    let mut taken = name("a text with room for the other");
    let room = taken.capacity();
    taken.clone_from(&grandchild);
    assert_eq!((taken.as_str(), taken.capacity()), ("first", room));
    assert_eq!((CloneProbe::clones(&taken), CloneProbe::clones(&grandchild)), (3, 3));
    assert_eq!(CloneProbe::into_inner(taken), "first");
}

#[test]
fn clones_on_other_threads_belong_to_the_family() {
    let shared = name("shared");
    assert_clones!(== 0, {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| drop(shared.clone())));
            }
        });
    });
    assert_eq!(CloneProbe::clones(&shared), 400);
}

#[test]
fn a_probe_behaves_as_its_value() {
    static PROBE: CloneProbe<u8> = CloneProbe::new(7);
    let (ada, bob) = (name("ada"), Name::from("bob".to_owned()));
    assert_eq!((ada.len(), ada.as_ref().as_str()), (3, "ada"));
    assert_eq!(format!("{ada:?} {ada:#?}"), r#""ada" "ada""#);
    assert_eq!(Name::default().as_str(), "");
    assert!(ada == name("ada") && ada != bob && ada < bob && ada.cmp(&bob).is_lt());
    let hasher = RandomState::new();
    assert_eq!(hasher.hash_one(&ada), hasher.hash_one("ada".to_owned()));
    let mut ada = ada;
    ada.push('!');
    assert_eq!(BTreeSet::from([bob, ada]).first().unwrap().as_str(), "ada!");
    assert_eq!(*PROBE, 7);
}

#[test]
fn scopes_see_what_the_value_allocates_and_nothing_of_the_probe() {
    let number = no_alloc(|| CloneProbe::new(7_u64));
    let ((), usage) = measure(|| drop((number.clone(), number.clone(), number)));
    assert_eq!((usage.requests(), usage.frees), (0, 0));
    let text = name("seven B");
    let copy = assert_allocs!(== 1, bytes == 7, frees == 0, { text.clone() });
    let ((), usage) = measure(|| drop((text, copy)));
    assert_eq!(usage.frees, 2);
    no_alloc(|| assert_clones!(== 1, { drop(CloneProbe::new(1).clone()) }));
}

#[test]
fn what_keeps_its_bound_gives_its_value() {
    let names = vec![name("ada"), name("bob")];
    assert_eq!(assert_clones!(== 0, { names.len() }), 2);
    let copy = assert_clones!(== 2, { names.clone() });
    assert_eq!(copy, names);
    let limit = 2;
    assert_clones!(< limit + 1, { names.clone() });
    assert_clones!(> 1, { names.clone() });
    assert_clones!(>= 2, Vec<u8>, {
        for _ in 0..2 {
            drop(CloneProbe::new(vec![1_u8]).clone());
        }
    });
    let one = assert_clones!(<= 1, String, {
        drop(CloneProbe::new(1).clone());
        copies(&names[0])
    });
    assert_eq!(one, names[0]);
    // A cloned map clones its values.
    let map = HashMap::from([(1, name("ada")), (2, name("bob"))]);
    assert_eq!(assert_clones!(== 2, { map.clone() }), map);
}

#[test]
fn one_clone_too_many_fails_with_line_figure_and_backtrace() {
    let ada = name("ada");
    let line = line!() + 2;
    let text = message(|| {
        assert_clones!(<= 1, {
            drop(ada.clone());
            drop(copies(&ada));
            drop(ada.clone());
        });
    });
    assert!(text.starts_with(&format!("assert_clones! at {}:{line}:", file!())), "{text}");
    assert!(text.contains("clones               3   <= 1  <- out of bounds\n"), "{text}");
    assert!(text.contains("the first clone over the bound, of `alloc::string::String`"), "{text}");
    if has_line_numbers() {
        let at = "was made at ./tests/meter/clones.rs:";
        assert!(text.contains(at) || text.contains("was made at tests/meter/clones.rs:"), "{text}");
        assert!(text.contains("clones::copies\n        at ./tests/meter/clones.rs:"), "{text}");
    }
    for own in ["CloneProbe", "meter::clones::cloned", "std::backtrace", "test::run"] {
        assert!(!text.contains(own), "{own} in {text}");
    }
}

#[test]
fn only_the_named_type_counts() {
    let text = message(|| {
        assert_clones!(== 0, u8, {
            drop(name("text").clone());
            drop(CloneProbe::new(1_u8).clone());
        });
    });
    assert!(
        text.contains("clones               1   == 0  <- out of bounds, of `u8` alone"),
        "{text}"
    );
    assert!(text.contains("of `u8`, was made"), "{text}");
}

#[test]
fn too_few_fail_without_an_offender() {
    let text = message(|| assert_clones!(== 1, {}));
    assert!(text.contains("clones               0   == 1  <- out of bounds"), "{text}");
    assert!(!text.contains("first clone"), "{text}");
}

#[test]
fn an_early_exit_is_checked_as_well() {
    fn early(of: &Name) -> Option<()> {
        assert_clones!(== 0, {
            drop(copies(of));
            None?;
        });
        Some(())
    }
    let ada = name("ada");
    assert!(message(|| assert_eq!(early(&ada), None)).contains("<- out of bounds"));
    assert_eq!((|| Some(assert_clones!(== 0, { Some(3)? })))(), Some(3));
}

#[test]
fn a_panic_inside_stays_what_it_is_and_ends_the_watch() {
    let ada = name("ada");
    let text = message(|| {
        assert_clones!(== 0, {
            drop(ada.clone());
            assert_eq!(CloneProbe::clones(&ada), 0, "the test's own");
        });
    });
    assert!(text.ends_with("the test's own\n  left: 1\n right: 0"), "{text}");
    assert_clones!(== 1, { drop(ada.clone()) });
}

#[test]
fn assertions_nest_and_each_has_its_own_count() {
    let ada = name("ada");
    let text = message(|| {
        assert_clones!(<= 1, {
            drop(ada.clone());
            assert_clones!(== 1, { drop(ada.clone()) });
        });
    });
    assert!(text.contains("clones               2   <= 1"), "{text}");
    assert_clones!(== 3, {
        let inner = message(|| assert_clones!(< 1, { drop(ada.clone()) }));
        assert!(inner.contains("clones               1   < 1"), "{inner}");
        drop((ada.clone(), ada.clone()));
    });
}

#[test]
fn a_clone_that_panics_is_none() {
    #[derive(Debug)]
    struct Refuses;
    impl Clone for Refuses {
        fn clone(&self) -> Self {
            panic!("no")
        }
    }
    let probe = CloneProbe::new(Refuses);
    assert_clones!(== 0, { assert!(catch_unwind(AssertUnwindSafe(|| probe.clone())).is_err()) });
    assert_eq!(CloneProbe::clones(&probe), 0);
}
