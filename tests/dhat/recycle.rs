//! `recycle` and `RecycleSlot` beside a vector made anew in every round.
//!
//! That std keeps the block is an optimisation of its own, so it is counted here for items of many
//! layouts, with and without optimisation.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::hint::black_box;
use std::num::ParseIntError;
use thrifty::pool::{RecycleSlot, recycle};

const LINE: &str = "a,b,c,d,e,f,g,h,i,j,11";
const ROUNDS: &str = "100 lines of 11 fields";

pub(crate) fn block() -> Block {
    let mut rows = rounds();
    rows.extend(layouts());
    Block {
        name: "recycle",
        about: "A field is a &str (16 bytes). Each row has the vector of a former round.",
        rows,
    }
}

fn rounds() -> Vec<Row> {
    vec![
        Row::thrifty(ROUNDS, "recycle", NOTHING, || {
            let mut kept: Vec<&str> = Vec::with_capacity(11);
            measure(|| {
                for _ in 0..100 {
                    let mut fields = recycle(std::mem::take(&mut kept));
                    split(&mut fields);
                    kept = recycle(fields);
                }
            })
        }),
        Row::thrifty(ROUNDS, "RecycleSlot", NOTHING, || {
            let mut slot = warm();
            measure(|| (0..100).for_each(|_| split(&mut slot.lend::<&str>())))
        }),
        Row::std(ROUNDS, "Vec::new", heap(300, 44_800, 256), || {
            measure(|| (0..100).for_each(|_| split(&mut Vec::new())))
        }),
        Row::std(ROUNDS, "Vec::with_capacity", heap(100, 17_600, 176), || {
            measure(|| (0..100).for_each(|_| split(&mut Vec::with_capacity(11))))
        }),
        Row::thrifty("left by ?, then a line", "RecycleSlot", NOTHING, || {
            fn number(slot: &mut RecycleSlot<&'static str>) -> Result<u32, ParseIntError> {
                let mut fields = slot.lend::<&str>();
                split(&mut fields);
                fields[0].parse()
            }
            let mut slot = warm();
            measure(|| {
                assert!(number(&mut slot).is_err());
                split(&mut slot.lend::<&str>());
            })
        }),
        Row::thrifty("above what is retained", "RecycleSlot", heap(1, 176, 176), || {
            let mut slot = RecycleSlot::<&'static str>::with_retain(175);
            measure(|| {
                let mut fields = slot.lend::<&str>();
                fields.reserve_exact(11);
                split(&mut fields);
            })
        }),
    ]
}

/// The same block, whatever the items are.
fn layouts() -> Vec<Row> {
    #[derive(Clone, Copy)]
    #[repr(align(64))]
    enum Line {
        Even,
        Odd,
    }
    assert_eq!(size_of::<Line>(), 64);
    vec![
        kept("u64 to f64", 1_u64, 1_f64),
        kept("u8 to i8", 1_u8, 1_i8),
        kept("String to Vec<u8>", String::from("x"), vec![1_u8]),
        kept("align 64", Line::Even, Line::Odd),
        kept("(), no size", (), ()),
        kept("Option<Box> to Box", Some(Box::new(1_u8)), Box::new(1_u8)),
        kept("[u8; 96] to [u8; 96]", [0_u8; 96], [1_u8; 96]),
    ]
}

fn kept<T, U>(case: &str, old: T, new: U) -> Row
where
    T: Clone + Send + Sync + 'static,
    U: Clone + Send + Sync + 'static,
{
    Row::thrifty(case, "recycle", NOTHING, move || {
        let mut vec = Vec::with_capacity(10);
        vec.push(old.clone());
        let (start, capacity) = (vec.as_ptr().addr(), vec.capacity());
        let new = new.clone();
        measure(|| {
            let mut vec: Vec<U> = recycle(vec);
            vec.push(new);
            assert_eq!((vec.as_ptr().addr(), vec.capacity()), (start, capacity));
            vec
        })
    })
}

fn warm() -> RecycleSlot<&'static str> {
    let mut slot = RecycleSlot::new();
    split(&mut slot.lend());
    slot
}

fn split(fields: &mut Vec<&str>) {
    fields.extend(black_box(LINE).split(','));
    assert_eq!(fields.len(), 11);
}
