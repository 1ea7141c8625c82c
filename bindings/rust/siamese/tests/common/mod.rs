//! A small trained model, and pairs, for the tests.
#![allow(dead_code)]
use siamese::*;

pub const TITLES: [&str; 4] =
    ["oak writing desk", "red velvet sofa", "brass kitchen faucet", "cordless drill"];
pub const ASKED: [&str; 4] = ["wooden table", "couch", "tap", "screwdriver"];
pub const OFF: Stages = Stages {
    rerank: Some(false),
    spelling: Some(false),
    feedback: Some(false),
    explain: false,
    collapse_titles: false,
    min_confidence: 0.0,
};
pub const IDS: [i64; 4] = [10, 11, 12, 13];

pub fn shop(rows: &Rows<'_>) -> Result<Model> {
    let options = ModelOptions::new().set("threads", 1)?;
    let model = Model::with_options("default", &options)?;
    model.set("trainer.epochs", 3)?;
    model.set("vocab.hash_buckets", 4096)?;
    model.set("embedding_dim", 16)?;
    model.add_items(rows)?;
    model.add_pairs(&Pairs::new(&ASKED, &TITLES))?;
    model.train()?;
    Ok(model)
}

pub fn plain() -> Rows<'static> {
    Rows::new().ids(&IDS).titles(&TITLES)
}

pub fn empty_trainer(epochs: usize) -> Result<Trainer> {
    let mut vocab = VocabBuilder::new(&VocabOptions::new().set("threads", 1)?)?;
    vocab.add(&TITLES)?;
    vocab.add(&ASKED)?;
    let options = TowerOptions::new().set("seed", 3)?.set("threads", 1)?;
    let mut tower = TowerBuilder::new(&options)?;
    tower.add_field("title", &vocab.finish()?, &FieldOptions::new())?;
    let tower = tower.build();
    let options = TrainerOptions::new()
        .set("epochs", epochs)?
        .set("batch_size", 2)?
        .set("metrics", "none")?
        .set("threads", 1)?;
    Trainer::new(&tower, &tower, &options)
}

pub fn trainer(epochs: usize) -> Result<Trainer> {
    let mut trainer = empty_trainer(epochs)?;
    trainer.add_pairs(&Pairs::new(&ASKED, &TITLES).ids(&[1, 2, 3, 4]))?;
    Ok(trainer)
}

pub fn vectors(trainer: &Trainer) -> Result<Vec<f32>> {
    let (query, item) = trainer.snapshot()?;
    let mut all = query.encode(&ASKED)?;
    all.extend(item.encode(&TITLES)?);
    Ok(all)
}

/// Fails unless a result is an error of a status whose message names something.
pub fn is<T>(result: Result<T>, status: Status, named: &str) {
    match result {
        Ok(_) => panic!("no error, where {status:?} should name {named:?}"),
        Err(e) => assert!(
            e.status() == status && e.message().contains(named),
            "{:?} {e}: not {status:?} that names {named:?}",
            e.status()
        ),
    }
}

pub fn path(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("siamese-{}-{name}", std::process::id()))
}
