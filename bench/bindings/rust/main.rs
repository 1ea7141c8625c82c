//! The Rust side of bench/bindings/go_rust.sh; see query.c there.
use siamese::{LoadOptions, Model, Result, Side};
use std::time::Instant;

const K: usize = 10;
const BLOCKS: usize = 101;
const QUERIES: usize = 200;
const BATCH: usize = 1000;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() -> Result<()> {
    let path = std::env::args().nth(1).expect("usage: bench MODEL");
    let model = Model::open_with(path, &LoadOptions::new().set("threads", 1)?)?;
    let tower = model.tower(Side::Query)?;
    let texts = vec!["red oak writing desk"; BATCH];
    let mut vectors = vec![0.0; BATCH * tower.dim()];
    let (mut query, mut encode, mut sum) = (Vec::new(), Vec::new(), 0);
    for _ in 0..BLOCKS {
        let start = Instant::now();
        for _ in 0..QUERIES {
            for hit in &model.search("red oak desk", K)? {
                let title = hit.title().len();
                sum += hit.id as usize + title + usize::from(hit.score > 0.0);
            }
        }
        query.push(start.elapsed().as_nanos() as f64 / QUERIES as f64);
    }
    for _ in 0..BLOCKS {
        let start = Instant::now();
        tower.encode_to(&texts, 1, &mut vectors)?;
        encode.push(start.elapsed().as_nanos() as f64);
    }
    println!("{:.0} {:.0} {sum}", median(query), median(encode));
    Ok(())
}
