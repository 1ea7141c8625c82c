//! An evaluator: judgements and rankings in, recall, MRR, MAP and nDCG out.
use crate::error::{check, check_rows, rows_of, Error, Result, Status};
use crate::handle::make;
use crate::options::EvaluatorOptions;
use crate::sys;
use crate::text::optional;
use std::mem::size_of;
use std::ptr::NonNull;

/// Measures how good rankings are, of vectors that it ranks by exact search, or of
/// ready ones.
#[derive(Debug)]
pub struct Evaluator {
    raw: NonNull<sys::siamese_evaluator>,
    ks: usize,
}

// SAFETY: get_means may run at once on many threads; what adds takes &mut self.
unsafe impl Send for Evaluator {}
unsafe impl Sync for Evaluator {}

impl Drop for Evaluator {
    fn drop(&mut self) {
        unsafe { sys::siamese_evaluator_free(self.raw.as_ptr()) }
    }
}

/// The figures of one query at one k, or their means; NaN where a query does not
/// count.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Figures {
    pub recall: f64,
    pub precision: f64,
    pub hit: f64,
    pub mrr: f64,
    pub map: f64,
    pub ndcg: f64,
    pub ndcg_binary: f64,
}

const COUNT: usize = sys::SIAMESE_RANKING_COUNT as usize;

fn figures(values: &[f64]) -> Vec<Figures> {
    let of = |v: &[f64]| Figures {
        recall: v[sys::SIAMESE_RANKING_RECALL as usize],
        precision: v[sys::SIAMESE_RANKING_PRECISION as usize],
        hit: v[sys::SIAMESE_RANKING_HIT as usize],
        mrr: v[sys::SIAMESE_RANKING_MRR as usize],
        map: v[sys::SIAMESE_RANKING_MAP as usize],
        ndcg: v[sys::SIAMESE_RANKING_NDCG as usize],
        ndcg_binary: v[sys::SIAMESE_RANKING_NDCG_BINARY as usize],
    };
    values.chunks_exact(COUNT).map(of).collect()
}

/// How many queries and items the means are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Queries added.
    pub queries: usize,
    /// Those of them that have a relevant item.
    pub relevant: usize,
    /// Relevant items of all queries.
    pub relevant_items: usize,
    /// Queries whose judgements have a gain.
    pub gaining: usize,
    /// With ties=expected, queries for which the order of a tie matters.
    pub tied: usize,
}

/// The judgements of some queries: those of query q are the elements `offsets[q]`
/// .. `offsets[q + 1] - 1` of ids and grades.
#[derive(Clone, Copy, Debug)]
pub struct Judgements<'a> {
    /// `[queries + 1]` in ascending order.
    pub offsets: &'a [usize],
    /// The judged items.
    pub ids: &'a [i64],
    /// Their grades.
    pub grades: &'a [f64],
}

impl Judgements<'_> {
    fn raw(&self) -> Result<sys::siamese_judgements> {
        let ascending = self.offsets.windows(2).all(|o| o[0] <= o[1]);
        if self.offsets.last() != Some(&self.ids.len()) || !ascending {
            let message = format!("offsets: are not ascending up to {}", self.ids.len());
            return Err(Error::new(Status::Argument, message));
        }
        check_rows("grades", self.grades.len(), self.ids.len())?;
        Ok(sys::siamese_judgements {
            struct_size: size_of::<sys::siamese_judgements>(),
            queries: self.offsets.len() - 1,
            offsets: self.offsets.as_ptr(),
            ids: self.ids.as_ptr(),
            grades: self.grades.as_ptr(),
        })
    }
}

/// The vectors of the judgements' queries and of all items.
#[derive(Clone, Copy, Debug)]
pub struct Vectors<'a> {
    /// The size of a vector.
    pub dim: usize,
    /// `[queries][dim]`.
    pub queries: &'a [f32],
    /// `[items][dim]`.
    pub items: &'a [f32],
    /// `[items]`; `None`: the row is the id.
    pub ids: Option<&'a [i64]>,
}

/// Ready rankings, best first.
#[derive(Clone, Copy, Debug)]
pub struct Rankings<'a> {
    /// Results per query.
    pub depth: usize,
    /// `[queries][depth]`.
    pub ids: &'a [i64],
    /// `[queries]` how many results count; `None`: all.
    pub found: Option<&'a [usize]>,
    /// `[queries][depth]`; `None`: no two are equal.
    pub scores: Option<&'a [f32]>,
}

impl Evaluator {
    /// Creates an evaluator that measures at the ranks `ks`.
    pub fn new(options: &EvaluatorOptions, ks: &[usize]) -> Result<Evaluator> {
        let raw = make(|out| unsafe {
            sys::siamese_evaluator_create(out, &options.0, ks.as_ptr(), ks.len())
        })?;
        Ok(Evaluator { raw, ks: ks.len() })
    }

    /// Measures queries by exact search; the figures are those of each query at
    /// each k.
    pub fn add_vectors(
        &mut self,
        judgements: &Judgements<'_>,
        vectors: &Vectors<'_>,
    ) -> Result<Vec<Vec<Figures>>> {
        let judgements = judgements.raw()?;
        let items = rows_of("items", vectors.items.len(), vectors.dim)?;
        let queries = rows_of("queries", vectors.queries.len(), vectors.dim)?;
        check_rows("queries", queries, judgements.queries)?;
        check_rows("ids", vectors.ids.map_or(items, <[i64]>::len), items)?;
        let vectors = sys::siamese_vectors {
            struct_size: size_of::<sys::siamese_vectors>(),
            dim: vectors.dim,
            queries: vectors.queries.as_ptr(),
            items: vectors.items.as_ptr(),
            item_ids: optional(vectors.ids),
            item_count: items,
        };
        self.add(judgements.queries, |evaluator, values, capacity| unsafe {
            let (j, v) = (&judgements, &vectors);
            sys::siamese_evaluator_add_vectors(evaluator, j, v, values, capacity)
        })
    }

    /// Measures queries whose rankings are ready; the figures are those of each
    /// query at each k.
    pub fn add_rankings(
        &mut self,
        judgements: &Judgements<'_>,
        rankings: &Rankings<'_>,
    ) -> Result<Vec<Vec<Figures>>> {
        let judgements = judgements.raw()?;
        let queries = judgements.queries;
        let results = queries.saturating_mul(rankings.depth);
        check_rows("ids", rankings.ids.len(), results)?;
        check_rows("found", rankings.found.map_or(queries, <[usize]>::len), queries)?;
        check_rows("scores", rankings.scores.map_or(results, <[f32]>::len), results)?;
        let rankings = sys::siamese_rankings {
            struct_size: size_of::<sys::siamese_rankings>(),
            depth: rankings.depth,
            ids: rankings.ids.as_ptr(),
            found: optional(rankings.found),
            scores: optional(rankings.scores),
        };
        self.add(queries, |evaluator, values, capacity| unsafe {
            let (j, r) = (&judgements, &rankings);
            sys::siamese_evaluator_add_rankings(evaluator, j, r, values, capacity)
        })
    }

    fn add(
        &mut self,
        queries: usize,
        add: impl FnOnce(*mut sys::siamese_evaluator, *mut f64, usize) -> i32,
    ) -> Result<Vec<Vec<Figures>>> {
        let mut values = vec![0.0; queries * self.ks * COUNT];
        check(add(self.raw.as_ptr(), values.as_mut_ptr(), values.len()))?;
        if self.ks == 0 {
            return Ok(vec![Vec::new(); queries]);
        }
        Ok(values.chunks_exact(self.ks * COUNT).map(figures).collect())
    }

    /// The means of all queries added so far, at each k.
    pub fn means(&self) -> Result<(Vec<Figures>, Counts)> {
        let mut means = vec![0.0; self.ks * COUNT];
        let mut c: sys::siamese_evaluator_counts = unsafe { std::mem::zeroed() };
        c.struct_size = size_of::<sys::siamese_evaluator_counts>();
        let (data, capacity) = (means.as_mut_ptr(), means.len());
        check(unsafe {
            sys::siamese_evaluator_get_means(self.raw.as_ptr(), data, capacity, &mut c)
        })?;
        let counts = Counts {
            queries: c.queries,
            relevant: c.relevant,
            relevant_items: c.relevant_items,
            gaining: c.gaining,
            tied: c.tied,
        };
        Ok((figures(&means), counts))
    }
}
