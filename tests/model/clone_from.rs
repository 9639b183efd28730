//! `clone_from!` against std's derive.

use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::share::clone_from;

macro_rules! record {
    ($(#[$derive:meta])* $name:ident) => {
        $(#[$derive])*
        #[derive(Debug, PartialEq)]
        struct $name<'a, T: ?Sized, const N: usize> {
            text: String,
            list: Vec<Option<String>>,
            borrowed: &'a T,
            array: [String; N],
        }

        impl<'a, T: ?Sized, const N: usize> $name<'a, T, N> {
            fn new(from: &Parts, borrowed: &'a T) -> Self {
                let array = std::array::from_fn(|at| from.0[at % from.0.len()].clone());
                Self { text: from.0[0].clone(), list: from.1.clone(), borrowed, array }
            }
        }
    };
}

type Parts = (Vec<String>, Vec<Option<String>>);

record! { Ours }
record! { #[derive(Clone)] Derived }
clone_from! {
    impl<T: ?Sized, const N: usize> Clone for Ours<'_, T, N> { text, list, borrowed, array }
}

fn parts() -> impl Strategy<Value = Parts> {
    (vec(".{0,9}", 1..4), vec(proptest::option::of(".{0,9}"), 0..4))
}

proptest! {
    #[test]
    fn like_the_derive(one in parts(), two in parts()) {
        let source = Ours::<str, 3>::new(&one, "borrowed");
        prop_assert_eq!(&source.clone(), &source);
        let mut target = Ours::new(&two, "another");
        target.clone_from(&source);
        prop_assert_eq!(&target, &source);

        let derived = Derived::<u64, 3>::new(&one, &1);
        let mut target = Derived::new(&two, &2);
        target.clone_from(&derived);
        prop_assert_eq!((target.text, target.list), (source.text, source.list));
    }
}

/// Every shape that is promised compiles, and each clones all of it.
#[test]
fn shapes() {
    #[derive(Debug, PartialEq)]
    struct Unit;
    clone_from! { impl Clone for Unit {} }

    #[derive(Debug, PartialEq)]
    struct Pair(String, u8);
    clone_from! { impl Clone for Pair { 0, 1, } }

    #[derive(Debug, PartialEq)]
    struct Bounded<T, U>(Vec<T>, U)
    where
        U: Iterator<Item = Vec<Vec<T>>>;
    clone_from! {
        impl<T: Clone, U> Clone for Bounded<T, U> where U: Iterator<Item = Vec<Vec<T>>> + Clone { 0, 1 }
    }

    mod elsewhere {
        #[derive(Debug, PartialEq, Default)]
        pub(super) struct Raw {
            pub(super) r#type: String,
        }
    }
    clone_from! { impl Clone for elsewhere::Raw { r#type } }

    let mut unit = Unit;
    unit.clone_from(&Unit.clone());
    let mut pair = Pair(String::new(), 0);
    pair.clone_from(&Pair("text".into(), 7));
    assert_eq!(pair, Pair("text".into(), 7));
    let mut bounded = Bounded(vec![1], vec![vec![vec![1]]].into_iter());
    bounded.clone_from(&Bounded(vec![2], vec![].into_iter()));
    assert_eq!((bounded.0, bounded.1.len()), (vec![2], 0));
    let raw = elsewhere::Raw { r#type: "t".into() };
    let mut other = elsewhere::Raw::default();
    other.clone_from(&raw);
    assert_eq!(other, raw);
}
