//! Each function takes any bytes, makes operations of them, and lets a model test judge.
//!
//! The operations and the judge are those of `tests/model`, so a fuzzer and proptest cannot drift
//! apart: an operation that is added there is drawn here. `cargo test` in this folder replays
//! the corpus; `.ci/lane/fuzz` lets the fuzzer look for more.

mod draw;
#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::pedantic,
    reason = "tests that are no part of the targets; the main package lints them"
)]
mod model;

use draw::Draw;
use thrifty::inline::SmallString;
use thrifty::pool::BufferPool;
use thrifty::share::Str;
use thrifty::share::bytes::Bytes;

/// What a target is called, and how to run it on one input.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("small_map", small_map),
    ("small_set", small_set),
    ("small_string", small_string),
    ("str", str),
    ("decode", decode),
    ("fields", fields),
    ("cow", cow),
    ("buffer_pool", buffer_pool),
    ("objects", objects),
    ("scratch", scratch),
];

/// `SmallMap` against `HashMap`, inline, at the boundary and beyond.
pub fn small_map(data: &[u8]) {
    let mut draw = Draw::new(data).bytes(12);
    let which = draw.number();
    let ops = draw.list();
    match which % 3 {
        0 => model::small_map::run::<u8, 8>(ops),
        1 => model::small_map::run::<String, 4>(ops),
        _ => model::small_map::run::<u8, 1>(ops),
    }
    .unwrap();
}

/// `SmallSet` against `HashSet`.
pub fn small_set(data: &[u8]) {
    let mut draw = Draw::new(data).bytes(12);
    let which = draw.number();
    let ops = draw.list();
    match which % 2 {
        0 => model::small_set::run::<8>(ops),
        _ => model::small_set::run::<1>(ops),
    }
    .unwrap();
}

/// `SmallString` against `String`, panics included.
pub fn small_string(data: &[u8]) {
    let ops: Vec<_> = Draw::new(data).list();
    model::small_string::check::<8>(&ops).unwrap();
    model::small_string::check::<23>(&ops).unwrap();
}

/// Handles of `Str` that share buffers, against `String`s.
pub fn str(data: &[u8]) {
    let mut draw = Draw::new(data);
    let (way, start) = (draw.number(), draw.value());
    model::str::run(way, start, draw.list()).unwrap();
}

/// Any bytes as text: the verdict is that of std, and what is refused comes back.
pub fn decode(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    match (Str::try_from(bytes.clone()), std::str::from_utf8(data)) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs),
        (Err(ours), Err(theirs)) => {
            assert_eq!(ours.utf8_error(), theirs);
            assert_eq!(ours.into_bytes(), data);
        }
        (ours, theirs) => panic!("{ours:?} and {theirs:?}"),
    }
    let lossy = String::from_utf8_lossy(data);
    assert_eq!(Str::from_utf8_lossy(bytes), *lossy);
    assert_eq!(SmallString::<8>::from_utf8_lossy(data), *lossy);
    let ours = SmallString::<8>::from_utf8(data.to_vec());
    match (ours, String::from_utf8(data.to_vec())) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs),
        (ours, theirs) => assert_eq!(ours.unwrap_err(), theirs.unwrap_err()),
    }
    let units: Vec<_> =
        data.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let lossy = String::from_utf16_lossy(&units);
    assert_eq!(SmallString::<8>::from_utf16_lossy(&units), *lossy);
    let ours = SmallString::<8>::from_utf16(&units).ok();
    assert_eq!(ours.as_deref(), String::from_utf16(&units).ok().as_deref());
}

/// `Fields` against a list of strings.
pub fn fields(data: &[u8]) {
    let mut draw = Draw::new(data);
    match draw.number() % 3 {
        0 => model::fields::run::<0>(draw.list()),
        1 => model::fields::run::<4>(draw.list()),
        _ => model::fields::run::<16>(draw.list()),
    }
}

/// `CowExt` against the methods of `str`.
pub fn cow(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    model::cow::check_cases(&text);
    let mut parts = text.splitn(3, '\0');
    let (from, to) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    // A pattern that is nothing matches everywhere: long texts would only be slow.
    if let Some(text) = parts.next()
        && to.len() < 20
    {
        model::cow::check(
            text,
            &thrifty::share::CowExt::cow_replace(text, from, to),
            &text.replace(from, to),
        );
    }
}

/// A buffer of a pool that is full of secrets, against a vector.
pub fn buffer_pool(data: &[u8]) {
    let mut draw = Draw::new(data).bytes(0xA4);
    let habit = draw.number();
    let mut config = model::buffer_pool::config().zeroize(habit % 2 == 1);
    if habit % 3 == 1 {
        config = config.thread_bytes(0).align(8 << (habit % 7));
    }
    let pool = BufferPool::new(config).unwrap();
    model::buffer_pool::poison(&pool);
    model::buffer_pool::run(&pool, draw.list()).unwrap();
}

/// Objects of a pool against a list of plain ones.
pub fn objects(data: &[u8]) {
    let mut draw = Draw::new(data);
    let (limit, at_hand) = (draw.number() % 10, draw.number() % 6);
    model::objects::run(limit, at_hand, draw.list()).unwrap();
}

/// What a thread keeps against values made anew.
pub fn scratch(data: &[u8]) {
    let ops: Vec<_> = Draw::new(data).list();
    model::scratch::run(&ops);
}
