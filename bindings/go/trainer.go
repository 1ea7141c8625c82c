package siamese

// #include "shim.h"
import "C"

import (
	"context"
	"sync"
	"unsafe"
)

// A Trainer learns from pairs of a query and an item. It trains private copies of
// the towers that it is made of, so that these may go on serving.
//
// One call at a time may run, fill or change it; a second one is [ErrState].
// Cancel, Snapshot and Progress may be called beside it.
type Trainer struct {
	h handle[*C.siamese_trainer]

	mutex   sync.Mutex
	running bool // a call has the trainer to itself
	inside  bool // its progress function is called at the moment
	source  *reading
}

func freeTrainer(p *C.siamese_trainer) { C.siamese_trainer_free(p) }

func madeTrainer(f func(**C.siamese_trainer) C.siamese_status) (*Trainer, error) {
	t := new(Trainer)
	return made(t, &t.h, freeTrainer, f)
}

// NewTrainer creates a trainer of the towers of both sides; the same tower twice
// means one that both share.
func NewTrainer(query, item *Tower, options Options) (*Trainer, error) {
	o, err := optionKind(C.GO_KIND_trainer).fill(options)
	if err != nil {
		return nil, err
	}
	q, err := query.h.acquire()
	if err != nil {
		return nil, err
	}
	defer query.h.release()
	i, err := item.h.acquire()
	if err != nil {
		return nil, err
	}
	defer item.h.release()
	return madeTrainer(func(out **C.siamese_trainer) C.siamese_status {
		return C.siamese_trainer_create(out, q, i, (*C.siamese_trainer_options)(unsafe.Pointer(o)))
	})
}

// Close frees the trainer; its snapshots go on.
func (t *Trainer) Close() error {
	t.h.close()
	return nil
}

// begin keeps the trainer for one call, until end.
func (t *Trainer) begin() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.running {
		return stateError("the trainer is in use by another call")
	}
	t.running = true
	return nil
}

func (t *Trainer) end() {
	t.mutex.Lock()
	t.running = false
	t.mutex.Unlock()
}

func (t *Trainer) around(inside bool) {
	t.mutex.Lock()
	t.inside = inside
	t.mutex.Unlock()
}

// alone makes a call that has the trainer to itself.
func (t *Trainer) alone(f func(*C.siamese_trainer) C.siamese_status) error {
	if err := t.begin(); err != nil {
		return err
	}
	defer t.end()
	return t.h.do(f)
}

// AddPairs adds training pairs, all of them or none.
func (t *Trainer) AddPairs(pairs *Pairs) error {
	return withPairs(pairs, nil, func(pairs, _ *C.siamese_pairs) error {
		return t.alone(func(p *C.siamese_trainer) C.siamese_status {
			return C.siamese_trainer_add_pairs(p, pairs)
		})
	})
}

// AddItems adds items of the catalogue, all of them or none.
func (t *Trainer) AddItems(items *Pairs) error {
	return withPairs(items, nil, func(items, _ *C.siamese_pairs) error {
		return t.alone(func(p *C.siamese_trainer) C.siamese_status {
			return C.siamese_trainer_add_items(p, items)
		})
	})
}

// SetValidation sets pairs that training does not see, and candidates to rank
// them among; nil candidates mean the items of the training pairs, and nil pairs
// end validation.
func (t *Trainer) SetValidation(pairs, candidates *Pairs) error {
	return withPairs(pairs, candidates, func(pairs, candidates *C.siamese_pairs) error {
		return t.alone(func(p *C.siamese_trainer) C.siamese_status {
			return C.siamese_trainer_set_validation(p, pairs, candidates)
		})
	})
}

// Counts returns the numbers of pairs and of items of the catalogue.
func (t *Trainer) Counts() (pairs, items int, err error) {
	err = t.alone(func(p *C.siamese_trainer) C.siamese_status {
		pairs = int(C.siamese_trainer_pair_count(p))
		items = int(C.siamese_trainer_item_count(p))
		return C.SIAMESE_OK
	})
	return pairs, items, err
}

// run makes a call that ctx may cancel.
func (t *Trainer) run(ctx context.Context, progress ProgressFunc,
	f func(p *C.siamese_trainer, user C.uintptr_t) C.siamese_status) error {
	if err := t.begin(); err != nil {
		return err
	}
	defer t.end()
	p, err := t.h.acquire()
	if err != nil {
		return err
	}
	defer t.h.release()
	r := &run{progress: progress, around: t.around}
	late, err := r.do(ctx, func() { C.siamese_trainer_cancel(p) }, func(user C.uintptr_t) error {
		return call(func() C.siamese_status { return f(p, user) })
	})
	if late { // it must not reach into the next run
		C.siamese_trainer_forget_cancel(p)
	}
	return err
}

// Fit trains until the epochs are done. When ctx is done it returns, within about
// 100 ms, an error that is both [ErrCancelled] and ctx's; the next Fit goes on to
// the same bits as a run that was never interrupted. The function progress, which
// may be nil, is called after each step.
func (t *Trainer) Fit(ctx context.Context, progress ProgressFunc) error {
	err := t.run(ctx, progress, func(p *C.siamese_trainer, user C.uintptr_t) C.siamese_status {
		return C.go_trainer_fit(p, user)
	})
	return t.source.explain(err)
}

// A Step has the figures of one step.
type Step struct {
	Step     uint64 // steps done in all, this one included
	Pairs    int
	LossSum  float64 // over the batch, before the update
	LossMean float64
}

// Step trains one step on pairs that the caller chooses by their numbers, in the
// order in which they were added.
func (t *Trainer) Step(rows []uint) (Step, error) {
	var s C.siamese_step
	s.struct_size = C.sizeof_siamese_step
	err := t.alone(func(p *C.siamese_trainer) C.siamese_status {
		return C.siamese_trainer_step(p, numbers[C.size_t](rows), C.size_t(len(rows)), &s)
	})
	return Step{uint64(s.step), int(s.pairs), float64(s.loss_sum), float64(s.loss_mean)}, err
}

// Evaluate measures FactorizedTopK: the share of pairs for which fewer than k
// candidates score higher than the pair's own item, for each k. Nil pairs mean
// the training pairs, nil candidates their items.
func (t *Trainer) Evaluate(ctx context.Context, pairs, candidates *Pairs, ks ...uint) ([]float64, error) {
	accuracy := make([]float64, len(ks))
	return accuracy, withPairs(pairs, candidates, func(pairs, candidates *C.siamese_pairs) error {
		return t.run(ctx, nil, func(p *C.siamese_trainer, _ C.uintptr_t) C.siamese_status {
			return C.siamese_trainer_evaluate(p, pairs, candidates, numbers[C.size_t](ks),
				C.size_t(len(ks)), numbers[C.double](accuracy), C.size_t(len(accuracy)))
		})
	})
}

// Cancel makes a running Fit, Step or Evaluate return [ErrCancelled]. If none is
// running, the next one returns it at once. A context does the same.
func (t *Trainer) Cancel() error {
	return t.h.do(func(p *C.siamese_trainer) C.siamese_status { return C.siamese_trainer_cancel(p) })
}

// ForgetCancel forgets a cancel that waits for the next run.
func (t *Trainer) ForgetCancel() error {
	return t.alone(func(p *C.siamese_trainer) C.siamese_status {
		return C.siamese_trainer_forget_cancel(p)
	})
}

// Snapshot copies the towers as they are now, between two steps.
func (t *Trainer) Snapshot() (query, item *Tower, err error) {
	p, err := t.h.acquire()
	if err != nil {
		return nil, nil, err
	}
	defer t.h.release()
	var other *C.siamese_tower
	query, err = madeTower(func(out **C.siamese_tower) C.siamese_status {
		return C.siamese_trainer_snapshot(p, out, &other)
	})
	if err != nil {
		return nil, nil, err
	}
	item, err = madeTower(func(out **C.siamese_tower) C.siamese_status {
		*out = other
		return C.SIAMESE_OK
	})
	return query, item, err
}

// Progress returns where training stands, while Fit runs too.
func (t *Trainer) Progress() (Progress, error) {
	var progress C.siamese_progress
	progress.struct_size = C.sizeof_siamese_progress
	err := t.h.do(func(p *C.siamese_trainer) C.siamese_status {
		return C.siamese_trainer_get_progress(p, &progress)
	})
	return progressOf(&progress), err
}

// A Side is one of the two towers.
type Side int32

// The sides.
const (
	QuerySide Side = 0
	ItemSide  Side = 1
)

// Gradient returns the gradient of the last step's loss for a parameter.
func (t *Trainer) Gradient(side Side, name string) ([]float32, error) {
	cName, err := cString("name", name)
	if err != nil {
		return nil, err
	}
	return readFloats(func(values *C.float, capacity C.size_t, needed *C.size_t) error {
		return t.alone(func(p *C.siamese_trainer) C.siamese_status {
			return C.siamese_trainer_get_gradient(p, C.int32_t(side), cName, values, capacity, needed)
		})
	})
}

// SetOption changes one of the options epochs, learning_rate, max_steps, metrics,
// min_steps, patience and threads. While Fit runs, its progress function may.
func (t *Trainer) SetOption(name string, value any) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.running && !t.inside {
		return stateError("the trainer is in use by another call; its progress function may set options")
	}
	p, err := t.h.acquire()
	if err != nil {
		return err
	}
	defer t.h.release()
	return setOption(name, value, func(name, value *C.char) C.siamese_status {
		return C.siamese_trainer_set_option(p, name, value)
	})
}

// Options returns the options in force, as texts.
func (t *Trainer) Options() (Options, error) {
	return optionKind(C.GO_KIND_trainer).inForce(func(o unsafe.Pointer) error {
		return t.alone(func(p *C.siamese_trainer) C.siamese_status {
			return C.siamese_trainer_get_options(p, (*C.siamese_trainer_options)(o))
		})
	})
}

// Grow gives a tower of the trainer a grown vocabulary in one field.
func (t *Trainer) Grow(side Side, field int, vocab *Vocab) error {
	v, err := vocab.h.acquire()
	if err != nil {
		return err
	}
	defer vocab.h.release()
	return t.alone(func(p *C.siamese_trainer) C.siamese_status {
		return C.siamese_trainer_grow(p, C.int32_t(side), C.size_t(field), v)
	})
}
