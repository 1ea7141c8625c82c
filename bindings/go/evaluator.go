package siamese

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// An Evaluator measures how good rankings are. It takes judgements and either
// vectors, which it ranks by exact search, or ready rankings.
type Evaluator struct {
	h  handle[*C.siamese_evaluator]
	ks int
}

// Figures are those of one query at one k, or their means: NaN where a query
// does not count.
type Figures struct {
	Recall, Precision, Hit, MRR, MAP, NDCG, NDCGBinary float64
}

// NewEvaluator creates an evaluator that measures at the ranks ks.
func NewEvaluator(options Options, ks ...uint) (*Evaluator, error) {
	o, err := optionKind(C.GO_KIND_evaluator).fill(options)
	if err != nil {
		return nil, err
	}
	e := &Evaluator{ks: len(ks)}
	return made(e, &e.h, func(p *C.siamese_evaluator) { C.siamese_evaluator_free(p) },
		func(out **C.siamese_evaluator) C.siamese_status {
			return C.siamese_evaluator_create(out, (*C.siamese_evaluator_options)(unsafe.Pointer(o)),
				numbers[C.size_t](ks), C.size_t(len(ks)))
		})
}

// Close frees the evaluator.
func (e *Evaluator) Close() error {
	e.h.close()
	return nil
}

// Judgements are those of some queries: of query q the elements Offsets[q] to
// Offsets[q+1] - 1 of IDs and Grades.
type Judgements struct {
	Offsets []uint // [queries + 1] in ascending order
	IDs     []int64
	Grades  []float64
}

func (j *Judgements) check() (queries int, err error) {
	if len(j.Offsets) < 1 {
		return 0, argumentError("Offsets: are empty")
	}
	last := j.Offsets[len(j.Offsets)-1]
	if last != uint(len(j.IDs)) {
		return 0, argumentError(fmt.Sprintf("Offsets: end with %d, but there are %d ids", last, len(j.IDs)))
	}
	for q := range j.Offsets[1:] {
		if j.Offsets[q+1] < j.Offsets[q] {
			return 0, argumentError(fmt.Sprintf("Offsets: decrease at query %d", q))
		}
	}
	return len(j.Offsets) - 1, checkRows("Grades", len(j.Grades), len(j.IDs))
}

func (j *Judgements) size() uintptr {
	return C.sizeof_siamese_judgements + sizeOfArray(j.Offsets) + sizeOfArray(j.IDs) + sizeOfArray(j.Grades)
}

func (j *Judgements) inC(a *arena) *C.siamese_judgements {
	c := (*C.siamese_judgements)(a.take(C.sizeof_siamese_judgements))
	*c = C.siamese_judgements{struct_size: C.sizeof_siamese_judgements, queries: C.size_t(len(j.Offsets) - 1)}
	c.offsets = array[C.size_t](a, j.Offsets)
	c.ids = array[C.int64_t](a, append([]int64{}, j.IDs...))
	c.grades = array[C.double](a, append([]float64{}, j.Grades...))
	return c
}

// Vectors are those of the judgements' queries and of all items.
type Vectors struct {
	Dim     int
	Queries []float32 // [queries][Dim]
	Items   []float32 // [items][Dim]
	ItemIDs []int64   // [items]; nil: the row is the id
}

// AddVectors measures queries by exact search and returns the figures of each
// query at each k.
func (e *Evaluator) AddVectors(judgements *Judgements, vectors *Vectors) ([][]Figures, error) {
	queries, err := judgements.check()
	if err != nil {
		return nil, err
	}
	items, err := rowsOf("Items", len(vectors.Items), vectors.Dim)
	if err != nil {
		return nil, err
	}
	if err := checkRows("Queries", len(vectors.Queries), queries*vectors.Dim); err != nil {
		return nil, err
	}
	if vectors.ItemIDs != nil {
		if err := checkRows("ItemIDs", len(vectors.ItemIDs), items); err != nil {
			return nil, err
		}
	}
	a := newArena(judgements.size() + C.sizeof_siamese_vectors + sizeOfArray(vectors.Queries) +
		sizeOfArray(vectors.Items) + sizeOfArray(vectors.ItemIDs))
	defer a.done()
	j := judgements.inC(a)
	v := (*C.siamese_vectors)(a.take(C.sizeof_siamese_vectors))
	*v = C.siamese_vectors{struct_size: C.sizeof_siamese_vectors, dim: C.size_t(vectors.Dim),
		item_count: C.size_t(items)}
	v.queries = array[C.float](a, vectors.Queries)
	v.items = array[C.float](a, vectors.Items)
	v.item_ids = array[C.int64_t](a, vectors.ItemIDs)
	return e.add(queries, func(p *C.siamese_evaluator, values *C.double, capacity C.size_t) C.siamese_status {
		return C.siamese_evaluator_add_vectors(p, j, v, values, capacity)
	})
}

// Rankings are ready ones, best first.
type Rankings struct {
	Depth  int       // results per query
	IDs    []int64   // [queries][Depth]
	Found  []uint    // [queries] how many results count; nil: all
	Scores []float32 // [queries][Depth]; nil: no two are equal
}

// AddRankings measures queries whose rankings are ready and returns the figures
// of each query at each k.
func (e *Evaluator) AddRankings(judgements *Judgements, rankings *Rankings) ([][]Figures, error) {
	queries, err := judgements.check()
	if err != nil {
		return nil, err
	}
	if err := checkRows("IDs", len(rankings.IDs), queries*rankings.Depth); err != nil {
		return nil, err
	}
	if rankings.Found != nil {
		if err := checkRows("Found", len(rankings.Found), queries); err != nil {
			return nil, err
		}
	}
	if rankings.Scores != nil {
		if err := checkRows("Scores", len(rankings.Scores), len(rankings.IDs)); err != nil {
			return nil, err
		}
	}
	a := newArena(judgements.size() + C.sizeof_siamese_rankings + sizeOfArray(rankings.IDs) +
		sizeOfArray(rankings.Found) + sizeOfArray(rankings.Scores))
	defer a.done()
	j := judgements.inC(a)
	r := (*C.siamese_rankings)(a.take(C.sizeof_siamese_rankings))
	*r = C.siamese_rankings{struct_size: C.sizeof_siamese_rankings, depth: C.size_t(rankings.Depth)}
	r.ids = array[C.int64_t](a, rankings.IDs)
	r.found = array[C.size_t](a, rankings.Found)
	r.scores = array[C.float](a, rankings.Scores)
	return e.add(queries, func(p *C.siamese_evaluator, values *C.double, capacity C.size_t) C.siamese_status {
		return C.siamese_evaluator_add_rankings(p, j, r, values, capacity)
	})
}

func (e *Evaluator) add(queries int,
	f func(*C.siamese_evaluator, *C.double, C.size_t) C.siamese_status) ([][]Figures, error) {
	values := make([]float64, queries*e.ks*C.SIAMESE_RANKING_COUNT)
	if err := e.h.write(func(p *C.siamese_evaluator) C.siamese_status {
		return f(p, numbers[C.double](values), C.size_t(len(values)))
	}); err != nil {
		return nil, err
	}
	all := figures(values)
	rows := make([][]Figures, queries)
	for q := range rows {
		rows[q] = all[q*e.ks : (q+1)*e.ks : (q+1)*e.ks]
	}
	return rows, nil
}

func figures(values []float64) []Figures {
	all := make([]Figures, len(values)/C.SIAMESE_RANKING_COUNT)
	for i := range all {
		v := values[i*C.SIAMESE_RANKING_COUNT:]
		all[i] = Figures{v[C.SIAMESE_RANKING_RECALL], v[C.SIAMESE_RANKING_PRECISION],
			v[C.SIAMESE_RANKING_HIT], v[C.SIAMESE_RANKING_MRR], v[C.SIAMESE_RANKING_MAP],
			v[C.SIAMESE_RANKING_NDCG], v[C.SIAMESE_RANKING_NDCG_BINARY]}
	}
	return all
}

// EvaluatorCounts says how many queries and items the means are of.
type EvaluatorCounts struct {
	Queries       int // queries added
	Relevant      int // those of them that have a relevant item
	RelevantItems int // relevant items of all queries
	Gaining       int // queries whose judgements have a gain
	Tied          int // with ties=expected, queries for which a tie matters
}

// Means returns the means of all queries added so far, at each k.
func (e *Evaluator) Means() ([]Figures, EvaluatorCounts, error) {
	means := make([]float64, e.ks*C.SIAMESE_RANKING_COUNT)
	var c C.siamese_evaluator_counts
	c.struct_size = C.sizeof_siamese_evaluator_counts
	err := e.h.read(func(p *C.siamese_evaluator) C.siamese_status {
		return C.siamese_evaluator_get_means(p, numbers[C.double](means), C.size_t(len(means)), &c)
	})
	return figures(means), EvaluatorCounts{int(c.queries), int(c.relevant), int(c.relevant_items),
		int(c.gaining), int(c.tied)}, err
}
