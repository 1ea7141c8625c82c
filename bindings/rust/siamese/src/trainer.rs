//! A trainer: pairs in, better towers out. A model has one inside.
use crate::error::{check, Error, Result, Status};
use crate::exchange::{set_exchange, Exchange};
use crate::handle::make;
use crate::options::TrainerOptions;
use crate::pairs::{raw_or_null, Pairs};
use crate::progress::{with_progress, Progress};
use crate::source::{give_source, PairSource};
use crate::sys;
use crate::text::{c_string, read_all};
use crate::tower::{Side, Tower};
use crate::vocab::Vocab;
use std::mem::size_of;
use std::ops::{ControlFlow, Deref};
use std::ptr::{null, NonNull};
use std::sync::mpsc::{sync_channel, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread::JoinHandle;

/// The trainer of C. Bundles and models give the same one out again, so there is
/// one of these for each, and what C allows one call at a time holds its lock.
pub(crate) struct Inner {
    raw: NonNull<sys::siamese_trainer>,
    run: Mutex<()>,
}

// SAFETY: cancel, snapshot and get_progress may be called beside any other call;
// the others hold the lock.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

/// Those that live, by the address of C's; there are few.
type Inners = Vec<(usize, Weak<Inner>)>;

static INNERS: Mutex<Inners> = Mutex::new(Vec::new());

fn inners() -> MutexGuard<'static, Inners> {
    INNERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Inner {
    /// The one of a handle, which it takes over.
    fn of(raw: NonNull<sys::siamese_trainer>) -> Arc<Inner> {
        let mut inners = inners();
        let key = raw.as_ptr() as usize;
        let mut same = inners.iter().filter(|(other, _)| *other == key);
        if let Some(inner) = same.find_map(|(_, weak)| weak.upgrade()) {
            unsafe { sys::siamese_trainer_free(raw.as_ptr()) }
            return inner;
        }
        let inner = Arc::new(Inner { raw, run: Mutex::new(()) });
        inners.push((key, Arc::downgrade(&inner)));
        inner
    }

    fn ptr(&self) -> *mut sys::siamese_trainer {
        self.raw.as_ptr()
    }

    /// Has the trainer to itself, or is a failure.
    pub(crate) fn alone(&self) -> Result<MutexGuard<'_, ()>> {
        match self.run.try_lock() {
            Ok(guard) => Ok(guard),
            Err(std::sync::TryLockError::Poisoned(p)) => Ok(p.into_inner()),
            Err(std::sync::TryLockError::WouldBlock) => {
                Err(Error::new(Status::State, "the trainer is in use by another call"))
            }
        }
    }

    fn fit(&self, mut told: impl FnMut(Progress) -> ControlFlow<()>) -> Result<()> {
        let _alone = self.alone()?;
        check(with_progress(&mut told, |told, user| unsafe {
            sys::siamese_trainer_fit(self.ptr(), told, user)
        }))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Another may have taken the place of this one already.
        inners().retain(|(_, weak)| weak.strong_count() > 0);
        unsafe { sys::siamese_trainer_free(self.ptr()) }
    }
}

/// Learns from pairs of a query and an item. It trains private copies of the
/// towers that it is made of, so that these may go on serving.
pub struct Trainer(Arc<Inner>);

/// What may be asked of a trainer while it runs, on any thread.
#[derive(Clone)]
pub struct Remote(Arc<Inner>);

/// The figures of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Steps done in all, this one included.
    pub step: u64,
    /// Pairs of this step.
    pub pairs: usize,
    /// The sum over the batch before the update.
    pub loss_sum: f64,
    /// The mean per pair.
    pub loss_mean: f64,
}

/// A running fit, as its closure sees it: the progress, and what may be changed.
///
/// ```compile_fail
/// fn is_send<T: Send>() {}
/// is_send::<siamese::Running<'static>>(); // it stays on the thread of the fit
/// ```
pub struct Running<'a> {
    progress: Progress,
    raw: *mut sys::siamese_trainer,
    inner: &'a Inner,
}

impl Deref for Running<'_> {
    type Target = Progress;
    fn deref(&self) -> &Progress {
        &self.progress
    }
}

impl Running<'_> {
    /// Changes one of the options epochs, `learning_rate`, `max_steps`, metrics,
    /// `min_steps` and patience.
    pub fn set_option(&mut self, name: &str, value: impl ToString) -> Result<()> {
        set_option(self.raw, name, value)
    }

    /// The towers as they are now.
    pub fn snapshot(&self) -> Result<(Tower, Tower)> {
        snapshot(self.inner)
    }
}

fn set_option(
    trainer: *mut sys::siamese_trainer,
    name: &str,
    value: impl ToString,
) -> Result<()> {
    let value = c_string(name, value.to_string())?;
    let name = c_string("option", name)?;
    let (name, value) = (name.as_ptr(), value.as_ptr());
    check(unsafe { sys::siamese_trainer_set_option(trainer, name, value) })
}

fn snapshot(inner: &Inner) -> Result<(Tower, Tower)> {
    let mut item = std::ptr::null_mut();
    let query = Tower::made(|out| unsafe {
        sys::siamese_trainer_snapshot(inner.ptr(), out, &mut item)
    })?;
    let item = Tower::made(|out| {
        unsafe { *out = item };
        sys::SIAMESE_OK
    })?;
    Ok((query, item))
}

fn progress(inner: &Inner) -> Progress {
    let mut p: sys::siamese_progress = unsafe { std::mem::zeroed() };
    p.struct_size = size_of::<sys::siamese_progress>();
    let status = unsafe { sys::siamese_trainer_get_progress(inner.ptr(), &mut p) };
    assert_eq!(status, sys::SIAMESE_OK, "it has no other failure than misuse");
    Progress::of(&p)
}

impl Remote {
    /// Makes a running fit, step or evaluation end with [`Status::Cancelled`]
    /// within about 100 ms. If none is running, the next one does at once.
    pub fn cancel(&self) {
        unsafe { sys::siamese_trainer_cancel(self.0.ptr()) };
    }

    /// The towers of both sides as they are now, between two steps.
    pub fn snapshot(&self) -> Result<(Tower, Tower)> {
        snapshot(&self.0)
    }

    /// Where training stands.
    pub fn progress(&self) -> Progress {
        progress(&self.0)
    }
}

impl Trainer {
    pub(crate) fn made(
        create: impl FnOnce(*mut *mut sys::siamese_trainer) -> i32,
    ) -> Result<Trainer> {
        make(create).map(|raw| Trainer(Inner::of(raw)))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// The handle of C, for a function of [`crate::sys`].
    pub fn as_ptr(&self) -> *mut sys::siamese_trainer {
        self.0.ptr()
    }

    /// Creates a trainer of the towers of both sides; the same tower twice means
    /// one that both share.
    pub fn new(query: &Tower, item: &Tower, options: &TrainerOptions) -> Result<Trainer> {
        let (query, item) = (query.as_ptr(), item.as_ptr());
        Trainer::made(|out| unsafe {
            sys::siamese_trainer_create(out, query, item, &options.0)
        })
    }

    /// What may be asked of it while it runs.
    pub fn remote(&self) -> Remote {
        Remote(Arc::clone(&self.0))
    }

    /// Adds training pairs, all of them or none.
    pub fn add_pairs(&mut self, pairs: &Pairs<'_>) -> Result<()> {
        let _alone = self.0.alone()?;
        check(unsafe { sys::siamese_trainer_add_pairs(self.as_ptr(), &pairs.raw()?) })
    }

    /// Adds items of the catalogue, all of them or none.
    pub fn add_items(&mut self, items: &Pairs<'_>) -> Result<()> {
        let _alone = self.0.alone()?;
        check(unsafe { sys::siamese_trainer_add_items(self.as_ptr(), &items.raw()?) })
    }

    /// Sets pairs that training does not see, and candidates to rank them among;
    /// `None` means the items of the training pairs. Without pairs, validation
    /// ends.
    pub fn set_validation(
        &mut self,
        pairs: Option<&Pairs<'_>>,
        candidates: Option<&Pairs<'_>>,
    ) -> Result<()> {
        let _alone = self.0.alone()?;
        let (pairs, candidates) = (raw_or_null(pairs)?, raw_or_null(candidates)?);
        let pairs = pairs.as_deref().map_or(null(), |p| p);
        let candidates = candidates.as_deref().map_or(null(), |p| p);
        check(unsafe {
            sys::siamese_trainer_set_validation(self.as_ptr(), pairs, candidates)
        })
    }

    /// Makes the trainer learn from a source in place of pairs of `add_pairs`, to
    /// the same bits; `None` takes the source away. What needs all pairs at once,
    /// as the options `mined_negatives` and `metrics`, is an error. The source is
    /// called on the thread that fits.
    pub fn set_source<S: PairSource + 'static>(
        &mut self,
        source: Option<S>,
    ) -> Result<()> {
        let _alone = self.0.alone()?;
        let trainer = self.as_ptr();
        let mut status = 0;
        match source {
            None => status = unsafe { sys::siamese_trainer_set_source(trainer, null()) },
            Some(source) => give_source(source, |given| {
                status = unsafe { sys::siamese_trainer_set_source(trainer, given) };
                status == 0
            }),
        }
        check(status)
    }

    /// Makes each fit and step from here on, and each training of the model that
    /// the trainer is of, one of several ranks, which must all have the same options
    /// and pairs. The weights have the bits of a training without an exchange. It
    /// stays until another is set; `None` ends it.
    pub fn set_exchange(&mut self, exchange: Option<Box<dyn Exchange>>) -> Result<()> {
        let _alone = self.0.alone()?;
        set_exchange(self.as_ptr(), exchange)
    }

    /// The number of pairs added so far.
    pub fn pair_count(&self) -> Result<usize> {
        let _alone = self.0.alone()?;
        Ok(unsafe { sys::siamese_trainer_pair_count(self.as_ptr()) })
    }

    /// The number of items of the catalogue.
    pub fn item_count(&self) -> Result<usize> {
        let _alone = self.0.alone()?;
        Ok(unsafe { sys::siamese_trainer_item_count(self.as_ptr()) })
    }

    /// Trains until the epochs are done.
    pub fn fit(&mut self) -> Result<()> {
        self.fit_with(|_| ControlFlow::Continue(()))
    }

    /// Trains and tells the closure after each step; `Break` cancels. The next fit
    /// goes on to the same bits as a run that was never interrupted. A panic of
    /// the closure ends the training, and then goes on.
    pub fn fit_with(
        &mut self,
        mut told: impl FnMut(&mut Running<'_>) -> ControlFlow<()>,
    ) -> Result<()> {
        let inner: &Inner = &self.0;
        let raw = inner.ptr();
        inner.fit(|progress| told(&mut Running { progress, raw, inner }))
    }

    /// Trains on a thread of its own, and gives out the progress: each step waits
    /// until it is taken. Dropping the iterator ends the training.
    ///
    /// ```no_run
    /// # fn train(mut trainer: siamese::Trainer) -> siamese::Result<()> {
    /// for progress in trainer.fit_iter() {
    ///     println!("{:.4}", progress?.loss_mean);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fit_iter(&mut self) -> FitIter<'_> {
        let inner = Arc::clone(&self.0);
        FitIter { run: Reports::new(move |told| inner.fit(told)), trainer: self }
    }

    /// Trains one step on pairs chosen by their numbers, in the order in which
    /// they were added.
    pub fn step(&mut self, rows: &[usize]) -> Result<Step> {
        let _alone = self.0.alone()?;
        let mut s: sys::siamese_step = unsafe { std::mem::zeroed() };
        s.struct_size = size_of::<sys::siamese_step>();
        let (data, count) = (rows.as_ptr(), rows.len());
        check(unsafe { sys::siamese_trainer_step(self.as_ptr(), data, count, &mut s) })?;
        Ok(Step {
            step: s.step,
            pairs: s.pairs,
            loss_sum: s.loss_sum,
            loss_mean: s.loss_mean,
        })
    }

    /// Measures FactorizedTopK: the share of pairs for which fewer than k
    /// candidates score higher than the pair's own item, for each k. `None` means
    /// the training pairs, and their items.
    pub fn evaluate(
        &mut self,
        pairs: Option<&Pairs<'_>>,
        candidates: Option<&Pairs<'_>>,
        ks: &[usize],
    ) -> Result<Vec<f64>> {
        let _alone = self.0.alone()?;
        let (pairs, candidates) = (raw_or_null(pairs)?, raw_or_null(candidates)?);
        let mut accuracy = vec![0.0; ks.len()];
        check(unsafe {
            sys::siamese_trainer_evaluate(
                self.as_ptr(),
                pairs.as_deref().map_or(null(), |p| p),
                candidates.as_deref().map_or(null(), |p| p),
                ks.as_ptr(),
                ks.len(),
                accuracy.as_mut_ptr(),
                accuracy.len(),
            )
        })?;
        Ok(accuracy)
    }

    /// Forgets a cancel that waits for the next run.
    pub fn forget_cancel(&mut self) -> Result<()> {
        let _alone = self.0.alone()?;
        check(unsafe { sys::siamese_trainer_forget_cancel(self.as_ptr()) })
    }

    /// The towers of both sides as they are now.
    pub fn snapshot(&self) -> Result<(Tower, Tower)> {
        snapshot(&self.0)
    }

    /// Where training stands.
    pub fn progress(&self) -> Progress {
        progress(&self.0)
    }

    /// The gradient of the last step's loss for a parameter.
    pub fn gradient(&self, side: Side, name: &str) -> Result<Vec<f32>> {
        let _alone = self.0.alone()?;
        let name = c_string("name", name)?;
        let (trainer, side) = (self.as_ptr(), side.code());
        read_all(|values, capacity, needed| unsafe {
            let name = name.as_ptr();
            sys::siamese_trainer_get_gradient(
                trainer, side, name, values, capacity, needed,
            )
        })
    }

    /// Changes one of the options epochs, `learning_rate`, `max_steps`, metrics,
    /// `min_steps`, patience and threads.
    pub fn set_option(&mut self, name: &str, value: impl ToString) -> Result<()> {
        let _alone = self.0.alone()?;
        set_option(self.as_ptr(), name, value)
    }

    /// The options in force.
    pub fn options(&self) -> Result<TrainerOptions> {
        let _alone = self.0.alone()?;
        TrainerOptions::read(|o| unsafe {
            sys::siamese_trainer_get_options(self.as_ptr(), o)
        })
    }

    /// Gives a tower of the trainer a grown vocabulary in one field.
    pub fn grow(&mut self, side: Side, field: usize, vocab: &Vocab) -> Result<()> {
        let _alone = self.0.alone()?;
        let (side, vocab) = (side.code(), vocab.as_ptr());
        check(unsafe { sys::siamese_trainer_grow(self.as_ptr(), side, field, vocab) })
    }
}

impl std::fmt::Debug for Trainer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trainer")
    }
}

/// A training on a thread of its own that waits until its reports are taken.
pub(crate) struct Reports {
    reports: Option<Receiver<Progress>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Reports {
    pub(crate) fn new<F>(run: F) -> Reports
    where
        F: FnOnce(&mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<()>
            + Send
            + 'static,
    {
        let (sender, reports) = sync_channel(0);
        let thread = std::thread::spawn(move || {
            run(&mut |progress| match sender.send(progress) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        Reports { reports: Some(reports), thread: Some(thread) }
    }

    fn join(&mut self) -> Result<()> {
        self.reports = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }

    /// Ends the training at its next report, and waits for it.
    pub(crate) fn stop(&mut self) {
        let _ = self.join(); // it was cancelled, or had ended
    }
}

impl Iterator for Reports {
    type Item = Result<Progress>;

    fn next(&mut self) -> Option<Result<Progress>> {
        match self.reports.as_ref()?.recv() {
            Ok(progress) => Some(Ok(progress)),
            Err(_) => self.join().err().map(Err),
        }
    }
}

/// The progress of a fit; an error is the last that it gives out.
pub struct FitIter<'a> {
    run: Reports,
    trainer: &'a mut Trainer,
}

impl FitIter<'_> {
    /// What may be asked of the trainer meanwhile.
    pub fn remote(&self) -> Remote {
        self.trainer.remote()
    }
}

impl Iterator for FitIter<'_> {
    type Item = Result<Progress>;

    fn next(&mut self) -> Option<Result<Progress>> {
        self.run.next()
    }
}

impl Drop for FitIter<'_> {
    fn drop(&mut self) {
        self.run.stop();
    }
}
