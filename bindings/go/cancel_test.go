package siamese_test

import (
	"context"
	"errors"
	"reflect"
	"siamese"
	"testing"
	"time"
)

func emptyTrainer(t testing.TB, epochs int) *siamese.Trainer {
	vocab := must[*siamese.Vocab](t)(siamese.NewVocab(siamese.Options{"threads": 1}))
	defer vocab.Close()
	fatal(t, vocab.Add(titles...))
	fatal(t, vocab.Add(asked...))
	fatal(t, vocab.Finish())
	tower := must[*siamese.Tower](t)(siamese.NewTower(siamese.Options{"seed": 3, "threads": 1}))
	defer tower.Close()
	fatal(t, tower.AddField("title", vocab, nil))
	trainer := must[*siamese.Trainer](t)(siamese.NewTrainer(tower, tower, siamese.Options{
		"epochs": epochs, "batch_size": 2, "metrics": "none", "threads": 1}))
	t.Cleanup(func() { trainer.Close() })
	return trainer
}

func trainer(t testing.TB, epochs int) *siamese.Trainer {
	trainer := emptyTrainer(t, epochs)
	fatal(t, trainer.AddPairs(&siamese.Pairs{Queries: asked, Items: titles, ItemIDs: []int64{1, 2, 3, 4}}))
	return trainer
}

func vectors(t testing.TB, trainer *siamese.Trainer) []float32 {
	query, item, err := trainer.Snapshot()
	fatal(t, err)
	defer query.Close()
	defer item.Close()
	return append(must[[]float32](t)(query.Encode(asked...)), must[[]float32](t)(item.Encode(titles...))...)
}

func TestContextCancelsAndTrainingGoesOn(t *testing.T) {
	whole := trainer(t, 40)
	fatal(t, whole.Fit(context.Background(), nil))

	broken := trainer(t, 40)
	ctx, cancel := context.WithCancel(context.Background())
	err := broken.Fit(ctx, func(p siamese.Progress) error {
		if p.Step == 7 {
			cancel()
			for ctx.Err() == nil {
			}
			time.Sleep(10 * time.Millisecond) // the watcher's turn
		}
		return nil
	})
	if !errors.Is(err, siamese.ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if step := must[siamese.Progress](t)(broken.Progress()).Step; step < 7 || step > 80 {
		t.Error(step)
	}
	is(t, broken.Fit(ctx, nil), siamese.ErrCancelled, "")
	fatal(t, broken.Fit(context.Background(), nil))
	if !reflect.DeepEqual(vectors(t, broken), vectors(t, whole)) {
		t.Error("other bits than those of a run that was not broken off")
	}
}

func TestDeadlineEndsATraining(t *testing.T) {
	long := trainer(t, 1<<30)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := long.Fit(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	model := must[*siamese.Model](t)(siamese.NewModel("", siamese.Options{"threads": 1}))
	defer model.Close()
	fatal(t, model.Set("epochs", 1<<30))
	fatal(t, model.AddPairs(&siamese.Pairs{Queries: asked, Items: titles}))
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := model.Train(ctx, nil); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, siamese.ErrCancelled) {
		t.Error(err)
	}
}

// A context that ends when a run is just over never ends the next one.
func TestLateCancelReachesNoOtherRun(t *testing.T) {
	trainer := trainer(t, 1)
	model := shop(t, plain())
	for i := 0; i < 200; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		fatal(t, trainer.SetOption("epochs", i+1))
		if err := trainer.Fit(ctx, nil); err != nil {
			fatal(t, trainer.Fit(context.Background(), nil))
		}
		ctx, cancel = context.WithCancel(context.Background())
		go cancel()
		model.Rebuild(ctx, nil)
		fatal(t, model.Rebuild(context.Background(), nil))
	}
	fatal(t, model.Cancel())
	is(t, model.Rebuild(context.Background(), nil), siamese.ErrCancelled, "")
}

func TestProgressFunctions(t *testing.T) {
	trainer := trainer(t, 10)
	enough := errors.New("enough")
	err := trainer.Fit(context.Background(), func(p siamese.Progress) error {
		if p.Step == 3 {
			is(t, trainer.Fit(context.Background(), nil), siamese.ErrState, "in use")
			fatal(t, trainer.SetOption("learning_rate", 0.5))
			vectors(t, trainer)
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || !errors.Is(err, siamese.ErrCancelled) {
		t.Error(err)
	}
	if rate := must[siamese.Options](t)(trainer.Options())["learning_rate"]; rate != "0.5" {
		t.Error(rate)
	}
	func() {
		defer func() {
			if p := recover(); p != "oops" {
				t.Errorf("recovered %v", p)
			}
		}()
		trainer.Fit(context.Background(), func(siamese.Progress) error { panic("oops") })
		t.Error("the panic is gone")
	}()
	fatal(t, trainer.Fit(context.Background(), nil))
	if p := must[siamese.Progress](t)(trainer.Progress()); p.Epoch != 10 || p.Step != 20 {
		t.Errorf("%+v", p)
	}
}
