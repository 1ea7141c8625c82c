package siamese

// #include "shim.h"
import "C"

import "fmt"

// Pairs are rows of a query and an item that belong together, or of items alone
// where Queries is nil. Texts of a row stand one behind the other.
type Pairs struct {
	Queries     []string // [rows][QueryFields]
	Items       []string // [rows][ItemFields]
	QueryFields int      // texts per query; 0 means 1
	ItemFields  int      // texts per item; 0 means 1

	ItemIDs           []int64   // [rows]; nil: equal texts, equal item
	Weights           []float32 // [rows] sample weights >= 0; nil: all 1
	ItemProbabilities []float32 // [rows] for logQ, in (0, 1]; nil: 1

	// Explicit negatives, or nil: those of row i are the items NegativeOffsets[i]
	// to NegativeOffsets[i+1] - 1 of Negatives.
	Negatives             []string  // [...][ItemFields]
	NegativeOffsets       []uint    // [rows + 1], beginning with 0
	NegativeIDs           []int64   // as ItemIDs
	NegativeProbabilities []float32 // as ItemProbabilities
}

func fieldsOr1(fields int) int {
	if fields == 0 {
		return 1
	}
	return fields
}

// check returns the number of rows, or which slice has another number of them.
func (p *Pairs) check() (rows int, err error) {
	rows, err = rowsOf("Items", len(p.Items), fieldsOr1(p.ItemFields))
	if err == nil && p.Queries != nil {
		queries, e := rowsOf("Queries", len(p.Queries), fieldsOr1(p.QueryFields))
		if err = e; err == nil {
			err = checkRows("queries", queries, rows)
		}
	}
	optional := func(name string, length, rows int) {
		if err == nil && length > 0 {
			err = checkRows(name, length, rows)
		}
	}
	optional("ItemIDs", len(p.ItemIDs), rows)
	optional("Weights", len(p.Weights), rows)
	optional("ItemProbabilities", len(p.ItemProbabilities), rows)
	if err == nil && p.NegativeOffsets != nil {
		err = p.checkNegatives(rows, optional)
	}
	return rows, err
}

func (p *Pairs) checkNegatives(rows int, optional func(string, int, int)) error {
	if err := checkRows("NegativeOffsets", len(p.NegativeOffsets), rows+1); err != nil {
		return err
	}
	negatives, err := rowsOf("Negatives", len(p.Negatives), fieldsOr1(p.ItemFields))
	if err != nil {
		return err
	}
	if last := p.NegativeOffsets[rows]; last != uint(negatives) {
		return argumentError(fmt.Sprintf("NegativeOffsets: end with %d, but there are %d negatives",
			last, negatives))
	}
	for i, offset := range p.NegativeOffsets[1:] {
		if offset < p.NegativeOffsets[i] {
			return argumentError(fmt.Sprintf("NegativeOffsets: decrease at row %d", i))
		}
	}
	optional("NegativeIDs", len(p.NegativeIDs), negatives)
	optional("NegativeProbabilities", len(p.NegativeProbabilities), negatives)
	return nil
}

func (p *Pairs) size() uintptr {
	if p == nil {
		return 0
	}
	return C.sizeof_siamese_pairs + sizeOfTexts(p.Queries) + sizeOfTexts(p.Items) +
		sizeOfArray(p.ItemIDs) + sizeOfArray(p.Weights) + sizeOfArray(p.ItemProbabilities) +
		sizeOfTexts(p.Negatives) + sizeOfArray(p.NegativeOffsets) + sizeOfArray(p.NegativeIDs) +
		sizeOfArray(p.NegativeProbabilities)
}

// inC copies pairs, whose slices fit together, to C's memory; nil is NULL.
func (p *Pairs) inC(a *arena, rows int) *C.siamese_pairs {
	if p == nil {
		return nil
	}
	c := (*C.siamese_pairs)(a.take(C.sizeof_siamese_pairs))
	*c = C.siamese_pairs{struct_size: C.sizeof_siamese_pairs, count: C.size_t(rows)}
	c.query_fields = C.size_t(fieldsOr1(p.QueryFields))
	c.item_fields = C.size_t(fieldsOr1(p.ItemFields))
	if p.Queries != nil {
		c.queries = a.texts(p.Queries)
	}
	c.items = a.texts(p.Items)
	c.item_ids = array[C.int64_t](a, p.ItemIDs)
	c.weights = array[C.float](a, p.Weights)
	c.item_probabilities = array[C.float](a, p.ItemProbabilities)
	if p.NegativeOffsets != nil {
		c.negatives = a.texts(p.Negatives)
		c.negative_offsets = array[C.size_t](a, p.NegativeOffsets)
		c.negative_ids = array[C.int64_t](a, p.NegativeIDs)
		c.negative_probabilities = array[C.float](a, p.NegativeProbabilities)
	}
	return c
}

// withPairs calls f with two lists of pairs in C's memory; each may be nil.
func withPairs(first, second *Pairs, f func(first, second *C.siamese_pairs) error) error {
	var rows [2]int
	for i, p := range [2]*Pairs{first, second} {
		if p != nil {
			var err error
			if rows[i], err = p.check(); err != nil {
				return err
			}
		}
	}
	a := newArena(first.size() + second.size())
	defer a.done()
	return f(first.inC(a, rows[0]), second.inC(a, rows[1]))
}
