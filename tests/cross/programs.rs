//! Programs from a seed: the same requests in every process, and no other.

use std::alloc::{self, Layout};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use fastrand::Rng;

/// How many programs there are of each kind.
const SEEDS: u64 = 8;
const STEPS: usize = 150;

type Step = fn(&mut Rng, &mut State);

const KINDS: [(&str, Step); 7] = [
    ("vec", vec_step),
    ("string", string_step),
    ("hash map", hash_map_step),
    ("b-tree", b_tree_step),
    ("box", box_step),
    ("raw", raw_step),
    ("mixed", mixed_step),
];

pub(crate) struct Program {
    /// Its kind and its seed.
    pub(crate) name: String,
    step: Step,
    seed: u64,
}

pub(crate) fn all() -> Vec<Program> {
    let program = |(kind, step), seed| Program { name: format!("{kind} {seed}"), step, seed };
    KINDS.into_iter().flat_map(|kind| (0..SEEDS).map(move |seed| program(kind, seed))).collect()
}

impl Program {
    /// Frees all that it allocates.
    pub(crate) fn run(&self) {
        let mut rng = Rng::with_seed(self.seed);
        let mut state = State::default();
        for _ in 0..STEPS {
            (self.step)(&mut rng, &mut state);
        }
        drop(black_box(state));
    }
}

/// What is alive between two steps.
#[derive(Default)]
struct State {
    vecs: Vec<Vec<u32>>,
    text: String,
    texts: Vec<String>,
    // Its own hasher has a seed of its own in each process, and with it the moment when it grows.
    hash_map: HashMap<u16, String, BuildHasherDefault<DefaultHasher>>,
    b_tree: BTreeMap<u16, Box<u64>>,
    list: Option<Box<Node>>,
    raw: Vec<Raw>,
}

struct Node {
    _payload: [u8; 40],
    next: Option<Box<Self>>,
}

fn vec_step(rng: &mut Rng, state: &mut State) {
    let vecs = &mut state.vecs;
    match (rng.u8(0..8), rng.choice(0..vecs.len())) {
        (0, _) | (_, None) => vecs.push(Vec::with_capacity(rng.usize(0..40))),
        (1, _) => vecs.push(vec![0; rng.usize(0..200)]),
        (2 | 3, Some(which)) => vecs[which].extend(0..rng.u32(0..90)),
        (4, Some(which)) => vecs[which].push(rng.u32(..)),
        (5, Some(which)) => {
            let to = rng.usize(0..50);
            vecs[which].truncate(to);
            vecs[which].shrink_to(to);
        }
        (6, Some(which)) => vecs.push(vecs[which].clone()),
        (_, Some(which)) => drop(vecs.swap_remove(which)),
    }
}

fn string_step(rng: &mut Rng, state: &mut State) {
    let State { text, texts, .. } = state;
    match rng.u8(0..7) {
        0 => text.push_str(&"x".repeat(rng.usize(0..60))),
        1 => write!(text, "{}-{:?}", rng.u64(..), rng.bool()).expect("a String takes everything"),
        2 => texts.push(format!("order {} of {}", rng.u16(..), text.len())),
        3 => texts.push(std::mem::take(text)),
        4 => *text = texts.join(", "),
        5 => text.shrink_to_fit(),
        _ => texts.truncate(rng.usize(0..10)),
    }
}

fn hash_map_step(rng: &mut Rng, state: &mut State) {
    let map = &mut state.hash_map;
    match rng.u8(0..8) {
        0..=3 => drop(map.insert(rng.u16(0..100), "value".repeat(rng.usize(1..5)))),
        4 => drop(map.remove(&rng.u16(0..100))),
        5 => map.entry(rng.u16(0..100)).or_default().push('y'),
        6 => map.shrink_to_fit(),
        _ => map.reserve(rng.usize(0..60)),
    }
}

fn b_tree_step(rng: &mut Rng, state: &mut State) {
    let map = &mut state.b_tree;
    match rng.u8(0..9) {
        0..=4 => drop(map.insert(rng.u16(0..200), Box::new(rng.u64(..)))),
        5 | 6 => drop(map.pop_first()),
        7 => drop(map.split_off(&rng.u16(100..200))),
        _ => map.append(&mut (0..rng.u16(0..20)).map(|key| (key, Box::new(0))).collect()),
    }
}

fn box_step(rng: &mut Rng, state: &mut State) {
    let list = &mut state.list;
    match rng.u8(0..4) {
        0..=2 => *list = Some(Box::new(Node { _payload: [0; 40], next: list.take() })),
        _ => *list = list.take().and_then(|node| node.next),
    }
    let bytes: Box<[u8]> = (0..rng.u8(..)).collect();
    drop(black_box(bytes));
}

fn raw_step(rng: &mut Rng, state: &mut State) {
    let raw = &mut state.raw;
    let size = if rng.u8(0..10) == 0 { rng.usize(1..100_000) } else { rng.usize(1..300) };
    match (rng.u8(0..6), rng.choice(0..raw.len())) {
        (0..=2, _) | (_, None) => raw.push(Raw::new(size, 1 << rng.u8(0..9), rng.bool())),
        (3 | 4, Some(which)) => raw[which].resize(size),
        (_, Some(which)) => drop(raw.swap_remove(which)),
    }
}

fn mixed_step(rng: &mut Rng, state: &mut State) {
    let (_, step) = KINDS[rng.usize(0..KINDS.len() - 1)];
    step(rng, state);
}

/// A block of the global allocator.
///
/// # Invariants
///
/// - R1: `block` came from the global allocator with `layout`, whose size is above zero, and is live.
struct Raw {
    block: *mut u8,
    layout: Layout,
}

impl Raw {
    fn new(size: usize, align: usize, zeroed: bool) -> Self {
        assert!(size > 0);
        let layout = Layout::from_size_align(size, align).expect("a power of two, a small size");
        let block = if zeroed {
            // SAFETY: the size is above zero.
            unsafe { alloc::alloc_zeroed(layout) }
        } else {
            // SAFETY: the size is above zero.
            unsafe { alloc::alloc(layout) }
        };
        assert!(!block.is_null());
        Self { block, layout }
    }

    fn resize(&mut self, size: usize) {
        assert!(size > 0);
        let layout = Layout::from_size_align(size, self.layout.align()).expect("a small size");
        // SAFETY: R1; the new size is above zero, and `layout` proves that it does not overflow.
        let block = unsafe { alloc::realloc(self.block, self.layout, size) };
        assert!(!block.is_null());
        // Field by field: the old block must not be freed once more.
        self.block = block;
        self.layout = layout;
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: R1, and this is the last use of the block.
        unsafe { alloc::dealloc(self.block, self.layout) };
    }
}
