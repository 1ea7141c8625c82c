//! Rows of a query and an item, or of items alone; trainers and models take them.
use crate::error::{check_rows, rows_of, Error, Result, Status};
use crate::sys;
use crate::text::{optional, texts};
use std::marker::PhantomData;
use std::mem::size_of;

/// Rows of a query and an item that belong together, or of items alone. Texts of a
/// row stand one behind the other.
#[derive(Clone)]
pub struct Pairs<'a> {
    queries: Option<Vec<sys::siamese_text>>,
    items: Vec<sys::siamese_text>,
    query_fields: usize,
    item_fields: usize,
    item_ids: Option<&'a [i64]>,
    weights: Option<&'a [f32]>,
    item_probabilities: Option<&'a [f32]>,
    negatives: Vec<sys::siamese_text>,
    negative_offsets: Option<&'a [usize]>,
    negative_ids: Option<&'a [i64]>,
    negative_probabilities: Option<&'a [f32]>,
    borrowed: PhantomData<&'a [u8]>,
}

// SAFETY: what its pointers point to is borrowed, and only read.
unsafe impl Send for Pairs<'_> {}
unsafe impl Sync for Pairs<'_> {}

impl<'a> Pairs<'a> {
    /// Pairs of `queries[i]` and `items[i]`.
    pub fn new<Q: AsRef<[u8]>, I: AsRef<[u8]>>(
        queries: &'a [Q],
        items: &'a [I],
    ) -> Pairs<'a> {
        Pairs { queries: Some(texts(queries)), ..Pairs::items(items) }
    }

    /// Items alone, for a catalogue or as candidates.
    pub fn items<I: AsRef<[u8]>>(items: &'a [I]) -> Pairs<'a> {
        Pairs {
            queries: None,
            items: texts(items),
            query_fields: 1,
            item_fields: 1,
            item_ids: None,
            weights: None,
            item_probabilities: None,
            negatives: Vec::new(),
            negative_offsets: None,
            negative_ids: None,
            negative_probabilities: None,
            borrowed: PhantomData,
        }
    }

    /// The numbers of texts per query and per item; 1 and 1 without this call.
    pub fn fields(mut self, per_query: usize, per_item: usize) -> Self {
        (self.query_fields, self.item_fields) = (per_query, per_item);
        self
    }

    /// The ids of the rows' items; without them, equal texts are an equal item.
    pub fn ids(mut self, ids: &'a [i64]) -> Self {
        self.item_ids = Some(ids);
        self
    }

    /// Sample weights of the rows, each >= 0.
    pub fn weights(mut self, weights: &'a [f32]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// The items' probabilities for logQ, in (0, 1].
    pub fn probabilities(mut self, probabilities: &'a [f32]) -> Self {
        self.item_probabilities = Some(probabilities);
        self
    }

    /// Explicit negatives: those of row i are the items `offsets[i]` ..
    /// `offsets[i + 1] - 1` of these.
    pub fn negatives<I: AsRef<[u8]>>(
        mut self,
        items: &'a [I],
        offsets: &'a [usize],
    ) -> Self {
        self.negatives = texts(items);
        self.negative_offsets = Some(offsets);
        self
    }

    /// The ids of the negatives.
    pub fn negative_ids(mut self, ids: &'a [i64]) -> Self {
        self.negative_ids = Some(ids);
        self
    }

    /// The negatives' probabilities for logQ.
    pub fn negative_probabilities(mut self, probabilities: &'a [f32]) -> Self {
        self.negative_probabilities = Some(probabilities);
        self
    }

    /// The struct of C, whose slices fit together.
    pub(crate) fn raw(&self) -> Result<sys::siamese_pairs> {
        let rows = rows_of("items", self.items.len(), self.item_fields)?;
        if let Some(queries) = &self.queries {
            let queries = rows_of("queries", queries.len(), self.query_fields)?;
            check_rows("queries", queries, rows)?;
        }
        check_optional("ids", self.item_ids, rows)?;
        check_optional("weights", self.weights, rows)?;
        check_optional("probabilities", self.item_probabilities, rows)?;
        self.check_negatives(rows)?;
        Ok(sys::siamese_pairs {
            struct_size: size_of::<sys::siamese_pairs>(),
            queries: optional(self.queries.as_deref()),
            items: self.items.as_ptr(),
            query_fields: self.query_fields,
            item_fields: self.item_fields,
            item_ids: optional(self.item_ids),
            weights: optional(self.weights),
            item_probabilities: optional(self.item_probabilities),
            count: rows,
            negatives: optional(self.negative_offsets.and(Some(&self.negatives[..]))),
            negative_offsets: optional(self.negative_offsets),
            negative_ids: optional(self.negative_ids),
            negative_probabilities: optional(self.negative_probabilities),
        })
    }

    fn check_negatives(&self, rows: usize) -> Result<()> {
        let offsets = match self.negative_offsets {
            Some(offsets) => offsets,
            None => return Ok(()),
        };
        let count = rows_of("negatives", self.negatives.len(), self.item_fields)?;
        check_rows("offsets of the negatives", offsets.len(), rows + 1)?;
        if offsets[rows] != count || offsets.windows(2).any(|o| o[1] < o[0]) {
            let message =
                format!("offsets of the negatives: are not ascending up to {count}");
            return Err(Error::new(Status::Argument, message));
        }
        check_optional("ids of the negatives", self.negative_ids, count)?;
        check_optional(
            "probabilities of the negatives",
            self.negative_probabilities,
            count,
        )
    }
}

fn check_optional<T>(name: &str, values: Option<&[T]>, rows: usize) -> Result<()> {
    values.map_or(Ok(()), |values| check_rows(name, values.len(), rows))
}

/// The address of pairs that may be left out.
pub(crate) fn raw_or_null(
    pairs: Option<&Pairs<'_>>,
) -> Result<Option<Box<sys::siamese_pairs>>> {
    pairs.map(|p| p.raw().map(Box::new)).transpose()
}
