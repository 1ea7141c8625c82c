//! What a search has found: handed out by searchers and models.
use crate::error::{check, Result};
use crate::sys;
use crate::text::{bytes, c_string, read_all};
use std::borrow::Cow;
use std::cell::UnsafeCell;
use std::ffi::CStr;
use std::ops::Range;
use std::os::raw::{c_char, c_uchar};
use std::ptr::{null_mut, NonNull};
use std::slice::from_raw_parts;
use std::sync::Once;

/// A function of C that reads a column of hits.
type GetColumn<T> = unsafe extern "C" fn(
    *const sys::siamese_hits,
    *const c_char,
    *mut T,
    *mut c_uchar,
    usize,
    *mut usize,
) -> sys::siamese_status;

/// What a search of one query or many has found, the best first. Hits stay as they
/// are, whatever becomes of model and items.
pub struct Hits {
    raw: NonNull<sys::siamese_hits>,
    titles: Texts,
    ids: Texts,
}

/// A column of texts that is read when it is first asked for.
struct Texts {
    read: Once,
    texts: UnsafeCell<Vec<sys::siamese_text>>,
}

// SAFETY: hits never change, and texts are written once, before any is read.
unsafe impl Send for Hits {}
unsafe impl Sync for Hits {}

impl Texts {
    fn new() -> Texts {
        Texts { read: Once::new(), texts: UnsafeCell::new(Vec::new()) }
    }

    /// The text of a hit; empty where there is no such column.
    #[inline]
    fn get<'a>(&self, hits: &'a Hits, column: &'static [u8], i: usize) -> &'a [u8] {
        self.read.call_once(|| {
            let column = column.as_ptr().cast();
            let read = hits.column(|values, capacity| unsafe {
                let hits = hits.raw.as_ptr();
                sys::siamese_hits_get_texts(
                    hits,
                    column,
                    values,
                    null_mut(),
                    capacity,
                    null_mut(),
                )
            });
            // SAFETY: nobody reads before this has returned.
            unsafe { *self.texts.get() = read.unwrap_or_default() };
        });
        // SAFETY: nobody writes any more; the bytes live as long as the hits.
        let texts = unsafe { &*self.texts.get() };
        texts.get(i).map_or(&[], |text| unsafe { bytes(*text) })
    }
}

impl Drop for Hits {
    fn drop(&mut self) {
        unsafe { sys::siamese_hits_free(self.raw.as_ptr()) }
    }
}

impl std::fmt::Debug for Hits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// One item that a search found.
#[derive(Clone, Copy)]
pub struct Hit<'a> {
    /// Of the item; 0 where ids are texts.
    pub id: i64,
    /// A higher one is better.
    pub score: f32,
    /// Of its vector, by which the index found it; without a ranker the score.
    pub vector_score: f32,
    /// 0 to 1, the larger the better its title answers the words of the query; 0
    /// too where no ranker ranked it.
    pub confidence: f32,
    /// The number of the item's row.
    pub row: i64,
    hits: &'a Hits,
    place: usize,
}

/// As `String::from_utf8_lossy`, and faster where there is nothing to lose.
#[inline]
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

impl<'a> Hit<'a> {
    /// The item's title; bytes that are not UTF-8 are replaced by U+FFFD.
    pub fn title(&self) -> Cow<'a, str> {
        lossy(self.title_bytes())
    }

    /// The bytes of the item's title.
    pub fn title_bytes(&self) -> &'a [u8] {
        self.hits.titles.get(self.hits, b"title\0", self.place)
    }

    /// The item's id, where ids are texts; empty where they are integers.
    pub fn text_id(&self) -> Cow<'a, str> {
        lossy(self.text_id_bytes())
    }

    /// The bytes of the item's id, where ids are texts.
    pub fn text_id_bytes(&self) -> &'a [u8] {
        self.hits.ids.get(self.hits, b"id\0", self.place)
    }
}

impl std::fmt::Debug for Hit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut s = f.debug_struct("Hit");
        match self.text_id_bytes() {
            [] => s.field("id", &self.id),
            _ => s.field("id", &self.text_id()),
        };
        s.field("score", &self.score).field("title", &self.title()).finish()
    }
}

impl Hits {
    pub(crate) fn made(
        search: impl FnOnce(*mut *mut sys::siamese_hits) -> i32,
    ) -> Result<Hits> {
        let raw = crate::handle::make(search)?;
        Ok(Hits { raw, titles: Texts::new(), ids: Texts::new() })
    }

    fn offsets(&self) -> &[usize] {
        unsafe {
            let offsets = sys::siamese_hits_offsets(self.raw.as_ptr());
            from_raw_parts(offsets, self.query_count() + 1)
        }
    }

    /// The number of queries.
    pub fn query_count(&self) -> usize {
        unsafe { sys::siamese_hits_query_count(self.raw.as_ptr()) }
    }

    /// The number of hits of all queries.
    pub fn len(&self) -> usize {
        self.offsets()[self.query_count()]
    }

    /// Whether nothing was found for any query.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places of a query's hits among those of all.
    pub fn range(&self, query: usize) -> Range<usize> {
        match self.offsets().get(query..query + 2) {
            Some(places) => places[0]..places[1],
            None => 0..0,
        }
    }

    /// Whether the query tower knew anything of a query: its vector is not zero.
    pub fn is_known(&self, query: usize) -> bool {
        unsafe { sys::siamese_hits_known(self.raw.as_ptr(), query) != 0 }
    }

    /// The scores of all hits, query by query.
    pub fn scores(&self) -> &[f32] {
        unsafe { self.array(sys::siamese_hits_scores(self.raw.as_ptr(), 0)) }
    }

    /// The scores of the vectors of all hits, by which the index found them; without
    /// a ranker they are the scores.
    pub fn vector_scores(&self) -> &[f32] {
        unsafe { self.array(sys::siamese_hits_vector_scores(self.raw.as_ptr(), 0)) }
    }

    /// The confidences of all hits, 0 to 1, the larger the better a title answers
    /// the words of its query; empty where no ranker ranked the hits.
    pub fn confidences(&self) -> &[f32] {
        unsafe { self.array(sys::siamese_hits_confidences(self.raw.as_ptr(), 0)) }
    }

    /// What a query was searched as too, with words of the catalogue in place of
    /// words that were not known; `None` if it was not corrected.
    pub fn corrected(&self, query: usize) -> Option<Cow<'_, str>> {
        let text = unsafe { sys::siamese_hits_corrected(self.raw.as_ptr(), query) };
        // SAFETY: a text with a NUL, which lives as long as the hits.
        (!text.is_null()).then(|| lossy(unsafe { CStr::from_ptr(text) }.to_bytes()))
    }

    /// What each feature, in the order of [`Ranker::features`](crate::Ranker::features),
    /// adds to the score of hit `i` of a query; the request asked to `explain`.
    pub fn shares(&self, query: usize, i: usize) -> Result<Vec<f32>> {
        read_all(|shares, capacity, needed| unsafe {
            let hits = self.raw.as_ptr();
            sys::siamese_hits_get_shares(hits, query, i, shares, capacity, needed)
        })
    }

    /// The numbers of the rows of all hits, query by query.
    pub fn rows(&self) -> &[i64] {
        unsafe { self.array(sys::siamese_hits_rows(self.raw.as_ptr(), 0)) }
    }

    /// The ids of all hits, query by query; empty where ids are texts.
    pub fn ids(&self) -> &[i64] {
        unsafe { self.array(sys::siamese_hits_ids(self.raw.as_ptr(), 0)) }
    }

    unsafe fn array<T>(&self, values: *const T) -> &[T] {
        if values.is_null() {
            return &[];
        }
        from_raw_parts(values, self.len())
    }

    /// All hits, query by query.
    pub fn iter(&self) -> Iter<'_> {
        self.places(0..self.len())
    }

    /// The hits of a query; none of one that is not there.
    pub fn query(&self, query: usize) -> Iter<'_> {
        self.places(self.range(query))
    }

    fn places(&self, places: Range<usize>) -> Iter<'_> {
        let (ids, scores, rows) = (self.ids(), self.scores(), self.rows());
        let (vectors, confidences) = (self.vector_scores(), self.confidences());
        Iter { hits: self, ids, scores, vectors, confidences, rows, places }
    }

    fn column<T: Clone>(&self, get: impl FnOnce(*mut T, usize) -> i32) -> Result<Vec<T>> {
        let mut values = Vec::with_capacity(self.len());
        check(get(values.as_mut_ptr(), self.len()))?;
        // SAFETY: a call that succeeds has written a value for each hit.
        unsafe { values.set_len(self.len()) };
        Ok(values)
    }

    fn values<T: Clone>(
        &self,
        column: &str,
        get: GetColumn<T>,
    ) -> Result<Vec<Option<T>>> {
        let column = c_string("column", column)?;
        let mut present = vec![0; self.len()];
        let values = self.column(|values, capacity| {
            let (hits, column) = (self.raw.as_ptr(), column.as_ptr());
            let present = present.as_mut_ptr();
            // SAFETY: values and present have room for `capacity`.
            unsafe { get(hits, column, values, present, capacity, null_mut()) }
        })?;
        let values = values.into_iter().zip(present);
        Ok(values.map(|(value, is)| Some(value).filter(|_| is != 0)).collect())
    }

    /// A column of texts of all hits, query by query; `None` where it is missing.
    pub fn texts(&self, column: &str) -> Result<Vec<Option<&[u8]>>> {
        let texts = self.values(column, sys::siamese_hits_get_texts)?;
        // SAFETY: the texts stand in the hits.
        Ok(texts.into_iter().map(|text| text.map(|t| unsafe { bytes(t) })).collect())
    }

    /// A column of integers of all hits; `None` where it is missing.
    pub fn integers(&self, column: &str) -> Result<Vec<Option<i64>>> {
        self.values(column, sys::siamese_hits_get_integers)
    }

    /// A column of numbers of all hits; `None` where it is missing.
    pub fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>> {
        self.values(column, sys::siamese_hits_get_numbers)
    }
}

/// Hits, the best of each query first.
#[derive(Clone)]
pub struct Iter<'a> {
    hits: &'a Hits,
    ids: &'a [i64],
    scores: &'a [f32],
    vectors: &'a [f32],
    confidences: &'a [f32],
    rows: &'a [i64],
    places: Range<usize>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Hit<'a>;

    #[inline]
    fn next(&mut self) -> Option<Hit<'a>> {
        let place = self.places.next()?;
        Some(Hit {
            id: self.ids.get(place).copied().unwrap_or(0),
            score: self.scores[place],
            vector_score: self.vectors[place],
            confidence: self.confidences.get(place).copied().unwrap_or(0.0),
            row: self.rows[place],
            hits: self.hits,
            place,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Hits {
    type Item = Hit<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}
