//! Vectors in a former one's memory against vectors made anew.

use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::pool::{RecycleSlot, recycle};

proptest! {
    #[test]
    fn a_recycled_vector_is_as_a_new_one(rounds in vec("[a-z ]{0,80}", 0..20)) {
        let mut kept: Vec<&str> = Vec::new();
        let mut slot = RecycleSlot::<&'static str>::new();
        let mut most = 0;
        for line in rounds {
            let upper = line.to_uppercase();
            let model: Vec<&str> = upper.split(' ').collect();

            let mut words: Vec<&str> = recycle(kept);
            prop_assert!(words.is_empty());
            words.extend(upper.split(' '));
            prop_assert_eq!(&words, &model);
            kept = recycle(words);
            prop_assert!(kept.capacity() >= most.max(model.len()));

            let mut lent = slot.lend::<&str>();
            prop_assert!(lent.is_empty());
            lent.extend(upper.split(' '));
            prop_assert_eq!(&*lent, &model);
            drop(lent);
            most = most.max(model.len());
            prop_assert!(slot.capacity() >= most);
        }
    }
}

#[test]
fn items_are_dropped_once_and_first() {
    let counted = Rc::new(());
    let held = vec![Some(Rc::clone(&counted)), None, Some(Rc::clone(&counted))];
    let numbers: Vec<Option<std::num::NonZeroUsize>> = recycle(held);
    assert!(numbers.is_empty() && numbers.capacity() == 3);
    assert_eq!(Rc::strong_count(&counted), 1);
}

#[test]
fn an_empty_vector_stays_without_memory() {
    let empty: Vec<u64> = recycle(Vec::<f64>::new());
    assert_eq!(empty.capacity(), 0);
    let units: Vec<[u64; 0]> = recycle(vec![[0_u64; 0]; 3]);
    assert!(units.is_empty());
}

#[test]
fn a_slot_keeps_up_to_its_limit() {
    for (items, kept) in [(9, true), (10, true), (11, false)] {
        let mut slot = RecycleSlot::<u64>::with_retain(80);
        slot.lend::<f64>().reserve_exact(items);
        assert_eq!(slot.capacity() > 0, kept, "{items} items of 8 bytes");
    }
}

#[test]
#[allow(clippy::mem_forget, reason = "what happens then is the question")]
fn a_guard_that_is_forgotten_takes_the_memory_along() {
    let mut slot = RecycleSlot::<u8>::new();
    slot.lend::<u8>().extend([1, 2, 3]);
    let kept = slot.capacity();
    assert!(kept >= 3);
    std::mem::forget(slot.lend::<u8>());
    assert_eq!(slot.capacity(), 0);
    assert!(slot.lend::<u8>().is_empty());
}

#[test]
fn a_vector_may_be_taken_out_of_its_guard() {
    let mut slot = RecycleSlot::<u32>::new();
    let mut lent = slot.lend::<u32>();
    lent.push(1);
    let taken = std::mem::take(&mut *lent);
    drop(lent);
    assert_eq!((taken, slot.capacity()), (vec![1], 0));
}

/// Only for what `T` itself may do.
#[test]
fn a_slot_may_be_sent_and_shared_if_its_items_may() {
    fn check<T: Send + Sync>() {}
    check::<RecycleSlot<&'static str>>();
    check::<thrifty::pool::Lent<'static, u8, i8>>();
}
