//! Infallible code without memory: how its child ends.

use std::cell::OnceCell;
use std::hint::black_box;
use std::process::abort;

use thrifty::fault::{How, sweep_infallible};

use crate::panic_text;

#[test]
fn each_request_of_std_ends_the_process() {
    let sweep = sweep_infallible(|| {
        let mut list = vec![Box::new(1)];
        list.push(Box::new(2));
        format!("{list:?} and more text than the first guess has room for")
    });
    assert!(sweep.points >= 4, "{sweep}");
    assert_eq!(sweep.aborted, sweep.points, "{sweep}");
    sweep.assert_clean();
}

#[test]
fn code_that_does_without_returns() {
    let sweep = sweep_infallible(|| {
        let mut list: Vec<u64> = Vec::new();
        let _ = list.try_reserve(8);
        list.capacity()
    });
    assert_eq!((sweep.points, sweep.aborted), (1, 0));
    assert_eq!(sweep.returned, [1]);
    sweep.assert_clean();
}

#[test]
fn work_without_requests_has_no_points() {
    let sweep = sweep_infallible(|| 1 + 1);
    assert_eq!(sweep, sweep_infallible(|| ()));
    assert_eq!(sweep.points, 0);
}

#[test]
fn a_panic_is_told_with_its_text() {
    let sweep = sweep_infallible(|| {
        let mut list: Vec<u64> = Vec::new();
        list.try_reserve(8).expect("there is always memory");
    });
    let [ended] = sweep.ended.as_slice() else { panic!("{sweep}") };
    assert_eq!((ended.point, ended.how), (1, How::Panicked));
    let text = panic_text(|| sweep.assert_clean());
    assert!(text.contains("1 ended otherwise (panicked at 1"), "{text}");
    assert!(text.contains("there is always memory: TryReserveError"), "{text}");
}

/// An abort for another reason, a memory error that glibc found for example, is not "no memory".
#[test]
fn another_abort_is_told() {
    let sweep = sweep_infallible(|| {
        if Vec::<u64>::new().try_reserve(8).is_err() {
            abort();
        }
    });
    let [ended] = sweep.ended.as_slice() else { panic!("{sweep}") };
    assert_eq!((ended.point, ended.how, sweep.aborted), (1, How::Killed, 0));
    assert!(panic_text(|| sweep.assert_clean()).contains("was killed at 1"));
}

#[test]
fn a_leak_is_told() {
    let sweep = sweep_infallible(|| {
        let block = black_box(vec![1_u8; 100]);
        if Vec::<u64>::new().try_reserve(8).is_err() {
            Vec::leak(block);
        }
    });
    assert_eq!((sweep.points, sweep.aborted), (2, 1));
    assert_eq!(sweep.leaked, [2]);
    assert!(panic_text(|| sweep.assert_clean()).contains("1 leaked (at 2)"));
    let granted = sweep_infallible(|| black_box(Vec::leak(vec![1_u8; 100])).len());
    assert_eq!(granted.leaked, [0], "also where nothing failed");
}

/// What is built once is built in the parent: its requests are no points.
#[test]
fn what_is_built_once_is_no_point() {
    let once = OnceCell::new();
    let sweep = sweep_infallible(|| {
        once.get_or_init(|| vec![1; 100]);
        Box::new(1)
    });
    assert_eq!((sweep.points, sweep.aborted), (1, 1));
    sweep.assert_clean();
}

/// What the child does stays in the child.
#[test]
fn the_parent_sees_only_its_own_run() {
    let mut runs = 0;
    let sweep = sweep_infallible(|| {
        runs += 1;
        Box::new(runs)
    });
    assert_eq!((sweep.points, runs), (1, 1));
}
