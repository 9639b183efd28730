//! Pooled bytes as the body of an HTTP message.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};

use super::buf::PooledBuf;
use super::frozen::PooledBytes;

/// Pooled bytes as an HTTP body: one frame, of a known length.
///
/// For hyper 1 and all that takes an [`http_body::Body`]. The bytes go to the connection as they are,
/// and the block comes back once they are sent. hyper writes `content-length` by itself, since the
/// length is exact.
///
/// **axum's `Body` holds `bytes::Bytes`**, and boxes what it is made from: give it
/// [`PooledBuf::into_bytes`], which is one allocation of 32 bytes beside axum's own.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use http_body::Body;
/// use thrifty::pool::{BufferPool, PooledBody, PoolConfig};
///
/// let pool = BufferPool::new(PoolConfig::new())?;
/// let mut buf = pool.get(1024);
/// buf.extend_from_slice(b"{\"id\":7}");
/// let body = PooledBody::from(buf);
/// assert_eq!(body.size_hint().exact(), Some(8));
/// drop(body);
/// assert_eq!(pool.stats().outstanding, 0);
/// # Ok::<(), thrifty::pool::ConfigError>(())
/// ```
///
/// # Measured
///
/// <!-- ledger: body -->
/// ```text
/// What `body` takes from the heap in each case, up to the drop of the last value.
/// The bytes are written into a buffer of 4 KiB, made a body, and its frame is taken.
///
/// blocks  allocations plus reallocations
/// bytes   their sizes, summed: a reallocation counts with its whole new size
/// peak    the most bytes alive at one time
/// owner   thrifty: a promise, stated in tests/dhat/body.rs, the same with every compiler;
///         std, peer: for comparison, measured with rustc 1.95.0
///
/// Measured by the crate dhat on a 64-bit target. To write this file anew:
/// BLESS=1 cargo test --test dhat
///
/// case                                     implementation                      owner    blocks  bytes  peak
/// ---------------------------------------  ----------------------------------  -------  ------  -----  ----
/// a body of 3,000 bytes, written and sent  PooledBody                          thrifty       0      0     0
/// a body of 3,000 bytes, written and sent  PooledBuf::into_bytes, axum's Body  thrifty       2     64    64
/// a body of 3,000 bytes, written and sent  BytesMut, axum's Body               peer          3   4152  4152
/// a body of 3,000 bytes, written and sent  Vec as Bytes, axum's Body           peer          3   4152  4152
/// ```
/// <!-- end -->
#[derive(Debug, Default)]
#[cfg_attr(docsrs, doc(cfg(feature = "http-body")))]
pub struct PooledBody(
    /// Not empty: an empty frame would only be work.
    Option<PooledBytes>,
);

impl PooledBody {
    /// A body without bytes.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn empty() -> Self {
        Self(None)
    }
}

impl From<PooledBytes> for PooledBody {
    fn from(bytes: PooledBytes) -> Self {
        Self(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

impl From<PooledBuf> for PooledBody {
    fn from(buf: PooledBuf) -> Self {
        buf.freeze().into()
    }
}

impl Body for PooledBody {
    type Data = PooledBytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<PooledBytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
