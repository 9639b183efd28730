//! A connection of the client: blocking, since it has a thread of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection that is kept alive.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends the bytes of a request, and returns the status of the answer, read to its end.
    pub(super) fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        loop {
            if let Some((status, length)) = head(&self.buffer)? {
                if self.buffer.len() == length {
                    return Ok(status);
                }
                if self.buffer.len() > length {
                    return Err(invalid("more than the answer came"));
                }
            }
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => self.buffer.extend_from_slice(&piece[..count]),
            }
        }
    }
}

/// The status and the length of the whole answer, once the head is complete.
fn head(bytes: &[u8]) -> io::Result<Option<(u16, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(|error| invalid(&error.to_string()))?;
    let httparse::Status::Complete(end) = parsed else { return Ok(None) };
    let status = response.code.unwrap_or_default();
    let mut headers = response.headers.iter();
    let length = headers.find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| str::from_utf8(header.value).ok()?.parse().ok());
    let length: usize = length.ok_or_else(|| invalid("an answer without content-length"))?;
    Ok(Some((status, end + length)))
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text.to_owned())
}
