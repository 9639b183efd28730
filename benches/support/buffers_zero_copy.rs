//! Two levers: `zero_copy`, which has [`numbers`](super::numbers) in it, and the response is written into a buffer that is kept.
//!
//! The other vectors hold parts of the request, so they cannot be kept as easily: a
//! `Vec<Item<'a>>` has to end before the request that it borrows from.

use super::error::Error;
use super::receipt::Sentences;
use super::rules::App;
use super::{Variant, echo, zero_copy};

/// See the module's documentation.
#[derive(Debug)]
pub struct BuffersZeroCopy {
    app: App,
    sentences: Sentences,
    response: Vec<u8>,
}

impl BuffersZeroCopy {
    pub fn new() -> Self {
        Self { app: App::new(), sentences: Sentences::default(), response: Vec::new() }
    }
}

impl Variant for BuffersZeroCopy {
    fn name(&self) -> &'static str {
        "buffers_zero_copy"
    }

    fn about(&self) -> &'static str {
        "buffers + zero_copy"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        self.response.clear();
        zero_copy::create_order(&self.app, request, &mut self.sentences, &mut self.response)?;
        Ok(&self.response)
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        echo::borrowed::<String>(request, &mut self.response)?;
        Ok(&self.response)
    }
}
