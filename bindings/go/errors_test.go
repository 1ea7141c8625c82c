package siamese_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"siamese"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestUnknownOptions(t *testing.T) {
	_, err := siamese.NewVocab(siamese.Options{"max_token": 3})
	is(t, err, siamese.ErrOption, "max_token")
	_, err = siamese.NewTower(siamese.Options{"units": "many"})
	is(t, err, siamese.ErrOption, "units")
	_, err = siamese.NewTower(siamese.Options{"units": []int{1}})
	is(t, err, siamese.ErrOption, "units")
	_, err = siamese.NewTower(siamese.Options{"un\x00its": 1})
	is(t, err, siamese.ErrArgument, "NUL")
	_, err = siamese.NewModel("defualt", nil)
	is(t, err, siamese.ErrOption, "default")
	_, err = siamese.DescribeOptions("towers")
	is(t, err, siamese.ErrNotFound, "towers")
	for _, kind := range strings.Fields("vocab tower field trainer index search evaluator save load items model") {
		if infos, err := siamese.DescribeOptions(kind); err != nil || len(infos) == 0 || infos[0].Help == "" {
			t.Error(kind, err)
		}
	}
}

// Each call on what is closed is ErrClosed, and closing again does nothing.
func TestClosedHandles(t *testing.T) {
	model, trainer := shop(t, plain()), trainer(t, 1)
	items := must[*siamese.Items](t)(model.Items())
	index := must[*siamese.Index](t)(model.Index())
	tower := must[*siamese.Tower](t)(model.Tower(siamese.QuerySide))
	vocab := must[*siamese.Vocab](t)(model.Vocab())
	searcher := must[*siamese.Searcher](t)(model.Searcher())
	bundle := must[*siamese.Bundle](t)(model.Bundle())
	ranker := must[*siamese.Ranker](t)(model.Ranker())
	filter := must[*siamese.Filter](t)(siamese.Include(1))
	evaluator := must[*siamese.Evaluator](t)(siamese.NewEvaluator(nil, 1))
	hits := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: asked}))
	for _, closer := range []interface{ Close() error }{model, trainer, items, index, tower, vocab, searcher,
		bundle, ranker, filter, evaluator, hits} {
		fatal(t, closer.Close())
		fatal(t, closer.Close())
	}
	ctx := context.Background()
	call := func(name string, err error) {
		if !errors.Is(err, siamese.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := model.Search("couch", 1)
	call("Model.Search", err)
	call("Model.Train", model.Train(ctx, nil))
	call("Model.AddItems", model.AddItems(plain()))
	call("Model.Set", model.Set("epochs", 1))
	call("Trainer.Fit", trainer.Fit(ctx, nil))
	call("Trainer.Cancel", trainer.Cancel())
	call("Trainer.SetOption", trainer.SetOption("epochs", 1))
	_, _, err = trainer.Snapshot()
	call("Trainer.Snapshot", err)
	_, err = items.Add(plain())
	call("Items.Add", err)
	call("Index.Add", index.Add([]int64{1}, make([]float32, 16)))
	_, err = index.Search(make([]float32, 16), 1, nil)
	call("Index.Search", err)
	_, err = tower.Encode("couch")
	call("Tower.Encode", err)
	call("Tower.AddField", tower.AddField("x", nil, nil))
	_, err = vocab.Tokenize("couch")
	call("Vocab.Tokenize", err)
	_, err = searcher.Find(&siamese.Request{Texts: asked})
	call("Searcher.Find", err)
	_, err = ranker.Features()
	call("Ranker.Features", err)
	call("Bundle.Save", bundle.Save("/nowhere", nil))
	_, err = evaluator.AddRankings(&siamese.Judgements{Offsets: []uint{0}}, &siamese.Rankings{})
	call("Evaluator.AddRankings", err)
	_, _, err = hits.Texts("title")
	call("Hits.Texts", err)
	_, err = siamese.NewTrainer(tower, tower, nil)
	call("NewTrainer", err)
	open := must[*siamese.Index](t)(siamese.NewIndex(1, nil))
	defer open.Close()
	_, err = open.Search([]float32{1}, 1, &siamese.Search{Filter: filter})
	call("a closed filter", err)
	_, err = hits.Shares(0, 0)
	call("Hits.Shares", err)
	if hits.Corrected(0) != "" || index.Count() != 0 || tower.Dim() != 0 || vocab.Size() != 0 || hits.Len() != 0 || hits.Of(0) != nil {
		t.Error("numbers of what is closed")
	}
	var never siamese.Index // not of NewIndex
	call("a zero Index", never.SetNProbe(1))
	fatal(t, never.Close())
}

// Close beside calls: each call is whole or ErrClosed.
func TestCloseBesideCalls(t *testing.T) {
	for i := 0; i < 50; i++ {
		index := must[*siamese.Index](t)(siamese.NewIndex(1, siamese.Options{"threads": 1}))
		fatal(t, index.Add([]int64{7}, []float32{1}))
		var calling sync.WaitGroup
		for g := 0; g < 4; g++ {
			calling.Add(1)
			go func() {
				defer calling.Done()
				for {
					results, err := index.Search([]float32{2}, 1, nil)
					if errors.Is(err, siamese.ErrClosed) {
						return
					}
					if err != nil || results[0][0] != (siamese.Result{ID: 7, Score: 2}) {
						t.Error(results, err)
						return
					}
				}
			}()
		}
		index.Close()
		calling.Wait()
	}
}

// Any bytes are texts: the vector of a text is that of its words.
func TestStrangeTexts(t *testing.T) {
	model := shop(t, plain())
	for _, text := range []string{"", "\x00", "a\x00b", "\xff\xfe", "couch\x00\xf0", strings.Repeat("couch ", 100000)} {
		alone := must[[]float32](t)(model.Encode(siamese.QuerySide, text))
		both := must[[]float32](t)(model.Encode(siamese.QuerySide, "tap", text))
		if !reflect.DeepEqual(alone, both[16:]) {
			t.Errorf("%.20q: another vector in a batch", text)
		}
		must[[]siamese.Hit](t)(model.Search(text, 2))
	}
	if hits := must[[]siamese.Hit](t)(model.Search("", 2)); len(hits) != 0 {
		t.Errorf("nothing asked, %v found", hits)
	}
	strange := []string{"", "nul \x00 nul", "\xff not utf-8", "ünïcödé"}
	fatal(t, model.UpdateItems(&siamese.Rows{IDs: []int64{10, 11, 12, 13}, Titles: strange}))
	items := must[*siamese.Items](t)(model.Items())
	defer items.Close()
	rows := must[[]int64](t)(items.Find(10, 11, 12, 13))
	if again, _, err := items.Texts("title", rows); err != nil || !reflect.DeepEqual(again, strange) {
		t.Errorf("%q %v", again, err)
	}
}

func TestEmptyBatches(t *testing.T) {
	model := shop(t, plain())
	if v, err := model.Encode(siamese.ItemSide); err != nil || len(v) != 0 {
		t.Error(v, err)
	}
	hits := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: []string{}}))
	defer hits.Close()
	none := must[*siamese.Hits](t)(model.Find(&siamese.Request{Vectors: []float32{}}))
	defer none.Close()
	if hits.Queries() != 0 || hits.Len() != 0 || none.Queries() != 0 {
		t.Error("hits of no queries")
	}
	fatal(t, model.AddItems(&siamese.Rows{IDs: []int64{}, Titles: []string{}}))
	vocab := must[*siamese.Vocab](t)(siamese.NewVocab(nil))
	defer vocab.Close()
	fatal(t, vocab.Add())
	fatal(t, vocab.Finish())
	if rows := must[[][]int64](t)(vocab.Tokenize()); len(rows) != 0 {
		t.Error(rows)
	}
	if rows := must[[][]int64](t)(vocab.Tokenize("")); len(rows) != 1 || len(rows[0]) != 0 {
		t.Error(rows)
	}
}

// Slices that do not fit together never reach C.
func TestWrongLengths(t *testing.T) {
	model := shop(t, plain())
	index := must[*siamese.Index](t)(siamese.NewIndex(2, nil))
	defer index.Close()
	is(t, index.Add([]int64{1, 2}, []float32{1, 2}), siamese.ErrArgument, "ids")
	is(t, index.Add([]int64{1}, []float32{1, 2, 3}), siamese.ErrArgument, "vectors")
	_, err := index.Search([]float32{1}, 1, nil)
	is(t, err, siamese.ErrArgument, "queries")
	_, err = index.Search([]float32{1, 2}, 0, nil)
	is(t, err, siamese.ErrArgument, "k")
	is(t, model.AddPairs(&siamese.Pairs{Queries: asked[:1], Items: titles}), siamese.ErrArgument, "queries")
	is(t, model.AddPairs(&siamese.Pairs{Queries: asked, Items: titles, Weights: []float32{1}}), siamese.ErrArgument, "Weights")
	is(t, model.AddPairs(&siamese.Pairs{Queries: asked, Items: titles, NegativeOffsets: []uint{0, 1, 9, 1, 1},
		Negatives: []string{"x"}}), siamese.ErrArgument, "row 2")
	is(t, model.AddItems(&siamese.Rows{IDs: []int64{1}, Titles: titles}), siamese.ErrArgument, "Titles")
	is(t, model.AddItems(&siamese.Rows{Titles: titles, Columns: []siamese.Column{{Name: "x", Integers: []int64{1}}}}),
		siamese.ErrArgument, `column "x"`)
	_, err = model.Find(&siamese.Request{Vectors: make([]float32, 17)})
	is(t, err, siamese.ErrArgument, "Vectors")
	_, err = model.Find(&siamese.Request{Texts: asked, Fields: 3})
	is(t, err, siamese.ErrArgument, "Texts")
}

// What cannot be written or read says so, and what is there stays.
func TestFilesThatCannotBe(t *testing.T) {
	model := shop(t, plain())
	want := must[[]siamese.Hit](t)(model.Search("tap", 4))
	bundle := must[*siamese.Bundle](t)(model.Bundle())
	defer bundle.Close()
	folder := t.TempDir()
	path := filepath.Join(folder, "m.siamese")
	for _, save := range []func(string) error{
		func(path string) error { return model.Save(path, nil) },
		func(path string) error { return bundle.Save(path, nil) },
	} {
		is(t, save("/dev/full"), siamese.ErrIO, "/dev/full: cannot be written: No space left on device")
		is(t, save(filepath.Join(folder, "none", "m.siamese")), siamese.ErrIO, "none/m.siamese: its folder")
		is(t, save(path+"\x00.bak"), siamese.ErrArgument, "NUL")
		fatal(t, save(path))
	}
	data := must[[]byte](t)(os.ReadFile(path))
	data[8] = 2 // the format's version: docs/format.md
	fatal(t, os.WriteFile(path, data, 0o666))
	newer := "format version 2 is newer than this library"
	_, err := siamese.Open(path, nil)
	is(t, err, siamese.ErrVersion, newer)
	_, err = siamese.Load(path, nil)
	is(t, err, siamese.ErrVersion, newer)
	_, err = siamese.LoadBytes(data, nil)
	is(t, err, siamese.ErrVersion, newer)
	_, _, err = siamese.Sections(path)
	is(t, err, siamese.ErrVersion, newer)
	is(t, model.Reload(path, nil), siamese.ErrVersion, newer)
	_, err = siamese.Open(path+"\x00.bak", nil)
	is(t, err, siamese.ErrArgument, "NUL")
	if hits := must[[]siamese.Hit](t)(model.Search("tap", 4)); !reflect.DeepEqual(hits, want) {
		t.Error("a reload that failed has changed the model")
	}
	if names := must[[]os.DirEntry](t)(os.ReadDir(folder)); len(names) != 1 {
		t.Errorf("%v: more than the file", names)
	}
}

func resident(t *testing.T) int {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what the first one let finalizers free
	status := must[[]byte](t)(os.ReadFile("/proc/self/statm"))
	return must[int](t)(strconv.Atoi(strings.Fields(string(status))[1])) * os.Getpagesize()
}

// 10^5 of each are created and freed, in -short 10^3: memory stays as it is.
func TestCyclesLeakNothing(t *testing.T) {
	model, other := shop(t, plain()), trainer(t, 1)
	query, item, err := other.Snapshot()
	fatal(t, err)
	bundle := must[*siamese.Bundle](t)(model.Bundle())
	index := must[*siamese.Index](t)(model.Index())
	items := must[*siamese.Items](t)(model.Items())
	type closer interface{ Close() error }
	one := siamese.Options{"threads": 1}
	makers := map[string]func() (closer, error){
		"vocab":     func() (closer, error) { return siamese.NewVocab(one) },
		"tower":     func() (closer, error) { return siamese.NewTower(one) },
		"trainer":   func() (closer, error) { return siamese.NewTrainer(query, item, one) },
		"index":     func() (closer, error) { return siamese.NewIndex(4, one) },
		"filter":    func() (closer, error) { return siamese.Include(1, 2, 3) },
		"items":     func() (closer, error) { return siamese.NewItems(nil) },
		"searcher":  func() (closer, error) { return siamese.NewSearcher(nil, nil, index, items) },
		"ranker":    func() (closer, error) { return siamese.NewRanker(nil) },
		"evaluator": func() (closer, error) { return siamese.NewEvaluator(one, 1, 10) },
		"bundle":    func() (closer, error) { return siamese.NewBundle() },
		"model":     func() (closer, error) { return siamese.NewModel("default", one) },
		"shared":    func() (closer, error) { return bundle.Model() },
		"hits":      func() (closer, error) { return model.Find(&siamese.Request{Texts: asked[:1], K: 2}) },
	}
	cycles := 100000
	if testing.Short() {
		cycles = 1000
	}
	for name, maker := range makers {
		cycle := func(n int) {
			for i := 0; i < n; i++ {
				made, err := maker()
				if err != nil {
					t.Fatal(name, err)
				}
				made.Close()
			}
		}
		cycle(cycles / 10)
		before := resident(t)
		cycle(cycles)
		if grown := resident(t) - before; grown > 4<<20 {
			t.Errorf("%s: %d cycles have taken %d kB", name, cycles, grown>>10)
		}
	}
}
