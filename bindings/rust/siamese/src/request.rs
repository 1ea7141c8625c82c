//! A search of many queries, for searchers and models.
use crate::error::{rows_of, Result};
use crate::index::{Search, ANY_SCORE};
use crate::sys;
use crate::text::texts;
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::mem::{size_of, MaybeUninit};
use std::ptr::null;
use std::sync::Once;

/// A search of one query or many, which are texts or vectors.
#[derive(Clone)]
pub struct Request<'a> {
    texts: Vec<sys::siamese_text>,
    fields: usize,
    pub(crate) vectors: Option<&'a [f32]>,
    k: usize,
    how: Search<'a>,
    stages: Stages,
    borrowed: PhantomData<&'a [u8]>,
}

/// What a searcher's ranker does in a search of texts, and which hits are left
/// out. A stage is as the ranker's options say, `None`, or off, or on where the
/// ranker has what it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stages {
    /// The first results are ranked anew.
    pub rerank: Option<bool>,
    /// Words that are not known are corrected.
    pub spelling: Option<bool>,
    /// The index is scanned again.
    pub feedback: Option<bool>,
    /// Keep what scores are made of, for [`Hits::shares`](crate::Hits::shares).
    pub explain: bool,
    /// Of hits with the same title the best alone.
    pub collapse_titles: bool,
    /// Hits are this confident at least, 0 to 1; 0: off.
    pub min_confidence: f64,
}

impl Stages {
    fn fill(&self, raw: &mut sys::siamese_search_request) {
        let stage = |wanted| match wanted {
            None => sys::SIAMESE_RANK_AUTO,
            Some(false) => sys::SIAMESE_RANK_OFF,
            Some(true) => sys::SIAMESE_RANK_ON,
        };
        raw.rerank = stage(self.rerank);
        raw.spelling = stage(self.spelling);
        raw.feedback = stage(self.feedback);
        raw.explain = i32::from(self.explain);
        raw.collapse_titles = i32::from(self.collapse_titles);
        raw.min_confidence = self.min_confidence;
    }
}

// SAFETY: what its pointers point to is borrowed, and only read.
unsafe impl Send for Request<'_> {}
unsafe impl Sync for Request<'_> {}

impl<'a> Request<'a> {
    /// A search for texts, 10 results each.
    pub fn texts<T: AsRef<[u8]>>(list: &'a [T]) -> Request<'a> {
        Request { texts: texts(list), vectors: None, ..Request::vectors(&[]) }
    }

    /// A search for vectors, one behind the other, 10 results each.
    pub fn vectors(vectors: &'a [f32]) -> Request<'a> {
        Request {
            texts: Vec::new(),
            fields: 1,
            vectors: Some(vectors),
            k: 10,
            how: Search::default(),
            stages: Stages::default(),
            borrowed: PhantomData,
        }
    }

    /// The number of texts per query; 1 without this call.
    pub fn fields(mut self, fields: usize) -> Self {
        self.fields = fields;
        self
    }

    /// The number of results per query; 0: all that score `min_score`.
    pub fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }

    /// How it searches.
    pub fn with(mut self, how: Search<'a>) -> Self {
        self.how = how;
        self
    }

    /// What the searcher's ranker does, and which hits are left out.
    pub fn stages(mut self, stages: Stages) -> Self {
        self.stages = stages;
        self
    }

    /// The struct of C; `dim` is the size of the vectors, if it has some.
    pub(crate) fn raw(&self, dim: usize) -> Result<sys::siamese_search_request> {
        let mut raw = defaults();
        raw.fields = self.fields;
        match self.vectors {
            Some(vectors) => {
                raw.vectors = vectors.as_ptr();
                raw.count = rows_of("vectors", vectors.len(), dim)?;
                raw.dim = dim;
            }
            None => {
                raw.texts = self.texts.as_ptr();
                raw.count = rows_of("texts", self.texts.len(), self.fields)?;
            }
        }
        raw.k = self.k;
        raw.min_score = self.how.min_score.unwrap_or(ANY_SCORE);
        raw.filter = self.how.filter.map_or(null(), |f| f.as_ptr());
        raw.nprobe = self.how.nprobe;
        raw.exact = i32::from(self.how.exact);
        raw.dedupe = i32::from(self.how.dedupe);
        raw.strict_nprobe = i32::from(self.how.strict_nprobe);
        self.stages.fill(&mut raw);
        Ok(raw)
    }
}

/// Those of the library, which takes a while to fill them in.
struct Defaults(UnsafeCell<MaybeUninit<sys::siamese_search_request>>);

// SAFETY: written once, before any thread reads.
unsafe impl Sync for Defaults {}

static FILLED_IN: Once = Once::new();
static DEFAULTS: Defaults = Defaults(UnsafeCell::new(MaybeUninit::uninit()));

/// A request of the defaults, without queries.
#[inline]
pub(crate) fn defaults() -> sys::siamese_search_request {
    FILLED_IN.call_once(|| unsafe { *DEFAULTS.0.get() = MaybeUninit::new(filled_in()) });
    // SAFETY: it is there, and never changes again.
    unsafe { (*DEFAULTS.0.get()).assume_init() }
}

fn filled_in() -> sys::siamese_search_request {
    let mut raw = MaybeUninit::<sys::siamese_search_request>::zeroed();
    let size = size_of::<sys::siamese_search_request>();
    let status = unsafe { sys::siamese_search_request_init(raw.as_mut_ptr(), size) };
    assert_eq!(status, sys::SIAMESE_OK, "the library is no match");
    // SAFETY: zeroed, and then filled in.
    unsafe { raw.assume_init() }
}
