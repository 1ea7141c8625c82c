//! Where a training stands, and the callbacks of C that tell; trainers and models
//! hand closures to them.
use crate::sys;
use std::any::Any;
use std::ops::ControlFlow;
use std::os::raw::c_void;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

/// What a training does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Steps.
    Train,
    /// FactorizedTopK over the training pairs.
    Evaluate,
    /// The validation.
    Validate,
    /// Mining of negatives, before an epoch's first step.
    Mine,
    /// Of a model: items are encoded anew.
    Embed,
    /// Of a model: the ranker learns its weights, before the first step.
    Rank,
}

/// Where training stands.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// What it does at the moment.
    pub stage: Stage,
    /// Steps done in all.
    pub step: u64,
    /// Whole epochs done.
    pub epoch: usize,
    /// Epochs wanted.
    pub epochs: usize,
    /// Steps done of the running epoch.
    pub epoch_step: usize,
    /// Steps of an epoch.
    pub epoch_steps: usize,
    /// Pairs done of the running epoch.
    pub pairs: usize,
    /// The mean loss per pair over the epoch so far.
    pub loss_mean: f64,
    /// The sum over the last batch, as in TFRS.
    pub loss_batch_sum: f64,
    /// Of this run, in training steps only.
    pub pairs_per_second: f64,
    /// Since the run began.
    pub seconds: f64,
    /// An estimate to the end of the run.
    pub seconds_left: Option<f64>,
    /// The share of this stage that is done, 0 to 1.
    pub stage_done: f64,
    /// Accuracies at 1, 5, 10, 50 and 100.
    pub topk: Option<[f64; 5]>,
    /// The step of the last validation; 0: none yet.
    pub validation_step: u64,
    /// Its mean loss per pair.
    pub validation_loss: f64,
    /// Its accuracies.
    pub validation_topk: [f64; 5],
    /// Queries for which a tie was a miss.
    pub validation_tied: usize,
    /// That of the last step; 0: none yet.
    pub learning_rate: f64,
    /// The step of the best validation; 0: none yet.
    pub best_step: u64,
    /// The monitored figure at that step.
    pub best_value: f64,
    /// Validations since that step.
    pub validations_without_best: usize,
    /// Patience ended the training.
    pub stopped_early: bool,
    /// The weights are those of `best_step`.
    pub best_restored: bool,
}

impl Progress {
    pub(crate) fn of(p: &sys::siamese_progress) -> Progress {
        Progress {
            stage: match p.stage {
                sys::SIAMESE_STAGE_EVALUATE => Stage::Evaluate,
                sys::SIAMESE_STAGE_VALIDATE => Stage::Validate,
                sys::SIAMESE_STAGE_MINE => Stage::Mine,
                sys::SIAMESE_STAGE_EMBED => Stage::Embed,
                sys::SIAMESE_STAGE_RANK => Stage::Rank,
                _ => Stage::Train,
            },
            step: p.step,
            epoch: p.epoch,
            epochs: p.epochs,
            epoch_step: p.epoch_step,
            epoch_steps: p.epoch_steps,
            pairs: p.pairs,
            loss_mean: p.loss_mean,
            loss_batch_sum: p.loss_batch_sum,
            pairs_per_second: p.pairs_per_second,
            seconds: p.seconds,
            seconds_left: Some(p.seconds_left).filter(|s| *s >= 0.0),
            stage_done: p.stage_done,
            topk: Some(p.topk).filter(|_| p.topk_known != 0),
            validation_step: p.validation_step,
            validation_loss: p.validation_loss,
            validation_topk: p.validation_topk,
            validation_tied: p.validation_tied,
            learning_rate: p.learning_rate,
            best_step: p.best_step,
            best_value: p.best_value,
            validations_without_best: p.validations_without_best,
            stopped_early: p.stopped_early != 0,
            best_restored: p.best_restored != 0,
        }
    }
}

type Caught = Option<Box<dyn Any + Send>>;

/// A closure for a callback of C, and what it panicked with: no panic crosses C's
/// frames, it goes on behind them.
struct Callback<F> {
    call: F,
    panic: Caught,
}

impl<F> Callback<F> {
    fn run(&mut self, f: impl FnOnce(&mut F) -> i32) -> i32 {
        let call = &mut self.call;
        match catch_unwind(AssertUnwindSafe(|| f(call))) {
            Ok(result) => result,
            Err(panic) => {
                self.panic = Some(panic);
                1
            }
        }
    }
}

/// Makes a call of C that reports to a closure.
fn with_callback<F, R>(call: F, run: impl FnOnce(*mut c_void) -> R) -> R {
    let mut callback = Callback { call, panic: None };
    let result = run((&mut callback as *mut Callback<F>).cast());
    if let Some(panic) = callback.panic {
        resume_unwind(panic);
    }
    result
}

pub(crate) fn with_progress<F>(
    call: F,
    run: impl FnOnce(sys::siamese_progress_fn, *mut c_void) -> i32,
) -> i32
where
    F: FnMut(Progress) -> ControlFlow<()>,
{
    unsafe extern "C" fn told<F>(
        user: *mut c_void,
        p: *const sys::siamese_progress,
    ) -> i32
    where
        F: FnMut(Progress) -> ControlFlow<()>,
    {
        // SAFETY: user is the callback below, on the thread that made the call.
        let callback = &mut *user.cast::<Callback<F>>();
        let progress = Progress::of(&*p);
        callback.run(|call| i32::from(call(progress).is_break()))
    }
    with_callback(call, |user| run(Some(told::<F>), user))
}

/// Makes a call of C that tells a closure which share is done.
pub(crate) fn with_share<F>(
    call: F,
    run: impl FnOnce(sys::siamese_index_progress_fn, *mut c_void) -> i32,
) -> i32
where
    F: FnMut(f64) -> ControlFlow<()>,
{
    unsafe extern "C" fn told<F>(user: *mut c_void, done: f64) -> i32
    where
        F: FnMut(f64) -> ControlFlow<()>,
    {
        // SAFETY: user is the callback below, on the thread that made the call.
        let callback = &mut *user.cast::<Callback<F>>();
        callback.run(|call| i32::from(call(done).is_break()))
    }
    with_callback(call, |user| run(Some(told::<F>), user))
}

pub(crate) fn with_writer<F>(
    call: F,
    run: impl FnOnce(sys::siamese_write_fn, *mut c_void) -> i32,
) -> i32
where
    F: FnMut(&[u8]) -> bool,
{
    unsafe extern "C" fn write<F>(
        user: *mut c_void,
        data: *const c_void,
        size: usize,
    ) -> i32
    where
        F: FnMut(&[u8]) -> bool,
    {
        let callback = &mut *user.cast::<Callback<F>>();
        let bytes = crate::text::bytes(sys::siamese_text { data: data.cast(), size });
        callback.run(|call| i32::from(!call(bytes)))
    }
    with_callback(call, |user| run(Some(write::<F>), user))
}

pub(crate) fn with_reader<F, R>(
    call: F,
    run: impl FnOnce(sys::siamese_read_fn, *mut c_void) -> R,
) -> R
where
    F: FnMut(&mut [u8]) -> Option<usize>,
{
    unsafe extern "C" fn read<F>(
        user: *mut c_void,
        data: *mut c_void,
        size: usize,
        done: *mut usize,
    ) -> i32
    where
        F: FnMut(&mut [u8]) -> Option<usize>,
    {
        let callback = &mut *user.cast::<Callback<F>>();
        // A reader is handed bytes that were written, though C's may not be.
        std::ptr::write_bytes(data.cast::<u8>(), 0, size);
        let buffer = match size {
            0 => &mut [][..],
            _ => std::slice::from_raw_parts_mut(data.cast::<u8>(), size),
        };
        callback.run(|call| match call(buffer) {
            Some(count) => {
                *done = count;
                0
            }
            None => 1,
        })
    }
    with_callback(call, |user| run(Some(read::<F>), user))
}
