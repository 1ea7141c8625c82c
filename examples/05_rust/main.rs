//! 05 in Rust: what 01 does, with the crate of bindings/rust. Build: cargo build
mod catalogue;

use catalogue::*;
use siamese::{FieldOptions, IndexOptions, TrainerOptions, VocabBuilder, VocabOptions};
use siamese::{Index, Pairs, Result, TowerBuilder, TowerOptions, Trainer};

const STEPS: usize = 300;
const K: usize = 2;

fn main() -> Result<()> {
    let item = |i: usize| DATA[i % ITEMS]; // first queries, then second
    let titles: Vec<&str> = (0..PAIRS).map(|i| item(i)[0]).collect();
    let queries: Vec<&str> = (0..PAIRS).map(|i| item(i)[1 + i / ITEMS]).collect();
    let ids: Vec<i64> = (0..PAIRS).map(|i| 100 + (i % ITEMS) as i64).collect();
    let rows: Vec<usize> = (0..PAIRS).collect();

    let mut counting = VocabBuilder::new(&VocabOptions::new())?;
    counting.add(&titles[..ITEMS])?;
    counting.add(&queries)?;
    let vocab = counting.finish()?;

    let options = TowerOptions::new().set("units", 16)?.set("seed", 9)?;
    let mut building = TowerBuilder::new(&options)?;
    building.add_field("title", &vocab, &FieldOptions::new())?;
    let tower = building.build();

    let mut trainer = Trainer::new(&tower, &tower, &TrainerOptions::new())?;
    trainer.add_pairs(&Pairs::new(&queries, &titles).ids(&ids))?;
    for step in 0..STEPS {
        let first = step % 2 * ITEMS; // the host's own loop and batches
        trainer.step(&rows[first..first + ITEMS])?;
    }
    let (trained, _) = trainer.snapshot()?;

    let index = Index::new(trained.dim(), &IndexOptions::new())?;
    index.add(&ids[..ITEMS], &trained.encode(&titles[..ITEMS])?)?;
    let found = index.search(&trained.encode(&ASKED)?, K)?;
    for (query, neighbours) in ASKED.iter().zip(found) {
        println!("{query}"); // below it a score, and its bits
        for hit in neighbours {
            let (id, score) = (hit.id, hit.score);
            let title = item(id as usize - 100)[0];
            println!("  {id} {score:.6} {:08x} {title}", score.to_bits());
        }
    }
    Ok(())
}
