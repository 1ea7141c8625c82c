//! Learns embeddings of short texts from pairs that belong together, a query and
//! the title that somebody chose, and searches them. It calls the C library
//! libsiamese inside the process of its caller.
//!
//! ```
//! use siamese::{Model, Pairs, Rows};
//!
//! # fn main() -> siamese::Result<()> {
//! let titles = ["oak writing desk", "red velvet sofa", "brass kitchen faucet"];
//! let queries = ["wooden table", "couch", "tap"];
//! let model = Model::new("default")?;
//! model.set("epochs", 50)?;
//! model.add_items(&Rows::new().ids(&[100, 101, 102]).titles(&titles))?;
//! model.add_pairs(&Pairs::new(&queries, &titles))?;
//! model.train()?;
//! for hit in &model.search("couch", 1)? {
//!     assert_eq!((hit.id, &*hit.title()), (101, "red velvet sofa"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A [`Model`] is the simple way in: it owns all parts, and learns, searches,
//! saves and is replaced by newer files while it serves. The parts may also be
//! used by themselves: a [`Vocab`] turns texts into token ids, a [`Tower`] those
//! into vectors, a [`Trainer`] makes better towers, an [`Index`] finds the
//! nearest vectors, a [`Searcher`] goes from texts to [`Hits`], by a [`Ranker`] if
//! it has one, and an [`Evaluator`] measures rankings. A [`Bundle`] is what stands in one file.
//!
//! # Threads
//!
//! What the C library allows at once from many threads takes `&self`, what it
//! allows one call at a time takes `&mut self` or stands on a builder, and all
//! handles are [`Send`] and [`Sync`]. So the compiler holds its rules: a
//! vocabulary that still counts cannot be shared.
//!
//! ```compile_fail
//! let mut counting = siamese::VocabBuilder::new(&Default::default()).unwrap();
//! std::thread::scope(|scope| {
//!     scope.spawn(|| counting.add(&["one"]));
//!     scope.spawn(|| counting.add(&["two"])); // a second &mut
//! });
//! ```
//!
//! # Texts
//!
//! Texts are UTF-8; any bytes are allowed, NULs and bytes that are not UTF-8
//! included, so functions take what is `AsRef<[u8]>`: `&str`, `String`, `&[u8]`.
//! They are not copied on their way to C.
#![warn(missing_docs, rust_2018_idioms)]

mod bundle;
mod error;
mod evaluator;
mod exchange;
mod handle;
mod hits;
mod index;
mod items;
mod log;
mod model;
mod options;
mod pairs;
mod presets;
mod progress;
mod ranker;
mod request;
mod rows;
mod searcher;
mod shards;
mod source;
mod text;
mod tower;
mod trainer;
mod vocab;

pub use bundle::{sections, verify, Bundle, Section};
pub use error::{Error, Result, Status};
pub use evaluator::{Counts, Evaluator, Figures, Judgements, Rankings, Vectors};
pub use exchange::Exchange;
pub use hits::{Hit, Hits, Iter};
pub use index::{Filter, Index, IndexInfo, Neighbour, Search};
pub use items::{ColumnType, Ids, Items, ItemsInfo};
pub use log::{set_log, Level};
pub use model::{Model, ModelInfo, TrainIter};
pub use options::{
    EvaluatorOptions, FieldOptions, IndexOptions, ItemsOptions, LoadOptions,
    ModelOptions, OptionInfo, RankerOptions, SaveOptions, TowerOptions, TrainerOptions,
    VocabOptions,
};
pub use pairs::Pairs;
pub use presets::{presets, Preset};
pub use progress::{Progress, Stage};
pub use ranker::{Feature, Ranker, RankerInfo};
pub use request::{Request, Stages};
pub use rows::Rows;
pub use searcher::Searcher;
pub use shards::{merge_hits, merge_range_hits, Merge, Merged};
pub use siamese_sys as sys;
pub use source::{PairSource, SourceError};
pub use tower::{Parameter, Precision, Side, Tower, TowerBuilder};
pub use trainer::{FitIter, Remote, Running, Step, Trainer};
pub use vocab::{Vocab, VocabBuilder, VocabStats};

/// The version of the library that runs, e.g. "0.2.0".
pub fn version() -> &'static str {
    text::static_str(unsafe { sys::siamese_version() })
}
