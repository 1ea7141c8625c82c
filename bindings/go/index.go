package siamese

// #include "shim.h"
import "C"

import (
	"context"
	"unsafe"
)

// An Index finds the vectors that score highest against a query. Any number of
// goroutines may search, add, remove and train at once.
type Index struct{ h handle[*C.siamese_index] }

func freeIndex(p *C.siamese_index) { C.siamese_index_free(p) }

func madeIndex(f func(**C.siamese_index) C.siamese_status) (*Index, error) {
	x := new(Index)
	return made(x, &x.h, freeIndex, f)
}

// NewIndex creates an empty index of vectors of dim numbers.
func NewIndex(dim int, options Options) (*Index, error) {
	o, err := optionKind(C.GO_KIND_index).fill(options)
	if err != nil {
		return nil, err
	}
	return madeIndex(func(out **C.siamese_index) C.siamese_status {
		return C.siamese_index_create(out, C.size_t(dim), (*C.siamese_index_options)(unsafe.Pointer(o)))
	})
}

// Close frees the index.
func (x *Index) Close() error {
	x.h.close()
	return nil
}

// An IndexInfo says what an index is at the moment.
type IndexInfo struct {
	Dim    int // the size of a vector
	Count  int // the number of vectors
	Lists  int // the lists in force; 1 means exact search
	NProbe int // the lists that a query reads
	Cosine bool
	Memory int // bytes that it takes, with what it holds in reserve
}

// Info returns what the index is at the moment.
func (x *Index) Info() (IndexInfo, error) {
	var info C.siamese_index_info
	info.struct_size = C.sizeof_siamese_index_info
	err := x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_get_info(p, &info)
	})
	return IndexInfo{int(info.dim), int(info.count), int(info.nlist), int(info.nprobe),
		info.metric == C.SIAMESE_METRIC_COSINE, int(info.memory)}, err
}

// rows returns how many vectors of the index's size some numbers are.
func (x *Index) rows(name string, length int) (rows int, err error) {
	info, err := x.Info()
	if err != nil {
		return 0, err
	}
	return rowsOf(name, length, info.Dim)
}

// Count returns the number of vectors.
func (x *Index) Count() int {
	return x.h.count(func(p *C.siamese_index) C.size_t { return C.siamese_index_count(p) })
}

// Add adds vectors, one behind the other, all of them or none. An id, which is
// not negative, may stand for several vectors.
func (x *Index) Add(ids []int64, vectors []float32) error {
	rows, err := x.rows("vectors", len(vectors))
	if err != nil {
		return err
	}
	if err := checkRows("ids", len(ids), rows); err != nil {
		return err
	}
	return x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_add(p, numbers[C.int64_t](ids), numbers[C.float](vectors), C.size_t(rows))
	})
}

// Update replaces every vector of some ids by the given ones, all or none, and
// returns how many vectors went. A search sees either those or these; an id that
// had none is added.
func (x *Index) Update(ids []int64, vectors []float32) (int, error) {
	rows, err := x.rows("vectors", len(vectors))
	if err != nil {
		return 0, err
	}
	if err := checkRows("ids", len(ids), rows); err != nil {
		return 0, err
	}
	var removed C.size_t
	err = x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_update(p, numbers[C.int64_t](ids), numbers[C.float](vectors), C.size_t(rows), &removed)
	})
	return int(removed), err
}

// Remove removes every vector of some ids and returns their number.
func (x *Index) Remove(ids ...int64) (int, error) {
	var removed C.size_t
	err := x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_remove(p, numbers[C.int64_t](ids), C.size_t(len(ids)), &removed)
	})
	return int(removed), err
}

// Train chooses the lists by k-means over vectors like those of the index.
func (x *Index) Train(vectors []float32) error {
	rows, err := x.rows("vectors", len(vectors))
	if err != nil {
		return err
	}
	return x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_train(p, numbers[C.float](vectors), C.size_t(rows))
	})
}

// TrainWithProgress does so and tells, with no lock held, which share is done. An
// error of progress, which may be nil, and the end of ctx leave the index as it was.
func (x *Index) TrainWithProgress(ctx context.Context, vectors []float32, progress func(done float64) error) error {
	rows, err := x.rows("vectors", len(vectors))
	if err != nil {
		return err
	}
	s := &share{ctx: ctx, progress: progress}
	return s.do(func(user C.uintptr_t) error {
		return x.h.do(func(p *C.siamese_index) C.siamese_status {
			return C.go_index_train(p, numbers[C.float](vectors), C.size_t(rows), user)
		})
	})
}

// How a search searches. The zero value and nil mean the defaults.
type Search struct {
	MinScore *float64 // vectors of results score at least this; nil: any score
	NProbe   int      // the lists to read; 0: as the index says
	Exact    bool     // read every list
	Dedupe   bool     // an id of several vectors is found once, by its best
	Filter   *Filter  // of ids, or of the rows of items; nil: none

	// Read NProbe lists and no others, even where Filter or Dedupe leaves fewer
	// results than are wanted in them, as a shard must.
	StrictNProbe bool
}

// What C's functions fill in.
var searchDefaults, requestDefaults = func() (o C.siamese_search_options, r C.siamese_search_request) {
	C.siamese_search_options_init(&o, C.sizeof_siamese_search_options)
	C.siamese_search_request_init(&r, C.sizeof_siamese_search_request)
	return o, r
}()

const anyScore = -1e20

func (s *Search) inC() (search C.go_search) {
	search.min_score = anyScore
	if s != nil {
		if s.MinScore != nil {
			search.min_score = C.double(*s.MinScore)
		}
		search.nprobe = C.size_t(s.NProbe)
		search.exact, search.dedupe = flag(s.Exact), flag(s.Dedupe)
		search.strict_nprobe = flag(s.StrictNProbe)
	}
	return search
}

// acquireFilter returns the filter in C, or nil, and what releases it.
func (s *Search) acquireFilter() (*C.siamese_id_filter, func(), error) {
	if s == nil || s.Filter == nil {
		return nil, func() {}, nil
	}
	filter, err := s.Filter.h.acquire()
	return filter, s.Filter.h.release, err
}

// A Result is one vector that a search of an index found.
type Result struct {
	ID    int64
	Score float32
}

// Search finds the k best vectors for each query, the best first. The queries
// are vectors, one behind the other.
func (x *Index) Search(queries []float32, k int, how *Search) ([][]Result, error) {
	count, err := x.rows("queries", len(queries))
	if err != nil {
		return nil, err
	}
	if k < 1 {
		return nil, argumentError("k: is less than 1")
	}
	ids, scores := make([]int64, count*k), make([]float32, count*k)
	found := make([]uint, count)
	if err := x.searchTo(queries, count, k, how, ids, scores, found); err != nil {
		return nil, err
	}
	return results(ids, scores, func(q int) (int, int) { return q * k, q*k + int(found[q]) }, count), nil
}

func results(ids []int64, scores []float32, of func(q int) (int, int), count int) [][]Result {
	all := make([]Result, len(ids))
	rows := make([][]Result, count)
	for q := range rows {
		first, end := of(q)
		for i := first; i < end; i++ {
			all[i] = Result{ids[i], scores[i]}
		}
		rows[q] = all[first:end:end]
	}
	return rows
}

// SearchTo finds the k best vectors for each query and writes ids and scores to
// slices of [queries][k], without memory of its own. Where there are fewer, ids are
// -1 and scores -infinity.
func (x *Index) SearchTo(queries []float32, k int, how *Search, ids []int64, scores []float32) error {
	count, err := x.rows("queries", len(queries))
	if err != nil {
		return err
	}
	if err := checkRows("scores", len(scores), len(ids)); err != nil {
		return err
	}
	return x.searchTo(queries, count, k, how, ids, scores, nil)
}

func (x *Index) searchTo(queries []float32, count, k int, how *Search, ids []int64,
	scores []float32, found []uint) error {
	filter, release, err := how.acquireFilter()
	if err != nil {
		return err
	}
	defer release()
	p, err := x.h.acquire()
	if err != nil {
		return err
	}
	defer x.h.release()
	var counts *C.size_t
	if found != nil {
		counts = numbers[C.size_t](found)
	}
	return failed(C.go_index_search(p, numbers[C.float](queries), C.size_t(count), C.size_t(k),
		searchDefaults, how.inC(), filter, numbers[C.int64_t](ids), numbers[C.float](scores), C.size_t(len(ids)), counts))
}

// RangeSearch finds all vectors that score at least minScore for each query.
func (x *Index) RangeSearch(queries []float32, minScore float32, how *Search) ([][]Result, error) {
	count, err := x.rows("queries", len(queries))
	if err != nil {
		return nil, err
	}
	filter, release, err := how.acquireFilter()
	if err != nil {
		return nil, err
	}
	defer release()
	offsets := make([]uint, count+1)
	var ids []int64
	var scores []float32
	options := C.go_search_options(searchDefaults, how.inC())
	needed := C.size_t(16 * count)
	for {
		ids, scores = make([]int64, needed), make([]float32, needed)
		err := x.h.do(func(p *C.siamese_index) C.siamese_status {
			return C.siamese_index_range_search_filtered(p, numbers[C.float](queries), C.size_t(count),
				C.float(minScore), &options, filter, numbers[C.size_t](offsets),
				numbers[C.int64_t](ids), numbers[C.float](scores), C.size_t(len(ids)), &needed)
		})
		if err == nil {
			break
		}
		if int(needed) <= len(ids) {
			return nil, err
		}
	}
	return results(ids, scores, func(q int) (int, int) { return int(offsets[q]), int(offsets[q+1]) }, count), nil
}

// TuneNProbe finds the least NProbe that reaches a recall of exact search, and the
// recall at that number.
func (x *Index) TuneNProbe(queries []float32, k int, recall float64) (nprobe int, reached float64, err error) {
	count, err := x.rows("queries", len(queries))
	if err != nil {
		return 0, 0, err
	}
	var lists C.size_t
	var share C.double
	err = x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_tune_nprobe(p, numbers[C.float](queries), C.size_t(count),
			C.size_t(k), C.double(recall), &lists, &share)
	})
	return int(lists), float64(share), err
}

// TuneNProbeWithProgress does so and tells which share is done. It ends with an
// error of progress, which may be nil, and with ctx.
func (x *Index) TuneNProbeWithProgress(ctx context.Context, queries []float32, k int, recall float64,
	progress func(done float64) error) (nprobe int, reached float64, err error) {
	count, err := x.rows("queries", len(queries))
	if err != nil {
		return 0, 0, err
	}
	var lists C.size_t
	var part C.double
	s := &share{ctx: ctx, progress: progress}
	err = s.do(func(user C.uintptr_t) error {
		return x.h.do(func(p *C.siamese_index) C.siamese_status {
			return C.go_index_tune(p, numbers[C.float](queries), C.size_t(count),
				C.size_t(k), C.double(recall), user, &lists, &part)
		})
	})
	return int(lists), float64(part), err
}

// SetNProbe sets the option nprobe; 0 means by the number of lists.
func (x *Index) SetNProbe(nprobe int) error {
	return x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_set_nprobe(p, C.size_t(nprobe))
	})
}

// Vector returns the stored vector of an id.
func (x *Index) Vector(id int64) ([]float32, error) {
	info, err := x.Info()
	if err != nil {
		return nil, err
	}
	vector := make([]float32, info.Dim)
	return vector, x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_reconstruct(p, C.int64_t(id), numbers[C.float](vector), C.size_t(len(vector)))
	})
}

// Vectors returns all stored vectors of an id, one behind the other.
func (x *Index) Vectors(id int64) ([]float32, error) {
	var vectors []float32
	for {
		var needed C.size_t
		err := x.h.do(func(p *C.siamese_index) C.siamese_status {
			return C.siamese_index_get_vectors(p, C.int64_t(id), numbers[C.float](vectors), C.size_t(len(vectors)), &needed)
		})
		if err == nil {
			return vectors[:needed], nil
		}
		if int(needed) <= len(vectors) {
			return nil, err
		}
		vectors = make([]float32, needed)
	}
}

// Contains returns how many vectors an id has; 0: the index does not contain it.
func (x *Index) Contains(id int64) (int, error) {
	var vectors C.size_t
	err := x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_contains(p, C.int64_t(id), &vectors)
	})
	return int(vectors), err
}

// IDs returns the ids that have vectors, each once, ascending.
func (x *Index) IDs() ([]int64, error) {
	ids := make([]int64, x.Count())
	for {
		var needed C.size_t
		err := x.h.do(func(p *C.siamese_index) C.siamese_status {
			return C.siamese_index_get_ids(p, numbers[C.int64_t](ids), C.size_t(len(ids)), &needed)
		})
		if err == nil {
			return ids[:needed], nil
		}
		if int(needed) <= len(ids) {
			return nil, err
		}
		ids = make([]int64, needed)
	}
}

// Options returns the options in force, as texts.
func (x *Index) Options() (Options, error) {
	return optionKind(C.GO_KIND_index).inForce(func(o unsafe.Pointer) error {
		return x.h.do(func(p *C.siamese_index) C.siamese_status {
			return C.siamese_index_get_options(p, (*C.siamese_index_options)(o))
		})
	})
}

// ExportFAISS writes the index in FAISS's own file format.
func (x *Index) ExportFAISS(path string) error {
	cPath, err := cString("path", path)
	if err != nil {
		return err
	}
	return x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_export_faiss(p, cPath)
	})
}

// A Filter is a set of ids that searches keep to or leave out. It never changes,
// so any number of searches may share it.
type Filter struct{ h handle[*C.siamese_id_filter] }

func freeFilter(p *C.siamese_id_filter) { C.siamese_id_filter_free(p) }

func madeFilter(f func(**C.siamese_id_filter) C.siamese_status) (*Filter, error) {
	filter := new(Filter)
	return made(filter, &filter.h, freeFilter, f)
}

// Include creates a filter that lets only these ids pass.
func Include(ids ...int64) (*Filter, error) { return newFilter(C.SIAMESE_FILTER_INCLUDE, ids) }

// Exclude creates a filter that lets all but these ids pass.
func Exclude(ids ...int64) (*Filter, error) { return newFilter(C.SIAMESE_FILTER_EXCLUDE, ids) }

func newFilter(mode C.int32_t, ids []int64) (*Filter, error) {
	return madeFilter(func(out **C.siamese_id_filter) C.siamese_status {
		return C.siamese_id_filter_create(out, mode, numbers[C.int64_t](ids), C.size_t(len(ids)))
	})
}

// Close frees the filter.
func (f *Filter) Close() error {
	f.h.close()
	return nil
}
