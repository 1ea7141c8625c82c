package siamese_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"siamese"
	"sync"
	"testing"
)

func TestVocab(t *testing.T) {
	vocab := must[*siamese.Vocab](t)(siamese.NewVocab(siamese.Options{"max_tokens": 5}))
	defer vocab.Close()
	fatal(t, vocab.Add("a b c", "B b", "c d"))
	_, err := vocab.Tokenize("a")
	is(t, err, siamese.ErrState, "")
	fatal(t, vocab.Finish())
	// b three times, c twice, and of a and d the one whose byte is higher
	for id, token := range []string{"", "[UNK]", "b", "c", "d"} {
		if got := must[string](t)(vocab.Token(int64(id))); got != token {
			t.Errorf("%d is %q", id, got)
		}
		if got := must[int64](t)(vocab.Lookup(token)); got != int64(id) {
			t.Errorf("%q is %d", token, got)
		}
	}
	stats := must[siamese.VocabStats](t)(vocab.Measure("a b", "c"))
	if stats != (siamese.VocabStats{Texts: 2, Tokens: 3, UnknownTokens: 1}) {
		t.Errorf("%+v", stats)
	}
	fresh := must[*siamese.Vocab](t)(siamese.NewVocab(siamese.Options{"max_tokens": 5}))
	defer fresh.Close()
	fatal(t, fresh.SetTokens("", "[UNK]", "x", "b"))
	grown := must[*siamese.Vocab](t)(vocab.Grow(fresh, 0))
	defer grown.Close()
	if id := must[int64](t)(grown.Lookup("x")); id != 5 || grown.Size() != 6 {
		t.Error(id, grown.Size())
	}
	hot := must[*siamese.Vocab](t)(siamese.NewVocab(siamese.Options{"output_mode": "count"}))
	defer hot.Close()
	fatal(t, hot.SetTokens("[UNK]", "x", "y"))
	if rows := must[[]float32](t)(hot.Encode("x z x", "y")); !reflect.DeepEqual(rows, []float32{1, 2, 0, 0, 0, 1}) {
		t.Error(rows)
	}
	if o := must[siamese.Options](t)(hot.Options()); o["output_mode"] != "count" || o["max_tokens"] != "1000" {
		t.Error(o)
	}
}

// A bag's vector is the mean of its tokens' embeddings.
func TestTower(t *testing.T) {
	vocab := must[*siamese.Vocab](t)(siamese.NewVocab(siamese.Options{"sequence_length": 0, "max_tokens": 4}))
	defer vocab.Close()
	fatal(t, vocab.SetTokens("", "[UNK]", "x", "y"))
	tower := must[*siamese.Tower](t)(siamese.NewTower(siamese.Options{
		"encoder": "bag", "embedding_dim": 2, "mask_zero": true}))
	defer tower.Close()
	fatal(t, tower.AddField("title", vocab, nil))
	parameters := must[[]siamese.Parameter](t)(tower.Parameters())
	if !reflect.DeepEqual(parameters, []siamese.Parameter{{Name: "embedding", Shape: []int{5, 2}}}) {
		t.Fatalf("%+v", parameters)
	}
	table := []float32{0, 0, 9, 9, 1, 2, 3, 8, 0, 0}
	fatal(t, tower.SetParameter("embedding", table))
	if got := must[[]float32](t)(tower.Parameter("embedding")); !reflect.DeepEqual(got, table) {
		t.Error(got)
	}
	want := []float32{2, 5, 3, 8, 0, 0}
	if got := must[[]float32](t)(tower.Encode("x y", "y", "")); !reflect.DeepEqual(got, want) {
		t.Error(got)
	}
	if got := must[[]float32](t)(tower.EncodeIDs([][]int64{{2, 3}, {3}, {}})); !reflect.DeepEqual(got, want) {
		t.Error(got)
	}
	is(t, tower.EncodeTo(make([]float32, 3), []string{"x", "y"}, 1), siamese.ErrRange, "")
	is(t, tower.SetParameter("embeding", table), siamese.ErrNotFound, "embeding")
	is(t, tower.SetParameter("embedding", table[1:]), siamese.ErrArgument, "embedding")
	if name := must[string](t)(tower.FieldName(0)); name != "title" {
		t.Error(name)
	}
	half := must[*siamese.Tower](t)(tower.Quantize(siamese.Float16))
	defer half.Close()
	if got := must[[]float32](t)(half.Encode("x y", "y", "")); !reflect.DeepEqual(got, want) {
		t.Error(got) // small whole numbers are exact
	}
	same := must[*siamese.Vocab](t)(half.Vocab(0))
	defer same.Close()
	if same.Size() != 4 || half.Fields() != 1 || half.Dim() != 2 {
		t.Error(same.Size(), half.Fields(), half.Dim())
	}
}

func TestIndex(t *testing.T) {
	index := must[*siamese.Index](t)(siamese.NewIndex(2, siamese.Options{"metric": "cosine"}))
	defer index.Close()
	fatal(t, index.Add([]int64{1, 2, 3, 3}, []float32{2, 0, 0, 5, -1, 0, 0, -1}))
	odd := must[*siamese.Filter](t)(siamese.Include(1, 3))
	defer odd.Close()
	results := must[[][]siamese.Result](t)(index.Search([]float32{0, 3}, 9, &siamese.Search{Filter: odd, Dedupe: true}))
	if len(results[0]) != 2 || results[0][0].Score != 0 {
		t.Error(results) // 1 and the better vector of 3 are at a right angle
	}
	least := 0.5
	results = must[[][]siamese.Result](t)(index.Search([]float32{0, 3, 3, 0}, 9, &siamese.Search{MinScore: &least, Exact: true}))
	want := [][]siamese.Result{{{ID: 2, Score: 1}}, {{ID: 1, Score: 1}}}
	if !reflect.DeepEqual(results, want) {
		t.Error(results)
	}
	results = must[[][]siamese.Result](t)(index.RangeSearch([]float32{0, 3, 3, 0}, 0.5, nil))
	if !reflect.DeepEqual(results, want) {
		t.Error(results)
	}
	ids, scores := make([]int64, 5), make([]float32, 5)
	fatal(t, index.SearchTo([]float32{0, 3}, 5, nil, ids, scores))
	if ids[4] != -1 || !math.IsInf(float64(scores[4]), -1) {
		t.Error(ids, scores)
	}
	if v := must[[]float32](t)(index.Vector(2)); !reflect.DeepEqual(v, []float32{0, 1}) {
		t.Error(v)
	}
	if n := must[int](t)(index.Remove(3, 77)); n != 2 || index.Count() != 2 {
		t.Error(n)
	}
	info := must[siamese.IndexInfo](t)(index.Info())
	if info.Memory < 2*(2*4+8) {
		t.Error(info.Memory)
	}
	if info.Memory = 0; info != (siamese.IndexInfo{Dim: 2, Count: 2, Lists: 1, NProbe: 1, Cosine: true}) {
		t.Errorf("%+v", info)
	}
	if n := must[int](t)(index.Update([]int64{2, 2, 9}, []float32{0, 7, -3, 0, 0, 1})); n != 1 {
		t.Error(n)
	}
	if ids := must[[]int64](t)(index.IDs()); !reflect.DeepEqual(ids, []int64{1, 2, 9}) {
		t.Error(ids)
	}
	if n := must[int](t)(index.Contains(2)); n != 2 {
		t.Error(n)
	}
	if v := must[[]float32](t)(index.Vectors(2)); !reflect.DeepEqual(v, []float32{-1, 0, 0, 1}) {
		t.Error(v)
	}
	_, err := index.Vectors(3)
	is(t, err, siamese.ErrNotFound, "")
	fatal(t, index.ExportFAISS(filepath.Join(t.TempDir(), "x.faiss")))
	is(t, index.ExportFAISS("a\x00b"), siamese.ErrArgument, "NUL")
}

func TestIndexProgress(t *testing.T) {
	index := must[*siamese.Index](t)(siamese.NewIndex(2, siamese.Options{"nlist": 4}))
	defer index.Close()
	ids, vectors := make([]int64, 400), make([]float32, 800)
	for i := range ids {
		ids[i] = int64(i)
		vectors[2*i], vectors[2*i+1] = float32(i%20), float32(i/20)
	}
	fatal(t, index.Add(ids, vectors))
	ctx, stop := context.WithCancel(context.Background())
	last := 0.0
	fatal(t, index.TrainWithProgress(ctx, vectors, func(done float64) error {
		last = done
		return nil
	}))
	if last <= 0 || last > 1 || must[siamese.IndexInfo](t)(index.Info()).Lists != 4 {
		t.Error(last)
	}
	nprobe, reached, err := index.TuneNProbeWithProgress(ctx, vectors[:20], 3, 1, nil)
	if err != nil || nprobe < 1 || reached != 1 {
		t.Error(nprobe, reached, err)
	}
	mine := errors.New("mine")
	err = index.TrainWithProgress(ctx, vectors, func(float64) error { return mine })
	is(t, err, siamese.ErrCancelled, "")
	if !errors.Is(err, mine) {
		t.Error(err)
	}
	stop()
	_, _, err = index.TuneNProbeWithProgress(ctx, vectors[:20], 3, 1, nil)
	is(t, err, siamese.ErrCancelled, "")
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestSearcherOfVectors(t *testing.T) {
	index := must[*siamese.Index](t)(siamese.NewIndex(2, nil))
	defer index.Close()
	items := must[*siamese.Items](t)(siamese.NewItems(siamese.Options{"ids": "text"}))
	defer items.Close()
	searcher := must[*siamese.Searcher](t)(siamese.NewSearcher(nil, nil, index, items))
	defer searcher.Close()
	fatal(t, searcher.Add(&siamese.Rows{TextIDs: []string{"a", "b"}, Titles: []string{"A", "B"}}, []float32{1, 0, 0, 1}))
	fatal(t, searcher.Update(&siamese.Rows{TextIDs: []string{"b", "c"}, Titles: []string{"B2", "C"}}, []float32{0, 2, 3, 3}))
	hits := must[*siamese.Hits](t)(searcher.Find(&siamese.Request{Vectors: []float32{0, 1}, K: 2}))
	defer hits.Close()
	want := []siamese.Hit{{TextID: "c", Title: "C", Score: 3, Row: 3, VectorScore: 3},
		{TextID: "b", Title: "B2", Score: 2, Row: 2, VectorScore: 2}}
	if got := hits.Of(0); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	_, err := searcher.Find(&siamese.Request{Texts: []string{"x"}})
	is(t, err, siamese.ErrState, "")
	is(t, searcher.Add(&siamese.Rows{TextIDs: []string{"d"}}, nil), siamese.ErrState, "")
	if n := must[int](t)(searcher.RemoveTexts("c", "zz")); n != 1 {
		t.Error(n)
	}
}

func TestEvaluator(t *testing.T) {
	evaluator := must[*siamese.Evaluator](t)(siamese.NewEvaluator(nil, 1, 2))
	defer evaluator.Close()
	judgements := &siamese.Judgements{Offsets: []uint{0, 2, 3}, IDs: []int64{1, 2, 7}, Grades: []float64{1, 1, 1}}
	rows := must[[][]siamese.Figures](t)(evaluator.AddRankings(judgements, &siamese.Rankings{
		Depth: 2, IDs: []int64{1, 5, 6, 7}}))
	if rows[0][0].Recall != 0.5 || rows[0][1].Precision != 0.5 || rows[1][0].Hit != 0 || rows[1][1].MRR != 0.5 {
		t.Errorf("%+v", rows)
	}
	means, counts, err := evaluator.Means()
	if err != nil || means[1].Recall != 0.75 || means[1].MRR != 0.75 ||
		counts != (siamese.EvaluatorCounts{Queries: 2, Relevant: 2, RelevantItems: 3, Gaining: 2}) {
		t.Error(means, counts, err)
	}
	_, err = evaluator.AddVectors(judgements, &siamese.Vectors{Dim: 2, Queries: []float32{1, 0}, Items: []float32{1, 0}})
	is(t, err, siamese.ErrArgument, "Queries")
	byVectors := must[*siamese.Evaluator](t)(siamese.NewEvaluator(nil, 1))
	defer byVectors.Close()
	rows = must[[][]siamese.Figures](t)(byVectors.AddVectors(
		&siamese.Judgements{Offsets: []uint{0, 1}, IDs: []int64{9}, Grades: []float64{1}},
		&siamese.Vectors{Dim: 1, Queries: []float32{2}, Items: []float32{1, 3}, ItemIDs: []int64{8, 9}}))
	if rows[0][0].MRR != 1 {
		t.Errorf("%+v", rows)
	}
}

func TestBundle(t *testing.T) {
	bundle := must[*siamese.Bundle](t)(siamese.NewBundle())
	defer bundle.Close()
	trainer := trainer(t, 1)
	fatal(t, bundle.SetTrainer(trainer))
	fatal(t, bundle.SetSection("mine", []byte{1, 0, 2}))
	path := filepath.Join(t.TempDir(), "b.siamese")
	fatal(t, bundle.Save(path, nil))
	loaded := must[*siamese.Bundle](t)(siamese.Load(path, siamese.Options{"threads": 1}))
	defer loaded.Close()
	if bytes := must[[]byte](t)(loaded.Section("mine")); !reflect.DeepEqual(bytes, []byte{1, 0, 2}) {
		t.Error(bytes)
	}
	again := must[*siamese.Trainer](t)(loaded.Trainer())
	defer again.Close()
	if !reflect.DeepEqual(vectors(t, again), vectors(t, trainer)) {
		t.Error("other weights")
	}
	_, err := loaded.Index()
	is(t, err, siamese.ErrNotFound, "index")
	_, err = siamese.LoadBytes([]byte("no checkpoint"), nil)
	is(t, err, siamese.ErrFormat, "")
	_, err = loaded.Section("yours")
	is(t, err, siamese.ErrNotFound, "yours")
}

func TestPresets(t *testing.T) {
	presets := must[[]siamese.Preset](t)(siamese.Presets())
	names := map[string]bool{}
	for _, preset := range presets {
		names[preset.Name] = true
		for _, try := range []func() error{
			func() error { v, err := siamese.NewVocab(preset.Vocab); return closed(v, err) },
			func() error { x, err := siamese.NewTower(preset.Tower); return closed(x, err) },
		} {
			fatal(t, try())
		}
	}
	if !names["default"] || !names["notebook"] {
		t.Error(names)
	}
}

func closed(made interface{ Close() error }, err error) error {
	if err == nil {
		err = made.Close()
	}
	return err
}

// One tower encodes on many goroutines: each has the bits of one alone.
func TestGoroutinesBesideEachOther(t *testing.T) {
	model := shop(t, plain())
	want := must[[]float32](t)(model.Encode(siamese.QuerySide, asked...))
	var working sync.WaitGroup
	for g := 0; g < 8; g++ {
		working.Add(1)
		go func(g int) {
			defer working.Done()
			for i := 0; i < 200; i++ {
				got, err := model.Encode(siamese.QuerySide, asked...)
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Error("other bits", err)
					return
				}
				if g == 0 && i%20 == 0 {
					if err := model.AddItems(&siamese.Rows{IDs: []int64{int64(1000 + i)}, Titles: titles[:1]}); err != nil {
						t.Error(err)
					}
				}
			}
		}(g)
	}
	working.Wait()
}

// Two shards, with a lost one between them, give what one index does.
func TestShards(t *testing.T) {
	ids := []int64{9, 2, 7, 4, 1, 8}
	vectors := []float32{1, 0, 0, 1, 1, 0, 2, 1, 0, 1, 1, 1}
	whole := must[*siamese.Index](t)(siamese.NewIndex(2, siamese.Options{"nlist": 2}))
	defer whole.Close()
	fatal(t, whole.Train(vectors))
	centroids := must[[]float32](t)(whole.Centroids())
	if len(centroids) != 4 {
		t.Fatal(centroids)
	}
	fatal(t, whole.Add(ids, vectors))
	is(t, whole.SetCentroids(centroids), siamese.ErrState, "6 vectors")
	queries := []float32{1, 0, 0, 1}
	found, all := make([][][]siamese.Result, 3), make([][][]siamese.Result, 3)
	for shard := 0; shard < 3; shard += 2 {
		index := must[*siamese.Index](t)(siamese.NewIndex(2, siamese.Options{"nlist": 2}))
		defer index.Close()
		is(t, index.SetCentroids(centroids[:2]), siamese.ErrArgument, "nlist")
		fatal(t, index.SetCentroids(centroids))
		first, end := shard, 2+shard*2 // 0 .. 1 and 2 .. 5
		fatal(t, index.Add(ids[first:end], vectors[2*first:2*end]))
		how := &siamese.Search{NProbe: 1, StrictNProbe: true}
		found[shard] = must[[][]siamese.Result](t)(index.Search(queries, 4, how))
		all[shard] = must[[][]siamese.Result](t)(index.RangeSearch(queries, 0.5, nil))
	}
	_, _, err := siamese.MergeHits(found, 4, nil)
	is(t, err, siamese.ErrNotFound, "shard 1 of 3")
	_, _, err = siamese.MergeHits(make([][][]siamese.Result, 2), 4, nil)
	is(t, err, siamese.ErrNotFound, "2 shards")
	want := must[[][]siamese.Result](t)(whole.Search(queries, 4, &siamese.Search{NProbe: 1}))
	got, missing, err := siamese.MergeHits(found, 4, &siamese.Merge{Partial: true})
	fatal(t, err)
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(missing, []int{1}) {
		t.Error(got, want, missing)
	}
	want = must[[][]siamese.Result](t)(whole.RangeSearch(queries, 0.5, nil))
	got, missing, err = siamese.MergeRangeHits([][][]siamese.Result{all[2], all[0]}, nil)
	fatal(t, err)
	if !reflect.DeepEqual(got, want) || missing != nil {
		t.Error(got, want, missing)
	}
}
