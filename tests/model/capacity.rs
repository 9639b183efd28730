//! `inline_capacity` against the objects that the compiler makes.

use thrifty::inline::{SmallVec, inline_capacity};

#[derive(Clone, Copy)]
#[repr(align(16))]
struct Wide;
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "for its size")] [u8; 64]);

/// At most the asked size, and with one item more it would be above: for each type and size.
macro_rules! table {
    ($($item:ty),*; $bytes:tt) => {$( table!(@ $item; $bytes); )*};
    (@ $item:ty; [$($bytes:literal)*]) => {$({
        const N: usize = inline_capacity::<$item>($bytes);
        let object = size_of::<SmallVec<[$item; N]>>();
        let more = size_of::<SmallVec<[$item; N + 1]>>();
        let smallest = size_of::<SmallVec<[$item; 1]>>();
        let what = format!("{} items of {} bytes, aligned to {}", N, size_of::<$item>(), align_of::<$item>());
        assert!(object <= $bytes.max(smallest), "{what}: {object} bytes, {} asked", $bytes);
        assert!(more > $bytes, "{what}: one more would fit into {}: {more} bytes", $bytes);
    })*};
}

#[test]
fn the_object_has_at_most_the_asked_size() {
    table!(
        u8, u16, u32, u64, u128, (u8, u16), (u64, u8), [u8; 3], [u8; 7], [u8; 24], [u8; 56],
        [u8; 57], [u8; 100], [u8; 256], [u64; 32], &str, String, Option<u32>, Line;
        [24 32 40 48 56 60 64 72 96 128 200 256 1024]
    );
}

/// LLVM's figures for its 64 bytes; at least one where none fits.
#[test]
fn known_figures() {
    assert_eq!(inline_capacity::<u8>(64), 56);
    assert_eq!(inline_capacity::<u64>(64), 7);
    assert_eq!(inline_capacity::<[u8; 256]>(64), 1);
    assert_eq!([inline_capacity::<u64>(0), inline_capacity::<u64>(15)], [1, 1]);
    assert_eq!(inline_capacity::<u128>(64), 3);
    assert_eq!(inline_capacity::<u8>(usize::MAX), (usize::MAX & !7) - 8);
}

/// No heap, whatever the number, as in std.
#[test]
fn of_a_zero_sized_type_any_number_fits() {
    const ALL: usize = inline_capacity::<Wide>(64);
    assert_eq!(ALL, usize::MAX);
    let mut none: SmallVec<[(); inline_capacity::<()>(64)]> = SmallVec::new();
    none.extend([(); 1000]);
    assert_eq!((none.len(), none.spilled()), (1000, false));
}

#[test]
#[should_panic(expected = "more than INLINE_ITEM_BYTES bytes")]
fn an_item_above_256_bytes_is_refused() {
    let _ = inline_capacity::<[u8; 257]>(4096);
}
