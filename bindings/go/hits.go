package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"
)

// A Hit is one item that a search found.
type Hit struct {
	ID     int64  // of the item; 0 where ids are texts
	TextID string // of the item, where ids are texts
	Title  string
	Score  float32
	Row    int64 // the number of the item's row

	VectorScore float32 // by which the index found it; without a ranker the score
	Confidence  float32 // 0 to 1; 0 too where no ranker ranked it
}

// Hits are what a search of one query or many has found. They stay as they are
// until they are closed, whatever becomes of model and items.
type Hits struct{ h handle[*C.go_hits] }

// newHits takes the hits of C over, or returns their error.
func newHits(all C.go_hits) (*Hits, error) {
	if err := failed(all.result); err != nil {
		return nil, err
	}
	hits := new(Hits)
	hits.h.open(&all, func(all *C.go_hits) { C.go_hits_free(all) })
	return hits, nil
}

// Close frees the hits.
func (hits *Hits) Close() error {
	hits.h.close()
	return nil
}

// Queries returns the number of queries.
func (hits *Hits) Queries() int {
	return hits.h.count(func(all *C.go_hits) C.size_t { return all.queries })
}

// Len returns the number of hits of all queries.
func (hits *Hits) Len() int {
	return hits.h.count(func(all *C.go_hits) C.size_t { return all.count })
}

// Of returns the hits of a query, the best first; none of a query that is not
// there.
func (hits *Hits) Of(query int) []Hit {
	all, err := hits.h.acquire()
	if err != nil || query < 0 || query >= int(all.queries) {
		return nil
	}
	defer hits.h.release()
	return hitsOf(all, query)
}

// All returns the hits of all queries.
func (hits *Hits) All() [][]Hit {
	all, err := hits.h.acquire()
	if err != nil {
		return nil
	}
	defer hits.h.release()
	return allHits(all)
}

func allHits(all *C.go_hits) [][]Hit {
	rows := make([][]Hit, all.queries)
	for q := range rows {
		rows[q] = hitsOf(all, q)
	}
	return rows
}

// Known returns whether the query tower knew anything of a query: its vector is
// not zero.
func (hits *Hits) Known(query int) bool {
	return query >= 0 && hits.h.count(func(all *C.go_hits) C.size_t {
		return C.size_t(C.siamese_hits_known(all.hits, C.size_t(query)))
	}) != 0
}

// Corrected returns what a query was searched as too, with words of the catalogue
// in place of words that were not known; "" if it was not corrected.
func (hits *Hits) Corrected(query int) string {
	all, err := hits.h.acquire()
	if err != nil || query < 0 {
		return ""
	}
	defer hits.h.release()
	text := C.siamese_hits_corrected(all.hits, C.size_t(query))
	if text == nil {
		return ""
	}
	return C.GoString(text)
}

// Shares returns what each feature of the ranker, in the order of
// [Ranker.Features], adds to the score of hit i of a query, whose [Request] has
// Explain.
func (hits *Hits) Shares(query, i int) ([]float32, error) {
	if query < 0 || i < 0 {
		return nil, argumentError("query, i: are negative")
	}
	all, err := hits.h.acquire()
	if err != nil {
		return nil, err
	}
	defer hits.h.release()
	shares := make([]float32, 64)
	for {
		var needed C.size_t
		err := call(func() C.siamese_status {
			return C.siamese_hits_get_shares(all.hits, C.size_t(query), C.size_t(i),
				numbers[C.float](shares), C.size_t(len(shares)), &needed)
		})
		if err == nil {
			return shares[:needed], nil
		}
		if !errors.Is(err, ErrRange) || int(needed) <= len(shares) {
			return nil, err
		}
		shares = make([]float32, needed)
	}
}

// hitsOf copies the hits of a query. Their texts share one string.
func hitsOf(all *C.go_hits, query int) []Hit {
	offsets := unsafe.Slice(all.offsets, all.queries+1)
	first, end := offsets[query], offsets[query+1]
	if first == end {
		return nil
	}
	list := make([]Hit, end-first)
	rows := unsafe.Slice((*int64)(all.rows), all.count)[first:end]
	scores := unsafe.Slice((*float32)(all.scores), all.count)[first:end]
	vectorScores := unsafe.Slice((*float32)(all.vector_scores), all.count)[first:end]
	for i := range list {
		list[i].Row, list[i].Score, list[i].VectorScore = rows[i], scores[i], vectorScores[i]
	}
	if all.confidences != nil {
		for i, confidence := range unsafe.Slice((*float32)(all.confidences), all.count)[first:end] {
			list[i].Confidence = confidence
		}
	}
	if all.ids != nil {
		for i, id := range unsafe.Slice((*int64)(all.ids), all.count)[first:end] {
			list[i].ID = id
		}
	}
	var titles, textIDs []C.siamese_text
	if all.titles != nil {
		titles = unsafe.Slice(all.titles, all.count)[first:end]
	}
	if all.text_ids != nil {
		textIDs = unsafe.Slice(all.text_ids, all.count)[first:end]
	}
	texts := joined(titles, textIDs)
	for i := range titles {
		list[i].Title, texts = texts[:titles[i].size], texts[titles[i].size:]
	}
	for i := range textIDs {
		list[i].TextID, texts = texts[:textIDs[i].size], texts[textIDs[i].size:]
	}
	return list
}

// Room for a hit, of C.go_packed_hit, and its texts; where they are longer, the
// hits are read by more calls.
const packedRoom = 256

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// unpacked copies hits that C has packed. Their texts share one string.
func unpacked(packed *C.go_packed, memory unsafe.Pointer) []Hit {
	if packed.count == 0 {
		return nil
	}
	list := make([]Hit, packed.count)
	hits := unsafe.Slice((*C.go_packed_hit)(memory), packed.count)
	behind := unsafe.Add(memory, uintptr(packed.count)*C.sizeof_go_packed_hit)
	texts := string(unsafe.Slice((*byte)(behind), packed.bytes))
	for i := range hits {
		hit := &hits[i]
		list[i] = Hit{ID: int64(hit.id), Score: float32(hit.score), Row: int64(hit.row),
			VectorScore: float32(hit.vector_score), Confidence: float32(hit.confidence)}
		list[i].Title, texts = texts[:hit.title_size], texts[hit.title_size:]
		list[i].TextID, texts = texts[:hit.id_size], texts[hit.id_size:]
	}
	return list
}

// joined copies texts to one string.
func joined(lists ...[]C.siamese_text) string {
	size := 0
	for _, list := range lists {
		for i := range list {
			size += int(list[i].size)
		}
	}
	bytes := make([]byte, 0, size)
	for _, list := range lists {
		for i := range list {
			bytes = append(bytes, unsafe.Slice((*byte)(unsafe.Pointer(list[i].data)), list[i].size)...)
		}
	}
	return *(*string)(unsafe.Pointer(&bytes)) // which nobody writes to any more
}

// Texts returns a column of texts of all hits, query by query, and whether each
// has a value.
func (hits *Hits) Texts(column string) ([]string, []bool, error) {
	texts := make([]C.siamese_text, hits.Len())
	present := make([]bool, len(texts))
	cName, err := cString("column", column)
	if err != nil {
		return nil, nil, err
	}
	all, err := hits.h.acquire()
	if err != nil {
		return nil, nil, err
	}
	defer hits.h.release()
	if err := call(func() C.siamese_status {
		return C.siamese_hits_get_texts(all.hits, cName, numbers[C.siamese_text](texts),
			numbers[C.uchar](present), C.size_t(len(texts)), nil)
	}); err != nil {
		return nil, nil, err
	}
	rest, values := joined(texts), make([]string, len(texts))
	for i := range values {
		values[i], rest = rest[:texts[i].size], rest[texts[i].size:]
	}
	return values, present, nil
}

// Integers returns a column of integers of all hits, query by query, and whether
// each has a value.
func (hits *Hits) Integers(column string) ([]int64, []bool, error) {
	values := make([]int64, hits.Len())
	present := make([]bool, len(values))
	cName, err := cString("column", column)
	if err != nil {
		return nil, nil, err
	}
	return values, present, hits.h.do(func(all *C.go_hits) C.siamese_status {
		return C.siamese_hits_get_integers(all.hits, cName, numbers[C.int64_t](values),
			numbers[C.uchar](present), C.size_t(len(values)), nil)
	})
}

// Numbers returns a column of numbers of all hits, query by query, and whether
// each has a value.
func (hits *Hits) Numbers(column string) ([]float64, []bool, error) {
	values := make([]float64, hits.Len())
	present := make([]bool, len(values))
	cName, err := cString("column", column)
	if err != nil {
		return nil, nil, err
	}
	return values, present, hits.h.do(func(all *C.go_hits) C.siamese_status {
		return C.siamese_hits_get_numbers(all.hits, cName, numbers[C.double](values),
			numbers[C.uchar](present), C.size_t(len(values)), nil)
	})
}
