//! Rows of the store: `GET ?skus=A,B,C` reads them, `POST` notes movements.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use crate::head::in_query;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::support::Error;
use crate::support::rules::App;

mod existing;
mod naive;
mod thrifty;

/// The most article numbers in a query, and movements in a booking.
pub(crate) const MAX_SKUS: usize = 100;

/// What the routes keep between requests.
#[derive(Clone, Debug)]
pub(crate) struct Shelves {
    /// Where the rows are.
    pub(crate) store: Arc<Store>,
    /// Which article numbers there are.
    pub(crate) app: Arc<App>,
}

/// The answer to a booking.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Booked {
    /// How many movements were noted.
    pub(crate) booked: usize,
}

/// A movement; `S` is how its text is held.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Movement<S> {
    /// The article number.
    pub(crate) sku: S,
    /// Pieces that came, or went.
    pub(crate) change: i64,
}

/// The routes of all three variants.
pub(crate) fn routes(store: Arc<Store>) -> Router {
    let shelves = Shelves { store, app: Arc::new(App::new()) };
    Router::new()
        .route("/naive/stock", get(naive::read).post(naive::book))
        .route("/existing/stock", get(existing::read).post(existing::book))
        .route("/thrifty/stock", get(thrifty::read).post(thrifty::book))
        .with_state(shelves)
}

impl Shelves {
    /// Whether all movements can be noted.
    pub(crate) fn check<S: Deref<Target = str>>(
        &self,
        movements: &[Movement<S>],
    ) -> Result<(), Refusal> {
        if movements.is_empty() || movements.len() > MAX_SKUS {
            return Err(Refusal::Movements);
        }
        let known = |movement: &Movement<S>| self.app.products.contains_key(&*movement.sku);
        match movements.iter().position(|movement| !known(movement)) {
            Some(at) => Err(Error::UnknownProduct(at).into()),
            None => Ok(()),
        }
    }
}

/// The article numbers that a query asks for, still joined by commas.
fn wanted(query: Option<&str>) -> Result<Cow<'_, str>, Refusal> {
    in_query(query, "skus").filter(|skus| storable(skus)).ok_or(Refusal::Skus)
}

/// PostgreSQL has no text with a NUL: it would refuse the statement, and that looks like our fault.
fn storable(skus: &str) -> bool {
    !skus.contains('\0')
}
