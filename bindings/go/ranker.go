package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"
)

// A Ranker is what a search does beyond finding the nearest vectors: it corrects
// the spelling of queries, scans a second time and ranks the first results anew,
// word by word. Any number of goroutines may use it at once.
type Ranker struct{ h handle[*C.siamese_ranker] }

func freeRanker(p *C.siamese_ranker) { C.siamese_ranker_free(p) }

func madeRanker(f func(**C.siamese_ranker) C.siamese_status) (*Ranker, error) {
	r := new(Ranker)
	return made(r, &r.h, freeRanker, f)
}

// NewRanker creates a ranker, which gets its words from the searcher that it is
// given to.
func NewRanker(options Options) (*Ranker, error) {
	o, err := optionKind(C.GO_KIND_ranker).fill(options)
	if err != nil {
		return nil, err
	}
	return madeRanker(func(out **C.siamese_ranker) C.siamese_status {
		return C.siamese_ranker_create(out, (*C.siamese_ranker_options)(unsafe.Pointer(o)))
	})
}

// Close frees the ranker; what it was given to goes on.
func (r *Ranker) Close() error {
	r.h.close()
	return nil
}

// Options returns the options in force, as texts.
func (r *Ranker) Options() (Options, error) {
	return optionKind(C.GO_KIND_ranker).inForce(func(o unsafe.Pointer) error {
		return r.h.do(func(p *C.siamese_ranker) C.siamese_status {
			return C.siamese_ranker_get_options(p, (*C.siamese_ranker_options)(o))
		})
	})
}

// A RankerInfo says what a ranker ranks the first results by.
type RankerInfo struct {
	Features       int    // that a score is made of
	LearnedQueries uint64 // from which weights were learned; 0: none are
	UsesLearned    bool   // by those weights, and not by cosine and maxsim
}

// Info returns what the ranker ranks by.
func (r *Ranker) Info() (RankerInfo, error) {
	var info C.siamese_ranker_info
	info.struct_size = C.sizeof_siamese_ranker_info
	err := r.h.do(func(p *C.siamese_ranker) C.siamese_status {
		return C.siamese_ranker_get_info(p, &info)
	})
	return RankerInfo{int(info.features), uint64(info.learned_queries), info.uses_learned != 0}, err
}

// A Feature is a number of a query and a title: a score is the sum of all of them,
// each times its weight.
type Feature struct {
	Name, Help string
	Weight     float64
}

// Features returns what the ranker ranks by, with the weights in force.
func (r *Ranker) Features() ([]Feature, error) {
	var features []Feature
	for {
		var one C.siamese_ranker_feature
		one.struct_size = C.sizeof_siamese_ranker_feature
		err := r.h.do(func(p *C.siamese_ranker) C.siamese_status {
			return C.siamese_ranker_describe_feature(p, C.size_t(len(features)), &one)
		})
		if errors.Is(err, ErrNotFound) {
			return features, nil
		}
		if err != nil {
			return nil, err
		}
		features = append(features, Feature{C.GoString(one.name), C.GoString(one.help), float64(one.weight)})
	}
}

// SetRanker gives the searcher a ranker of its own, made of this one and of the
// words of its items, which takes about as long as to encode these; nil takes it
// away. Calls of the searcher's other methods wait meanwhile. The searcher of a
// [Model] has the model's ranker, made by the options that [Model.Set] sets:
// [ErrState].
func (s *Searcher) SetRanker(ranker *Ranker) error {
	if s.given {
		return stateError("a model's searcher has the model's ranker")
	}
	var r *C.siamese_ranker
	if ranker != nil {
		var err error
		if r, err = ranker.h.acquire(); err != nil {
			return err
		}
		defer ranker.h.release()
	}
	return s.h.write(func(p *C.siamese_searcher) C.siamese_status {
		return C.siamese_searcher_set_ranker(p, r)
	})
}

// Ranker returns the searcher's own ranker, which is to be closed. It goes on to
// follow the searcher's items.
func (s *Searcher) Ranker() (*Ranker, error) {
	p, err := s.h.acquire()
	if err != nil {
		return nil, err
	}
	defer s.h.release()
	s.h.lock.RLock()
	defer s.h.lock.RUnlock()
	return madeRanker(func(out **C.siamese_ranker) C.siamese_status {
		return C.siamese_searcher_get_ranker(p, out)
	})
}

// SetRanker replaces the ranker; nil takes it out.
func (b *Bundle) SetRanker(ranker *Ranker) error {
	var h *handle[*C.siamese_ranker]
	if ranker != nil {
		h = &ranker.h
	}
	return part(b, h, func(p *C.siamese_bundle, r *C.siamese_ranker) C.siamese_status {
		return C.siamese_bundle_set_ranker(p, r)
	})
}

// Ranker returns the ranker.
func (b *Bundle) Ranker() (*Ranker, error) {
	return lent(b, func(p *C.siamese_bundle) (*Ranker, error) {
		return madeRanker(func(out **C.siamese_ranker) C.siamese_status {
			return C.siamese_bundle_get_ranker(p, out)
		})
	})
}

// Ranker returns the ranker; [ErrNotFound] if the model has none.
func (m *Model) Ranker() (*Ranker, error) {
	return partOf(m, func(p *C.siamese_model) (*Ranker, error) {
		return madeRanker(func(out **C.siamese_ranker) C.siamese_status {
			return C.siamese_model_get_ranker(p, out)
		})
	})
}
