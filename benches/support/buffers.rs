//! One lever alone: `naive`, with the buffers kept from request to request.
//!
//! What is cleared instead of dropped keeps its memory: the response, the copy of the body, the
//! method, the path and the table of the header map. The strings in that map and the fields of
//! the order are still allocated one by one, so this lever alone takes away little: what it is
//! good for is large bodies.

use super::Variant;
use super::error::Error;
use super::head::MAX_HEADERS;
use super::naive::{Request, create_order};
use super::rules::App;

/// See the module's documentation.
#[derive(Debug)]
pub struct Buffers {
    app: App,
    request: Request,
    response: Vec<u8>,
}

impl Buffers {
    pub fn new() -> Self {
        Self { app: App::new(), request: Request::default(), response: Vec::new() }
    }
}

impl Variant for Buffers {
    fn name(&self) -> &'static str {
        "buffers"
    }

    fn about(&self) -> &'static str {
        "naive + buffers reused"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        let app = self.app.clone();
        refill(&mut self.request, request)?;
        let receipt = create_order(&app, &self.request)?;
        self.response.clear();
        serde_json::to_writer(&mut self.response, &receipt)?;
        Ok(&self.response)
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        refill(&mut self.request, request)?;
        self.response.clear();
        serde_json::to_writer(&mut self.response, &self.request.echo()?)?;
        Ok(&self.response)
    }
}

/// [`Request::parse`] into a request that was used before.
fn refill(request: &mut Request, bytes: &[u8]) -> Result<(), Error> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut lines);
    let httparse::Status::Complete(end) = parsed.parse(bytes)? else {
        return Err(Error::TruncatedHead);
    };
    request.method.clear();
    request.method.push_str(parsed.method.unwrap_or_default());
    request.path.clear();
    request.path.push_str(parsed.path.unwrap_or_default());
    request.headers.clear();
    for header in parsed.headers.iter() {
        if let Ok(value) = str::from_utf8(header.value) {
            request.headers.insert(header.name.to_ascii_lowercase(), value.to_string());
        }
    }
    request.header_lines = parsed.headers.len();
    request.body.clear();
    request.body.extend_from_slice(&bytes[end..]);
    Ok(())
}
