//! An index: vectors in, the nearest ids out. Searchers and models have one.
use crate::error::{check, check_rows, read_all, rows_of, Error, Result, Status};
use crate::handle::handle;
use crate::options::IndexOptions;
use crate::progress::with_share;
use crate::sys;
use crate::text::c_path;
use std::mem::{size_of, MaybeUninit};
use std::ops::ControlFlow;
use std::path::Path;
use std::ptr::{null, null_mut};

handle!(
    /// Finds the vectors that score highest against a query. Any number of threads
    /// may search, add, remove and train at once.
    Index,
    siamese_index,
    siamese_index_free
);

handle!(
    /// A set of ids that searches keep to or leave out; it never changes.
    Filter,
    siamese_id_filter,
    siamese_id_filter_free
);

/// One vector that a search of an index found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its id.
    pub id: i64,
    /// Its score; a higher one is better.
    pub score: f32,
}

/// What an index is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexInfo {
    /// The size of a vector.
    pub dim: usize,
    /// The number of vectors.
    pub count: usize,
    /// The lists in force; 1 means exact search.
    pub lists: usize,
    /// The lists that a query reads.
    pub nprobe: usize,
    /// Whether scores are cosines, not inner products.
    pub cosine: bool,
    /// The bytes that it takes, with what it holds in reserve.
    pub memory: usize,
}

/// How a search searches.
#[derive(Clone, Copy, Default)]
pub struct Search<'a> {
    /// Vectors of results score at least this; `None`: any score.
    pub min_score: Option<f64>,
    /// The lists to read; 0: as the index says.
    pub nprobe: usize,
    /// Read every list.
    pub exact: bool,
    /// An id of several vectors is found once, by its best.
    pub dedupe: bool,
    /// Of ids, or of the rows of items.
    pub filter: Option<&'a Filter>,
    /// Read `nprobe` lists and no others, even where `filter` or `dedupe` leaves
    /// fewer results than are wanted in them, as a shard must.
    pub strict_nprobe: bool,
}

pub(crate) const ANY_SCORE: f64 = -1e20;

impl Search<'_> {
    fn options(&self) -> sys::siamese_search_options {
        let mut options = MaybeUninit::<sys::siamese_search_options>::zeroed();
        let size = size_of::<sys::siamese_search_options>();
        let status =
            unsafe { sys::siamese_search_options_init(options.as_mut_ptr(), size) };
        assert_eq!(status, sys::SIAMESE_OK, "the library is no match");
        let mut options = unsafe { options.assume_init() };
        options.min_score = self.min_score.unwrap_or(ANY_SCORE);
        options.nprobe = self.nprobe;
        options.exact = i32::from(self.exact);
        options.dedupe = i32::from(self.dedupe);
        options.strict_nprobe = i32::from(self.strict_nprobe);
        options
    }

    pub(crate) fn filter_ptr(&self) -> *const sys::siamese_id_filter {
        self.filter.map_or(null(), |f| f.as_ptr())
    }
}

impl Filter {
    /// A filter that lets only these ids pass.
    pub fn include(ids: &[i64]) -> Result<Filter> {
        Filter::of(sys::SIAMESE_FILTER_INCLUDE, ids)
    }

    /// A filter that lets all but these ids pass.
    pub fn exclude(ids: &[i64]) -> Result<Filter> {
        Filter::of(sys::SIAMESE_FILTER_EXCLUDE, ids)
    }

    fn of(mode: i32, ids: &[i64]) -> Result<Filter> {
        let (data, count) = (ids.as_ptr(), ids.len());
        Filter::made(|out| unsafe {
            sys::siamese_id_filter_create(out, mode, data, count)
        })
    }
}

impl Index {
    /// Creates an empty index of vectors of `dim` numbers.
    pub fn new(dim: usize, options: &IndexOptions) -> Result<Index> {
        Index::made(|out| unsafe { sys::siamese_index_create(out, dim, &options.0) })
    }

    /// What the index is at the moment.
    pub fn info(&self) -> IndexInfo {
        let mut info: sys::siamese_index_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_index_info>();
        let status = unsafe { sys::siamese_index_get_info(self.as_ptr(), &mut info) };
        assert_eq!(status, sys::SIAMESE_OK, "it has no other failure than misuse");
        IndexInfo {
            dim: info.dim,
            count: info.count,
            lists: info.nlist,
            nprobe: info.nprobe,
            cosine: info.metric == sys::SIAMESE_METRIC_COSINE,
            memory: info.memory,
        }
    }

    fn rows(&self, name: &str, vectors: &[f32]) -> Result<usize> {
        rows_of(name, vectors.len(), self.info().dim)
    }

    /// The number of vectors.
    pub fn len(&self) -> usize {
        unsafe { sys::siamese_index_count(self.as_ptr()) }
    }

    /// Whether there are no vectors.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds vectors, one behind the other, all of them or none. An id, which is
    /// not negative, may stand for several vectors.
    pub fn add(&self, ids: &[i64], vectors: &[f32]) -> Result<()> {
        check_rows("ids", ids.len(), self.rows("vectors", vectors)?)?;
        let (ids, vectors, count) = (ids.as_ptr(), vectors.as_ptr(), ids.len());
        check(unsafe { sys::siamese_index_add(self.as_ptr(), ids, vectors, count) })
    }

    /// Replaces every vector of some ids by the given ones, all or none, and returns
    /// how many vectors went. A search sees either those or these; an id that had
    /// none is added.
    pub fn update(&self, ids: &[i64], vectors: &[f32]) -> Result<usize> {
        check_rows("ids", ids.len(), self.rows("vectors", vectors)?)?;
        let (ids, vectors, count) = (ids.as_ptr(), vectors.as_ptr(), ids.len());
        let mut removed = 0;
        check(unsafe {
            sys::siamese_index_update(self.as_ptr(), ids, vectors, count, &mut removed)
        })?;
        Ok(removed)
    }

    /// Removes every vector of some ids and returns their number.
    pub fn remove(&self, ids: &[i64]) -> Result<usize> {
        let mut removed = 0;
        let (data, count) = (ids.as_ptr(), ids.len());
        check(unsafe {
            sys::siamese_index_remove(self.as_ptr(), data, count, &mut removed)
        })?;
        Ok(removed)
    }

    /// Chooses the lists by k-means over vectors like those of the index.
    pub fn train(&self, vectors: &[f32]) -> Result<()> {
        let rows = self.rows("vectors", vectors)?;
        check(unsafe { sys::siamese_index_train(self.as_ptr(), vectors.as_ptr(), rows) })
    }

    /// Does so and tells, with no lock held, which share is done, 0 to 1. A break
    /// leaves the index as it was.
    pub fn train_with_progress<F>(&self, vectors: &[f32], told: F) -> Result<()>
    where
        F: FnMut(f64) -> ControlFlow<()>,
    {
        let rows = self.rows("vectors", vectors)?;
        let (index, vectors) = (self.as_ptr(), vectors.as_ptr());
        check(with_share(told, |told, user| unsafe {
            sys::siamese_index_train_with_progress(index, vectors, rows, told, user)
        }))
    }

    /// Finds the k best vectors for each query, the best first. The queries are
    /// vectors, one behind the other.
    pub fn search(&self, queries: &[f32], k: usize) -> Result<Vec<Vec<Neighbour>>> {
        self.search_with(queries, k, &Search::default())
    }

    /// Does so in some way.
    pub fn search_with(
        &self,
        queries: &[f32],
        k: usize,
        how: &Search<'_>,
    ) -> Result<Vec<Vec<Neighbour>>> {
        let count = self.rows("queries", queries)?;
        let room = count.checked_mul(k).filter(|_| k <= 1 << 31).ok_or_else(|| {
            Error::new(Status::Limit, format!("k: {k} for {count} queries is too much"))
        })?;
        let (mut ids, mut scores) = (vec![0; room], vec![0.0; room]);
        let mut found = vec![0; count];
        self.search_raw(queries, k, how, &mut ids, &mut scores, found.as_mut_ptr())?;
        let of = |q: usize| neighbours(&ids[q * k..], &scores[q * k..], found[q]);
        Ok((0..count).map(of).collect())
    }

    /// Finds the k best vectors for each query and writes ids and scores to slices
    /// of `[queries][k]`. Where there are fewer, ids are -1 and scores -infinity.
    pub fn search_to(
        &self,
        queries: &[f32],
        k: usize,
        how: &Search<'_>,
        ids: &mut [i64],
        scores: &mut [f32],
    ) -> Result<()> {
        self.search_raw(queries, k, how, ids, scores, null_mut())
    }

    fn search_raw(
        &self,
        queries: &[f32],
        k: usize,
        how: &Search<'_>,
        ids: &mut [i64],
        scores: &mut [f32],
        found: *mut usize,
    ) -> Result<()> {
        let count = self.rows("queries", queries)?;
        check_rows("scores", scores.len(), ids.len())?;
        let options = how.options();
        check(unsafe {
            sys::siamese_index_search_filtered(
                self.as_ptr(),
                queries.as_ptr(),
                count,
                k,
                &options,
                how.filter_ptr(),
                ids.as_mut_ptr(),
                scores.as_mut_ptr(),
                ids.len(),
                found,
            )
        })
    }

    /// Finds all vectors that score at least `min_score` for each query.
    pub fn range_search(
        &self,
        queries: &[f32],
        min_score: f32,
        how: &Search<'_>,
    ) -> Result<Vec<Vec<Neighbour>>> {
        let count = self.rows("queries", queries)?;
        let options = how.options();
        let mut offsets = vec![0; count + 1];
        let mut room = 16 * count;
        loop {
            let (mut ids, mut scores) = (vec![0; room], vec![0.0; room]);
            let mut needed = 0;
            let result = check(unsafe {
                sys::siamese_index_range_search_filtered(
                    self.as_ptr(),
                    queries.as_ptr(),
                    count,
                    min_score,
                    &options,
                    how.filter_ptr(),
                    offsets.as_mut_ptr(),
                    ids.as_mut_ptr(),
                    scores.as_mut_ptr(),
                    room,
                    &mut needed,
                )
            });
            match result {
                Ok(()) => {
                    let of = |row: &[usize]| {
                        neighbours(&ids[row[0]..], &scores[row[0]..], row[1] - row[0])
                    };
                    return Ok(offsets.windows(2).map(of).collect());
                }
                Err(e) if e.status() == Status::Range && needed > room => room = needed,
                Err(e) => return Err(e),
            }
        }
    }

    /// The least nprobe that reaches a recall of exact search, and the recall at
    /// that number.
    pub fn tune_nprobe(
        &self,
        queries: &[f32],
        k: usize,
        recall: f64,
    ) -> Result<(usize, f64)> {
        let count = self.rows("queries", queries)?;
        let (mut nprobe, mut reached) = (0, 0.0);
        check(unsafe {
            sys::siamese_index_tune_nprobe(
                self.as_ptr(),
                queries.as_ptr(),
                count,
                k,
                recall,
                &mut nprobe,
                &mut reached,
            )
        })?;
        Ok((nprobe, reached))
    }

    /// Does so and tells which share is done, 0 to 1; a break ends it.
    pub fn tune_nprobe_with_progress<F>(
        &self,
        queries: &[f32],
        k: usize,
        recall: f64,
        told: F,
    ) -> Result<(usize, f64)>
    where
        F: FnMut(f64) -> ControlFlow<()>,
    {
        let count = self.rows("queries", queries)?;
        let (mut nprobe, mut reached) = (0, 0.0);
        check(with_share(told, |told, user| unsafe {
            sys::siamese_index_tune_nprobe_with_progress(
                self.as_ptr(),
                queries.as_ptr(),
                count,
                k,
                recall,
                told,
                user,
                &mut nprobe,
                &mut reached,
            )
        }))?;
        Ok((nprobe, reached))
    }

    /// Sets the option nprobe; 0 means by the number of lists.
    pub fn set_nprobe(&self, nprobe: usize) -> Result<()> {
        check(unsafe { sys::siamese_index_set_nprobe(self.as_ptr(), nprobe) })
    }

    /// The stored vector of an id.
    pub fn vector(&self, id: i64) -> Result<Vec<f32>> {
        let mut out = vec![0.0; self.info().dim];
        let (data, capacity) = (out.as_mut_ptr(), out.len());
        check(unsafe {
            sys::siamese_index_reconstruct(self.as_ptr(), id, data, capacity)
        })?;
        Ok(out)
    }

    /// All stored vectors of an id, one behind the other.
    pub fn vectors(&self, id: i64) -> Result<Vec<f32>> {
        read_all(Vec::new(), |data, capacity, needed| unsafe {
            sys::siamese_index_get_vectors(self.as_ptr(), id, data, capacity, needed)
        })
    }

    /// How many vectors an id has; 0: the index does not contain it.
    pub fn contains(&self, id: i64) -> usize {
        let mut vectors = 0;
        let status =
            unsafe { sys::siamese_index_contains(self.as_ptr(), id, &mut vectors) };
        assert_eq!(status, sys::SIAMESE_OK, "it has no other failure than misuse");
        vectors
    }

    /// The ids that have vectors, each once, ascending.
    pub fn ids(&self) -> Result<Vec<i64>> {
        read_all(vec![0; self.len()], |data, capacity, needed| unsafe {
            sys::siamese_index_get_ids(self.as_ptr(), data, capacity, needed)
        })
    }

    /// The options in force.
    pub fn options(&self) -> Result<IndexOptions> {
        IndexOptions::read(|o| unsafe {
            sys::siamese_index_get_options(self.as_ptr(), o)
        })
    }

    /// Writes the index in FAISS's own file format.
    pub fn export_faiss(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = c_path(path.as_ref())?;
        check(unsafe { sys::siamese_index_export_faiss(self.as_ptr(), path.as_ptr()) })
    }
}

pub(crate) fn neighbours(ids: &[i64], scores: &[f32], count: usize) -> Vec<Neighbour> {
    let pairs = ids.iter().zip(scores).take(count);
    pairs.map(|(&id, &score)| Neighbour { id, score }).collect()
}
