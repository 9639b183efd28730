//! The room `pool` of this crate alone: `existing`, with what comes and goes taken from pools.
//!
//! A server does not keep one `Vec` for each variant, as this workload lets `existing` do: it has a
//! buffer for each request in flight, and sends one while it fills the next. So here
//!
//! - **the request lies in a [`PooledBuf`]**, as the socket would fill it, and the response is
//!   written into another, which goes back when the next one takes its place;
//! - **the items are a pooled vector** ([`Many`]): the order shrinks from 8 items in the value to a
//!   pointer, and an order of 50 items allocates no more than one of 5;
//! - **the priced lines borrow** from the order, so their vector is a [`RecycleSlot`]'s.
//!
//! This brings little here: `existing` has one allocation, the JSON parser's, and so has this. And it
//! costs: 53.6 thousand instructions beside 50.4, for the copy of the request and for a response that is
//! written piece by piece into a [`PooledBuf`], which looks after what a former user wrote. What it
//! buys is that nothing spills, whatever the size of the order, and that the memory is bounded and
//! shared by all threads. (callgrind, rustc 1.95, glibc 2.36: `cargo run --release --manifest-path
//! benches/versus/Cargo.toml -- --room report --all`.)

use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

use compact_str::CompactString;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use thrifty::pool::{
    BufferPool, Pool, PoolConfig, Pooled, PooledBuf, RecycleSlot, StaticBufferPool,
};

use super::error::Error;
use super::head::Head;
use super::metadata::Metadata;
use super::receipt::{self, Line, Parcels, Receipt, Sentences};
use super::rules::{App, Tally};
use super::{Variant, echo};

/// Where requests and responses lie.
pub static BUFFERS: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

/// What a kept vector may have grown to: 50 items are 6 KiB.
pub const RETAIN: usize = 64 * 1024;

static ITEMS: Pool<Vec<Item>> = Pool::new().retain(RETAIN);

/// See the module's documentation.
#[derive(Debug)]
pub struct PooledBuffers {
    app: App,
    lines: RecycleSlot<Line<'static>>,
    sentences: Sentences,
    response: Option<PooledBuf>,
}

impl PooledBuffers {
    pub fn new() -> Self {
        Self {
            app: App::new(),
            lines: RecycleSlot::with_retain(RETAIN),
            sentences: Sentences::default(),
            response: None,
        }
    }
}

impl Variant for PooledBuffers {
    fn name(&self) -> &'static str {
        "pooled"
    }

    fn about(&self) -> &'static str {
        "existing + thrifty::pool: PooledBuf in and out, pooled and recycled vectors"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        // The last response has been sent.
        self.response = None;
        let request = received(request);
        let head = Head::parse(&request)?;
        let caller = head.wanted.admit(&self.app, head.method, head.path, head.body)?;
        let order: Order = serde_json::from_str(str::from_utf8(head.body)?)?;

        let mut tally = Tally::open(
            &self.app,
            &order.currency,
            &order.ship_to.country,
            order.coupon.as_deref(),
            order.items.len(),
        )?;
        let mut lines = self.lines.lend::<Line<'_>>();
        for item in order.items.iter() {
            let (product, net) = tally.line(&self.app, &item.sku, item.quantity, item.discount)?;
            lines.push(Line::new(product, &item.sku, item.quantity, net));
        }
        let parcels = receipt::group(&mut lines);

        self.sentences.write(&self.app, &caller, &head.wanted, &order.customer.name, lines.len());
        let receipt = Receipt {
            order_id: &self.sentences.order_id,
            request_id: caller.request_id,
            message: &self.sentences.message,
            parcels: Parcels(&lines),
            totals: tally.close(parcels),
            metadata: &order.metadata,
        };
        let mut response = BUFFERS.get(1024);
        serde_json::to_writer(&mut response, &receipt)?;
        Ok(self.response.insert(response))
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        self.response = None;
        let mut response = Vec::new();
        echo::borrowed::<CompactString>(&received(request), &mut response)?;
        let mut sent = BUFFERS.get(response.len());
        sent.extend_from_slice(&response);
        Ok(self.response.insert(sent))
    }
}

/// The bytes in a buffer of the pool, as a server reads them from a socket.
fn received(request: &[u8]) -> PooledBuf {
    let mut buffer = BUFFERS.get(request.len());
    buffer.extend_from_slice(request);
    buffer
}

#[derive(Debug, serde::Deserialize)]
struct Order {
    customer: Customer,
    ship_to: Address,
    currency: CompactString,
    items: Many<Item>,
    coupon: Option<CompactString>,
    metadata: Metadata<CompactString>,
}

#[derive(Debug, serde::Deserialize)]
struct Customer {
    id: CompactString,
    name: CompactString,
    email: CompactString,
    phone: Option<CompactString>,
}

#[derive(Debug, serde::Deserialize)]
struct Address {
    name: CompactString,
    street: CompactString,
    city: CompactString,
    postcode: CompactString,
    country: CompactString,
}

#[derive(Debug, serde::Deserialize)]
struct Item {
    sku: CompactString,
    quantity: i64,
    discount: Option<i64>,
    note: Option<CompactString>,
}

impl Kept for Item {
    fn pool() -> &'static Pool<Vec<Self>> {
        &ITEMS
    }
}

/// What is kept in vectors of a pool.
pub trait Kept: Send + Sized + 'static {
    fn pool() -> &'static Pool<Vec<Self>>;
}

/// A list whose vector comes from a pool, in serde.
#[derive(Debug)]
pub struct Many<T: Kept>(pub Pooled<Vec<T>>);

impl<T: Kept> Deref for Many<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Kept + Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ManyVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Kept + Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Many<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
        let mut many = T::pool().get();
        while let Some(one) = seq.next_element()? {
            many.push(one);
        }
        Ok(Many(many))
    }
}
