//! What a former user wrote: no safe call shows it, and on demand it is gone.

use std::io::{self, Read};
use std::mem::MaybeUninit;

use thrifty::pool::{BufferPool, PoolConfig, PooledBuf};

use crate::pool;

const SECRET: u8 = 0xA5;

/// A block full of secrets has gone back.
fn leave_secrets(pool: &BufferPool, size: usize) {
    pool.get(size).resize(size, SECRET);
}

/// The whole block, by the one way that shows it: reading what one has not written.
fn peek(buf: &mut PooledBuf) -> Vec<u8> {
    buf.clear();
    let spare = buf.spare_capacity_mut();
    // SAFETY: these tests have written all of the block before.
    spare.iter().map(|byte: &MaybeUninit<u8>| unsafe { byte.assume_init() }).collect()
}

struct Reader(usize);

impl Read for Reader {
    fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
        assert!(!window.contains(&SECRET), "a former user shows");
        let count = self.0.min(window.len());
        window[..count].fill(1);
        Ok(count)
    }
}

#[test]
fn the_test_itself_sees_what_is_not_wiped() {
    let pool = pool();
    leave_secrets(&pool, 4096);
    assert!(peek(&mut pool.get(4096)).contains(&SECRET));
}

#[test]
fn a_reader_sees_nothing() {
    let pool = pool();
    leave_secrets(&pool, 4096);
    let mut buf = pool.get(4096);
    buf.extend_from_slice(b"head");
    for gives in [0, 1, 100, 5000] {
        buf.read_from(&mut Reader(gives), 2000).unwrap();
        buf.truncate(7);
    }
    buf.read_from(&mut Reader(10), 4096).unwrap();
    assert_eq!(&buf[..4], b"head");
}

#[test]
fn a_reader_that_panics_or_lies_leaves_a_legal_buffer() {
    struct Panics;
    impl Read for Panics {
        fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
            window.fill(2);
            panic!("reader");
        }
    }
    struct Lies;
    impl Read for Lies {
        fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
            Ok(window.len() + 1)
        }
    }
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::Interrupted.into())
        }
    }
    let pool = pool();
    let mut buf = pool.get(256);
    buf.extend_from_slice(b"kept");
    let catch = |buf: &mut PooledBuf, lies: bool| {
        let read = std::panic::AssertUnwindSafe(|| {
            if lies { buf.read_from(&mut Lies, 10) } else { buf.read_from(&mut Panics, 10) }
        });
        assert!(std::panic::catch_unwind(read).is_err());
    };
    catch(&mut buf, true);
    catch(&mut buf, false);
    assert!(buf.read_from(&mut Fails, 10).is_err());
    assert_eq!(buf, b"kept");
    drop(buf);
    assert_eq!(pool.get_zeroed(256), [0; 256], "what the reader scribbled is known");
}

/// Every way of writing counts.
#[test]
fn zeros_are_zeros_whatever_was_written_before() {
    struct Scribbler;
    impl Read for Scribbler {
        fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
            window.fill(SECRET);
            Ok(1)
        }
    }
    let writes: [fn(&mut PooledBuf); 7] = [
        |buf| buf.extend_from_slice(&[SECRET; 300]),
        |buf| buf.resize(4096, SECRET),
        |buf| {
            buf.resize(4096, SECRET);
            buf.clear();
        },
        |buf| buf.spare_capacity_mut().fill(MaybeUninit::new(SECRET)),
        |buf| bytes::BufMut::chunk_mut(buf)[4000..].copy_from_slice(&[SECRET; 96]),
        |buf| drop(buf.read_from(&mut io::repeat(SECRET), 2000)),
        |buf| drop(buf.read_from(&mut Scribbler, 2000)),
    ];
    let pool = pool();
    for write in writes {
        for len in [4096, 100, 0, 3000, 4096] {
            let mut zeros = pool.get_zeroed(len);
            assert!(zeros.iter().all(|&byte| byte == 0), "{len}");
            zeros.resize(4096, 0);
            assert_eq!(zeros, [0; 4096]);
            drop(zeros);
            let mut zeros = pool.get_zeroed(4096);
            zeros[4000] = SECRET;
            drop(zeros);
            let mut zeros = pool.get_zeroed(4000);
            zeros.extend_from_slice(&[SECRET; 10]);
            zeros.truncate(3);
            drop(zeros);
            write(&mut pool.get(4096));
        }
    }
}

#[test]
fn frozen_bytes_that_come_back_are_known() {
    let pool = pool();
    let mut buf = pool.get_zeroed(4096);
    buf.clear();
    buf.extend_from_slice(&[SECRET; 2000]);
    let bytes = buf.freeze();
    drop(bytes.slice(10..));
    let mut buf = bytes.slice(1000..1500);
    drop(bytes);
    buf.truncate(400);
    let mut buf = buf.try_into_mut().unwrap();
    buf.clear();
    drop(buf);
    assert_eq!(pool.get_zeroed(4096), [0; 4096]);
}

#[test]
fn zeroizing_wipes_on_return_and_on_growth() {
    let pool = BufferPool::new(PoolConfig::new().zeroize(true)).unwrap();
    leave_secrets(&pool, 4096);
    assert!(peek(&mut pool.get(4096)).iter().all(|&byte| byte == 0));

    let mut buf = pool.get(4096);
    buf.resize(4096, SECRET);
    buf.resize(5000, SECRET);
    // The old block has come back.
    assert!(peek(&mut pool.get(4096)).iter().all(|&byte| byte == 0));
    // Written to, then shortened: still wiped.
    buf.truncate(1);
    let bytes = buf.freeze();
    drop(bytes.clone());
    drop(bytes);
    assert!(peek(&mut pool.get(5000)).iter().all(|&byte| byte == 0));
}

#[test]
fn debug_shows_no_bytes() {
    let mut buf = pool().get(256);
    buf.extend_from_slice(b"password");
    let text = format!("{buf:?}");
    assert_eq!(text, "PooledBuf { len: 8, capacity: 256, pooled: false }");
    assert_eq!(format!("{:?}", buf.freeze()), "PooledBytes { len: 8, backing_capacity: 256, .. }");
}

/// The last bytes too, when they do not fill a word.
#[test]
fn zeroizing_wipes_to_the_last_byte() {
    let pool = BufferPool::new(PoolConfig::new().zeroize(true)).unwrap();
    for len in 1..=33 {
        let mut buf = pool.get(64);
        buf.extend_from_slice(&[SECRET; 33][..len]);
        drop(buf);
        assert!(peek(&mut pool.get(64)).iter().all(|&byte| byte == 0), "{len} bytes");
    }
}
