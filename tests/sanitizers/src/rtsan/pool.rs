use std::io::Write as _;

use thrifty::pool::{
    BufferPool, Pool, PoolConfig, RecycleSlot, recycle, with_scratch, with_scratch_string,
};

use crate::Calls;

pub(crate) fn check(calls: &mut Calls) {
    buffers(calls);
    frozen(calls);
    objects(calls);
    scratch(calls);
}

/// A pool that has a block of each size used here at hand.
fn warm() -> BufferPool {
    let pool = BufferPool::new(PoolConfig::new()).expect("the defaults make sense");
    drop([pool.get(100), pool.get(100), pool.get(5_000), pool.get(5_000)]);
    pool
}

fn buffers(calls: &mut Calls) {
    let pool = warm();
    let mut buf = calls.never("pool/buffer_pool::get", || pool.get(100));
    calls.never("pool/buffer_pool::try_get", || pool.try_get(100).is_ok());
    calls.never("pool/buffer_pool::get_zeroed", || pool.get_zeroed(100).len());
    calls.never("pool/buffer_pool::stats", || pool.stats());
    calls.never("pool/stats::hit_rate", || pool.stats().hit_rate());
    calls.never("pool/buf::capacity", || buf.capacity());
    assert!(calls.never("pool/buf::is_pooled", || buf.is_pooled()));
    calls.never("pool/buf::extend_from_slice", || buf.extend_from_slice(&[7; 60]));
    calls.never("pool/buf::write", || write!(buf, "{}", 7).is_ok());
    calls.never("pool/buf::spare_capacity_mut", || buf.spare_capacity_mut().len());
    // SAFETY: shorter than what was written.
    calls.never("pool/buf::set_len", || unsafe { buf.set_len(50) });
    // Grows into the larger block that is idle.
    calls.never("pool/buf::reserve", || buf.reserve(4_500));
    calls.never("pool/buf::truncate", || buf.truncate(20));
    calls.never("pool/buf::clear", || buf.clear());
    calls.never("pool/buf::drop", || drop(buf));
}

fn frozen(calls: &mut Calls) {
    let pool = warm();
    let mut buf = pool.get(100);
    buf.extend_from_slice(b"bytes that are shared");
    let mut bytes = calls.never("pool/buf::freeze", || buf.freeze());
    let clone = calls.never("pool/frozen::clone", || bytes.clone());
    let part = calls.never("pool/frozen::slice", || bytes.slice(2..5));
    let head = calls.never("pool/frozen::split_to", || bytes.split_to(3));
    calls.never("pool/frozen::truncate", || bytes.truncate(4));
    calls.never("pool/frozen::backing_capacity", || bytes.backing_capacity());
    assert!(!calls.never("pool/frozen::is_unique", || bytes.is_unique()));
    calls.never("pool/frozen::drop", || drop((clone, part, head)));
    let back = calls.never("pool/frozen::try_into_mut", || bytes.try_into_mut().ok());
    calls.never("pool/buf::drop", || drop(back));
}

fn objects(calls: &mut Calls) {
    static POOL: Pool<Vec<u32>> = Pool::new();
    POOL.get().extend(0..100);
    calls.never("pool/objects::get", || POOL.get().extend(0..100));
    calls.never("pool/objects::try_get", || POOL.try_get().is_ok());
    calls.never("pool/objects::stats", || POOL.stats());
}

fn scratch(calls: &mut Calls) {
    with_scratch(|bytes| bytes.extend([1; 100]));
    calls.never("pool/scratch::with_scratch", || with_scratch(|bytes| bytes.extend([1; 100])));
    with_scratch_string(|text| text.push_str("warm"));
    calls.never("pool/scratch::with_scratch_string", || {
        with_scratch_string(|text| text.push_str("warm"));
    });
    let names: Vec<&'static str> = vec!["a", "b"];
    let ids: Vec<&'static str> = calls.never("pool/recycle::recycle", || recycle(names));
    drop(ids);
    let mut slot: RecycleSlot<u64> = RecycleSlot::new();
    slot.lend::<u64>().extend([1, 2, 3]);
    calls.never("pool/recycle::lend", || slot.lend::<u64>().extend([1, 2, 3]));
}
