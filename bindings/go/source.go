package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime/cgo"
	"unsafe"
)

// A PairsSource gives the pairs of an epoch part by part, for more of them than
// fit into memory. Each epoch, and a count before the first one, reads the same
// pairs in the same order.
type PairsSource interface {
	// Rewind begins with the first pairs again.
	Rewind() error
	// Read returns the next pairs, as many as it likes; nil at the end.
	Read() (*Pairs, error)
}

// A reading is a source that C reads.
type reading struct {
	source PairsSource
	kept   *arena // what C reads until the next call
	err    error
}

func (r *reading) drop() {
	if r.kept != nil {
		r.kept.done()
		r.kept = nil
	}
}

func (r *reading) read(out *C.siamese_pairs) error {
	for {
		pairs, err := r.source.Read()
		if err != nil || pairs == nil {
			return err
		}
		rows, err := pairs.check()
		if err != nil {
			return err
		}
		if rows == 0 {
			continue
		}
		r.kept = newArena(pairs.size())
		*out = *pairs.inC(r.kept, rows)
		return nil
	}
}

// call makes a call of the source, whose error C is told in words.
func (r *reading) call(f func() error, text *C.char, size C.size_t) C.int32_t {
	r.drop()
	r.err = func() (err error) {
		defer func() {
			if panicked := recover(); panicked != nil {
				err = fmt.Errorf("panic: %v", panicked)
			}
		}()
		return f()
	}()
	if r.err == nil {
		return 0
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(text)), size)
	bytes[copy(bytes[:size-1], r.err.Error())] = 0
	return 1
}

// explain puts the source's own error behind what a fit returns of it.
func (r *reading) explain(err error) error {
	var failure *Error
	if r != nil && r.err != nil && errors.As(err, &failure) {
		failure.cause = r.err
	}
	return err
}

//export siameseGoReadPairs
func siameseGoReadPairs(user C.uintptr_t, out *C.siamese_pairs, text *C.char, size C.size_t) C.int32_t {
	r := cgo.Handle(user).Value().(*reading)
	return r.call(func() error { return r.read(out) }, text, size)
}

//export siameseGoRewind
func siameseGoRewind(user C.uintptr_t, text *C.char, size C.size_t) C.int32_t {
	r := cgo.Handle(user).Value().(*reading)
	return r.call(r.source.Rewind, text, size)
}

//export siameseGoRelease
func siameseGoRelease(user C.uintptr_t) {
	cgo.Handle(user).Value().(*reading).drop()
	cgo.Handle(user).Delete()
}

// SetSource makes the trainer learn from a source in place of pairs of AddPairs,
// to the same bits; nil takes the source away. What needs all pairs at once, as
// the options mined_negatives and metrics, is an error. The source is called by
// the goroutine that calls Fit.
func (t *Trainer) SetSource(source PairsSource) error {
	if source == nil {
		return t.alone(func(p *C.siamese_trainer) C.siamese_status {
			return C.siamese_trainer_set_source(p, nil)
		})
	}
	r := &reading{source: source}
	user := cgo.NewHandle(r)
	err := t.alone(func(p *C.siamese_trainer) C.siamese_status {
		return C.go_trainer_set_source(p, C.uintptr_t(user))
	})
	if err != nil {
		user.Delete()
		return err
	}
	t.source = r
	return nil
}
