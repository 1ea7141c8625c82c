//! Ranks that train one model together, as threads of a test.
mod common;
use common::*;
use siamese::*;
use std::sync::{Arc, Condvar, Mutex};

/// What the ranks gathered in one turn, and how many have come and gone.
#[derive(Default)]
struct State {
    parts: Vec<Option<Vec<u8>>>,
    taken: usize,
    lost: bool,
}

struct Net {
    state: Mutex<State>,
    moved: Condvar,
}

struct Rank {
    net: Arc<Net>,
    rank: usize,
    size: usize,
    fails_at: Option<usize>,
    calls: usize,
}

impl Exchange for Rank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn all_gather(&mut self, buffer: &mut [u8], counts: &[usize]) -> bool {
        self.calls += 1;
        let mut state = self.net.state.lock().unwrap();
        if Some(self.calls) == self.fails_at {
            state.lost = true;
            self.net.moved.notify_all();
            return false;
        }
        while state.taken > 0 && !state.lost {
            state = self.net.moved.wait(state).unwrap(); // the last turn's leave
        }
        let begin: usize = counts[..self.rank].iter().sum();
        let own = buffer[begin..begin + counts[self.rank]].to_vec();
        state.parts.resize(self.size, None);
        state.parts[self.rank] = Some(own);
        self.net.moved.notify_all();
        while state.parts.iter().any(Option::is_none) && !state.lost {
            state = self.net.moved.wait(state).unwrap();
        }
        if state.lost {
            return false;
        }
        let all: Vec<u8> = state.parts.iter().flatten().flatten().copied().collect();
        buffer.copy_from_slice(&all);
        state.taken += 1;
        if state.taken == self.size {
            state.parts.clear();
            state.taken = 0;
        }
        self.net.moved.notify_all();
        while state.taken > 0 && !state.lost {
            state = self.net.moved.wait(state).unwrap();
        }
        !state.lost
    }
}

fn ranks(size: usize, fails_at: Option<usize>) -> Result<Vec<Trainer>> {
    let net = Arc::new(Net { state: Mutex::default(), moved: Condvar::new() });
    let mut trainers = Vec::new();
    for rank in 0..size {
        let mut trainer = trainer(5)?;
        let fails_at = fails_at.filter(|_| rank == 1);
        let net = Arc::clone(&net);
        let exchange = Rank { net, rank, size, fails_at, calls: 0 };
        trainer.set_exchange(Some(Box::new(exchange)))?;
        trainers.push(trainer);
    }
    Ok(trainers)
}

fn fit_all(trainers: &mut [Trainer]) -> Vec<Result<()>> {
    std::thread::scope(|scope| {
        let mut runs = Vec::new();
        for trainer in trainers {
            runs.push(scope.spawn(move || trainer.fit()));
        }
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

#[test]
fn ranks_have_the_bits_of_one() -> Result<()> {
    let mut alone = trainer(5)?;
    alone.fit()?;
    for size in 1..=3 {
        let mut trainers = ranks(size, None)?;
        for run in fit_all(&mut trainers) {
            run?;
        }
        for trainer in &trainers {
            assert_eq!(vectors(trainer)?, vectors(&alone)?);
        }
    }
    Ok(())
}

#[test]
fn a_lost_rank_ends_the_others() -> Result<()> {
    let mut alone = trainer(5)?;
    alone.fit()?;
    let mut trainers = ranks(2, Some(17))?;
    for run in fit_all(&mut trainers) {
        is(run, Status::Io, "all_gather failed");
    }
    trainers[0].set_exchange(None)?;
    trainers[0].fit()?;
    assert_eq!(vectors(&trainers[0])?, vectors(&alone)?);
    Ok(())
}
