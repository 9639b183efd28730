//! An executor that does what the test says: it polls when it is told to, and knows who was woken.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

/// A future on a leash; dropped, it is cancelled.
pub(crate) struct Task<'a, R> {
    future: Pin<Box<dyn Future<Output = R> + 'a>>,
    woken: Arc<Flag>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

impl<'a, R> Task<'a, R> {
    /// Polled once: who is polled first stands first in line.
    pub(crate) fn started(future: impl Future<Output = R> + 'a) -> Result<R, Self> {
        let woken = Arc::new(Flag(AtomicBool::new(false)));
        let mut task = Self { future: Box::pin(future), woken };
        match task.poll() {
            Some(result) => Ok(result),
            None => Err(task),
        }
    }

    /// `None` if it is still waiting.
    pub(crate) fn poll(&mut self) -> Option<R> {
        self.woken.0.store(false, SeqCst);
        let waker = Waker::from(Arc::clone(&self.woken));
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        }
    }

    /// Whether it was woken since it was last polled.
    pub(crate) fn is_woken(&self) -> bool {
        self.woken.0.load(SeqCst)
    }
}
