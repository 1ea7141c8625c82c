//! The model and its hits: what it learned, columns, changes, files, reloads.
mod common;
use common::*;
use siamese::*;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn finds_what_it_learned() -> Result<()> {
    let model = shop(&plain())?;
    for (i, text) in ASKED.iter().enumerate() {
        let hits = model.search(text, 2)?;
        let list: Vec<Hit<'_>> = hits.iter().collect();
        assert_eq!((list.len(), list[0].id), (2, IDS[i]));
        assert_eq!((&*list[0].title(), list[0].row), (TITLES[i], i as i64));
        assert!(list[0].score >= list[1].score && list[0].text_id().is_empty());
    }
    let info = model.info();
    assert_eq!((info.items, info.vectors, info.pairs, info.dim), (4, 4, 4, 16));
    assert!(info.trained && !info.training);
    Ok(())
}

#[test]
fn many_queries_have_the_hits_of_one() -> Result<()> {
    let model = shop(&plain())?;
    let all = model.search_with(&Request::texts(&ASKED).k(3))?;
    let vectors = model.encode(Side::Query, &ASKED)?;
    let by_vector = model.search_with(&Request::vectors(&vectors).k(3))?;
    let plain = model.search_with(&Request::texts(&ASKED).k(3).stages(OFF))?;
    assert_eq!((all.query_count(), all.len(), all.ids().len()), (4, 12, 12));
    for (q, text) in ASKED.iter().enumerate() {
        let alone = model.search(text, 3)?;
        let bits = |hits: Iter<'_>| -> Vec<(i64, u32)> {
            hits.map(|h| (h.id, h.score.to_bits())).collect()
        };
        assert_eq!(bits(all.query(q)), bits(alone.iter()));
        // No ranker ranks what a vector finds.
        assert_eq!(bits(by_vector.query(q)), bits(plain.query(q)));
        assert!(all.is_known(q));
    }
    assert_eq!((all.query(4).len(), all.is_known(4)), (0, false));
    Ok(())
}

#[test]
fn text_ids_and_columns() -> Result<()> {
    let rows = Rows::new()
        .text_ids(&["a", "b\0c", "", "d"])
        .titles(&TITLES)
        .texts("brand", &["x", "", "zz", "w"])
        .present(&[true, false, true, true])
        .integers("stock", &[5, i64::MIN, 7, 8])
        .numbers("price", &[1.5, 2.5, f64::NAN, -0.5]);
    let model = shop(&rows)?;
    let hits = model.search_with(&Request::texts(&["couch", "tap"]).k(1))?;
    let first = hits.iter().next().unwrap();
    assert_eq!((&*first.text_id(), first.id, &*first.title()), ("b\0c", 0, TITLES[1]));
    assert_eq!(hits.texts("brand")?, [None, Some(&b"zz"[..])]);
    assert_eq!(hits.integers("stock")?, [Some(i64::MIN), Some(7)]);
    assert_eq!(hits.numbers("price")?, [Some(2.5), None]);
    is(hits.numbers("brand"), Status::State, "brand");
    is(hits.texts("colour"), Status::NotFound, "colour");

    let items = model.items()?;
    let columns = [("brand", ColumnType::Text), ("stock", ColumnType::Integer)];
    for ((name, kind), (n, k)) in columns.iter().zip(items.columns()?) {
        assert_eq!((*name, *kind), (&*n, k));
    }
    assert_eq!(items.find(&["d", "none", ""])?, [Some(3), None, Some(2)]);
    let titles = items.texts("title", &items.rows()?)?;
    assert!(titles.iter().flatten().eq(TITLES.iter().map(|t| t.as_bytes())));
    assert_eq!(items.integers("stock", &[3, 0])?, [Some(8), Some(5)]);
    assert_eq!(items.numbers("price", &[2, 3])?, [None, Some(-0.5)]);

    let (filter, missing) = items.exclude(&["b\0c", "none"])?;
    assert_eq!(missing, 1);
    let how = Search { filter: Some(&filter), ..Search::default() };
    let without = model.search_with(&Request::texts(&["couch"]).k(9).with(how))?;
    assert!(without.len() == 3 && without.iter().all(|hit| hit.text_id() != "b\0c"));

    let (cheap, found) = items.filter_where("price < 2 or stock = 8", Some(&filter))?;
    assert_eq!(found, 2);
    let how = Search { filter: Some(&cheap), ..Search::default() };
    let some = model.search_with(&Request::texts(&["couch"]).k(9).with(how))?;
    let mut ids: Vec<_> = some.iter().map(|h| h.text_id().into_owned()).collect();
    ids.sort();
    assert_eq!(ids, ["a", "d"]);
    is(items.filter_where("price < cheap", None), Status::Argument, "where: at 9: ");
    is(items.filter_where("colour = 'red'", None), Status::NotFound, "colour");
    is(items.filter_where("price < 1\0", None), Status::Argument, "where");
    Ok(())
}

#[test]
fn items_change_while_serving() -> Result<()> {
    let model = shop(&plain())?;
    model.add_items(&Rows::new().ids(&[20]).titles(&["couch couch"]))?;
    model.update_items(&Rows::new().ids(&[11]).titles(&["blue velvet sofa"]))?;
    assert_eq!(model.remove_items(&[10, 99])?, 1);
    let hits = model.search_with(&Request::texts(&["couch"]).k(9))?;
    let mut found: Vec<_> = hits.iter().map(|h| (h.id, h.title().into_owned())).collect();
    found.sort();
    let want =
        [(11, "blue velvet sofa"), (12, TITLES[2]), (13, TITLES[3]), (20, "couch couch")];
    assert!(found.iter().map(|(id, title)| (*id, &**title)).eq(want));
    is(model.add_items(&Rows::new().ids(&[20])), Status::Argument, "row 0");
    is(model.remove_items(&["a"]), Status::State, "");
    // The bound is one of vectors' scores.
    let best = hits.vector_scores().iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let best = Some(f64::from(best));
    let how = Search { min_score: best, ..Search::default() };
    assert_eq!(model.search_with(&Request::texts(&["couch"]).k(0).with(how))?.len(), 1);
    Ok(())
}

struct Full;

impl io::Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::Other, "the disk is full"))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Read for Full {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::Other, "the disk is broken"))
    }
}

#[test]
fn files_and_streams() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let model = shop(&plain())?;
    let want: Vec<u32> =
        model.search("tap", 4)?.scores().iter().map(|s| s.to_bits()).collect();
    let (file, load) = (path("files"), LoadOptions::new().set("threads", 1)?);
    model.save(&file)?;
    let mut bytes = Vec::new();
    model.write(&mut bytes, &SaveOptions::new().set("finished", 1)?)?;
    let bundle = Bundle::load(&file, &load)?;
    let opened = Model::open_with(&file, &load)?;
    let read = Model::read(&bytes[..], &load)?;
    for other in [&opened, &read, &Model::from_bundle(&bundle)?] {
        let hits = other.search("tap", 4)?;
        assert!(hits.scores().iter().map(|s| s.to_bits()).eq(want.iter().copied()));
    }
    let (list, version) = sections(&file)?;
    assert!(list.len() > 2 && version > 0 && list.iter().any(|s| s.name == "index"));
    is(opened.reload(file.with_extension("none"), &load), Status::Io, "files.none");
    assert_eq!(opened.search("tap", 4)?.len(), 4);
    let failure = model.write(Full, &SaveOptions::new()).unwrap_err();
    assert_eq!(failure.to_string(), "the disk is full");
    let failure = Model::read(Full, &load).unwrap_err();
    assert_eq!(failure.to_string(), "the disk is broken");
    let failure = Model::read(&bytes[..99], &load).unwrap_err();
    let cause = failure.get_ref().and_then(|e| e.downcast_ref::<Error>()).unwrap();
    assert_eq!(cause.status(), Status::Format);
    std::fs::remove_file(file)?;
    Ok(())
}

/// Four threads search while two models take turns, 1,000 times; old hits stay.
#[test]
fn replaced_while_searching() -> Result<()> {
    let load = LoadOptions::new().set("threads", 1)?;
    let shops = [plain(), Rows::new().ids(&[1010, 1011, 1012, 1013]).titles(&TITLES)];
    let mut files = Vec::new();
    for (i, rows) in shops.iter().enumerate() {
        files.push(path(&format!("turn{i}")));
        shop(rows)?.save(&files[i])?;
    }
    let model = Model::open_with(&files[0], &load)?;
    let old = model.search("couch", 4)?;
    let ids: Vec<i64> = old.ids().to_vec();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let hits = model.search("couch", 4).unwrap();
                    let shift = if hits.ids()[0] > 1000 { 1000 } else { 0 };
                    assert!(hits
                        .ids()
                        .iter()
                        .map(|id| id - shift)
                        .eq(ids.iter().copied()));
                }
            });
        }
        for i in 1..=1000 {
            model.reload(&files[i % 2], &load).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!((old.ids(), &*old.iter().next().unwrap().title()), (&ids[..], TITLES[1]));
    files.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    Ok(())
}
