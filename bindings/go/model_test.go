package siamese_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"siamese"
	"strings"
	"sync"
	"testing"
)

var (
	titles = []string{"oak writing desk", "red velvet sofa", "brass kitchen faucet", "cordless drill"}
	asked  = []string{"wooden table", "couch", "tap", "screwdriver"}
)

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		fatal(t, err)
		return value
	}
}

// is fails unless err has a status and its text names something.
func is(t *testing.T, err error, status siamese.Status, named string) {
	t.Helper()
	if !errors.Is(err, status) || !strings.Contains(err.Error(), named) {
		t.Errorf("%v: not %v that names %q", err, status.String(), named)
	}
}

func shop(t testing.TB, rows *siamese.Rows) *siamese.Model {
	model := must[*siamese.Model](t)(siamese.NewModel("default", siamese.Options{"threads": 1}))
	t.Cleanup(func() { model.Close() })
	fatal(t, model.Set("trainer.epochs", 3))
	fatal(t, model.Set("vocab.hash_buckets", 4096))
	fatal(t, model.Set("embedding_dim", 16))
	fatal(t, model.AddItems(rows))
	fatal(t, model.AddPairs(&siamese.Pairs{Queries: asked, Items: titles}))
	fatal(t, model.Train(context.Background(), nil))
	return model
}

func plain() *siamese.Rows { return &siamese.Rows{IDs: []int64{10, 11, 12, 13}, Titles: titles} }

func TestPartsAreSettledBeforeTraining(t *testing.T) {
	vocab := must[*siamese.Vocab](t)(siamese.NewVocab(nil))
	defer vocab.Close()
	fatal(t, vocab.SetTokens("", "[UNK]", "red", "sofa"))
	model := must[*siamese.Model](t)(siamese.NewModel("notebook", nil))
	defer model.Close()
	fatal(t, model.Set("epochs", 2))
	fatal(t, model.SetVocab(vocab))
	fatal(t, model.Prepare())
	fatal(t, model.AddPairs(&siamese.Pairs{Queries: asked, Items: titles}))
	fatal(t, model.Resume(context.Background(), nil))
	steps := 0
	fatal(t, model.Resume(context.Background(), func(siamese.Progress) error {
		steps++
		return nil
	}))
	read := must[*siamese.Vocab](t)(model.Vocab())
	defer read.Close()
	if steps != 0 || read.Size() != 4 {
		t.Error(steps, read.Size())
	}
	is(t, model.SetVocab(nil), siamese.ErrState, "towers")
}

func TestModelFindsWhatItLearned(t *testing.T) {
	model := shop(t, plain())
	for i, text := range asked {
		hits := must[[]siamese.Hit](t)(model.Search(text, 2))
		if len(hits) != 2 || hits[0].ID != int64(10+i) || hits[0].Title != titles[i] || hits[0].Row != int64(i) {
			t.Errorf("%q: %+v", text, hits)
		}
		if hits[0].Score < hits[1].Score {
			t.Errorf("%q: the first is not the best", text)
		}
	}
	info := must[siamese.ModelInfo](t)(model.Info())
	if info.Items != 4 || info.Vectors != 4 || info.Pairs != 4 || info.Dim != 16 || !info.Trained || info.Training {
		t.Errorf("%+v", info)
	}
}

func TestManyQueriesHaveTheHitsOfOne(t *testing.T) {
	model := shop(t, plain())
	hits := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: asked, K: 3}))
	defer hits.Close()
	vectors := must[[]float32](t)(model.Encode(siamese.QuerySide, asked...))
	byVector := must[*siamese.Hits](t)(model.Find(&siamese.Request{Vectors: vectors, K: 3}))
	defer byVector.Close()
	plain := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: asked, K: 3, Rerank: siamese.RankOff,
		Spelling: siamese.RankOff, Feedback: siamese.RankOff}))
	defer plain.Close()
	if hits.Queries() != 4 || hits.Len() != 12 || !hits.Known(0) || hits.Known(4) || hits.Known(-1) {
		t.Errorf("%d %d", hits.Queries(), hits.Len())
	}
	for q, text := range asked {
		alone := must[[]siamese.Hit](t)(model.Search(text, 3))
		if !reflect.DeepEqual(hits.Of(q), alone) {
			t.Errorf("%q: %v, not %v", text, hits.Of(q), alone)
		}
		if !reflect.DeepEqual(plain.Of(q), byVector.Of(q)) { // which no ranker ranks
			t.Errorf("%q: %v, not %v", text, byVector.Of(q), plain.Of(q))
		}
	}
	if hits.Of(4) != nil || hits.Of(-1) != nil || len(hits.All()) != 4 {
		t.Error("hits of a query that is not there")
	}
}

func TestTextIDsAndColumns(t *testing.T) {
	rows := &siamese.Rows{TextIDs: []string{"a", "b\x00c", "", "d"}, Titles: titles, Columns: []siamese.Column{
		{Name: "brand", Texts: []string{"x", "", "zz", "w"}, Present: []bool{true, false, true, true}},
		{Name: "stock", Integers: []int64{5, math.MinInt64, 7, 8}},
		{Name: "price", Numbers: []float64{1.5, 2.5, math.NaN(), -0.5}},
	}}
	model := shop(t, rows)
	found := must[[]siamese.Hit](t)(model.Search("couch", 1))[0]
	if found.TextID != "b\x00c" || found.ID != 0 || found.Title != titles[1] {
		t.Errorf("%+v", found)
	}
	hits := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: []string{"couch", "tap"}, K: 1}))
	defer hits.Close()
	brands, present, err := hits.Texts("brand")
	if err != nil || !reflect.DeepEqual(brands, []string{"", "zz"}) || !reflect.DeepEqual(present, []bool{false, true}) {
		t.Error(brands, present, err)
	}
	stock, _, err := hits.Integers("stock")
	if err != nil || !reflect.DeepEqual(stock, []int64{math.MinInt64, 7}) {
		t.Error(stock, err)
	}
	prices, present, err := hits.Numbers("price")
	if err != nil || prices[0] != 2.5 || !math.IsNaN(prices[1]) || !reflect.DeepEqual(present, []bool{true, false}) {
		t.Error(prices, present, err)
	}
	_, _, err = hits.Numbers("brand")
	is(t, err, siamese.ErrState, "brand")
	_, _, err = hits.Texts("colour")
	is(t, err, siamese.ErrNotFound, "colour")

	items := must[*siamese.Items](t)(model.Items())
	defer items.Close()
	names, types, err := items.Columns()
	if err != nil || !reflect.DeepEqual(names, []string{"brand", "stock", "price"}) ||
		!reflect.DeepEqual(types, []siamese.ColumnType{siamese.TextColumn, siamese.IntegerColumn, siamese.NumberColumn}) {
		t.Error(names, types, err)
	}
	within := must[*siamese.Filter](t)(siamese.Include(0, 1, 3))
	defer within.Close()
	cheap, passing, err := items.Where(`price < 2 and not title = "none"`, within)
	if err != nil || passing != 2 {
		t.Fatal(passing, err)
	}
	defer cheap.Close()
	some := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: []string{"couch"}, K: 9,
		Search: siamese.Search{Filter: cheap}}))
	defer some.Close()
	for _, hit := range some.Of(0) {
		if hit.TextID != "a" && hit.TextID != "d" {
			t.Error(hit)
		}
	}
	_, _, err = items.Where("price < cheap", nil)
	is(t, err, siamese.ErrArgument, "where: at 9: ")
	_, _, err = items.Where("price < 1\x00", nil)
	is(t, err, siamese.ErrArgument, "where")
	numbers := must[[]int64](t)(items.FindTexts("d", "none", ""))
	if !reflect.DeepEqual(numbers, []int64{3, -1, 2}) {
		t.Error(numbers)
	}
	again, _, err := items.Texts("title", must[[]int64](t)(items.Rows()))
	if err != nil || !reflect.DeepEqual(again, titles) {
		t.Error(again, err)
	}
	filter, missing, err := items.ExcludeTexts("b\x00c", "none")
	fatal(t, err)
	defer filter.Close()
	if missing != 1 {
		t.Error(missing)
	}
	without := must[*siamese.Hits](t)(model.Find(&siamese.Request{
		Texts: []string{"couch"}, K: 9, Search: siamese.Search{Filter: filter}}))
	defer without.Close()
	if without.Len() != 3 {
		t.Error(without.All())
	}
	for _, hit := range without.Of(0) {
		if hit.TextID == "b\x00c" {
			t.Error("it is left out")
		}
	}
}

// Titles that do not fit into the buffer of a search take another way.
func TestLongTitles(t *testing.T) {
	long := make([]string, 4)
	for i := range long {
		long[i] = titles[i] + " " + strings.Repeat("very ", 5000)
	}
	model := shop(t, &siamese.Rows{TextIDs: []string{"a", "b", "c", "d"}, Titles: long})
	for _, k := range []int{1, 4, 1000} {
		hits := must[[]siamese.Hit](t)(model.Search("couch", k))
		all := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: []string{"couch"}, K: k}))
		if !reflect.DeepEqual(hits, all.Of(0)) || len(hits[0].Title) < 25000 {
			t.Error(k, len(hits))
		}
		all.Close()
	}
}

func TestItemsChangeWhileServing(t *testing.T) {
	model := shop(t, plain())
	fatal(t, model.AddItems(&siamese.Rows{IDs: []int64{20}, Titles: []string{"couch couch"}}))
	fatal(t, model.UpdateItems(&siamese.Rows{IDs: []int64{11}, Titles: []string{"blue velvet sofa"}}))
	if n := must[int](t)(model.RemoveItems(10, 99)); n != 1 {
		t.Error(n)
	}
	all := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: []string{"couch"}, K: 9}))
	defer all.Close()
	found := map[int64]string{}
	for _, hit := range all.Of(0) {
		found[hit.ID] = hit.Title
	}
	want := map[int64]string{11: "blue velvet sofa", 12: titles[2], 13: titles[3], 20: "couch couch"}
	if !reflect.DeepEqual(found, want) {
		t.Error(found)
	}
	err := model.AddItems(&siamese.Rows{IDs: []int64{20}, Titles: []string{"again"}})
	is(t, err, siamese.ErrArgument, "row 0")
	_, err = model.RemoveItemTexts("a")
	is(t, err, siamese.ErrState, "")
	score := math.Inf(-1) // the bound is one of vectors' scores
	for _, hit := range all.Of(0) {
		score = math.Max(score, float64(hit.VectorScore))
	}
	best := must[*siamese.Hits](t)(model.Find(&siamese.Request{
		Texts: []string{"couch"}, K: siamese.All, Search: siamese.Search{MinScore: &score}}))
	defer best.Close()
	if best.Len() != 1 {
		t.Error(best.All())
	}
}

func TestFilesAndStreams(t *testing.T) {
	model := shop(t, plain())
	want := must[[]siamese.Hit](t)(model.Search("tap", 4))
	path := filepath.Join(t.TempDir(), "m.siamese")
	fatal(t, model.Save(path, nil))
	var buffer bytes.Buffer
	fatal(t, model.Write(&buffer, siamese.Options{"finished": true}))

	opened := must[*siamese.Model](t)(siamese.Open(path, siamese.Options{"threads": 1}))
	defer opened.Close()
	read := must[*siamese.Model](t)(siamese.ReadModel(&buffer, nil))
	defer read.Close()
	bundle := must[*siamese.Bundle](t)(siamese.Load(path, nil))
	defer bundle.Close()
	shared := must[*siamese.Model](t)(bundle.Model())
	defer shared.Close()
	for _, m := range []*siamese.Model{opened, read, shared} {
		if hits := must[[]siamese.Hit](t)(m.Search("tap", 4)); !reflect.DeepEqual(hits, want) {
			t.Errorf("%v, not %v", hits, want)
		}
	}
	if err := siamese.Verify(path); err != nil {
		t.Error(err)
	}
	sections, version, err := siamese.Sections(path)
	if err != nil || version == 0 || len(sections) < 3 {
		t.Error(sections, version, err)
	}
	is(t, opened.Reload(path+".none", nil), siamese.ErrIO, "m.siamese.none")
	if hits := must[[]siamese.Hit](t)(opened.Search("tap", 4)); !reflect.DeepEqual(hits, want) {
		t.Error("a reload that failed has changed the model")
	}
	full := errors.New("the disk is full")
	err = model.Write(failing{full}, nil)
	is(t, err, siamese.ErrIO, full.Error())
	if !errors.Is(err, full) {
		t.Error("the stream's own error is lost")
	}
	_, err = siamese.ReadModel(failing{full}, nil)
	if !errors.Is(err, full) {
		t.Error("the stream's own error is lost")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }

// Four goroutines search while the model is replaced by two others in turn, 1,000
// times, in -short 100: each hit is one that a model gives, and its old hits stay.
func TestReplacedWhileSearching(t *testing.T) {
	var paths [2]string
	var want [2][]siamese.Hit
	for i := range paths {
		rows := plain()
		for r := range rows.IDs {
			rows.IDs[r] += int64(1000 * i)
		}
		model := shop(t, rows)
		want[i] = must[[]siamese.Hit](t)(model.Search("couch", 4))
		paths[i] = filepath.Join(t.TempDir(), fmt.Sprint(i))
		fatal(t, model.Save(paths[i], siamese.Options{"finished": true}))
	}
	model := must[*siamese.Model](t)(siamese.Open(paths[0], siamese.Options{"threads": 1}))
	defer model.Close()
	old := must[*siamese.Hits](t)(model.Find(&siamese.Request{Texts: []string{"couch"}, K: 4}))
	defer old.Close()

	stop := make(chan struct{})
	var searching sync.WaitGroup
	for g := 0; g < 4; g++ {
		searching.Add(1)
		go func() {
			defer searching.Done()
			for {
				hits, err := model.Search("couch", 4)
				if err != nil || !reflect.DeepEqual(hits, want[0]) && !reflect.DeepEqual(hits, want[1]) {
					t.Errorf("%v %v", hits, err)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
	}
	reloads := 1000
	if testing.Short() {
		reloads = 100
	}
	for i := 1; i <= reloads; i++ {
		if err := model.Reload(paths[i%2], siamese.Options{"threads": 1}); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	searching.Wait()
	if !reflect.DeepEqual(old.Of(0), want[0]) {
		t.Error("old hits have changed")
	}
}
