package siamese

// #include "shim.h"
import "C"

// A Searcher goes from texts or vectors to hits, through the towers of both
// sides, an index and items. While it lives, index and items are changed by its
// methods alone.
type Searcher struct {
	h     handle[*C.siamese_searcher]
	given bool // by a model, which uses it too
}

func freeSearcher(p *C.siamese_searcher) { C.siamese_searcher_free(p) }

func madeSearcher(f func(**C.siamese_searcher) C.siamese_status) (*Searcher, error) {
	s := new(Searcher)
	return made(s, &s.h, freeSearcher, f)
}

// NewSearcher creates a searcher of parts, which it keeps alive. Without a tower
// only vectors are searched, or added; without items hits have the index's ids.
func NewSearcher(query, item *Tower, index *Index, items *Items) (*Searcher, error) {
	var q, i *C.siamese_tower
	var x *C.siamese_index
	var t *C.siamese_items
	var err error
	if query != nil {
		if q, err = query.h.acquire(); err != nil {
			return nil, err
		}
		defer query.h.release()
	}
	if item != nil {
		if i, err = item.h.acquire(); err != nil {
			return nil, err
		}
		defer item.h.release()
	}
	if index != nil {
		if x, err = index.h.acquire(); err != nil {
			return nil, err
		}
		defer index.h.release()
	}
	if items != nil {
		if t, err = items.h.acquire(); err != nil {
			return nil, err
		}
		defer items.h.release()
	}
	return madeSearcher(func(out **C.siamese_searcher) C.siamese_status {
		return C.siamese_searcher_create(out, q, i, x, t)
	})
}

// Close frees the searcher; hits stay.
func (s *Searcher) Close() error {
	s.h.close()
	return nil
}

// A Request is a search of many queries, which are texts or vectors.
type Request struct {
	Texts   []string  // [queries][Fields]
	Fields  int       // texts per query; 0 means 1
	Vectors []float32 // [queries][dim], in place of Texts
	K       int       // results per query; 0 means 10, All all that score MinScore
	Search

	// Stages of the searcher's ranker, which texts go through.
	Rerank   RankStage // the first results are ranked anew
	Spelling RankStage // words that are not known are corrected
	Feedback RankStage // the index is scanned again
	Explain  bool      // keep what scores are made of, for [Hits.Shares]

	CollapseTitles bool    // of hits with the same title the best alone
	MinConfidence  float64 // hits are this confident at least, 0 to 1; 0: off
}

// A RankStage says whether a search has a stage of the ranker.
type RankStage int32

// Whether a search has a stage.
const (
	RankAuto RankStage = C.SIAMESE_RANK_AUTO // as the ranker's options say
	RankOff  RankStage = C.SIAMESE_RANK_OFF
	RankOn   RankStage = C.SIAMESE_RANK_ON // where the ranker has what it needs
)

func (r *Request) stages() C.go_stages {
	return C.go_stages{min_confidence: C.double(r.MinConfidence), rerank: C.int32_t(r.Rerank),
		spelling: C.int32_t(r.Spelling), feedback: C.int32_t(r.Feedback),
		explain: flag(r.Explain), collapse_titles: flag(r.CollapseTitles)}
}

// All is the K of a [Request] for all that score MinScore.
const All = -1

func (r *Request) k() C.size_t {
	switch r.K {
	case 0:
		return 10
	case All:
		return 0
	}
	return C.size_t(r.K)
}

// withRequest calls f with a request in C that has texts or no queries yet.
func withRequest(r *Request, f func(C.siamese_search_request) (*Hits, error)) (hits *Hits, err error) {
	filter, release, err := r.acquireFilter()
	if err != nil {
		return nil, err
	}
	defer release()
	rows, err := rowsOf("Texts", len(r.Texts), fieldsOr1(r.Fields))
	if err != nil {
		return nil, err
	}
	if r.Texts != nil && r.Vectors != nil {
		return nil, argumentError("Texts: are given beside Vectors")
	}
	err = withTexts(r.Texts, func(texts *C.siamese_text, _ C.size_t) (err error) {
		if r.Vectors != nil {
			texts = nil
		}
		hits, err = f(C.go_request(requestDefaults, texts, C.size_t(fieldsOr1(r.Fields)), C.size_t(rows),
			r.k(), r.inC(), r.stages(), filter))
		return err
	})
	return hits, err
}

// Find searches.
func (s *Searcher) Find(r *Request) (*Hits, error) {
	p, err := s.h.acquire()
	if err != nil {
		return nil, err
	}
	defer s.h.release()
	return withRequest(r, func(request C.siamese_search_request) (*Hits, error) {
		if r.Vectors == nil {
			return s.found(func() C.go_hits { return C.go_searcher_search(p, request) })
		}
		rows, dim, err := s.rows(len(r.Vectors))
		if err != nil {
			return nil, err
		}
		return s.found(func() C.go_hits {
			return C.go_searcher_search_vectors(p, request, numbers[C.float](r.Vectors), C.size_t(rows), dim)
		})
	})
}

// found searches while no ranker is set.
func (s *Searcher) found(search func() C.go_hits) (*Hits, error) {
	s.h.lock.RLock()
	defer s.h.lock.RUnlock()
	return newHits(search())
}

// rows returns how many vectors of the index's size some numbers are, and that
// size.
func (s *Searcher) rows(length int) (rows int, dim C.size_t, err error) {
	if err := s.h.read(func(p *C.siamese_searcher) C.siamese_status {
		return C.go_searcher_dim(p, &dim)
	}); err != nil {
		return 0, 0, err
	}
	rows, err = rowsOf("Vectors", length, int(dim))
	return rows, dim, err
}

// change adds or updates rows; vectors may be nil.
func (s *Searcher) change(rows *Rows, vectors []float32,
	f func(*C.siamese_searcher, *C.siamese_item_rows, *C.float) C.siamese_status) error {
	return withRows(rows, func(rows *C.siamese_item_rows) error {
		var values *C.float
		if vectors != nil {
			count, _, err := s.rows(len(vectors))
			if err == nil {
				err = checkRows("vectors", count, int(rows.count))
			}
			if err != nil {
				return err
			}
			values = numbers[C.float](vectors)
		}
		return s.h.read(func(p *C.siamese_searcher) C.siamese_status { return f(p, rows, values) })
	})
}

// Add adds items, all of them or none, to items and index. Nil vectors mean that
// the item tower encodes them.
func (s *Searcher) Add(rows *Rows, vectors []float32) error {
	return s.change(rows, vectors, func(p *C.siamese_searcher, rows *C.siamese_item_rows, v *C.float) C.siamese_status {
		return C.siamese_searcher_add(p, rows, v)
	})
}

// Update replaces the items that are there and adds the others. A search finds an
// item by its old row or its new one, never by both and never by none.
func (s *Searcher) Update(rows *Rows, vectors []float32) error {
	return s.change(rows, vectors, func(p *C.siamese_searcher, rows *C.siamese_item_rows, v *C.float) C.siamese_status {
		return C.siamese_searcher_update(p, rows, v)
	})
}

// Remove removes items from items and index, and returns their number.
func (s *Searcher) Remove(ids ...int64) (int, error) {
	var removed C.size_t
	err := s.h.read(func(p *C.siamese_searcher) C.siamese_status {
		return C.siamese_searcher_remove(p, numbers[C.int64_t](ids), nil, C.size_t(len(ids)), &removed)
	})
	return int(removed), err
}

// RemoveTexts removes items whose ids are texts.
func (s *Searcher) RemoveTexts(ids ...string) (int, error) {
	var removed C.size_t
	err := withTexts(ids, func(ids *C.siamese_text, count C.size_t) error {
		return s.h.read(func(p *C.siamese_searcher) C.siamese_status {
			return C.siamese_searcher_remove(p, nil, ids, count, &removed)
		})
	})
	return int(removed), err
}

// Tower returns the tower of a side, which is to be closed.
func (s *Searcher) Tower(side Side) (*Tower, error) {
	p, err := s.h.acquire()
	if err != nil {
		return nil, err
	}
	defer s.h.release()
	return madeTower(func(out **C.siamese_tower) C.siamese_status {
		if side == ItemSide {
			return C.siamese_searcher_get_item_tower(p, out)
		}
		return C.siamese_searcher_get_query_tower(p, out)
	})
}

// Index returns the index, which is to be closed.
func (s *Searcher) Index() (*Index, error) {
	p, err := s.h.acquire()
	if err != nil {
		return nil, err
	}
	defer s.h.release()
	return madeIndex(func(out **C.siamese_index) C.siamese_status {
		return C.siamese_searcher_get_index(p, out)
	})
}

// Items returns the items, which are to be closed.
func (s *Searcher) Items() (*Items, error) {
	p, err := s.h.acquire()
	if err != nil {
		return nil, err
	}
	defer s.h.release()
	return madeItems(func(out **C.siamese_items) C.siamese_status {
		return C.siamese_searcher_get_items(p, out)
	})
}
