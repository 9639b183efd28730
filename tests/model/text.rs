//! `Str`s out of pooled bytes against `String`s: the block stays as long as one of them does.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use thrifty::pool::{BufferPool, PoolConfig, PooledBytes};
use thrifty::share::Str;

#[derive(Clone, Debug)]
enum Op {
    Clone(Index),
    Slice(Index, Index, Index),
    Drop(Index),
    Bytes(Index),
    String(Index),
    Shout(Index),
}

fn op() -> impl Strategy<Value = Op> {
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Op::Clone),
        (at(), at(), at()).prop_map(|(one, from, to)| Op::Slice(one, from, to)),
        at().prop_map(Op::Drop),
        at().prop_map(Op::Bytes),
        at().prop_map(Op::String),
        at().prop_map(Op::Shout),
    ]
}

proptest! {
    #[test]
    fn text_in_a_block(
        // Around 23, and around what leaves 56 to 63 bytes of a block of 256.
        text in prop_oneof!["[a-z]{0,30}", "[a-zä]{100,140}", "[a-z]{185,210}", "[a-z]{250,256}"],
        skip in 0..40_usize,
        cut in 0..40_usize,
        shared: bool,
        bad: bool,
        align in prop_oneof![Just(1_usize), Just(64)],
        ops in vec(op(), 0..30),
    ) {
        let config = PoolConfig::new().zeroize(shared).align(align);
        let pool = BufferPool::new(config).unwrap();
        // All of it known to be zero, so that what is written behind the text must be noted.
        drop(pool.get_zeroed(256));
        let mut buf = pool.get(256);
        buf.extend_from_slice(text.as_bytes());
        if bad {
            buf.extend_from_slice(b"\xff");
        }
        let whole = buf.freeze();
        // What stands behind may be read by another handle.
        let cut = if bad { 0 } else { cut };
        let end = (0..=text.len().saturating_sub(cut)).rfind(|&at| text.is_char_boundary(at));
        let end = if bad { text.len() + 1 } else { end.unwrap_or(0) };
        let skip = text.char_indices().map(|(at, _)| at).nth(skip).unwrap_or(0);
        let skip = skip.min(end);
        let other = shared.then(|| whole.clone());
        let bytes: PooledBytes = whole.slice(skip..end);
        drop(whole);
        let address = bytes.as_ptr();
        let expected = text[skip..end.min(text.len())].to_owned();
        match Str::try_from(bytes) {
            Ok(_) => assert!(!bad),
            Err(refused) => {
                assert!(bad);
                let bytes = refused.into_bytes();
                assert_eq!((bytes.as_ptr(), bytes.len()), (address, expected.len() + 1));
                assert_eq!(bytes.is_unique(), !shared);
            }
        }
        assert_eq!(pool.stats().outstanding, u64::from(shared), "it came back");
        if bad {
            return Ok(());
        }

        // Once more, to be used.
        let mut buf = pool.get(256);
        buf.extend_from_slice(text.as_bytes());
        let whole = buf.freeze();
        drop(other);
        let other = shared.then(|| whole.clone());
        let bytes = whole.slice(skip..end);
        drop(whole);
        let address = bytes.as_ptr();
        let str = Str::try_from(bytes).unwrap();
        if expected.len() > Str::INLINE_CAPACITY {
            assert_eq!((str.as_ptr(), str.retained()), (address, 256));
            assert_eq!(str.is_unique(), !shared);
        } else {
            assert!(str.is_inline());
        }
        let mut all = vec![(str, expected)];
        for op in ops {
            if all.is_empty() {
                break;
            }
            match op {
                Op::Clone(at) => {
                    let one = at.get(&all).clone();
                    all.push(one);
                }
                Op::Slice(at, from, to) => {
                    let (str, model) = at.get(&all);
                    let is_cut = |&at: &usize| model.is_char_boundary(at);
                    let cuts: Vec<_> = (0..=model.len()).filter(is_cut).collect();
                    let (from, to) = (*from.get(&cuts), *to.get(&cuts));
                    let (from, to) = (from.min(to), from.max(to));
                    let part = (str.slice(from..to), model[from..to].to_owned());
                    all.push(part);
                }
                Op::Drop(at) => drop(all.swap_remove(at.index(all.len()))),
                Op::Bytes(at) => {
                    let (str, model) = all.swap_remove(at.index(all.len()));
                    let (at, inline) = (str.as_ptr(), str.is_inline());
                    let bytes = str.into_bytes();
                    assert_eq!(bytes, model);
                    assert!(inline || bytes.as_ptr() == at, "not copied");
                    all.push((Str::try_from(bytes).unwrap(), model));
                }
                Op::String(at) => {
                    let (str, model) = all.swap_remove(at.index(all.len()));
                    assert_eq!(str.into_string(), model);
                }
                Op::Shout(at) => {
                    let at = at.index(all.len());
                    let was = all[at].0.as_ptr();
                    all[at].0.make_mut().make_ascii_uppercase();
                    let is_pooled = !all[at].0.is_inline()
                        && (address.addr()..address.addr() + 512).contains(&was.addr());
                    assert!(!is_pooled || all[at].0.as_ptr() != was, "of the pool's it is a copy");
                    all[at].1.make_ascii_uppercase();
                }
            }
            for (str, model) in &all {
                assert_eq!(str, model);
            }
            if let Some(other) = &other {
                assert_eq!(other, text.as_bytes(), "nobody writes to what is shared");
            }
        }
        drop((all, other));
        assert_eq!(pool.stats().outstanding, 0);
        assert_eq!(pool.get_zeroed(256), [0; 256]);
    }
}
