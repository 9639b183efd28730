//! The whole stack without a socket: one kept-alive connection over a pipe in memory, on one thread.
//!
//! Nothing in it depends on the kernel, so its instructions repeat: the scoreboard counts them here.

use std::io;

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime::{Builder, Runtime};

use crate::answer::complete;
use crate::server::{Options, connection};

/// More than any request or answer of this service.
const PIPE: usize = 64 << 10;

/// A router, hyper around it, and a client's end of the pipe.
#[derive(Debug)]
pub struct InProcess {
    runtime: Runtime,
    pipe: DuplexStream,
    answer: Vec<u8>,
}

impl InProcess {
    /// Opens the connection.
    ///
    /// # Errors
    ///
    /// If there is no runtime to be had.
    pub fn new(router: Router) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (pipe, far_end) = duplex(PIPE);
        runtime.spawn(connection(far_end, router, Options::default()));
        Ok(Self { runtime, pipe, answer: Vec::with_capacity(PIPE) })
    }

    /// Sends the bytes of a request, and returns the status and the body of the answer.
    ///
    /// # Errors
    ///
    /// If the connection ends, or the answer is not HTTP with a `content-length`.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        let (status, body) = self.runtime.block_on(async {
            self.pipe.write_all(request).await?;
            self.answer.clear();
            loop {
                if let Some((status, body)) = complete(&self.answer)? {
                    return Ok::<_, io::Error>((status, body));
                }
                if self.pipe.read_buf(&mut self.answer).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        })?;
        Ok((status, &self.answer[body]))
    }

    /// Sends the request that often. The answers have to be of one length, and are not looked at.
    ///
    /// # Errors
    ///
    /// Those of [`exchange`](Self::exchange).
    pub fn repeat(&mut self, request: &[u8], times: u64) -> io::Result<()> {
        self.exchange(request)?;
        let length = self.answer.len();
        self.runtime.block_on(async {
            for _ in 0..times {
                self.pipe.write_all(request).await?;
                self.pipe.read_exact(&mut self.answer[..length]).await?;
            }
            Ok(())
        })
    }
}
