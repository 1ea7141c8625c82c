//! A searcher: texts or vectors in, hits out, through towers, index and items.
use crate::error::{check, check_rows, rows_of, Error, Result, Status};
use crate::handle::handle;
use crate::hits::Hits;
use crate::index::Index;
use crate::items::{Ids, Items};
use crate::ranker::Ranker;
use crate::request::Request;
use crate::rows::Rows;
use crate::sys;
use crate::tower::{Side, Tower};
use std::ptr::{null, null_mut};

handle!(Inner, siamese_searcher, siamese_searcher_free);

/// Goes from texts or vectors to hits, through the towers of both sides, an index
/// and items.
///
/// While it lives, index and items are changed by its methods alone: a hit of a
/// vector whose item is gone is an error.
#[derive(Debug)]
pub struct Searcher {
    inner: Inner,
    given: bool, // by a model, which uses it too
}

impl Searcher {
    fn made(
        create: impl FnOnce(*mut *mut sys::siamese_searcher) -> i32,
    ) -> Result<Searcher> {
        Inner::made(create).map(|inner| Searcher { inner, given: false })
    }

    /// The searcher that a model gives out.
    pub(crate) fn given(
        create: impl FnOnce(*mut *mut sys::siamese_searcher) -> i32,
    ) -> Result<Searcher> {
        Inner::made(create).map(|inner| Searcher { inner, given: true })
    }

    /// The handle of C, for a function of [`crate::sys`]. It lives as long as `self`,
    /// and what this type promises must stay true.
    #[inline]
    pub fn as_ptr(&self) -> *mut sys::siamese_searcher {
        self.inner.as_ptr()
    }

    /// Creates a searcher of parts, which it keeps alive. Without a tower only
    /// vectors are searched, or added; without items hits have the index's ids.
    pub fn new(
        query: Option<&Tower>,
        item: Option<&Tower>,
        index: &Index,
        items: Option<&Items>,
    ) -> Result<Searcher> {
        let query = query.map_or(null_mut(), Tower::as_ptr);
        let item = item.map_or(null_mut(), Tower::as_ptr);
        let items = items.map_or(null_mut(), Items::as_ptr);
        let index = index.as_ptr();
        Searcher::made(|out| unsafe {
            sys::siamese_searcher_create(out, query, item, index, items)
        })
    }

    fn dim(&self) -> Result<usize> {
        Ok(self.index()?.info().dim)
    }

    /// Searches.
    pub fn search(&self, request: &Request<'_>) -> Result<Hits> {
        let dim = if request.vectors.is_some() { self.dim()? } else { 0 };
        let raw = request.raw(dim)?;
        Hits::made(|out| unsafe {
            sys::siamese_searcher_search(self.as_ptr(), &raw, out)
        })
    }

    fn vectors(&self, rows: usize, vectors: Option<&[f32]>) -> Result<*const f32> {
        match vectors {
            Some(vectors) => {
                check_rows(
                    "vectors",
                    rows_of("vectors", vectors.len(), self.dim()?)?,
                    rows,
                )?;
                Ok(vectors.as_ptr())
            }
            None => Ok(null()),
        }
    }

    /// Adds items, all of them or none, to items and index. Without vectors the
    /// item tower encodes them.
    pub fn add(&self, rows: &Rows<'_>, vectors: Option<&[f32]>) -> Result<()> {
        let raw = rows.raw()?;
        let vectors = self.vectors(raw.rows.count, vectors)?;
        check(unsafe { sys::siamese_searcher_add(self.as_ptr(), &raw.rows, vectors) })
    }

    /// Replaces the items that are there and adds the others. A search finds an
    /// item by its old row or its new one, never by both and never by none.
    pub fn update(&self, rows: &Rows<'_>, vectors: Option<&[f32]>) -> Result<()> {
        let raw = rows.raw()?;
        let vectors = self.vectors(raw.rows.count, vectors)?;
        check(unsafe { sys::siamese_searcher_update(self.as_ptr(), &raw.rows, vectors) })
    }

    /// Removes items from items and index, and returns their number.
    pub fn remove<'a>(&self, ids: impl Into<Ids<'a>>) -> Result<usize> {
        let mut removed = 0;
        check(ids.into().with(|ids, texts, count| unsafe {
            sys::siamese_searcher_remove(self.as_ptr(), ids, texts, count, &mut removed)
        }))?;
        Ok(removed)
    }

    /// The tower of a side.
    pub fn tower(&self, side: Side) -> Result<Tower> {
        let get = match side {
            Side::Query => sys::siamese_searcher_get_query_tower,
            Side::Item => sys::siamese_searcher_get_item_tower,
        };
        Tower::made(|out| unsafe { get(self.as_ptr(), out) })
    }

    /// The index.
    pub fn index(&self) -> Result<Index> {
        Index::made(|out| unsafe { sys::siamese_searcher_get_index(self.as_ptr(), out) })
    }

    /// Gives the searcher a ranker of its own, made of this one and of the words of
    /// its items, which takes about as long as to encode these; `None` takes it
    /// away. The searcher of a model has the model's ranker, made by the options
    /// that [`Model::set`](crate::Model::set) sets: `Status::State`.
    pub fn set_ranker<'a>(
        &mut self,
        ranker: impl Into<Option<&'a Ranker>>,
    ) -> Result<()> {
        if self.given {
            let message = "a model's searcher has the model's ranker";
            return Err(Error::new(Status::State, message));
        }
        let ranker = ranker.into().map_or(null_mut(), Ranker::as_ptr);
        check(unsafe { sys::siamese_searcher_set_ranker(self.as_ptr(), ranker) })
    }

    /// The ranker, which goes on to follow the searcher's items.
    pub fn ranker(&self) -> Result<Ranker> {
        Ranker::made(|out| unsafe {
            sys::siamese_searcher_get_ranker(self.as_ptr(), out)
        })
    }

    /// The items.
    pub fn items(&self) -> Result<Items> {
        Items::made(|out| unsafe { sys::siamese_searcher_get_items(self.as_ptr(), out) })
    }
}
