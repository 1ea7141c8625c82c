//! A ranker: what a search does beyond finding the nearest vectors. Searchers,
//! bundles and models have one.
use crate::error::{check, Result};
use crate::handle::handle;
use crate::options::RankerOptions;
use crate::sys;
use crate::text::static_str;
use std::mem::size_of;

handle!(
    /// Corrects the spelling of queries, scans a second time and ranks the first
    /// results anew, word by word.
    Ranker,
    siamese_ranker,
    siamese_ranker_free
);

/// What a ranker ranks the first results by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankerInfo {
    /// The number of features that a score is made of.
    pub features: usize,
    /// The queries from which weights were learned; 0: none are.
    pub learned_queries: u64,
    /// It ranks by those weights, and not by cosine and maxsim.
    pub uses_learned: bool,
}

/// A number of a query and a title: a score is the sum of all of them, each times
/// its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feature {
    /// e.g. "maxsim".
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// The weight that is in force.
    pub weight: f64,
}

impl Ranker {
    /// Creates a ranker, which gets its words from the searcher that it is given to.
    pub fn new(options: &RankerOptions) -> Result<Ranker> {
        Ranker::made(|out| unsafe { sys::siamese_ranker_create(out, &options.0) })
    }

    /// The options in force.
    pub fn options(&self) -> Result<RankerOptions> {
        RankerOptions::read(|options| unsafe {
            sys::siamese_ranker_get_options(self.as_ptr(), options)
        })
    }

    /// What it ranks by.
    pub fn info(&self) -> RankerInfo {
        let mut info: sys::siamese_ranker_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_ranker_info>();
        let status = unsafe { sys::siamese_ranker_get_info(self.as_ptr(), &mut info) };
        assert_eq!(status, sys::SIAMESE_OK, "it has no other failure than misuse");
        RankerInfo {
            features: info.features,
            learned_queries: info.learned_queries,
            uses_learned: info.uses_learned != 0,
        }
    }

    /// What it ranks by, with the weights in force, in the order of
    /// [`Hits::shares`](crate::Hits::shares).
    pub fn features(&self) -> Result<Vec<Feature>> {
        (0..self.info().features).map(|i| self.feature(i)).collect()
    }

    fn feature(&self, i: usize) -> Result<Feature> {
        let mut raw: sys::siamese_ranker_feature = unsafe { std::mem::zeroed() };
        raw.struct_size = size_of::<sys::siamese_ranker_feature>();
        check(unsafe {
            sys::siamese_ranker_describe_feature(self.as_ptr(), i, &mut raw)
        })?;
        Ok(Feature {
            name: static_str(raw.name),
            help: static_str(raw.help),
            weight: raw.weight,
        })
    }
}
