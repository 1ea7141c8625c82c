package siamese

// #include "shim.h"
import "C"

import (
	"context"
	"errors"
	"runtime/cgo"
)

// A Stage is what a training does at the moment.
type Stage int

// The stages.
const (
	StageTrain    Stage = 0
	StageEvaluate Stage = 1
	StageValidate Stage = 2
	StageMine     Stage = 3
	StageEmbed    Stage = 4 // of Model.Train: items are encoded anew
	StageRank     Stage = 5 // of Model.Train: the ranker learns, before the first step
)

// Progress says where training stands.
type Progress struct {
	Stage          Stage
	Step           uint64 // steps done in all
	Epoch          int    // whole epochs done
	Epochs         int    // epochs wanted
	EpochStep      int    // steps done of the running epoch
	EpochSteps     int    // steps of an epoch
	Pairs          int    // pairs done of the running epoch
	LossMean       float64
	LossBatchSum   float64
	PairsPerSecond float64
	Seconds        float64 // since the call began
	SecondsLeft    float64 // an estimate; negative: not known
	StageDone      float64 // the share of this stage that is done, 0 to 1

	TopK      [5]float64 // accuracies at 1, 5, 10, 50 and 100
	TopKKnown bool       // whether TopK holds figures

	ValidationStep         uint64 // the step of the last validation; 0: none yet
	ValidationLoss         float64
	ValidationTopK         [5]float64
	ValidationTied         int
	BestStep               uint64 // the step of the best validation; 0: none yet
	BestValue              float64
	ValidationsWithoutBest int
	StoppedEarly           bool // patience ended the training
	BestRestored           bool // the weights are those of BestStep

	LearningRate float64 // of the last step; 0: none yet
}

func progressOf(p *C.siamese_progress) Progress {
	progress := Progress{
		Stage: Stage(p.stage), Step: uint64(p.step), Epoch: int(p.epoch), Epochs: int(p.epochs),
		EpochStep: int(p.epoch_step), EpochSteps: int(p.epoch_steps), Pairs: int(p.pairs),
		LossMean: float64(p.loss_mean), LossBatchSum: float64(p.loss_batch_sum),
		PairsPerSecond: float64(p.pairs_per_second), Seconds: float64(p.seconds),
		SecondsLeft: float64(p.seconds_left), StageDone: float64(p.stage_done),
		TopKKnown: p.topk_known != 0, ValidationStep: uint64(p.validation_step),
		ValidationLoss: float64(p.validation_loss), ValidationTied: int(p.validation_tied),
		BestStep: uint64(p.best_step), BestValue: float64(p.best_value),
		ValidationsWithoutBest: int(p.validations_without_best),
		StoppedEarly:           p.stopped_early != 0, BestRestored: p.best_restored != 0,
		LearningRate: float64(p.learning_rate),
	}
	for i := range progress.TopK {
		progress.TopK[i] = float64(p.topk[i])
		progress.ValidationTopK[i] = float64(p.validation_topk[i])
	}
	return progress
}

// A ProgressFunc is told of each step. An error ends the training, which returns
// it. It may call [Trainer.SetOption] and [Trainer.Snapshot], and must return:
// neither it nor what it calls may end its goroutine.
type ProgressFunc func(Progress) error

// A run is a training that C reports on.
type run struct {
	progress ProgressFunc
	around   func(inside bool) // is told when the function begins and ends
	err      error             // what the function returned
	panicked any               // or panicked with; it goes on behind C's frames
}

func (r *run) report(p *C.siamese_progress) (result C.int32_t) {
	defer func() {
		if r.panicked = recover(); r.panicked != nil {
			result = 1
		}
	}()
	if r.progress == nil {
		return 0
	}
	if r.around != nil {
		r.around(true)
		defer r.around(false)
	}
	if r.err = r.progress(progressOf(p)); r.err != nil {
		return 1
	}
	return 0
}

//export siameseGoProgress
func siameseGoProgress(user C.uintptr_t, p *C.siamese_progress) C.int32_t {
	return cgo.Handle(user).Value().(*run).report(p)
}

// A share is a call that tells which share of it is done.
type share struct {
	ctx      context.Context
	progress func(done float64) error // nil: nobody is told
	err      error                    // of ctx, or what the function returned
	panicked any
}

func (s *share) report(done float64) (result C.int32_t) {
	defer func() {
		if s.panicked = recover(); s.panicked != nil {
			result = 1
		}
	}()
	if s.err = s.ctx.Err(); s.err == nil && s.progress != nil {
		s.err = s.progress(done)
	}
	if s.err != nil {
		return 1
	}
	return 0
}

//export siameseGoShare
func siameseGoShare(user C.uintptr_t, done C.double) C.int32_t {
	return cgo.Handle(user).Value().(*share).report(float64(done))
}

// do makes the call of C.
func (s *share) do(f func(user C.uintptr_t) error) error {
	user := cgo.NewHandle(s)
	defer user.Delete()
	err := f(C.uintptr_t(user))
	if s.panicked != nil {
		panic(s.panicked)
	}
	var failure *Error
	if errors.As(err, &failure) && failure.Status == ErrCancelled {
		failure.cause = s.err
	}
	return err
}

// do makes the call of C that runs, and cancels it when ctx is done. It reports
// whether the cancel may have come when the run was over.
func (r *run) do(ctx context.Context, cancel func(), f func(user C.uintptr_t) error) (late bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, &Error{Status: ErrCancelled, Message: "cancelled", cause: err}
	}
	user := cgo.NewHandle(r)
	defer user.Delete()
	stop := watch(ctx, cancel)
	err = f(C.uintptr_t(user))
	fired := stop()
	if r.panicked != nil {
		panic(r.panicked)
	}
	var failure *Error
	if errors.As(err, &failure) && failure.Status == ErrCancelled {
		if failure.cause = r.err; r.err == nil && fired {
			failure.cause = ctx.Err()
		}
		return fired && r.err != nil, err
	}
	return fired, err
}

// watch calls cancel when ctx is done. The function that it returns ends that,
// and reports whether cancel was called.
func watch(ctx context.Context, cancel func()) (stop func() bool) {
	if ctx.Done() == nil {
		return func() bool { return false }
	}
	ended, watched := make(chan struct{}), make(chan bool)
	go func() {
		select {
		case <-ctx.Done():
			cancel()
			watched <- true
		case <-ended:
			watched <- false
		}
	}()
	return func() bool {
		close(ended)
		return <-watched
	}
}
