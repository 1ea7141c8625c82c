//! ranked.rs: ranked.c in Rust. usage: ranked FILE
use siamese::{Model, Request, Result, Stages};

const QUERIES: [&str; 4] = ["red couch", "walnt bureau", "desk", "qqqq"];

fn ask(model: &Model, stages: Stages) -> Result<()> {
    let hits = model.search_with(&Request::texts(&QUERIES).k(5).stages(stages))?;
    for q in 0..hits.query_count() {
        println!("{q} {}", hits.corrected(q).unwrap_or("-".into()));
        for (i, hit) in hits.query(q).enumerate() {
            print!("{}", hit.text_id());
            let mut numbers = vec![hit.score, hit.vector_score, hit.confidence];
            if stages.explain {
                numbers.extend(hits.shares(q, i)?);
            }
            numbers.iter().for_each(|number| print!(" {:08x}", number.to_bits()));
            println!();
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let model = Model::open(std::env::args().nth(1).expect("a file"))?;
    let off = Some(false);
    let none = Stages::default();
    ask(&model, none)?;
    ask(&model, Stages { explain: true, collapse_titles: true, ..none })?;
    ask(&model, Stages { feedback: off, spelling: off, min_confidence: 0.5, ..none })?;
    ask(&model, Stages { rerank: off, spelling: off, feedback: off, ..none })
}
