//! Mistakes and strange texts.
mod common;
use common::*;
use siamese::*;

#[test]
fn unknown_options() {
    is(VocabOptions::new().set("max_token", 3), Status::Option, "max_token");
    is(TowerOptions::new().set("units", "many"), Status::Option, "units");
    is(TowerOptions::new().set("un\0its", 1), Status::Argument, "NUL");
    is(Model::new("defualt"), Status::Option, "default");
    is(Model::new("de\0fault"), Status::Argument, "NUL");
    assert_eq!(Status::NotFound.code(), -5);
    assert_eq!(Status::Memory.to_string(), "out of memory");
}

/// Any bytes are texts: a text's vector is the same in any batch.
#[test]
fn strange_texts() -> Result<()> {
    let model = shop(&plain())?;
    let long = "couch ".repeat(100_000);
    let texts = [&b""[..], b"\0", b"a\0b", b"\xff\xfe", b"couch\0\xf0", long.as_bytes()];
    for text in texts {
        let alone = model.encode(Side::Query, &[text])?;
        let both = model.encode(Side::Query, &[&b"tap"[..], text])?;
        assert_eq!(alone, both[16..]);
        model.search(text, 2)?;
    }
    assert!(model.search("", 2)?.is_empty());
    let strange = [&b""[..], b"nul \0 nul", b"\xff not utf-8", "ünïcödé".as_bytes()];
    model.update_items(&Rows::new().ids(&IDS).titles(&strange))?;
    let items = model.items()?;
    let rows: Vec<i64> = items.find(&IDS)?.into_iter().flatten().collect();
    let titles = items.texts("title", &rows)?;
    assert!(titles.iter().flatten().eq(strange.iter()));
    let hits = model.search("not utf 8", 4)?;
    let hit = hits.iter().find(|hit| hit.id == 12).unwrap();
    assert_eq!((&*hit.title(), hit.title_bytes()), ("\u{fffd} not utf-8", strange[2]));
    Ok(())
}

#[test]
fn empty_batches() -> Result<()> {
    let model = shop(&plain())?;
    let none: [&str; 0] = [];
    assert!(model.encode(Side::Item, &none)?.is_empty());
    assert_eq!(model.search_with(&Request::texts(&none))?.query_count(), 0);
    assert!(model.search_with(&Request::vectors(&[]))?.is_empty());
    model.add_items(&Rows::new().ids(&[]).titles(&none))?;
    let mut counting = VocabBuilder::new(&VocabOptions::new())?;
    counting.add(&none)?;
    let vocab = counting.finish()?;
    assert!(vocab.tokenize(&none)?.is_empty());
    assert_eq!(vocab.tokenize(&[""])?, [vec![]; 1]);
    Ok(())
}

/// What cannot be written or read says so, and what is there stays.
#[test]
fn files_that_cannot_be() -> Result<()> {
    let model = shop(&plain())?;
    let bundle = model.bundle()?;
    let file = path("cannot");
    let none = file.join("none").join("m.siamese");
    let full = "/dev/full: cannot be written: No space left on device";
    is(model.save("/dev/full"), Status::Io, full);
    is(bundle.save("/dev/full", &SaveOptions::new()), Status::Io, full);
    is(model.save(&none), Status::Io, "none/m.siamese: its folder");
    is(model.save("/tmp/a\0b"), Status::Argument, "NUL");
    model.save(&file)?;
    let mut data = std::fs::read(&file).unwrap();
    data[8] = 2; // the format's version: docs/format.md
    std::fs::write(&file, &data).unwrap();
    let (load, newer) = (LoadOptions::new(), "format version 2 is newer");
    is(Model::open(&file), Status::Version, newer);
    is(Bundle::load(&file, &load), Status::Version, newer);
    is(sections(&file), Status::Version, newer);
    is(model.reload(&file, &load), Status::Version, newer);
    assert_eq!(model.search("tap", 4)?.ids()[0], 12);
    std::fs::remove_file(file).unwrap();
    Ok(())
}

/// Slices that do not fit together never reach C.
#[test]
fn wrong_lengths() -> Result<()> {
    let model = shop(&plain())?;
    let index = Index::new(2, &IndexOptions::new())?;
    is(index.add(&[1, 2], &[1., 2.]), Status::Argument, "ids");
    is(index.add(&[1], &[1., 2., 3.]), Status::Argument, "vectors");
    is(index.search(&[1.], 1), Status::Argument, "queries");
    is(index.search(&[1., 2.], 0), Status::Argument, "k");
    is(index.search(&[1., 2.], usize::MAX), Status::Limit, "k");
    let pairs = Pairs::new(&ASKED, &TITLES);
    is(model.add_pairs(&Pairs::new(&ASKED[..1], &TITLES)), Status::Argument, "queries");
    is(model.add_pairs(&pairs.clone().weights(&[1.])), Status::Argument, "weights");
    is(model.add_pairs(&pairs.clone().fields(1, 3)), Status::Argument, "items");
    let negatives = pairs.negatives(&["x"], &[0, 1, 9, 1, 1]);
    is(model.add_pairs(&negatives), Status::Argument, "ascending");
    is(
        model.add_items(&Rows::new().ids(&[1]).titles(&TITLES)),
        Status::Argument,
        "titles",
    );
    let rows = Rows::new().titles(&TITLES).integers("x", &[1]);
    is(model.add_items(&rows), Status::Argument, "column \"x\"");
    is(model.search_with(&Request::vectors(&[0.; 17])), Status::Argument, "vectors");
    is(model.search_with(&Request::texts(&ASKED).fields(3)), Status::Argument, "texts");
    is(model.search_with(&Request::texts(&ASKED).fields(0)), Status::Argument, "texts");
    Ok(())
}
