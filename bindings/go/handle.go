package siamese

// #include "shim.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A handle owns a pointer P to a handle of C's, counts the calls that use it, and frees it when
// it is closed and none does any more.
type handle[P comparable] struct {
	pointer P
	free    func(P)
	calls   atomic.Int64 // and the two flags below
	lock    sync.RWMutex // of what C allows one call at a time
}

const (
	handleClosed = int64(1) << 62
	handleFreed  = int64(1) << 61
)

func (h *handle[P]) open(pointer P, free func(P)) {
	h.pointer, h.free = pointer, free
	runtime.SetFinalizer(h, (*handle[P]).close) // the net below Close
}

// acquire lets a call use the pointer until its release.
func (h *handle[P]) acquire() (P, error) {
	var none P
	if h.pointer == none {
		return none, ErrClosed
	}
	if h.calls.Add(1)&handleClosed != 0 {
		h.release()
		return none, ErrClosed
	}
	return h.pointer, nil
}

func (h *handle[P]) release() {
	if h.calls.Add(-1) == handleClosed {
		h.freeOnce()
	}
}

func (h *handle[P]) freeOnce() {
	if h.calls.CompareAndSwap(handleClosed, handleClosed|handleFreed) {
		h.free(h.pointer)
	}
}

func (h *handle[P]) close() {
	var none P
	for {
		calls := h.calls.Load()
		if h.pointer == none || calls&handleClosed != 0 {
			return
		}
		if h.calls.CompareAndSwap(calls, calls|handleClosed) {
			runtime.SetFinalizer(h, nil)
			h.freeOnce()
			return
		}
	}
}

// do makes a call that any number of goroutines may make at once.
func (h *handle[P]) do(f func(P) C.siamese_status) error {
	pointer, err := h.acquire()
	if err != nil {
		return err
	}
	defer h.release()
	return call(func() C.siamese_status { return f(pointer) })
}

// read makes a call beside which others may read, and none write.
func (h *handle[P]) read(f func(P) C.siamese_status) error {
	h.lock.RLock()
	defer h.lock.RUnlock()
	return h.do(f)
}

// write makes a call that has the handle to itself.
func (h *handle[P]) write(f func(P) C.siamese_status) error {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.do(f)
}

// count reads a number; 0 of what is closed.
func (h *handle[P]) count(f func(P) C.size_t) int {
	pointer, err := h.acquire()
	if err != nil {
		return 0
	}
	defer h.release()
	h.lock.RLock()
	defer h.lock.RUnlock()
	return int(f(pointer))
}

// made finishes what a function of C created: the handle, which is the first
// member of its owner, gets its pointer.
func made[O any, P comparable](owner *O, h *handle[P], free func(P),
	f func(out *P) C.siamese_status) (*O, error) {
	var pointer P
	if err := call(func() C.siamese_status { return f(&pointer) }); err != nil {
		return nil, err
	}
	h.open(pointer, free)
	return owner, nil
}
