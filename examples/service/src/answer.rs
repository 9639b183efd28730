//! Where an answer ends, for the clients in this package.

use std::io;
use std::ops::Range;

/// The status and where the body is, once the answer is complete.
pub(crate) fn complete(bytes: &[u8]) -> io::Result<Option<(u16, Range<usize>)>> {
    let invalid = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text.to_owned());
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(|error| invalid(&error.to_string()))?;
    let httparse::Status::Complete(start) = parsed else { return Ok(None) };
    let status = response.code.unwrap_or_default();
    let mut headers = response.headers.iter();
    let length = headers.find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| str::from_utf8(header.value).ok()?.parse().ok());
    let length: usize = length.ok_or_else(|| invalid("an answer without content-length"))?;
    Ok((bytes.len() >= start + length).then_some((status, start..start + length)))
}
