//! Rows in PostgreSQL, by a pool of connections.
//!
//! A statement is prepared once for each connection (`prepare_cached`): unprepared, the same query
//! costs three times the allocations and another round trip. Nothing waits for long: a database that
//! is down is an error within [`PATIENCE`], and since the pool looks at each connection before it
//! lends it, the first request after it is up again gets a new one.

use std::fmt::Display;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use futures_util::TryStreamExt;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Row};

use super::{Stock, StoreError, first_rows};

/// How long a request waits for a connection, and again for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

const SCHEMA: &str = include_str!("../../schema.sql");
const ONE: &str = "SELECT sku, quantity, warehouse FROM stock WHERE sku = $1";
const MANY: &str = "SELECT sku, quantity, warehouse FROM stock WHERE sku = ANY($1) ORDER BY sku";
const BOOK_ONE: &str = "INSERT INTO movements (sku, change) VALUES ($1, $2)";
const BOOK_MANY: &str =
    "INSERT INTO movements (sku, change) SELECT * FROM unnest($1::text[], $2::bigint[])";

/// A pool of connections.
#[derive(Debug)]
pub struct Database {
    pool: Pool,
    /// Whether it did not answer the last time.
    down: AtomicBool,
}

impl Database {
    pub(super) fn new(url: &str) -> Result<Self, String> {
        let wrong = |error: &dyn Display| format!("DATABASE_URL: {error}");
        let mut config: Config = url.parse().map_err(|error| wrong(&error))?;
        config.connect_timeout(PATIENCE);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .runtime(Runtime::Tokio1)
            .timeouts(deadpool_postgres::Timeouts {
                wait: Some(PATIENCE),
                create: Some(PATIENCE),
                recycle: Some(PATIENCE),
            })
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move { prepare(client).await.map_err(HookError::Backend) })
            }))
            .build();
        Ok(Self { pool: pool.map_err(|error| wrong(&error))?, down: AtomicBool::new(false) })
    }

    pub(super) async fn one(&self, sku: &str) -> Result<Option<Stock<String>>, StoreError> {
        self.ask(async |client| {
            let statement = client.prepare_cached(ONE).await?;
            let row = client.query_opt(&statement, &[&sku]).await?;
            row.map(|row| stock(&row).map(Stock::to_owned)).transpose()
        })
        .await
    }

    pub(super) async fn each(
        &self,
        skus: &[&str],
        mut show: impl FnMut(Stock<&str>),
    ) -> Result<(), StoreError> {
        self.ask(async |client| {
            let statement = client.prepare_cached(MANY).await?;
            let mut rows = pin!(client.query_raw(&statement, [&skus]).await?);
            while let Some(row) = rows.try_next().await? {
                show(stock(&row)?);
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn book_one(&self, sku: &str, change: i64) -> Result<(), StoreError> {
        self.execute(BOOK_ONE, &[&sku, &change]).await
    }

    pub(super) async fn book_many(&self, skus: &[&str], changes: &[i64]) -> Result<(), StoreError> {
        self.execute(BOOK_MANY, &[&skus, &changes]).await
    }

    async fn execute(&self, text: &str, values: &[&(dyn ToSql + Sync)]) -> Result<(), StoreError> {
        self.ask(async |client| {
            let statement = client.prepare_cached(text).await?;
            client.execute(&statement, values).await.map(drop)
        })
        .await
    }

    /// Asks a connection of the pool. The log has a line when the database goes and one when it is
    /// back, not one for each request in between.
    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Object) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        let answer = self.try_ask(question).await;
        let down = matches!(answer, Err(StoreError::Unavailable));
        match (self.down.swap(down, Ordering::Relaxed), down) {
            (false, true) => tracing::warn!("the database does not answer"),
            (true, false) => tracing::warn!("the database answers again"),
            _ => {}
        }
        answer
    }

    /// Waits no longer than [`PATIENCE`] for a connection, nor for the answer.
    async fn try_ask<T>(
        &self,
        question: impl AsyncFnOnce(&Object) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        let client = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => failure(&error),
            error => unavailable(&error),
        })?;
        match timeout(PATIENCE, question(&client)).await {
            Ok(answer) => answer.map_err(|error| failure(&error)),
            Err(late) => {
                // The next question would wait behind this one.
                drop(Object::take(client));
                Err(unavailable(&late))
            }
        }
    }
}

/// Creates what is not there, on each new connection: so a database may be replaced by an empty one.
async fn prepare(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(SCHEMA).await?;
    let rows: Vec<_> = first_rows().collect();
    let skus: Vec<_> = rows.iter().map(|row| row.sku).collect();
    let quantities: Vec<_> = rows.iter().map(|row| row.quantity).collect();
    let warehouses: Vec<_> = rows.iter().map(|row| row.warehouse).collect();
    let fill = client
        .prepare_typed(
            "INSERT INTO stock SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING",
            &[Type::TEXT_ARRAY, Type::INT8_ARRAY, Type::TEXT_ARRAY],
        )
        .await?;
    client.execute(&fill, &[&skus, &quantities, &warehouses]).await.map(drop)
}

/// The row, with its text where the driver has it.
fn stock(row: &Row) -> Result<Stock<&str>, tokio_postgres::Error> {
    Ok(Stock { sku: row.try_get(0)?, quantity: row.try_get(1)?, warehouse: row.try_get(2)? })
}

fn failure(error: &tokio_postgres::Error) -> StoreError {
    // What it says while it starts or stops.
    let busy = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    match error.code() {
        Some(code) if !busy.contains(code) => {
            tracing::error!(%error, "the database refused");
            StoreError::Failed
        }
        _ => unavailable(error),
    }
}

fn unavailable(error: &impl Display) -> StoreError {
    tracing::debug!(%error, "no answer");
    StoreError::Unavailable
}
