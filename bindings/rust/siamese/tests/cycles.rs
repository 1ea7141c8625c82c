//! Memory that stays flat over many handles, in a process without other tests.
mod common;
use common::*;
use siamese::*;

fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// 10^5 of each are created and freed: memory stays as it is.
#[test]
fn cycles_leak_nothing() -> Result<()> {
    let model = shop(&plain())?;
    let trainer = trainer(1)?;
    let (query, item) = trainer.snapshot()?;
    let (bundle, index, items) = (model.bundle()?, model.index()?, model.items()?);
    let one = TrainerOptions::new().set("threads", 1)?;
    let vocab = VocabOptions::new().set("threads", 1)?;
    let tower = TowerOptions::new().set("threads", 1)?;
    let (lists, figures) =
        (IndexOptions::new().set("threads", 1)?, EvaluatorOptions::new());
    let options = ModelOptions::new().set("threads", 1)?;
    let makers: [(&str, &dyn Fn() -> Result<()>); 14] = [
        ("vocab", &|| VocabBuilder::new(&vocab).map(drop)),
        ("tower", &|| TowerBuilder::new(&tower).map(drop)),
        ("trainer", &|| Trainer::new(&query, &item, &one).map(drop)),
        ("shared trainer", &|| bundle.trainer().map(drop)),
        ("index", &|| Index::new(4, &lists).map(drop)),
        ("filter", &|| Filter::include(&[1, 2, 3]).map(drop)),
        ("items", &|| Items::new(&ItemsOptions::new()).map(drop)),
        ("searcher", &|| Searcher::new(None, None, &index, Some(&items)).map(drop)),
        ("ranker", &|| Ranker::new(&RankerOptions::new()).map(drop)),
        ("evaluator", &|| Evaluator::new(&figures, &[1, 10]).map(drop)),
        ("bundle", &|| Bundle::new().map(drop)),
        ("model", &|| Model::with_options("default", &options).map(drop)),
        ("shared model", &|| Model::from_bundle(&bundle).map(drop)),
        ("hits", &|| {
            model.search("couch", 2)?.iter().try_for_each(|h| {
                assert!(!h.title_bytes().is_empty());
                Ok(())
            })
        }),
    ];
    for (name, make) in makers {
        (0..10_000).try_for_each(|_| make())?;
        let before = resident();
        (0..100_000).try_for_each(|_| make())?;
        let grown = resident().saturating_sub(before);
        assert!(grown <= 4 << 20, "{name}: 10^5 cycles have taken {grown} bytes");
    }
    Ok(())
}
