package siamese

// #include "shim.h"
import "C"

import (
	"runtime/cgo"
	"sync"
	"unsafe"
)

// An Exchange is a rank's place among those that train one model together, and its
// way to them: a transport such as MPI, NCCL or Gloo, which the package does not
// have.
type Exchange interface {
	Rank() int // of this process, 0 to Size() - 1
	Size() int // ranks that train together

	// AllGather gathers bytes of all ranks: the part of rank r has counts[r] bytes,
	// and they stand one behind the other. The own part is filled, and the others
	// are to be. It is called on the thread that trains, and must return an error
	// where a rank is lost, after a time-out.
	AllGather(buffer []byte, counts []int) error
}

// Those in use, by the trainer of C: a model and a bundle have the same one.
var (
	exchangesLock sync.Mutex
	exchanges     = map[*C.siamese_trainer]cgo.Handle{}
)

// SetExchange makes each Fit and Step from here on, and each training of the model
// that the trainer is of, one of several ranks, which must all have the same
// options and pairs. The weights have the bits of a training without an exchange.
// The exchange stays until another is set; nil ends it.
func (t *Trainer) SetExchange(exchange Exchange) error {
	exchangesLock.Lock()
	defer exchangesLock.Unlock()
	return t.alone(func(p *C.siamese_trainer) C.siamese_status {
		before, known := exchanges[p]
		var status C.siamese_status
		if exchange == nil {
			status = C.siamese_trainer_set_exchange(p, nil)
		} else {
			user := cgo.NewHandle(exchange)
			status = C.go_trainer_set_exchange(p, C.size_t(exchange.Rank()),
				C.size_t(exchange.Size()), C.uintptr_t(user))
			if status != C.SIAMESE_OK {
				user.Delete()
			} else {
				exchanges[p] = user
			}
		}
		if status == C.SIAMESE_OK && known {
			before.Delete()
			if exchange == nil {
				delete(exchanges, p)
			}
		}
		return status
	})
}

//export siameseGoGather
func siameseGoGather(user C.uintptr_t, buffer unsafe.Pointer, counts *C.size_t) (result C.int32_t) {
	defer func() {
		if recover() != nil { // it may not pass through C
			result = 2
		}
	}()
	exchange := cgo.Handle(user).Value().(Exchange)
	sizes, total := make([]int, exchange.Size()), 0
	for r, count := range unsafe.Slice(counts, len(sizes)) {
		sizes[r] = int(count)
		total += sizes[r]
	}
	if exchange.AllGather(unsafe.Slice((*byte)(buffer), total), sizes) != nil {
		return 1
	}
	return 0
}
