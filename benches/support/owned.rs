//! No lifetime in any type of one's own: the plain way.
//!
//! The order, the caller and the receipt are the owned structs of `inline`, so they may be kept,
//! sent to another thread or held across an `.await`. Only the head, which nobody keeps, is
//! borrowed from the request; the state is not cloned, and the response buffer is reused. What
//! is left: the JSON parser's scratch space, and each string that is longer than 24 bytes, such
//! as the ids in the head and the message.

use compact_str::CompactString;

use super::error::Error;
use super::head::Head;
use super::inline::{Context, Order, receipt};
use super::rules::App;
use super::{Variant, echo};

/// See the module's documentation.
#[derive(Debug)]
pub struct Owned {
    app: App,
    response: Vec<u8>,
}

impl Owned {
    pub fn new() -> Self {
        Self { app: App::new(), response: Vec::new() }
    }
}

impl Variant for Owned {
    fn name(&self) -> &'static str {
        "owned"
    }

    fn about(&self) -> &'static str {
        "inline, borrowed head, buffers reused: no lifetimes in the user's types"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        let head = Head::parse(request)?;
        let caller = head.wanted.admit(&self.app, head.method, head.path, head.body)?;
        let context = Context::new(&caller, &head.wanted);
        let order: Order = serde_json::from_str(str::from_utf8(head.body)?)?;
        let receipt = receipt(&self.app, context, order)?;
        self.response.clear();
        serde_json::to_writer(&mut self.response, &receipt)?;
        Ok(&self.response)
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        echo::borrowed::<CompactString>(request, &mut self.response)?;
        Ok(&self.response)
    }
}
