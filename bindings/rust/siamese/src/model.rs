//! A model: the simple way in. It owns all parts.
use crate::bundle::{reading, writing, Bundle};
use crate::error::{check, Error, Result, Status};
use crate::handle::handle;
use crate::hits::Hits;
use crate::index::Index;
use crate::items::{ColumnType, Ids, Items};
use crate::options::{FieldOptions, LoadOptions, ModelOptions, SaveOptions};
use crate::pairs::{raw_or_null, Pairs};
use crate::progress::{with_progress, Progress};
use crate::ranker::Ranker;
use crate::request::{defaults, Request};
use crate::rows::Rows;
use crate::searcher::Searcher;
use crate::sys;
use crate::text::{c_path, c_string, text};
use crate::tower::{Side, Tower};
use crate::trainer::{Reports, Trainer};
use crate::vocab::Vocab;
use std::io::{Read, Write};
use std::mem::size_of;
use std::ops::ControlFlow;
use std::path::Path;
use std::ptr::null;
use std::sync::Arc;

handle!(Inner, siamese_model, siamese_model_free);

/// Owns a vocabulary, towers, a trainer, an index, items and a searcher. Searches
/// run beside adds, updates, removals, training and [`Model::reload`], on any
/// threads; each sees one state of the model, whole. A clone is the same model.
#[derive(Clone, Debug)]
pub struct Model(Arc<Inner>);

/// What a model is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The size of a vector; 0 before there are towers.
    pub dim: usize,
    /// The number of rows of items.
    pub items: usize,
    /// Those of them that a search can find.
    pub vectors: usize,
    /// The pairs to learn from that were added.
    pub pairs: usize,
    /// Counts what put something new in place.
    pub generation: u64,
    /// There are towers.
    pub trained: bool,
    /// It trains or builds.
    pub training: bool,
}

impl Model {
    fn made(create: impl FnOnce(*mut *mut sys::siamese_model) -> i32) -> Result<Model> {
        Inner::made(create).map(|inner| Model(Arc::new(inner)))
    }

    /// The handle of C, for a function of [`crate::sys`].
    #[inline]
    pub fn as_ptr(&self) -> *mut sys::siamese_model {
        self.0.as_ptr()
    }

    /// Creates a model that knows nothing yet, by a preset, e.g. "default".
    pub fn new(preset: &str) -> Result<Model> {
        Model::with_options(preset, &ModelOptions::new())
    }

    /// Does so with options.
    pub fn with_options(preset: &str, options: &ModelOptions) -> Result<Model> {
        let preset = c_string("preset", preset)?;
        Model::made(|out| unsafe {
            sys::siamese_model_create(out, preset.as_ptr(), &options.0)
        })
    }

    /// Opens a model from a file: one that `save` wrote, or any checkpoint.
    pub fn open(path: impl AsRef<Path>) -> Result<Model> {
        Model::open_with(path, &LoadOptions::new())
    }

    /// Does so with options.
    pub fn open_with(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Model> {
        let path = c_path(path.as_ref())?;
        Model::made(|out| unsafe {
            sys::siamese_model_open(out, path.as_ptr(), &options.0)
        })
    }

    /// Opens a model from a stream, whose own error, if it has one, comes first.
    pub fn read(reader: impl Read, options: &LoadOptions) -> std::io::Result<Model> {
        reading(reader, |read, user| {
            Model::made(|out| unsafe {
                sys::siamese_model_read(out, read, user, &options.0)
            })
        })
    }

    /// Creates a model of the parts of a bundle, which it shares.
    pub fn from_bundle(bundle: &Bundle) -> Result<Model> {
        let bundle = bundle.as_ptr();
        Model::made(|out| unsafe { sys::siamese_model_from_bundle(out, bundle) })
    }

    /// Sets an option of the parts, over what the preset says: "epochs", or
    /// "tower.seed" where several parts have one.
    pub fn set(&self, name: &str, value: impl ToString) -> Result<()> {
        let value = c_string(name, value.to_string())?;
        let name = c_string("option", name)?;
        check(unsafe {
            sys::siamese_model_set(self.as_ptr(), name.as_ptr(), value.as_ptr())
        })
    }

    /// Adds a column of the items.
    pub fn add_column(&self, name: &str, kind: ColumnType) -> Result<()> {
        let name = c_string("name", name)?;
        check(unsafe {
            sys::siamese_model_add_column(self.as_ptr(), name.as_ptr(), kind.code())
        })
    }

    /// Makes the towers read a column of the items beside the title, as one more
    /// text of an item in [`Pairs`].
    pub fn add_field(&self, name: &str, options: &FieldOptions) -> Result<()> {
        let name = c_string("name", name)?;
        check(unsafe {
            sys::siamese_model_add_field(self.as_ptr(), name.as_ptr(), &options.0)
        })
    }

    /// Makes the towers read texts by this vocabulary, which is finished, in place of
    /// one that the first training makes of what was added. `None` takes it back.
    pub fn set_vocab<'a>(&self, vocab: impl Into<Option<&'a Vocab>>) -> Result<()> {
        let vocab = vocab.into().map_or(null(), |v| v.as_ptr() as *const _);
        check(unsafe { sys::siamese_model_set_vocab(self.as_ptr(), vocab) })
    }

    /// Adds pairs to learn from, all of them or none.
    pub fn add_pairs(&self, pairs: &Pairs<'_>) -> Result<()> {
        let pairs = pairs.raw()?;
        self.alone(|model| unsafe { sys::siamese_model_add_pairs(model, &pairs) })
    }

    /// Sets pairs that training does not see; see [`Trainer::set_validation`].
    pub fn set_validation(
        &self,
        pairs: Option<&Pairs<'_>>,
        candidates: Option<&Pairs<'_>>,
    ) -> Result<()> {
        let (pairs, candidates) = (raw_or_null(pairs)?, raw_or_null(candidates)?);
        let pairs = pairs.as_deref().map_or(null(), |p| p);
        let candidates = candidates.as_deref().map_or(null(), |p| p);
        self.alone(|model| unsafe {
            sys::siamese_model_set_validation(model, pairs, candidates)
        })
    }

    /// Trains, and then encodes all items anew and builds their index; searches go
    /// on with what the model had before until all of it is done.
    pub fn train(&self) -> Result<()> {
        self.train_with(|_| ControlFlow::Continue(()))
    }

    /// Trains and tells the closure; `Break` cancels. The next training goes on to
    /// the same bits. A panic of the closure ends the training, and then goes on.
    pub fn train_with(
        &self,
        told: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        self.run(told, sys::siamese_model_train)
    }

    /// Trains as [`Model::train`] does, but leaves a training that is complete.
    pub fn resume(&self) -> Result<()> {
        self.resume_with(|_| ControlFlow::Continue(()))
    }

    /// Does so and tells the closure; `Break` cancels.
    pub fn resume_with(
        &self,
        told: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        self.run(told, sys::siamese_model_resume)
    }

    /// Trains on a thread of its own, and gives out the progress: each step waits
    /// until it is taken. Dropping the iterator ends the training.
    ///
    /// ```no_run
    /// # fn train(model: siamese::Model) -> siamese::Result<()> {
    /// for progress in model.train_iter() {
    ///     println!("{:.4}", progress?.loss_mean);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn train_iter(&self) -> TrainIter {
        let model = self.clone();
        TrainIter(Reports::new(move |told| model.train_with(told)))
    }

    /// Encodes all items anew and builds a new index; searches go on meanwhile.
    pub fn rebuild(&self) -> Result<()> {
        self.rebuild_with(|_| ControlFlow::Continue(()))
    }

    /// Does so and tells the closure; `Break` cancels.
    pub fn rebuild_with(
        &self,
        told: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        self.run(told, sys::siamese_model_rebuild)
    }

    fn run(
        &self,
        told: impl FnMut(Progress) -> ControlFlow<()>,
        run: unsafe extern "C" fn(
            *mut sys::siamese_model,
            sys::siamese_progress_fn,
            *mut std::os::raw::c_void,
        ) -> i32,
    ) -> Result<()> {
        self.alone(|model| {
            with_progress(told, |told, user| unsafe { run(model, told, user) })
        })
    }

    /// Makes the vocabulary, the towers and the trainer, unless they are there, and
    /// gives the trainer what was added; it trains nothing. Pairs that are added
    /// before the next training go to the trainer at once.
    pub fn prepare(&self) -> Result<()> {
        self.alone(|model| unsafe { sys::siamese_model_prepare(model) })
    }

    /// No other call on the model's trainer, which may have been given out, runs
    /// meanwhile. A trainer that is made now is given out when it is trained.
    fn alone(&self, call: impl FnOnce(*mut sys::siamese_model) -> i32) -> Result<()> {
        let trainer = self.trainer().ok();
        let _alone = trainer.as_ref().map(|t| t.inner().alone()).transpose()?;
        check(call(self.as_ptr()))
    }

    /// Makes a running training or rebuild end with `Status::Cancelled`. If none is
    /// running, the next one does at once.
    pub fn cancel(&self) {
        unsafe { sys::siamese_model_cancel(self.as_ptr()) };
    }

    /// Forgets a cancel that waits for the next training or rebuild.
    pub fn forget_cancel(&self) -> Result<()> {
        check(unsafe { sys::siamese_model_forget_cancel(self.as_ptr()) })
    }

    /// Lets the vocabulary take in the texts of all pairs and items that were
    /// added, of at most `max_tokens` (0: no limit), before training goes on.
    pub fn grow(&self, max_tokens: usize) -> Result<()> {
        self.alone(|model| unsafe { sys::siamese_model_grow(model, max_tokens) })
    }

    /// Frees the trainer and the pairs, which a model that only serves does not
    /// need.
    pub fn finish(&self) -> Result<()> {
        self.alone(|model| unsafe { sys::siamese_model_finish(model) })
    }

    /// Adds items, all of them or none. From the first training on a search finds
    /// them at once.
    pub fn add_items(&self, rows: &Rows<'_>) -> Result<()> {
        let raw = rows.raw()?;
        check(unsafe { sys::siamese_model_add_items(self.as_ptr(), &raw.rows) })
    }

    /// Replaces the items that are there and adds the others, all of them or none.
    pub fn update_items(&self, rows: &Rows<'_>) -> Result<()> {
        let raw = rows.raw()?;
        check(unsafe { sys::siamese_model_update_items(self.as_ptr(), &raw.rows) })
    }

    /// Removes items and returns their number; ids without one are ignored.
    pub fn remove_items<'a>(&self, ids: impl Into<Ids<'a>>) -> Result<usize> {
        let mut removed = 0;
        check(ids.into().with(|ids, texts, count| unsafe {
            sys::siamese_model_remove_items(
                self.as_ptr(),
                ids,
                texts,
                count,
                &mut removed,
            )
        }))?;
        Ok(removed)
    }

    /// Finds the k best items for a text, the best first.
    pub fn search(&self, query: impl AsRef<[u8]>, k: usize) -> Result<Hits> {
        let query = text(query.as_ref());
        let mut raw = defaults();
        (raw.texts, raw.count, raw.k) = (&query, 1, k);
        Hits::made(|out| unsafe { sys::siamese_model_search(self.as_ptr(), &raw, out) })
    }

    /// Searches, for one query or many, texts or vectors.
    pub fn search_with(&self, request: &Request<'_>) -> Result<Hits> {
        if request.vectors.is_some() {
            // The size of this one searcher's vectors stays, whatever is reloaded.
            return self.searcher()?.search(request);
        }
        let raw = request.raw(0)?;
        Hits::made(|out| unsafe { sys::siamese_model_search(self.as_ptr(), &raw, out) })
    }

    /// The vectors of texts by the tower of a side, one behind the other.
    pub fn encode<T: AsRef<[u8]>>(&self, side: Side, list: &[T]) -> Result<Vec<f32>> {
        self.tower(side)?.encode(list)
    }

    /// The vectors of rows of so many texts each.
    pub fn encode_rows<T: AsRef<[u8]>>(
        &self,
        side: Side,
        list: &[T],
        fields: usize,
    ) -> Result<Vec<f32>> {
        self.tower(side)?.encode_rows(list, fields)
    }

    /// Writes the model to a file: at any moment it is the old one or the new one,
    /// whole.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = c_path(path.as_ref())?;
        check(unsafe { sys::siamese_model_save(self.as_ptr(), path.as_ptr(), null()) })
    }

    /// Does so with options.
    pub fn save_with(&self, path: impl AsRef<Path>, options: &SaveOptions) -> Result<()> {
        let path = c_path(path.as_ref())?;
        check(unsafe {
            sys::siamese_model_save(self.as_ptr(), path.as_ptr(), &options.0)
        })
    }

    /// Writes the model to a stream, whose own error, if it has one, comes first.
    pub fn write(
        &self,
        writer: impl Write,
        options: &SaveOptions,
    ) -> std::io::Result<()> {
        writing(writer, |write, user| unsafe {
            sys::siamese_model_write(self.as_ptr(), write, user, &options.0)
        })
    }

    /// Puts another file in the place of all that the model is, while others
    /// search: each search has the old model or the new one, and hits of the old
    /// one stay valid. A reload that fails leaves the model as it is.
    pub fn reload(&self, path: impl AsRef<Path>, options: &LoadOptions) -> Result<()> {
        let path = c_path(path.as_ref())?;
        check(unsafe {
            sys::siamese_model_reload(self.as_ptr(), path.as_ptr(), &options.0)
        })
    }

    /// What the model is at the moment.
    pub fn info(&self) -> ModelInfo {
        let mut info: sys::siamese_model_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_model_info>();
        let status = unsafe { sys::siamese_model_get_info(self.as_ptr(), &mut info) };
        assert_eq!(status, sys::SIAMESE_OK, "it has no other failure than misuse");
        ModelInfo {
            dim: info.dim,
            items: info.items,
            vectors: info.vectors,
            pairs: info.pairs,
            generation: info.generation,
            trained: info.trained != 0,
            training: info.training != 0,
        }
    }

    /// The vocabulary. Each part that a model gives out is the one of the moment;
    /// items and index are changed by the model alone.
    pub fn vocab(&self) -> Result<Vocab> {
        Vocab::made(|out| unsafe { sys::siamese_model_get_vocab(self.as_ptr(), out) })
    }

    /// The tower of a side.
    pub fn tower(&self, side: Side) -> Result<Tower> {
        let get = match side {
            Side::Query => sys::siamese_model_get_query_tower,
            Side::Item => sys::siamese_model_get_item_tower,
        };
        Tower::made(|out| unsafe { get(self.as_ptr(), out) })
    }

    /// The trainer. While it runs, the model does not train, and the other way
    /// round.
    pub fn trainer(&self) -> Result<Trainer> {
        let get = sys::siamese_model_get_trainer;
        let trainer = Trainer::made(|out| unsafe { get(self.as_ptr(), out) })?;
        if self.info().training {
            return Err(Error::new(Status::State, "the model trains"));
        }
        Ok(trainer)
    }

    /// The index.
    pub fn index(&self) -> Result<Index> {
        Index::made(|out| unsafe { sys::siamese_model_get_index(self.as_ptr(), out) })
    }

    /// The items.
    pub fn items(&self) -> Result<Items> {
        Items::made(|out| unsafe { sys::siamese_model_get_items(self.as_ptr(), out) })
    }

    /// The ranker, which goes on to follow the model's items.
    pub fn ranker(&self) -> Result<Ranker> {
        Ranker::made(|out| unsafe { sys::siamese_model_get_ranker(self.as_ptr(), out) })
    }

    /// The searcher.
    pub fn searcher(&self) -> Result<Searcher> {
        Searcher::given(|out| unsafe {
            sys::siamese_model_get_searcher(self.as_ptr(), out)
        })
    }

    /// A bundle of all that `save` would write.
    pub fn bundle(&self) -> Result<Bundle> {
        Bundle::made(|out| unsafe { sys::siamese_model_get_bundle(self.as_ptr(), out) })
    }
}

/// The progress of a training; an error is the last that it gives out.
pub struct TrainIter(Reports);

impl Iterator for TrainIter {
    type Item = Result<Progress>;

    fn next(&mut self) -> Option<Result<Progress>> {
        self.0.next()
    }
}

impl Drop for TrainIter {
    fn drop(&mut self) {
        self.0.stop();
    }
}
