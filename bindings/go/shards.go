package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// Centroids returns the vectors of the index's coarse quantiser, one for each list,
// one behind the other.
func (x *Index) Centroids() ([]float32, error) {
	for {
		var centroids []float32
		err := x.h.do(func(p *C.siamese_index) C.siamese_status {
			var needed C.size_t
			C.siamese_index_get_centroids(p, nil, 0, &needed)
			centroids = make([]float32, needed)
			return C.siamese_index_get_centroids(p, numbers[C.float](centroids), needed, nil)
		})
		if !errors.Is(err, ErrRange) { // trained meanwhile
			return centroids, err
		}
	}
}

// SetCentroids trains an index without vectors by giving it the centroids of its
// lists, so that indexes that have the same ones are shards of one: MergeHits.
func (x *Index) SetCentroids(centroids []float32) error {
	info, err := x.Info()
	if err != nil {
		return err
	}
	lists, err := rowsOf("centroids", len(centroids), info.Dim)
	if err != nil {
		return err
	}
	return x.h.do(func(p *C.siamese_index) C.siamese_status {
		return C.siamese_index_set_centroids(p, numbers[C.float](centroids), C.size_t(lists), C.size_t(info.Dim))
	})
}

// A Merge says how the results of shards are merged. The zero value and nil mean
// the defaults.
type Merge struct {
	Dedupe  bool // an id that several shards have is found once, by its best
	Partial bool // shards that have not answered, which are nil, are no error
}

// MergeHits returns what one index of all shards would have found: the k best of
// what Index.Search with this k has found for the same queries in each of them. A
// shard that has not answered is nil, and an error that names it, unless the merge
// is partial: missing has the numbers of these.
func MergeHits(shards [][][]Result, k int, how *Merge) (hits [][]Result, missing []int, err error) {
	if k < 1 {
		return nil, nil, argumentError("k: is less than 1")
	}
	m, err := newMerge(shards, how)
	if err != nil {
		return nil, nil, err
	}
	defer m.done()
	for s, rows := range shards {
		if rows == nil {
			continue
		}
		ids, scores := m.arrays(s, m.count*k)
		for q, row := range rows {
			if len(row) > k {
				return nil, nil, argumentError(fmt.Sprintf("shard %d has %d results for query %d, k is %d", s, len(row), q, k))
			}
			for i := 0; i < k; i++ {
				id, score := int64(-1), float32(math.Inf(-1))
				if i < len(row) {
					id, score = row[i].ID, row[i].Score
				}
				ids[q*k+i], scores[q*k+i] = id, score
			}
		}
	}
	ids, scores := make([]int64, m.count*k), make([]float32, m.count*k)
	found := make([]uint, m.count)
	err = call(func() C.siamese_status {
		return C.siamese_hits_merge(m.ids, m.scores, C.size_t(len(shards)), C.size_t(m.count), C.size_t(k), m.dedupe,
			numbers[C.int64_t](ids), numbers[C.float](scores), C.size_t(len(ids)), numbers[C.size_t](found), m.missing)
	})
	if err != nil {
		return nil, nil, err
	}
	return results(ids, scores, func(q int) (int, int) { return q * k, q*k + int(found[q]) }, m.count), m.told(), nil
}

// MergeRangeHits does so with what Index.RangeSearch has found.
func MergeRangeHits(shards [][][]Result, how *Merge) (hits [][]Result, missing []int, err error) {
	m, err := newMerge(shards, how)
	if err != nil {
		return nil, nil, err
	}
	defer m.done()
	all := 0
	for s, rows := range shards {
		if rows == nil {
			continue
		}
		size, offsets := 0, m.offsetsOf(s)
		for q, row := range rows {
			size += len(row)
			offsets[q+1] = C.size_t(size)
		}
		ids, scores := m.arrays(s, size)
		for _, row := range rows {
			for _, result := range row {
				ids[0], scores[0] = result.ID, result.Score
				ids, scores = ids[1:], scores[1:]
			}
		}
		all += size
	}
	ids, scores := make([]int64, all), make([]float32, all)
	offsets := make([]uint, m.count+1)
	err = call(func() C.siamese_status {
		return C.siamese_hits_merge_range(m.offsets, m.ids, m.scores, C.size_t(len(shards)), C.size_t(m.count), m.dedupe,
			numbers[C.size_t](offsets), numbers[C.int64_t](ids), numbers[C.float](scores), C.size_t(all), nil, m.missing)
	})
	if err != nil {
		return nil, nil, err
	}
	return results(ids, scores, func(q int) (int, int) { return int(offsets[q]), int(offsets[q+1]) }, m.count), m.told(), nil
}

// A merge is what C is handed: arrays of pointers, which stand in memory of C's.
type merge struct {
	shards, count int // of shards and of queries
	dedupe        C.int32_t
	ids           **C.int64_t
	scores        **C.float
	offsets       **C.size_t
	flags         *C.int32_t
	missing       *C.int32_t // flags, or nil
	taken         []unsafe.Pointer
}

func newMerge(shards [][][]Result, how *Merge) (*merge, error) {
	m := &merge{shards: len(shards), count: -1}
	for s, rows := range shards {
		if rows != nil && m.count >= 0 && len(rows) != m.count {
			return nil, argumentError(fmt.Sprintf("shard %d has %d queries, others %d", s, len(rows), m.count))
		}
		if rows != nil {
			m.count = len(rows)
		}
	}
	if m.count < 0 {
		return nil, &Error{Status: ErrNotFound, Message: fmt.Sprintf("of %d shards none has answered", m.shards)}
	}
	m.ids = (**C.int64_t)(m.take(m.shards * 8))
	m.scores = (**C.float)(m.take(m.shards * 8))
	m.offsets = (**C.size_t)(m.take(m.shards * 8))
	m.flags = (*C.int32_t)(m.take(m.shards * 4))
	if how != nil {
		m.dedupe = flag(how.Dedupe)
		if how.Partial {
			m.missing = m.flags
		}
	}
	return m, nil
}

// take returns zeroed memory of C's, of which empty arrays have some too.
func (m *merge) take(size int) unsafe.Pointer {
	memory := C.calloc(C.size_t(size)+1, 1) // never nil: cgo's ends the process
	m.taken = append(m.taken, memory)
	return memory
}

func (m *merge) done() {
	for _, memory := range m.taken {
		C.free(memory)
	}
}

func (m *merge) arrays(shard, size int) ([]int64, []float32) {
	ids, scores := m.take(size*8), m.take(size*4)
	unsafe.Slice(m.ids, m.shards)[shard] = (*C.int64_t)(ids)
	unsafe.Slice(m.scores, m.shards)[shard] = (*C.float)(scores)
	return unsafe.Slice((*int64)(ids), size), unsafe.Slice((*float32)(scores), size)
}

func (m *merge) offsetsOf(shard int) []C.size_t {
	offsets := (*C.size_t)(m.take((m.count + 1) * C.sizeof_size_t))
	unsafe.Slice(m.offsets, m.shards)[shard] = offsets
	return unsafe.Slice(offsets, m.count+1)
}

func (m *merge) told() []int {
	var missing []int
	for s, flag := range unsafe.Slice(m.flags, m.shards) {
		if flag != 0 {
			missing = append(missing, s)
		}
	}
	return missing
}
