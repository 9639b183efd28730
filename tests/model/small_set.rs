//! `SmallSet` against std's `HashSet`: the same operations, the same answers.

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::HashSet;
use std::hash::RandomState;
use std::panic::{RefUnwindSafe, UnwindSafe};
use thrifty::inline::{SmallSet, small_set};

/// Values are few, so that most are met again.
const VALUES: u8 = 12;

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Insert(u8),
    Replace(u8),
    GetOrInsert(u8),
    GetOrInsertWith(u8),
    Remove(u8),
    Take(u8),
    Retain(u8),
    ExtractIf(u8, usize),
    Drain(usize),
    Extend(Vec<u8>),
    Clear,
    Reserve(u8),
    TryReserve(u8),
    ShrinkTo(u8),
    ShrinkToFit,
    Clone,
    CloneFrom(Vec<u8>),
    Combine(Vec<u8>),
}

fn op() -> impl Strategy<Value = Op> {
    let value = || 0..VALUES;
    let some = || vec(0..VALUES, 0..16);
    prop_oneof![
        8 => value().prop_map(Op::Insert),
        1 => value().prop_map(Op::Replace),
        1 => value().prop_map(Op::GetOrInsert),
        1 => value().prop_map(Op::GetOrInsertWith),
        3 => value().prop_map(Op::Remove),
        1 => value().prop_map(Op::Take),
        1 => (2..4_u8).prop_map(Op::Retain),
        1 => ((2..4_u8), (0..8_usize)).prop_map(|(each, taken)| Op::ExtractIf(each, taken)),
        1 => (0..8_usize).prop_map(Op::Drain),
        1 => some().prop_map(Op::Extend),
        1 => Just(Op::Clear),
        1 => (0..20_u8).prop_map(Op::Reserve),
        1 => (0..20_u8).prop_map(Op::TryReserve),
        1 => (0..20_u8).prop_map(Op::ShrinkTo),
        2 => Just(Op::ShrinkToFit),
        1 => Just(Op::Clone),
        1 => some().prop_map(Op::CloneFrom),
        4 => some().prop_map(Op::Combine),
    ]
}

pub(crate) fn run<const N: usize>(ops: Vec<Op>) -> Result<(), TestCaseError> {
    let mut ours: SmallSet<u8, N> = SmallSet::new();
    let mut std: HashSet<u8> = HashSet::new();
    for op in ops {
        let was_spilled = ours.spilled();
        let asks_for_room =
            matches!(op, Op::Reserve(_) | Op::TryReserve(_) | Op::Extend(_) | Op::CloneFrom(_));
        apply(&mut ours, &mut std, op)?;
        prop_assert_eq!((ours.len(), ours.is_empty()), (std.len(), std.is_empty()));
        prop_assert!(ours.capacity() >= ours.len());
        prop_assert_eq!(sorted(&ours), sorted(&std));
        for value in 0..VALUES {
            prop_assert_eq!(ours.get(&value), std.get(&value));
            prop_assert_eq!(ours.contains(&value), std.contains(&value));
        }
        let other: SmallSet<u8, N> = sorted(&std).into_iter().rev().copied().collect();
        prop_assert_eq!(&ours, &other);
        if !was_spilled && !asks_for_room {
            prop_assert_eq!(ours.spilled(), ours.len() > N);
        }
    }
    Ok(())
}

fn apply<const N: usize>(
    ours: &mut SmallSet<u8, N>,
    std: &mut HashSet<u8>,
    op: Op,
) -> Result<(), TestCaseError> {
    match op {
        Op::Insert(value) => prop_assert_eq!(ours.insert(value), std.insert(value)),
        Op::Replace(value) => prop_assert_eq!(ours.replace(value), std.replace(value)),
        Op::GetOrInsert(value) => {
            prop_assert_eq!(*ours.get_or_insert(value), value);
            std.insert(value);
        }
        Op::GetOrInsertWith(value) => {
            prop_assert_eq!(*ours.get_or_insert_with(&value, |value| *value), value);
            std.insert(value);
        }
        Op::Remove(value) => prop_assert_eq!(ours.remove(&value), std.remove(&value)),
        Op::Take(value) => prop_assert_eq!(ours.take(&value), std.take(&value)),
        Op::Retain(each) => {
            ours.retain(|value| !value.is_multiple_of(each));
            std.retain(|value| !value.is_multiple_of(each));
        }
        Op::ExtractIf(each, taken) => {
            for value in ours.extract_if(|value| value.is_multiple_of(each)).take(taken) {
                prop_assert!(value.is_multiple_of(each) && std.remove(&value));
            }
        }
        Op::Drain(taken) => {
            for value in ours.drain().take(taken) {
                prop_assert!(std.remove(&value));
            }
            std.clear();
        }
        Op::Extend(list) => {
            ours.extend(&list);
            std.extend(&list);
        }
        Op::Clear => {
            ours.clear();
            std.clear();
        }
        Op::Reserve(more) => {
            ours.reserve(more.into());
            prop_assert!(ours.capacity() >= ours.len() + usize::from(more));
        }
        Op::TryReserve(more) => {
            prop_assert!(ours.try_reserve(more.into()).is_ok());
            prop_assert!(ours.try_reserve(usize::MAX).is_err());
        }
        Op::ShrinkTo(least) => ours.shrink_to(least.into()),
        Op::ShrinkToFit => ours.shrink_to_fit(),
        Op::Clone => *ours = ours.clone(),
        Op::CloneFrom(list) => {
            ours.clone_from(&list.iter().copied().collect());
            *std = list.into_iter().collect();
        }
        Op::Combine(list) => combine(ours, std, &list)?,
    }
    Ok(())
}

fn combine<const N: usize>(
    ours: &SmallSet<u8, N>,
    std: &HashSet<u8>,
    list: &[u8],
) -> Result<(), TestCaseError> {
    let other: SmallSet<u8, N> = list.iter().copied().collect();
    let std_other: HashSet<u8> = list.iter().copied().collect();
    prop_assert_eq!(sorted(ours.union(&other)), sorted(std.union(&std_other)));
    prop_assert_eq!(sorted(ours.intersection(&other)), sorted(std.intersection(&std_other)));
    prop_assert_eq!(sorted(ours.difference(&other)), sorted(std.difference(&std_other)));
    prop_assert_eq!(
        sorted(ours.symmetric_difference(&other)),
        sorted(std.symmetric_difference(&std_other))
    );
    prop_assert_eq!(sorted(ours | &other), sorted(std | &std_other));
    prop_assert_eq!(sorted(ours & &other), sorted(std & &std_other));
    prop_assert_eq!(sorted(ours ^ &other), sorted(std ^ &std_other));
    prop_assert_eq!(sorted(ours - &other), sorted(std - &std_other));
    prop_assert_eq!(ours.is_subset(&other), std.is_subset(&std_other));
    prop_assert_eq!(ours.is_superset(&other), std.is_superset(&std_other));
    prop_assert_eq!(ours.is_disjoint(&other), std.is_disjoint(&std_other));
    for asked in 0..4 {
        hint_holds(ours.union(&other), asked)?;
        hint_holds(ours.intersection(&other), asked)?;
        hint_holds(ours.difference(&other), asked)?;
        hint_holds(ours.symmetric_difference(&other), asked)?;
    }
    Ok(())
}

/// Whether the hint is right after so many values.
fn hint_holds(mut values: impl Iterator, asked: usize) -> Result<(), TestCaseError> {
    values.by_ref().take(asked).for_each(drop);
    let (least, most) = values.size_hint();
    let left = values.count();
    prop_assert!(least <= left && most.is_some_and(|most| left <= most), "{least} {left} {most:?}");
    Ok(())
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

proptest! {
    #[test]
    fn none_inline(ops in vec(op(), 0..40)) {
        run::<0>(ops)?;
    }

    #[test]
    fn one_inline(ops in vec(op(), 0..40)) {
        run::<1>(ops)?;
    }

    #[test]
    fn eight_inline(ops in vec(op(), 0..40)) {
        run::<8>(ops)?;
    }
}

#[test]
fn a_borrowed_value_finds_and_makes_an_owned_one() {
    let mut set: SmallSet<String, 2> = SmallSet::new();
    let mut made = 0;
    for name in ["a", "b", "a", "c", "c"] {
        let there = set.get_or_insert_with(name, |name| {
            made += 1;
            name.to_owned()
        });
        assert_eq!(there, name);
    }
    assert_eq!((made, set.len(), set.spilled()), (3, 3, true));
    assert!(set.contains("b") && set.remove("b") && set.take("b").is_none());
    assert_eq!(format!("{:?}", SmallSet::<_, 2>::from([1])), "{1}");
    assert_eq!(format!("{:?}", SmallSet::<_, 2>::from([1]).drain()), "[1]");
}

#[test]
#[should_panic(expected = "the new value is not the one asked for")]
fn another_value_than_asked_for() {
    let mut set: SmallSet<String, 2> = SmallSet::new();
    set.get_or_insert_with("a", |_| "b".to_owned());
}

#[test]
fn auto_traits() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    fn goes<T: Send + Sync + Unpin>() {}
    all::<SmallSet<String, 4>>();
    all::<small_set::Iter<'static, String>>();
    all::<small_set::IntoIter<String, 4>>();
    all::<small_set::Union<'static, String, 4, RandomState>>();
    all::<small_set::Intersection<'static, String, 4, RandomState>>();
    all::<small_set::Difference<'static, String, 4, RandomState>>();
    all::<small_set::SymmetricDifference<'static, String, 4, RandomState>>();
    goes::<small_set::Drain<'static, String, 4>>();
    goes::<small_set::ExtractIf<'static, String, 4, fn(&String) -> bool>>();
}

/// Shorter lifetimes are fine, as in std's set; compiles or not.
#[allow(dead_code, reason = "that it compiles is the test")]
mod variance {
    use super::{RandomState, SmallSet, small_set};

    fn owned<'b>(
        set: SmallSet<&'static str, 4>,
        iter: small_set::IntoIter<&'static str, 4>,
    ) -> (SmallSet<&'b str, 4>, small_set::IntoIter<&'b str, 4>) {
        (set, iter)
    }

    macro_rules! covariant {
        ($($name:ident $type:ident<$($n:literal)? $(, $hasher:ident)?>;)*) => {$(
            fn $name<'a, 'b>(
                longer: small_set::$type<'a, &'static str $(, $n)? $(, $hasher)?>,
            ) -> small_set::$type<'a, &'b str $(, $n)? $(, $hasher)?> {
                longer
            }
        )*};
    }

    covariant! {
        iter Iter<>;
        drain Drain<4>;
        union Union<4, RandomState>;
        intersection Intersection<4, RandomState>;
        difference Difference<4, RandomState>;
        symmetric_difference SymmetricDifference<4, RandomState>;
    }
}

#[cfg(feature = "serde")]
#[test]
fn serde_there_and_back() {
    for n in [0, 1, 4, 5, 100] {
        let set: SmallSet<u32, 4> = (0..n).collect();
        let text = serde_json::to_string(&set).unwrap();
        let back: SmallSet<u32, 4> = serde_json::from_str(&text).unwrap();
        assert_eq!((&back, back.spilled()), (&set, n > 4));
    }
    serde_json::from_str::<SmallSet<u32, 4>>("{}").unwrap_err();
}
