//! Vocabulary, tower, index, searcher, evaluator, bundle, by closed forms.
mod common;
use common::*;
use siamese::*;
use std::ops::ControlFlow;

#[test]
fn vocab() -> Result<()> {
    let mut counting = VocabBuilder::new(&VocabOptions::new().set("max_tokens", 5)?)?;
    counting.add(&["a b c", "B b", "c d"])?;
    let vocab = counting.finish()?;
    // b three times, c twice, and of a and d the one whose byte is higher
    for (id, token) in ["", "[UNK]", "b", "c", "d"].iter().enumerate() {
        assert_eq!(vocab.token(id as i64)?, token.as_bytes());
        assert_eq!(vocab.lookup(token)?, id as i64);
    }
    assert_eq!(vocab.tokenize(&["b x", "", "d c"])?, [vec![2, 1], vec![], vec![4, 3]]);
    let stats = vocab.measure(&["a b", "c"])?;
    assert_eq!((stats.texts, stats.tokens, stats.unknown_tokens), (2, 3, 1));
    let fresh = VocabBuilder::new(&VocabOptions::new().set("max_tokens", 5)?)?;
    let grown = vocab.grow(&fresh.with_tokens(&["", "[UNK]", "x", "b"])?, 0)?;
    assert_eq!((grown.lookup("x")?, grown.size()), (5, 6));
    let counts = VocabBuilder::new(&VocabOptions::new().set("output_mode", "count")?)?;
    let counts = counts.with_tokens(&["[UNK]", "x", "y"])?;
    assert_eq!(counts.encode(&["x z x", "y"])?, [1., 2., 0., 0., 0., 1.]);
    assert_eq!(counts.options()?.get("output_mode")?, "count");
    Ok(())
}

/// A bag's vector is the mean of its tokens' embeddings.
#[test]
fn tower() -> Result<()> {
    let options = VocabOptions::new().set("sequence_length", 0)?.set("max_tokens", 4)?;
    let vocab = VocabBuilder::new(&options)?.with_tokens(&["", "[UNK]", "x", "y"])?;
    let options = TowerOptions::new()
        .set("encoder", "bag")?
        .set("embedding_dim", 2)?
        .set("mask_zero", true)?;
    let mut building = TowerBuilder::new(&options)?;
    building.add_field("title", &vocab, &FieldOptions::new())?;
    assert_eq!(building.parameters()?[0].shape, [5, 2]);
    let table = [0., 0., 9., 9., 1., 2., 3., 8., 0., 0.];
    building.set_parameter("embedding", &table)?;
    is(building.set_parameter("embeding", &table), Status::NotFound, "embeding");
    is(building.set_parameter("embedding", &table[1..]), Status::Argument, "embedding");
    let tower = building.build();
    assert_eq!(tower.field_name(0)?, "title");
    let want = [2., 5., 3., 8., 0., 0.];
    assert_eq!(tower.encode(&["x y", "y", ""])?, want);
    assert_eq!(tower.encode_ids(&[vec![2, 3], vec![3], vec![]])?, want);
    assert_eq!(tower.quantize(Precision::Float16)?.encode(&["x y", "y", ""])?, want);
    is(tower.encode_to(&["x", "y"], 1, &mut [0.; 3]), Status::Range, "");
    let mut copy = tower.to_builder()?;
    copy.set_parameter("embedding", &[1.; 10])?;
    assert_eq!(copy.build().encode(&["x y"])?, [1., 1.]);
    assert_eq!(tower.encode(&["x y"])?, [2., 5.]);
    assert_eq!((tower.vocab(0)?.size(), tower.field_count()), (4, 1));
    Ok(())
}

#[test]
fn index() -> Result<()> {
    let index = Index::new(2, &IndexOptions::new().set("metric", "cosine")?)?;
    index.add(&[1, 2, 3, 3], &[2., 0., 0., 5., -1., 0., 0., -1.])?;
    let odd = Filter::include(&[1, 3])?;
    let how = Search { filter: Some(&odd), dedupe: true, ..Search::default() };
    let found = index.search_with(&[0., 3.], 9, &how)?;
    assert_eq!((found[0].len(), found[0][0].score), (2, 0.));
    let want = [[Neighbour { id: 2, score: 1. }], [Neighbour { id: 1, score: 1. }]];
    let how = Search { min_score: Some(0.5), exact: true, ..Search::default() };
    assert_eq!(index.search_with(&[0., 3., 3., 0.], 9, &how)?, want);
    assert_eq!(index.range_search(&[0., 3., 3., 0.], 0.5, &Search::default())?, want);
    let (mut ids, mut scores) = ([0; 5], [0.; 5]);
    index.search_to(&[0., 3.], 5, &Search::default(), &mut ids, &mut scores)?;
    assert_eq!((ids[4], scores[4]), (-1, f32::NEG_INFINITY));
    assert_eq!(index.vector(2)?, [0., 1.]);
    assert_eq!((index.remove(&[3, 77])?, index.len()), (2, 2));
    let info = index.info();
    assert_eq!((info.dim, info.count, info.lists, info.cosine), (2, 2, 1, true));
    assert!(info.memory >= 2 * (2 * 4 + 8));
    assert_eq!(index.update(&[2, 2, 9], &[0., 7., -3., 0., 0., 1.])?, 1);
    assert_eq!(index.ids()?, [1, 2, 9]);
    assert_eq!((index.contains(2), index.contains(3)), (2, 0));
    assert_eq!(index.vectors(2)?, [-1., 0., 0., 1.]);
    is(index.vectors(3), Status::NotFound, "");
    Ok(())
}

#[test]
fn index_tells_how_far_it_is() -> Result<()> {
    let index = Index::new(2, &IndexOptions::new().set("nlist", "4")?)?;
    let ids: Vec<i64> = (0..400).collect();
    let at = |i: &i64| [(i % 20) as f32, (i / 20) as f32];
    let vectors: Vec<f32> = ids.iter().flat_map(at).collect();
    index.add(&ids, &vectors)?;
    let mut last = 0.;
    index.train_with_progress(&vectors, |done| {
        last = done;
        ControlFlow::Continue(())
    })?;
    assert!(last > 0. && last <= 1. && index.info().lists == 4);
    let go_on = |_| ControlFlow::Continue(());
    let (nprobe, reached) =
        index.tune_nprobe_with_progress(&vectors[..20], 3, 1., go_on)?;
    assert!(nprobe >= 1 && reached == 1.);
    let stop = |_| ControlFlow::Break(());
    is(index.train_with_progress(&vectors, stop), Status::Cancelled, "");
    Ok(())
}

#[test]
fn searcher_of_vectors() -> Result<()> {
    let index = Index::new(2, &IndexOptions::new())?;
    let items = Items::new(&ItemsOptions::new().set("ids", "text")?)?;
    let searcher = Searcher::new(None, None, &index, Some(&items))?;
    let rows = Rows::new().text_ids(&["a", "b"]).titles(&["A", "B"]);
    searcher.add(&rows, Some(&[1., 0., 0., 1.]))?;
    let rows = Rows::new().text_ids(&["b", "c"]).titles(&["B2", "C"]);
    searcher.update(&rows, Some(&[0., 2., 3., 3.]))?;
    let hits = searcher.search(&Request::vectors(&[0., 1.]).k(2))?;
    let found = hits.iter().map(|h| (h.text_id(), h.title(), h.score, h.row));
    let want = [("c", "C", 3., 3), ("b", "B2", 2., 2)];
    assert!(found.eq(want.map(|(id, title, score, row)| (
        id.into(),
        title.into(),
        score,
        row
    ))));
    is(searcher.search(&Request::texts(&["x"])), Status::State, "");
    is(searcher.add(&Rows::new().text_ids(&["d"]), None), Status::State, "");
    assert_eq!(searcher.remove(&["c", "zz"])?, 1);
    Ok(())
}

#[test]
fn evaluator() -> Result<()> {
    let mut evaluator = Evaluator::new(&EvaluatorOptions::new(), &[1, 2])?;
    let judgements =
        Judgements { offsets: &[0, 2, 3], ids: &[1, 2, 7], grades: &[1.; 3] };
    let rankings = Rankings { depth: 2, ids: &[1, 5, 6, 7], found: None, scores: None };
    let rows = evaluator.add_rankings(&judgements, &rankings)?;
    assert_eq!((rows[0][0].recall, rows[0][1].precision), (0.5, 0.5));
    assert_eq!((rows[1][0].hit, rows[1][1].mrr), (0., 0.5));
    let (means, counts) = evaluator.means()?;
    assert_eq!((means[1].recall, means[1].mrr, counts.relevant_items), (0.75, 0.75, 3));
    let vectors = Vectors { dim: 2, queries: &[1., 0.], items: &[1., 0.], ids: None };
    is(evaluator.add_vectors(&judgements, &vectors), Status::Argument, "queries");
    let mut evaluator = Evaluator::new(&EvaluatorOptions::new(), &[1])?;
    let judgements = Judgements { offsets: &[0, 1], ids: &[9], grades: &[1.] };
    let vectors =
        Vectors { dim: 1, queries: &[2.], items: &[1., 3.], ids: Some(&[8, 9]) };
    assert_eq!(evaluator.add_vectors(&judgements, &vectors)?[0][0].mrr, 1.);
    Ok(())
}

#[test]
fn bundle() -> Result<()> {
    let file = path("bundle");
    let trainer = trainer(1)?;
    let mut bundle = Bundle::new()?;
    bundle.set_trainer(Some(&trainer))?;
    bundle.set_section("mine", Some(&[1, 0, 2]))?;
    bundle.save(&file, &SaveOptions::new())?;
    siamese::verify(&file)?;
    let loaded =
        Bundle::load(&file, &LoadOptions::new().set("threads", 1)?.set("map", 1)?)?;
    std::fs::remove_file(file).unwrap();
    assert_eq!(loaded.section("mine")?, [1, 0, 2]);
    assert_eq!(vectors(&loaded.trainer()?)?, vectors(&trainer)?);
    is(loaded.index(), Status::NotFound, "index");
    is(loaded.section("yours"), Status::NotFound, "yours");
    is(Bundle::from_bytes(b"no checkpoint", &LoadOptions::new()), Status::Format, "");
    Ok(())
}

#[test]
fn presets_and_options() -> Result<()> {
    let names: Vec<_> = presets().iter().map(|(name, _)| *name).collect();
    assert!(names.contains(&"default") && names.contains(&"notebook"));
    for name in names {
        let preset = Preset::new(name)?;
        VocabBuilder::new(&preset.vocab)?;
        TowerBuilder::new(&preset.tower)?;
    }
    assert!(TowerOptions::list().iter().any(|o| o.name == "units" && o.default == "8"));
    assert!(format!("{:?}", TowerOptions::new()).contains("units"));
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
    Ok(())
}

/// Two shards, with a lost one between them, give what one index does.
#[test]
fn shards_give_what_one_index_does() -> Result<()> {
    let ids = [9, 2, 7, 4, 1, 8];
    let vectors = [1., 0., 0., 1., 1., 0., 2., 1., 0., 1., 1., 1.];
    let queries = [1., 0., 0., 1.];
    let options = IndexOptions::new().set("nlist", 2)?;
    let whole = Index::new(2, &options)?;
    whole.train(&vectors)?;
    let centroids = whole.centroids()?;
    assert_eq!(centroids.len(), 4);
    whole.add(&ids, &vectors)?;
    assert_eq!(whole.set_centroids(&centroids).unwrap_err().status(), Status::State);
    let (mut found, mut all) = (Vec::new(), Vec::new());
    let how = Search { nprobe: 1, strict_nprobe: true, ..Search::default() };
    for (first, end) in [(0, 2), (2, 6)] {
        let shard = Index::new(2, &options)?;
        let error = shard.set_centroids(&centroids[..2]).unwrap_err();
        assert_eq!(error.status(), Status::Argument);
        shard.set_centroids(&centroids)?;
        shard.add(&ids[first..end], &vectors[2 * first..2 * end])?;
        found.push(shard.search_with(&queries, 4, &how)?);
        all.push(shard.range_search(&queries, 0.5, &Search::default())?);
    }
    let lost = [Some(&found[0][..]), None, Some(&found[1][..])];
    let error = merge_hits(&lost, 4, &Merge::default()).unwrap_err();
    assert_eq!(error.status(), Status::NotFound);
    assert!(error.to_string().contains("shard 1 of 3"), "{error}");
    let merged = merge_hits(&lost, 4, &Merge { partial: true, dedupe: false })?;
    assert_eq!(merged.missing, [1]);
    assert_eq!(merged.hits, whole.search_with(&queries, 4, &how)?);
    let merged =
        merge_range_hits(&[Some(&all[1][..]), Some(&all[0][..])], &Merge::default())?;
    assert_eq!(merged.hits, whole.range_search(&queries, 0.5, &Search::default())?);
    Ok(())
}
