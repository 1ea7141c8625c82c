package siamese_test

import (
	"math"
	"path/filepath"
	"reflect"
	"siamese"
	"testing"
)

// closes returns what a call gives out, which the end of the test closes.
func closes[T any, P interface {
	*T
	Close() error
}](t *testing.T) func(P, error) P {
	return func(p P, err error) P {
		t.Helper()
		fatal(t, err)
		t.Cleanup(func() { p.Close() })
		return p
	}
}

func find(t *testing.T, model *siamese.Model, r *siamese.Request) *siamese.Hits {
	t.Helper()
	return closes[siamese.Hits](t)(model.Find(r))
}

func TestScoresAreTheSumsOfTheirShares(t *testing.T) {
	model := shop(t, plain())
	ranker := closes[siamese.Ranker](t)(model.Ranker())
	features := must[[]siamese.Feature](t)(ranker.Features())
	info := must[siamese.RankerInfo](t)(ranker.Info())
	if info != (siamese.RankerInfo{Features: len(features)}) || len(features) < 2 || features[0].Weight == 0 {
		t.Error(info, features)
	}
	hits := find(t, model, &siamese.Request{Texts: asked, K: 4, Explain: true})
	for q, list := range hits.All() {
		for i, hit := range list {
			shares := must[[]float32](t)(hits.Shares(q, i))
			sum := 0.0
			for _, share := range shares {
				sum += float64(share)
			}
			if len(shares) != len(features) || math.Abs(sum-float64(hit.Score)) > 1e-5 {
				t.Errorf("%v is not the sum of %v", hit.Score, shares)
			}
		}
	}
	_, err := hits.Shares(0, 4)
	is(t, err, siamese.ErrNotFound, "hit 4")
	_, err = hits.Shares(-1, 0)
	is(t, err, siamese.ErrArgument, "query")
	_, err = find(t, model, &siamese.Request{Texts: asked}).Shares(0, 0)
	is(t, err, siamese.ErrState, "explain")
}

// With one scan the vectors' scores are those of the index.
func TestHitsKnowTheirVectorsScores(t *testing.T) {
	model := shop(t, plain())
	ranked := find(t, model, &siamese.Request{Texts: asked, K: 4, Feedback: siamese.RankOff})
	off := find(t, model, &siamese.Request{Texts: asked, K: 4, Feedback: siamese.RankOff, Rerank: siamese.RankOff})
	for q := range asked {
		want, differ := map[int64]float32{}, false
		for _, hit := range off.Of(q) {
			want[hit.ID] = hit.Score
			if hit.VectorScore != hit.Score || hit.Confidence != 0 {
				t.Errorf("%+v", hit)
			}
		}
		for _, hit := range ranked.Of(q) {
			differ = differ || hit.Score != hit.VectorScore
			if hit.VectorScore != want[hit.ID] || hit.Confidence < 0 || hit.Confidence > 1 {
				t.Errorf("%+v, where the index finds %v", hit, want[hit.ID])
			}
		}
		if !differ {
			t.Errorf("%q: nothing is ranked anew", asked[q])
		}
	}
}

func TestSlipsAreCorrected(t *testing.T) {
	model := shop(t, plain())
	slips := []string{"red velvte sofa", "red velvet sofa"}
	hits := find(t, model, &siamese.Request{Texts: slips, K: 1})
	if hits.Corrected(0) != "red velvet sofa" || hits.Corrected(1) != "" || hits.Corrected(2) != "" ||
		hits.Corrected(-1) != "" || hits.Of(0)[0].ID != 11 {
		t.Errorf("%q %v", hits.Corrected(0), hits.All())
	}
	hits = find(t, model, &siamese.Request{Texts: slips, K: 1, Spelling: siamese.RankOff})
	if hits.Corrected(0) != "" {
		t.Errorf("%q", hits.Corrected(0))
	}
}

func TestHitsThatAreLeftOut(t *testing.T) {
	rows := plain()
	rows.IDs, rows.Titles = append(rows.IDs, 14), append(append([]string{}, titles...), "Red  velvet SOFA")
	model := shop(t, rows)
	text := []string{"red velvet sofa"}
	all := find(t, model, &siamese.Request{Texts: text}).Of(0)
	if len(all) != 5 || all[0].ID+all[1].ID != 11+14 {
		t.Fatal(all)
	}
	one := find(t, model, &siamese.Request{Texts: text, CollapseTitles: true}).Of(0)
	if !reflect.DeepEqual(one, append(all[:1:1], all[2:]...)) {
		t.Error(one)
	}
	bound := all[1].Confidence
	var want []siamese.Hit
	for _, hit := range all {
		if hit.Confidence >= bound {
			want = append(want, hit)
		}
	}
	some := find(t, model, &siamese.Request{Texts: text, MinConfidence: float64(bound)}).Of(0)
	if !reflect.DeepEqual(some, want) || len(some) == len(all) {
		t.Error(some, want)
	}
	_, err := model.Find(&siamese.Request{Texts: text, MinConfidence: 2})
	is(t, err, siamese.ErrOption, "min_confidence")
}

func TestFilesKeepTheRanker(t *testing.T) {
	model := shop(t, plain())
	path := filepath.Join(t.TempDir(), "m.siamese")
	fatal(t, model.Save(path, nil))
	opened := closes[siamese.Model](t)(siamese.Open(path, siamese.Options{"threads": 1}))
	bundle := closes[siamese.Bundle](t)(siamese.Load(path, nil))
	want := must[siamese.Options](t)(closes[siamese.Ranker](t)(model.Ranker()).Options())
	for _, ranker := range []*siamese.Ranker{
		closes[siamese.Ranker](t)(opened.Ranker()), closes[siamese.Ranker](t)(bundle.Ranker())} {
		if options := must[siamese.Options](t)(ranker.Options()); !reflect.DeepEqual(options, want) {
			t.Errorf("%v, not %v", options, want)
		}
	}
	mine := find(t, model, &siamese.Request{Texts: asked}).All()
	if its := find(t, opened, &siamese.Request{Texts: asked}).All(); !reflect.DeepEqual(its, mine) {
		t.Errorf("%v, not %v", its, mine)
	}
	fatal(t, bundle.SetRanker(nil))
	_, err := bundle.Ranker()
	is(t, err, siamese.ErrNotFound, "ranker")
}

func TestARankerOfOnesOwn(t *testing.T) {
	model := shop(t, plain())
	tower := func(side siamese.Side) *siamese.Tower { return closes[siamese.Tower](t)(model.Tower(side)) }
	index := closes[siamese.Index](t)(siamese.NewIndex(16, siamese.Options{"metric": "cosine", "threads": 1}))
	items := closes[siamese.Items](t)(siamese.NewItems(nil))
	searcher := closes[siamese.Searcher](t)(siamese.NewSearcher(tower(siamese.QuerySide), tower(siamese.ItemSide),
		index, items))
	fatal(t, searcher.Add(plain(), nil))
	_, err := searcher.Ranker()
	is(t, err, siamese.ErrNotFound, "ranker")
	request := &siamese.Request{Texts: asked}
	before := closes[siamese.Hits](t)(searcher.Find(request)).All()

	ranker := closes[siamese.Ranker](t)(siamese.NewRanker(siamese.Options{"feedback": 2}))
	fatal(t, searcher.SetRanker(ranker))
	fatal(t, ranker.Close())
	own := closes[siamese.Ranker](t)(searcher.Ranker())
	if options := must[siamese.Options](t)(own.Options()); options["feedback"] != "2" {
		t.Error(options)
	}
	hits := closes[siamese.Hits](t)(searcher.Find(request))
	if reflect.DeepEqual(hits.All(), before) || hits.Of(0)[0].Confidence <= 0 {
		t.Error(hits.All())
	}
	bundle := closes[siamese.Bundle](t)(siamese.NewBundle())
	fatal(t, bundle.SetRanker(own))
	if kept := closes[siamese.Ranker](t)(bundle.Ranker()); kept == nil {
		t.Error("it is not in the bundle")
	}
	fatal(t, searcher.SetRanker(nil))
	if again := closes[siamese.Hits](t)(searcher.Find(request)).All(); !reflect.DeepEqual(again, before) {
		t.Errorf("%v, not %v", again, before)
	}
	given := closes[siamese.Searcher](t)(model.Searcher())
	is(t, given.SetRanker(nil), siamese.ErrState, "model's ranker")
	if err := searcher.SetRanker(ranker); err != siamese.ErrClosed {
		t.Error(err)
	}
	_, err = siamese.NewRanker(siamese.Options{"feedback": "many"})
	is(t, err, siamese.ErrOption, "feedback")
}
