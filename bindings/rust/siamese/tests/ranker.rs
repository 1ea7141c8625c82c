//! The ranker: its options, what it makes of hits, and the files that keep it.
mod common;
use common::*;
use siamese::*;

/// Ids and the bits of all numbers of a query's hits.
fn bits(hits: Iter<'_>) -> Vec<(i64, u32, u32, u32)> {
    let of = |h: Hit<'_>| {
        let (vector, confidence) = (h.vector_score.to_bits(), h.confidence.to_bits());
        (h.id, h.score.to_bits(), vector, confidence)
    };
    hits.map(of).collect()
}

#[test]
fn scores_are_the_sums_of_their_shares() -> Result<()> {
    let model = shop(&plain())?;
    let features = model.ranker()?.features()?;
    assert!(features.len() > 1 && features[0].weight != 0.0);
    assert!(features.iter().all(|f| !f.name.is_empty() && !f.help.is_empty()));
    let explain = Stages { explain: true, ..Stages::default() };
    let hits = model.search_with(&Request::texts(&ASKED).k(4).stages(explain))?;
    for q in 0..ASKED.len() {
        for (i, hit) in hits.query(q).enumerate() {
            let shares = hits.shares(q, i)?;
            let sum: f64 = shares.iter().map(|s| f64::from(*s)).sum();
            assert_eq!(shares.len(), features.len());
            assert!((sum - f64::from(hit.score)).abs() < 1e-5, "{hit:?} {shares:?}");
        }
    }
    is(hits.shares(0, 4), Status::NotFound, "hit 4");
    is(model.search("tap", 1)?.shares(0, 0), Status::State, "explain");
    Ok(())
}

/// With one scan the vectors' scores are those of the index.
#[test]
fn hits_know_their_vectors_scores() -> Result<()> {
    let model = shop(&plain())?;
    let once = Stages { feedback: Some(false), ..Stages::default() };
    let ranked = model.search_with(&Request::texts(&ASKED).k(4).stages(once))?;
    let plain = model.search_with(&Request::texts(&ASKED).k(4).stages(OFF))?;
    assert_eq!((plain.scores(), plain.confidences().len()), (plain.vector_scores(), 0));
    assert!(ranked.confidences().iter().all(|c| (0.0..=1.0).contains(c)));
    for q in 0..ASKED.len() {
        for hit in ranked.query(q) {
            let found = plain.query(q).find(|other| other.id == hit.id).unwrap();
            assert_eq!(hit.vector_score.to_bits(), found.score.to_bits());
            assert_eq!(found.confidence, 0.0);
        }
        assert!(ranked.query(q).any(|hit| hit.score != hit.vector_score));
    }
    Ok(())
}

#[test]
fn slips_are_corrected() -> Result<()> {
    let model = shop(&plain())?;
    let slips = ["red velvte sofa", "red velvet sofa"];
    let hits = model.search_with(&Request::texts(&slips).k(1))?;
    assert_eq!(hits.corrected(0).as_deref(), Some("red velvet sofa"));
    assert_eq!((hits.corrected(1), hits.corrected(2)), (None, None));
    assert_eq!(hits.query(0).next().unwrap().id, 11);
    let as_is = Stages { spelling: Some(false), ..Stages::default() };
    let hits = model.search_with(&Request::texts(&slips).k(1).stages(as_is))?;
    assert_eq!(hits.corrected(0), None);
    Ok(())
}

#[test]
fn hits_that_are_left_out() -> Result<()> {
    let mut titles = TITLES.to_vec();
    titles.push("Red  velvet SOFA");
    let model = shop(&Rows::new().ids(&[10, 11, 12, 13, 14]).titles(&titles))?;
    let text = ["red velvet sofa"];
    let find = |stages| model.search_with(&Request::texts(&text).stages(stages));
    let all = bits(find(Stages::default())?.iter());
    assert_eq!((all.len(), all[0].0 + all[1].0), (5, 11 + 14));
    let one = find(Stages { collapse_titles: true, ..Stages::default() })?;
    assert_eq!(bits(one.iter()), [&all[..1], &all[2..]].concat());
    let bound = f32::from_bits(all[1].3);
    let some = find(Stages { min_confidence: f64::from(bound), ..Stages::default() })?;
    let want: Vec<_> =
        all.iter().copied().filter(|hit| f32::from_bits(hit.3) >= bound).collect();
    assert!(bits(some.iter()) == want && want.len() < all.len());
    let beyond = Stages { min_confidence: 2.0, ..Stages::default() };
    is(find(beyond), Status::Option, "min_confidence");
    Ok(())
}

#[test]
fn files_keep_the_ranker() -> Result<()> {
    let model = shop(&plain())?;
    let file = path("ranker");
    model.save(&file)?;
    let load = LoadOptions::new().set("threads", 1)?;
    let opened = Model::open_with(&file, &load)?;
    let mut bundle = Bundle::load(&file, &load)?;
    let want = format!("{:?}", model.ranker()?.options()?);
    for ranker in [opened.ranker()?, bundle.ranker()?] {
        assert_eq!(format!("{:?}", ranker.options()?), want);
    }
    for text in ASKED {
        let (mine, its) = (model.search(text, 4)?, opened.search(text, 4)?);
        assert_eq!(bits(its.iter()), bits(mine.iter()));
    }
    bundle.set_ranker(None)?;
    is(bundle.ranker(), Status::NotFound, "ranker");
    std::fs::remove_file(file).unwrap();
    Ok(())
}

#[test]
fn a_ranker_of_ones_own() -> Result<()> {
    let model = shop(&plain())?;
    let (query, item) = (model.tower(Side::Query)?, model.tower(Side::Item)?);
    let options = IndexOptions::new().set("metric", "cosine")?.set("threads", 1)?;
    let (index, items) = (Index::new(16, &options)?, Items::new(&ItemsOptions::new())?);
    let mut searcher = Searcher::new(Some(&query), Some(&item), &index, Some(&items))?;
    searcher.add(&plain(), None)?;
    is(searcher.ranker(), Status::NotFound, "ranker");
    let request = Request::texts(&ASKED);
    let before = bits(searcher.search(&request)?.iter());

    let ranker = Ranker::new(&Preset::new("default")?.ranker.set("feedback", 2)?)?;
    let info = ranker.info();
    assert_eq!((info.learned_queries, info.uses_learned), (0, false));
    searcher.set_ranker(&ranker)?;
    drop(ranker);
    let own = searcher.ranker()?;
    assert_eq!(own.options()?.get("feedback")?, "2");
    let hits = searcher.search(&request)?;
    assert!(bits(hits.iter()) != before && hits.confidences()[0] > 0.0);
    let mut bundle = Bundle::new()?;
    bundle.set_ranker(Some(&own))?;
    assert_eq!(bundle.ranker()?.options()?.get("feedback")?, "2");
    searcher.set_ranker(None)?;
    assert_eq!(bits(searcher.search(&request)?.iter()), before);
    is(model.searcher()?.set_ranker(&own), Status::State, "model's ranker");
    is(RankerOptions::new().set("feedback", "many"), Status::Option, "feedback");
    Ok(())
}
