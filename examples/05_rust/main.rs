//! 05 in Rust: what 01 does, through extern "C". Build: cargo build
mod catalogue;
mod ffi;
mod siamese;

use catalogue::*;
use ffi::*;
use siamese::*;
use std::mem::size_of;
use std::ptr::{null, null_mut};

const STEPS: usize = 300;
const DIM: usize = 32;
const K: usize = 2;

unsafe fn train_and_search() -> Result<(), String> {
    let item = |i: usize| DATA[i % ITEMS]; // first queries, then second
    let titles: Vec<Text> = (0..PAIRS).map(|i| text(item(i)[0])).collect();
    let queries: Vec<Text> =
        (0..PAIRS).map(|i| text(item(i)[1 + i / ITEMS])).collect();
    let ids: Vec<i64> = (0..PAIRS).map(|i| 100 + (i % ITEMS) as i64).collect();
    let rows: Vec<usize> = (0..PAIRS).collect();

    let mut vocab = Handle::new(siamese_vocab_free);
    check(siamese_vocab_create(&mut vocab.raw, null()))?;
    check(siamese_vocab_add(vocab.raw, titles.as_ptr(), ITEMS))?;
    check(siamese_vocab_add(vocab.raw, queries.as_ptr(), PAIRS))?;
    check(siamese_vocab_finish(vocab.raw))?;

    let options = tower_options(&[("units", "16"), ("seed", "9")])?;
    let field = c_string("title");
    let mut tower = Handle::new(siamese_tower_free);
    check(siamese_tower_create(&mut tower.raw, &options))?;
    check(siamese_tower_add_field(tower.raw, field.as_ptr(), vocab.raw, null()))?;

    let pairs = Pairs {
        struct_size: size_of::<Pairs>(), queries: queries.as_ptr(),
        items: titles.as_ptr(), query_fields: 1, item_fields: 1,
        item_ids: ids.as_ptr(), weights: null(), item_probabilities: null(),
        count: PAIRS,
    };
    let mut trainer = Handle::new(siamese_trainer_free);
    let mut trained = Handle::new(siamese_tower_free);
    check(siamese_trainer_create(&mut trainer.raw, tower.raw, tower.raw, null()))?;
    check(siamese_trainer_add_pairs(trainer.raw, &pairs))?;
    for step in 0..STEPS { // the host's own loop and batches
        let batch = rows[step % 2 * ITEMS..].as_ptr();
        check(siamese_trainer_step(trainer.raw, batch, ITEMS, null_mut()))?;
    }
    check(siamese_trainer_snapshot(trainer.raw, &mut trained.raw, null_mut()))?;

    let mut index = Handle::new(siamese_index_free);
    let mut v = [0f32; ITEMS * DIM];
    let (mut found, mut scores) = ([0i64; 3 * K], [0f32; 3 * K]);
    let asked: Vec<Text> = ASKED.iter().map(|s| text(s)).collect();
    let encode = |texts: &[Text], count, out: &mut [f32]| {
        let (texts, capacity) = (texts.as_ptr(), out.len());
        let out = out.as_mut_ptr();
        check(siamese_tower_encode(trained.raw, texts, count, 1, out, capacity))
    };
    encode(&titles, ITEMS, &mut v)?;
    check(siamese_index_create(&mut index.raw, DIM, null()))?;
    check(siamese_index_add(index.raw, ids.as_ptr(), v.as_ptr(), ITEMS))?;
    encode(&asked, 3, &mut v)?;
    check(siamese_index_search(index.raw, v.as_ptr(), 3, K, null(),
        found.as_mut_ptr(), scores.as_mut_ptr(), 3 * K, null_mut()))?;
    for (i, (id, score)) in found.iter().zip(scores).enumerate() {
        if i % K == 0 {
            println!("{}", ASKED[i / K]);
        }
        let title = item(*id as usize - 100)[0];
        println!("  {id} {score:.6} {:08x} {title}", score.to_bits());
    }
    Ok(())
}

fn main() -> Result<(), String> {
    unsafe { train_and_search() }
}
