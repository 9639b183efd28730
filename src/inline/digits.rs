//! Integers as text, straight into where it is wanted.
//!
//! A formatter that fills a buffer from the right costs a copy of bytes that were just written in
//! pairs, which a processor cannot forward from its store buffer: half of the time of a short
//! `small_concat!`. Here eight digits at a time are made in a register, the first in its lowest
//! byte, by one multiplication for each halving: 4 + 4, 2 + 2 + 2 + 2, 1 + 1 + 1 + ...

use super::ArrayString;

/// What eight digits can say is below this.
const EIGHT: u64 = 100_000_000;
/// The digits of `u128::MAX`.
const MOST: usize = 39;

/// Appends the digits of `n`; `false` if they do not fit, and then some of them may be there.
#[inline]
pub(super) fn push<const N: usize>(to: &mut ArrayString<N>, n: u64) -> bool {
    if n < EIGHT && to.remaining_capacity() >= 8 {
        let (digits, zeros) = without_zeros(n);
        let len = to.len() + 8 - zeros;
        push_eight(to, digits);
        to.truncate(len);
        return true;
    }
    to.try_push_str(&text(n.into())).is_ok()
}

/// All digits of `n`.
#[inline(never)]
pub(super) fn text(n: u128) -> ArrayString<MOST> {
    // From the right: 39 digits are four times eight and seven.
    let mut rest = n;
    let mut chunks = [0_u64; 5];
    let mut last = 0;
    loop {
        let eight = u128::from(EIGHT);
        // The remainder is below `EIGHT`.
        #[allow(clippy::cast_possible_truncation, reason = "the remainder is below 10^8")]
        let chunk = (rest % eight) as u64;
        chunks[last] = chunk;
        rest /= eight;
        if rest == 0 {
            break;
        }
        last += 1;
    }
    let mut all = ArrayString::new();
    let (mut digits, zeros) = without_zeros(chunks[last]);
    for _ in zeros..8 {
        all.push(char::from(digits.to_le_bytes()[0]));
        digits >>= 8;
    }
    for &chunk in chunks[..last].iter().rev() {
        push_eight(&mut all, ascii(chunk));
    }
    all
}

/// The digits of `n`, the first in the lowest byte, and how many zeros were before it.
#[inline]
fn without_zeros(n: u64) -> (u64, usize) {
    let digits = ascii(n);
    // The last digit stays, also of 0.
    let zeros = ((digits & 0x0f0f_0f0f_0f0f_0f0f) | 1 << 56).trailing_zeros() / 8;
    (digits >> (8 * zeros), zeros as usize)
}

/// Eight digits, the first in the lowest byte.
#[inline]
fn ascii(n: u64) -> u64 {
    let halves = (n / 10_000) | (n % 10_000) << 32;
    // 10_486 / 2^20 is 1/100 for up to 4 digits, 103 / 2^10 is 1/10 for up to 2.
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | (halves - 100 * hundreds) << 16;
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = pairs - 10 * tens;
    tens | ones << 8 | 0x3030_3030_3030_3030
}

/// One store: the compiler puts the eight together.
#[inline]
fn push_eight<const N: usize>(to: &mut ArrayString<N>, digits: u64) {
    // ASCII for the compiler too.
    for byte in (digits & 0x7f7f_7f7f_7f7f_7f7f).to_le_bytes() {
        to.push(char::from(byte));
    }
}
