//! Trainers: progress by closure and iterator, cancelling, panics, sharing.
mod common;
use common::*;
use siamese::*;
use std::ops::ControlFlow::{Break, Continue};
use std::panic::{catch_unwind, AssertUnwindSafe};

#[test]
fn a_break_cancels_and_training_goes_on() -> Result<()> {
    let mut whole = trainer(10)?;
    whole.fit()?;
    let mut broken = trainer(10)?;
    let run = broken.fit_with(|run| if run.step == 7 { Break(()) } else { Continue(()) });
    is(run, Status::Cancelled, "");
    assert_eq!(broken.progress().step, 7);
    broken.fit()?;
    assert_eq!(broken.progress().step, 20);
    assert_eq!(vectors(&broken)?, vectors(&whole)?);
    Ok(())
}

#[test]
fn an_iterator_gives_the_progress() -> Result<()> {
    let mut whole = trainer(5)?;
    whole.fit()?;
    let mut trainer = trainer(5)?;
    let steps: Vec<u64> =
        trainer.fit_iter().map(|p| p.map(|p| p.step)).collect::<Result<_>>()?;
    assert!(
        (1..=10).all(|step| steps.contains(&step))
            && steps.windows(2).all(|s| s[0] <= s[1])
    );
    assert_eq!(vectors(&trainer)?, vectors(&whole)?);
    Ok(())
}

#[test]
fn a_dropped_iterator_ends_the_training() -> Result<()> {
    let mut trainer = trainer(1 << 30)?;
    let seen = trainer.fit_iter().take(3).count();
    assert_eq!(seen, 3);
    let step = trainer.progress().step;
    assert!((1..=4).contains(&step), "{step}");
    trainer.set_option("epochs", 3)?;
    trainer.fit()?; // no cancel is left behind
    assert_eq!(trainer.progress().step, 6);
    let mut all = trainer.fit_iter();
    assert!(all.next().map_or(true, |p| p.is_ok()));
    Ok(())
}

#[test]
fn a_remote_cancels_from_another_thread() -> Result<()> {
    let mut trainer = trainer(1 << 30)?;
    let remote = trainer.remote();
    let other = std::thread::spawn(move || {
        while remote.progress().step < 5 {
            std::thread::yield_now();
        }
        let (query, _) = remote.snapshot().unwrap();
        remote.cancel();
        query.dim()
    });
    is(trainer.fit(), Status::Cancelled, "");
    assert_eq!(other.join().unwrap(), 16);
    trainer.remote().cancel();
    is(trainer.step(&[0, 1]), Status::Cancelled, "");
    trainer.remote().cancel();
    trainer.forget_cancel()?;
    assert_eq!(trainer.step(&[0, 1, 1])?.pairs, 3);
    Ok(())
}

#[test]
fn a_panic_goes_on_behind_c() -> Result<()> {
    let mut trainer = trainer(3)?;
    let caught = catch_unwind(AssertUnwindSafe(|| trainer.fit_with(|_| panic!("oops"))));
    assert_eq!(*caught.unwrap_err().downcast::<&str>().unwrap(), "oops");
    trainer.fit()?;
    let model = shop(&plain())?;
    let caught =
        catch_unwind(AssertUnwindSafe(|| model.rebuild_with(|_| panic!("oops"))));
    assert_eq!(*caught.unwrap_err().downcast::<&str>().unwrap(), "oops");
    model.rebuild()?;
    assert_eq!(model.search("couch", 1)?.ids(), [11]);
    Ok(())
}

#[test]
fn a_closure_may_change_options() -> Result<()> {
    let mut trainer = trainer(4)?;
    trainer.fit_with(|run| {
        run.set_option("learning_rate", 0.5).unwrap();
        is(run.set_option("batch_size", 9), Status::State, "batch_size");
        assert_eq!(run.snapshot().unwrap().0.dim(), 16);
        Continue(())
    })?;
    assert_eq!(trainer.options()?.get("learning_rate")?, "0.5");
    Ok(())
}

/// A bundle gives the same trainer out again: one call at a time has it.
#[test]
fn a_trainer_is_shared_with_its_bundle() -> Result<()> {
    let mut trainer = trainer(2)?;
    let mut bundle = Bundle::new()?;
    bundle.set_trainer(Some(&trainer))?;
    let mut same = bundle.trainer()?;
    trainer.fit_with(|_| {
        is(same.pair_count(), Status::State, "in use");
        is(same.step(&[0]), Status::State, "in use");
        Continue(())
    })?;
    drop(trainer);
    assert_eq!(same.pair_count()?, 4);
    same.step(&[0])?;
    drop(same);
    assert_eq!(bundle.trainer()?.progress().step, 5);
    Ok(())
}

#[test]
fn parts_are_settled_before_training() -> Result<()> {
    let vocab = VocabBuilder::new(&VocabOptions::new())?;
    let vocab = vocab.with_tokens(&["", "[UNK]", "red", "sofa"])?;
    let model = Model::new("notebook")?;
    model.set("epochs", 2)?;
    model.set_vocab(&vocab)?;
    model.prepare()?;
    let mut trainer = model.trainer()?;
    model.add_pairs(&Pairs::new(&["couch", "desk"], &["red sofa", "oak desk"]))?;
    assert_eq!(trainer.pair_count()?, 2);
    trainer.fit_with(|_| {
        is(model.prepare(), Status::State, "in use");
        Continue(())
    })?;
    model.resume()?;
    assert_eq!((trainer.progress().epoch, model.vocab()?.size()), (2, 4));
    is(model.set_vocab(None), Status::State, "towers");
    Ok(())
}

/// No call of the model's changes its trainer while another uses it.
#[test]
fn a_model_leaves_a_trainer_that_runs_alone() -> Result<()> {
    let model = shop(&plain())?;
    let mut trainer = model.trainer()?;
    let pairs = Pairs::new(&ASKED, &TITLES);
    trainer.set_option("epochs", 1 << 30)?;
    let run = trainer.fit_with(|_| {
        is(model.grow(0), Status::State, "in use");
        is(model.set_validation(Some(&pairs), None), Status::State, "in use");
        is(model.set_validation(None, None), Status::State, "in use");
        is(model.add_pairs(&pairs), Status::State, "in use");
        is(model.finish(), Status::State, "in use");
        Break(())
    });
    is(run, Status::Cancelled, "");
    assert_eq!(trainer.pair_count()?, 4);
    model.set_validation(Some(&pairs), None)?;
    model.grow(0)?;
    model.finish()?;
    is(model.trainer(), Status::NotFound, "trainer");
    assert_eq!(trainer.pair_count()?, 4); // it lives on
    Ok(())
}

#[test]
fn a_model_tells_too() -> Result<()> {
    let model = shop(&plain())?;
    let stages: Vec<Stage> =
        model.train_iter().map(|p| p.map(|p| p.stage)).collect::<Result<_>>()?;
    assert!(stages.contains(&Stage::Train) && stages.contains(&Stage::Embed));
    is(model.train_with(|_| Break(())), Status::Cancelled, "");
    model.cancel();
    is(model.rebuild(), Status::Cancelled, "");
    model.cancel();
    model.forget_cancel()?;
    model.rebuild()?;
    let same = model.clone();
    drop(model);
    assert_eq!(same.search("couch", 1)?.ids(), [11]);
    same.finish()?;
    is(same.trainer(), Status::NotFound, "trainer");
    Ok(())
}

#[test]
fn evaluation_and_gradients() -> Result<()> {
    let mut trainer = trainer(2)?;
    is(trainer.gradient(Side::Item, "embedding"), Status::State, "");
    trainer.fit()?;
    assert_eq!(trainer.evaluate(None, None, &[4])?, [1.0]); // of four items
    let others = ["a", "b"];
    let pairs = Pairs::new(&others, &others);
    assert_eq!(
        trainer.evaluate(Some(&pairs), Some(&Pairs::items(&others)), &[2])?,
        [1.0]
    );
    let embedding = trainer.snapshot()?.1.parameter("embedding")?;
    assert_eq!(trainer.gradient(Side::Item, "embedding")?.len(), embedding.len());
    Ok(())
}

/// A source of the shop's pairs, two at once.
struct Parts {
    at: usize,
    fails: bool,
}

impl PairSource for Parts {
    fn rewind(&mut self) -> std::result::Result<(), SourceError> {
        self.at = 0;
        Ok(())
    }

    fn read(&mut self) -> std::result::Result<Option<Pairs<'_>>, SourceError> {
        const ALL: [i64; 4] = [1, 2, 3, 4];
        let (first, last) = (self.at, self.at + 2);
        if first == ALL.len() {
            return if self.fails { Err("the disk is gone".into()) } else { Ok(None) };
        }
        self.at = last;
        let pairs = Pairs::new(&ASKED[first..last], &TITLES[first..last]);
        Ok(Some(pairs.ids(&ALL[first..last])))
    }
}

#[test]
fn a_source_has_the_bits_of_pairs() -> Result<()> {
    let (mut kept, mut read) = (trainer(3)?, empty_trainer(3)?);
    read.set_source(Some(Parts { at: 0, fails: false }))?;
    kept.fit()?;
    read.fit()?;
    assert_eq!(vectors(&kept)?, vectors(&read)?);
    read.set_source(Some(Parts { at: 0, fails: true }))?;
    is(read.fit(), Status::Io, "the disk is gone");
    is(kept.set_source(Some(Parts { at: 0, fails: false })), Status::State, "pairs");
    read.set_source(None::<Parts>)?;
    is(read.fit(), Status::State, "no pairs");
    Ok(())
}
