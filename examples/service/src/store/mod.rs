//! What is in stock: in memory, or in PostgreSQL when `DATABASE_URL` is set.
//!
//! Each question can be asked in the way that a variant asks it: one row at a time with owned text
//! ([`Store::one`], [`Store::book_one`]), all rows in one statement with text as the caller wants it
//! ([`Store::many`], [`Store::book_many`]), or all rows in one statement with text that is borrowed from the driver's
//! own buffer while the row is looked at ([`Store::each`]).

use std::env;

use serde::Serialize;

mod memory;
mod postgres;

pub use memory::Memory;
pub use postgres::Database;

/// A row: `S` is how its text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stock<S> {
    /// The article number.
    pub sku: S,
    /// Pieces on the shelf.
    pub quantity: i64,
    /// Where the shelf is.
    pub warehouse: S,
}

/// Why the store has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It cannot be reached, or not in time. Another try may succeed.
    Unavailable,
    /// It refused the statement. The same statement will be refused again.
    Failed,
}

/// Where the rows are.
#[derive(Debug)]
pub enum Store {
    /// In this process.
    Memory(Memory),
    /// In a database.
    Postgres(Database),
}

impl Store {
    /// Rows in this process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::Memory(Memory::new())
    }

    /// The database that `DATABASE_URL` names, or memory.
    ///
    /// Nothing is connected yet: a database that is down when the service starts is one that is down.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the URL.
    pub fn from_env() -> Result<Self, String> {
        match env::var("DATABASE_URL") {
            Ok(url) => Database::new(&url).map(Self::Postgres),
            Err(_) => Ok(Self::in_memory()),
        }
    }

    /// The name of the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// One row.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn one(&self, sku: &str) -> Result<Option<Stock<String>>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.get(sku).map(Stock::to_owned)),
            Self::Postgres(database) => database.one(sku).await,
        }
    }

    /// All rows of these article numbers, sorted.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn many<S>(&self, skus: &[&str]) -> Result<Vec<Stock<S>>, StoreError>
    where
        S: for<'a> From<&'a str>,
    {
        let mut rows = Vec::with_capacity(skus.len());
        self.each(skus, |row| rows.push(row.to_owned())).await?;
        Ok(rows)
    }

    /// Shows each row of these article numbers, sorted.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn each(
        &self,
        skus: &[&str],
        show: impl FnMut(Stock<&str>),
    ) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.each(skus, show),
            Self::Postgres(database) => database.each(skus, show).await?,
        }
        Ok(())
    }

    /// Notes one movement.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn book_one(&self, sku: &str, change: i64) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.book(&[sku], &[change]),
            Self::Postgres(database) => database.book_one(sku, change).await?,
        }
        Ok(())
    }

    /// Notes all of these movements, or none.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn book_many(&self, skus: &[&str], changes: &[i64]) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.book(skus, changes),
            Self::Postgres(database) => database.book_many(skus, changes).await?,
        }
        Ok(())
    }
}

impl<'a> Stock<&'a str> {
    /// The same with text of its own.
    #[must_use]
    pub fn to_owned<S: From<&'a str>>(self) -> Stock<S> {
        let Self { sku, quantity, warehouse } = self;
        Stock { sku: sku.into(), quantity, warehouse: warehouse.into() }
    }
}

/// The rows that both kinds begin with.
fn first_rows() -> impl Iterator<Item = Stock<&'static str>> {
    use crate::support::rules::PRICE_LIST;
    PRICE_LIST.iter().zip(100..).map(|(&(sku, _, _, warehouse), quantity)| Stock {
        sku,
        quantity,
        warehouse,
    })
}
