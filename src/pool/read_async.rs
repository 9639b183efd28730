//! Filling a buffer from a reader of tokio's.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use tokio::io::{AsyncRead, ReadBuf};

use super::buf::PooledBuf;

impl PooledBuf {
    /// Reads once, at most `max` bytes, and appends what came; 0 at the end of the input.
    ///
    /// The twin of [`read_from`](Self::read_from) for what is async. The reader is lent memory that
    /// counts as uninitialised, so nothing of a former user shows through its safe calls, and nothing
    /// is zeroed for a reader that only writes.
    ///
    /// Dropping the future is fine at any point: what was read is in the buffer, or still in the
    /// reader. For a reader that is not `Unpin`, pass `&mut pin!(reader)`.
    ///
    /// # Allocation
    ///
    /// Never allocates while there is room, or a larger block is idle; otherwise once, for the next
    /// power of two and 32 bytes. And what the reader allocates.
    ///
    /// # Errors
    ///
    /// Those of the reader; nothing is appended then.
    ///
    /// # Panics
    ///
    /// If the reader puts another buffer in the place of the one it was lent. As
    /// [`BufferPool::get`](super::BufferPool::get).
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::{BufferPool, PoolConfig};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = BufferPool::new(PoolConfig::new())?;
    /// let mut socket: &[u8] = b"hello";
    /// let mut buf = pool.get(16);
    /// assert_eq!(buf.read_from_async(&mut socket, 3).await?, 3);
    /// assert_eq!(buf.read_from_async(&mut socket, 16).await?, 2);
    /// assert_eq!(buf, *b"hello");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Measured
    ///
    /// <!-- ledger: read_async -->
    /// ```text
    /// What `read_async` takes from the heap in each case, up to the drop of the last value.
    /// A message is read in one go, looked at and dropped. The pool is warm.
    ///
    /// blocks  allocations plus reallocations
    /// bytes   their sizes, summed: a reallocation counts with its whole new size
    /// peak    the most bytes alive at one time
    /// owner   thrifty: a promise, stated in tests/dhat/read_async.rs, the same with every compiler;
    ///         std, peer: for comparison, measured with rustc 1.95.0
    ///
    /// Measured by the crate dhat on a 64-bit target. To write this file anew:
    /// BLESS=1 cargo test --test dhat
    ///
    /// case                                        implementation              owner    blocks   bytes  peak
    /// ------------------------------------------  --------------------------  -------  ------  ------  ----
    /// 100 messages of 1,500 bytes, 4 KiB of room  PooledBuf::read_from_async  thrifty       0       0     0
    /// 100 messages of 1,500 bytes, 4 KiB of room  Vec, tokio's read_buf       peer        100  409600  4096
    /// ```
    /// <!-- end -->
    #[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
    pub async fn read_from_async<R>(&mut self, reader: &mut R, max: usize) -> io::Result<usize>
    where
        R: AsyncRead + Unpin + ?Sized,
    {
        poll_fn(|context| self.poll_read_from(context, Pin::new(reader), max)).await
    }

    fn poll_read_from(
        &mut self,
        context: &mut Context<'_>,
        reader: Pin<&mut (impl AsyncRead + ?Sized)>,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        let (window, ready) = self.uninit_window(max);
        let start = window.as_ptr().addr();
        let mut lent = ReadBuf::uninit(window);
        // SAFETY: the first `ready` bytes of the window are initialised (`uninit_window`).
        unsafe { lent.assume_init(ready) };
        let polled = reader.poll_read(context, &mut lent);
        assert_eq!(
            lent.filled().as_ptr().addr(),
            start,
            "the reader has put another buffer in the place of the one it was lent"
        );
        let (filled, ready) = (lent.filled().len(), lent.initialized().len());
        // SAFETY: `lent` is of the window, of which it says that so much is initialised.
        unsafe { self.window_was_initialised(ready) };
        ready!(polled)?;
        // SAFETY: as above; what is filled is initialised, and was written by the reader or for it.
        unsafe { self.append_of_window(filled) };
        Poll::Ready(Ok(filled))
    }
}
