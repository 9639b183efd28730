//! A receipt as JSON, joined from pieces: [`pieces`](super::pieces) and [`best`](super::best) send it.
//!
//! What lies between two values is one literal. A text that holds a character to escape goes through
//! `serde_json`, so how JSON escapes is not said twice.

use super::receipt::{self, Line, Sentences};
use super::rules::{Cents, Totals};

/// Writes the receipt of lines in the order of [`receipt::group`].
pub fn write_receipt<'m>(
    out: &mut Vec<u8>,
    sentences: &Sentences,
    request_id: &str,
    lines: &[Line<'_>],
    totals: &Totals,
    metadata: impl Iterator<Item = (&'m str, &'m str)>,
) -> Result<(), serde_json::Error> {
    out.extend_from_slice(br#"{"order_id":"#);
    text(out, &sentences.order_id)?;
    out.extend_from_slice(br#","request_id":"#);
    text(out, request_id)?;
    out.extend_from_slice(br#","message":"#);
    text(out, &sentences.message)?;
    out.extend_from_slice(br#","parcels":["#);
    let mut between: &[u8] = br#"{"warehouse":"#;
    for parcel in receipt::parcels(lines) {
        out.extend_from_slice(between);
        between = br#",{"warehouse":"#;
        write_parcel(out, parcel)?;
    }
    out.extend_from_slice(br#"],"totals":{"subtotal":""#);
    amount(out, totals.subtotal);
    out.extend_from_slice(br#"","discount":""#);
    amount(out, totals.discount);
    out.extend_from_slice(br#"","shipping":""#);
    amount(out, totals.shipping);
    out.extend_from_slice(br#"","tax":""#);
    amount(out, totals.tax);
    out.extend_from_slice(br#"","total":""#);
    amount(out, totals.total);
    out.extend_from_slice(br#""},"metadata":{"#);
    let mut between: &[u8] = b"";
    for (key, value) in metadata {
        out.extend_from_slice(between);
        between = b",";
        text(out, key)?;
        out.push(b':');
        text(out, value)?;
    }
    out.extend_from_slice(b"}}");
    Ok(())
}

fn write_parcel(out: &mut Vec<u8>, lines: &[Line<'_>]) -> Result<(), serde_json::Error> {
    text(out, lines[0].warehouse)?;
    let mut between: &[u8] = br#","lines":[{"sku":"#;
    for line in lines {
        out.extend_from_slice(between);
        between = br#"},{"sku":"#;
        text(out, line.sku)?;
        out.extend_from_slice(br#","quantity":"#);
        number(out, line.quantity.unsigned_abs());
        out.extend_from_slice(br#","price":""#);
        amount(out, line.price);
        out.extend_from_slice(br#"","net":""#);
        amount(out, line.net);
        out.push(b'"');
    }
    out.extend_from_slice(b"}]}");
    Ok(())
}

/// A text in quotes.
#[inline]
pub fn text(out: &mut Vec<u8>, text: &str) -> Result<(), serde_json::Error> {
    if !is_plain(text.as_bytes()) {
        return serde_json::to_writer(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Whether it stands in JSON as it is: eight bytes at a time, no control character, quote or
/// backslash among them.
#[inline]
pub fn is_plain(text: &[u8]) -> bool {
    let (eights, rest) = text.as_chunks();
    let last = text.last_chunk().copied().unwrap_or_else(|| {
        // Filled up with what needs no escape.
        let mut last = [b' '; 8];
        last[..rest.len()].copy_from_slice(rest);
        last
    });
    eights.iter().chain([&last]).fold(0, |found, eight| found | to_escape(*eight)) == 0
}

/// Not 0 if one of the bytes has to be escaped.
#[inline]
fn to_escape(bytes: [u8; 8]) -> u64 {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let bytes = u64::from_ne_bytes(bytes);
    // The highest bit of a byte says whether it is below `limit`, if none before it was: right
    // about whether there is one.
    let below = |bytes: u64, limit: u8| bytes.wrapping_sub(EACH * u64::from(limit)) & !bytes;
    let is = |byte: u8| below(bytes ^ (EACH * u64::from(byte)), 1);
    (below(bytes, 0x20) | is(b'"') | is(b'\\')) & (EACH * 0x80)
}

/// Appends the first `len` of bytes whose number is known when it is compiled: two or three stores,
/// where `len` bytes would be a call of `memcpy`.
#[inline]
fn push_first<const N: usize>(out: &mut Vec<u8>, bytes: &[u8], len: usize) {
    let end = out.len() + len;
    out.extend_from_slice(bytes.first_chunk::<N>().expect("there are so many"));
    out.truncate(end);
}

/// The digits of a number.
#[inline]
fn number(out: &mut Vec<u8>, n: u64) {
    let mut digits = [0; 40];
    let start = write_digits(&mut digits, 20, n);
    push_first::<20>(out, &digits[start..], 20 - start);
}

/// The digits of an amount, with its point.
#[inline]
pub fn amount(out: &mut Vec<u8>, Cents(cents): Cents) {
    let mut digits = [b'.'; 48];
    let start = write_digits(&mut digits, 20, cents / 100);
    digits[21..23].copy_from_slice(&pair(cents));
    push_first::<24>(out, &digits[start..], 23 - start);
}

/// Writes the digits before `end`; returns where they begin.
#[inline]
fn write_digits<const N: usize>(to: &mut [u8; N], end: usize, mut n: u64) -> usize {
    let mut start = end;
    while n >= 10 {
        start -= 2;
        to[start..start + 2].copy_from_slice(&pair(n));
        n /= 100;
    }
    if n > 0 || start == end {
        start -= 1;
        to[start] = b'0' + (n % 10) as u8;
    }
    start
}

/// The last two digits.
#[inline]
fn pair(n: u64) -> [u8; 2] {
    PAIRS[(n % 100) as usize]
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0_u8;
    while n < 100 {
        pairs[n as usize] = [b'0' + n / 10, b'0' + n % 10];
        n += 1;
    }
    pairs
};
