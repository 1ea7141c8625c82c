package siamese

// #include "shim.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A handle owns a handle of C's, counts the calls that use it, and frees it when
// it is closed and none does any more.
type handle[T any] struct {
	pointer *T
	free    func(*T)
	calls   atomic.Int64 // and the two flags below
	lock    sync.RWMutex // of what C allows one call at a time
}

const (
	handleClosed = int64(1) << 62
	handleFreed  = int64(1) << 61
)

func (h *handle[T]) open(pointer *T, free func(*T)) {
	h.pointer, h.free = pointer, free
}

// acquire lets a call use the pointer until its release.
func (h *handle[T]) acquire() (*T, error) {
	if h.pointer == nil {
		return nil, ErrClosed
	}
	if h.calls.Add(1)&handleClosed != 0 {
		h.release()
		return nil, ErrClosed
	}
	return h.pointer, nil
}

func (h *handle[T]) release() {
	if h.calls.Add(-1) == handleClosed {
		h.freeOnce()
	}
}

func (h *handle[T]) freeOnce() {
	if h.calls.CompareAndSwap(handleClosed, handleClosed|handleFreed) {
		h.free(h.pointer)
	}
}

func (h *handle[T]) close() {
	for {
		calls := h.calls.Load()
		if h.pointer == nil || calls&handleClosed != 0 {
			return
		}
		if h.calls.CompareAndSwap(calls, calls|handleClosed) {
			h.freeOnce()
			return
		}
	}
}

// do makes a call that any number of goroutines may make at once.
func (h *handle[T]) do(f func(*T) C.siamese_status) error {
	pointer, err := h.acquire()
	if err != nil {
		return err
	}
	defer h.release()
	return call(func() C.siamese_status { return f(pointer) })
}

// read makes a call beside which others may read, and none write.
func (h *handle[T]) read(f func(*T) C.siamese_status) error {
	h.lock.RLock()
	defer h.lock.RUnlock()
	return h.do(f)
}

// write makes a call that has the handle to itself.
func (h *handle[T]) write(f func(*T) C.siamese_status) error {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.do(f)
}

// count reads a number; 0 of what is closed.
func (h *handle[T]) count(f func(*T) C.size_t) int {
	pointer, err := h.acquire()
	if err != nil {
		return 0
	}
	defer h.release()
	h.lock.RLock()
	defer h.lock.RUnlock()
	return int(f(pointer))
}

// made finishes what a function of C created: the handle gets its pointer, and
// is closed when nothing refers to owner any more.
func made[O, T any](owner *O, h *handle[T], free func(*T), close func(*O),
	f func(out **T) C.siamese_status) (*O, error) {
	var pointer *T
	if err := call(func() C.siamese_status { return f(&pointer) }); err != nil {
		return nil, err
	}
	h.open(pointer, free)
	runtime.SetFinalizer(owner, close)
	return owner, nil
}
