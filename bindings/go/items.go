package siamese

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Items are what searches find: rows with an id, a title, and columns of texts,
// integers and numbers. Any number of goroutines may read and change them.
type Items struct{ h handle[*C.siamese_items] }

func freeItems(p *C.siamese_items) { C.siamese_items_free(p) }

func madeItems(f func(**C.siamese_items) C.siamese_status) (*Items, error) {
	i := new(Items)
	return made(i, &i.h, freeItems, f)
}

// NewItems creates items without rows. Ids are integers, or texts with the option
// {"ids": "text"}; with {"repeats": true} several rows may have one id.
func NewItems(options Options) (*Items, error) {
	o, err := optionKind(C.GO_KIND_items).fill(options)
	if err != nil {
		return nil, err
	}
	return madeItems(func(out **C.siamese_items) C.siamese_status {
		return C.siamese_items_create(out, (*C.siamese_items_options)(unsafe.Pointer(o)))
	})
}

// Close frees the items; hits keep what they show.
func (i *Items) Close() error {
	i.h.close()
	return nil
}

// A ColumnType says what a column holds.
type ColumnType int32

// The types of columns.
const (
	TextColumn    ColumnType = 0
	IntegerColumn ColumnType = 1 // int64
	NumberColumn  ColumnType = 2 // float64; NaN is a missing value
)

// AddColumn adds a column; its value is missing in the rows that are there.
func (i *Items) AddColumn(name string, kind ColumnType) error {
	cName, err := cString("name", name)
	if err != nil {
		return err
	}
	return i.h.do(func(p *C.siamese_items) C.siamese_status {
		return C.siamese_items_add_column(p, cName, C.int32_t(kind))
	})
}

// Rows are rows of items. One of IDs and TextIDs is set; without both, a row's
// number is its id. A column that is not named is missing in these rows.
type Rows struct {
	IDs     []int64
	TextIDs []string
	Titles  []string // nil: all are empty
	Columns []Column
}

// A Column has the values of one column for some rows; one of Texts, Integers and
// Numbers is set.
type Column struct {
	Name     string
	Texts    []string
	Integers []int64
	Numbers  []float64
	Present  []bool // false where a value is missing; nil: none is
}

func (c *Column) length() int { return len(c.Texts) + len(c.Integers) + len(c.Numbers) }

// check returns the number of rows, or what has another number of them.
func (r *Rows) check() (rows int, err error) {
	first := true
	part := func(name string, set bool, length int) {
		if first && set {
			rows, first = length, false
		}
		if err == nil && set {
			err = checkRows(name, length, rows)
		}
	}
	part("IDs", r.IDs != nil, len(r.IDs))
	part("TextIDs", r.TextIDs != nil, len(r.TextIDs))
	part("Titles", r.Titles != nil, len(r.Titles))
	for n := range r.Columns {
		c := &r.Columns[n]
		if c.Texts != nil && c.Integers != nil || c.Numbers != nil && (c.Texts != nil || c.Integers != nil) {
			return 0, argumentError(fmt.Sprintf("column %q: has values of two types", c.Name))
		}
		part(fmt.Sprintf("column %q", c.Name), true, c.length())
		part(fmt.Sprintf("Present of column %q", c.Name), c.Present != nil, len(c.Present))
		if _, bad := cString("column", c.Name); bad != nil {
			return 0, bad
		}
	}
	return rows, err
}

func (r *Rows) size() uintptr {
	size := C.sizeof_siamese_item_rows + sizeOfArray(r.IDs) + sizeOfTexts(r.TextIDs) +
		sizeOfTexts(r.Titles) + uintptr(len(r.Columns))*C.sizeof_siamese_column_values
	for n := range r.Columns {
		c := &r.Columns[n]
		size += aligned(uintptr(len(c.Name)+1)) + sizeOfTexts(c.Texts) + sizeOfArray(c.Integers) +
			sizeOfArray(c.Numbers) + sizeOfArray(c.Present)
	}
	return size
}

func (r *Rows) inC(a *arena, count int) *C.siamese_item_rows {
	rows := (*C.siamese_item_rows)(a.take(C.sizeof_siamese_item_rows))
	*rows = C.siamese_item_rows{struct_size: C.sizeof_siamese_item_rows, count: C.size_t(count)}
	rows.ids = array[C.int64_t](a, r.IDs)
	if r.TextIDs != nil {
		rows.text_ids = a.texts(r.TextIDs)
	}
	if r.Titles != nil {
		rows.titles = a.texts(r.Titles)
	}
	rows.column_count = C.size_t(len(r.Columns))
	rows.columns = (*C.siamese_column_values)(a.take(uintptr(len(r.Columns)) * C.sizeof_siamese_column_values))
	columns := unsafe.Slice(rows.columns, len(r.Columns))
	for n := range columns {
		c := &r.Columns[n]
		name := a.take(uintptr(len(c.Name) + 1))
		copy(unsafe.Slice((*byte)(name), len(c.Name)+1), c.Name+"\x00")
		columns[n] = C.siamese_column_values{struct_size: C.sizeof_siamese_column_values, name: (*C.char)(name)}
		if c.Texts != nil {
			columns[n].texts = a.texts(c.Texts)
		}
		columns[n].integers = array[C.int64_t](a, c.Integers)
		columns[n].numbers = array[C.double](a, c.Numbers)
		columns[n].present = array[C.uchar](a, c.Present)
	}
	return rows
}

// withRows calls f with rows in C's memory.
func withRows(r *Rows, f func(rows *C.siamese_item_rows) error) error {
	count, err := r.check()
	if err != nil {
		return err
	}
	a := newArena(r.size())
	defer a.done()
	return f(r.inC(a, count))
}

// Add adds rows, all of them or none, and returns their numbers.
func (i *Items) Add(rows *Rows) (added []int64, err error) {
	err = withRows(rows, func(rows *C.siamese_item_rows) error {
		added = make([]int64, rows.count)
		return i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_add(p, rows, numbers[C.int64_t](added), rows.count)
		})
	})
	return added, err
}

// Update replaces the rows whose ids are there and adds the others, and returns
// the numbers of the new rows.
func (i *Items) Update(rows *Rows) (added []int64, err error) {
	err = withRows(rows, func(rows *C.siamese_item_rows) error {
		added = make([]int64, rows.count)
		return i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_update(p, rows, numbers[C.int64_t](added), rows.count)
		})
	})
	return added, err
}

// Remove removes every row of some ids and returns their number.
func (i *Items) Remove(ids ...int64) (int, error) {
	var removed C.size_t
	err := i.h.do(func(p *C.siamese_items) C.siamese_status {
		return C.siamese_items_remove(p, numbers[C.int64_t](ids), nil, C.size_t(len(ids)), &removed)
	})
	return int(removed), err
}

// RemoveTexts removes every row of some ids that are texts.
func (i *Items) RemoveTexts(ids ...string) (int, error) {
	var removed C.size_t
	err := withTexts(ids, func(ids *C.siamese_text, count C.size_t) error {
		return i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_remove(p, nil, ids, count, &removed)
		})
	})
	return int(removed), err
}

// An ItemsInfo says what items are at the moment.
type ItemsInfo struct {
	Count   int    // the number of rows
	NextRow int64  // the number that the next new row gets
	TextIDs bool   // ids are texts
	Repeats bool   // several rows may have one id
	Bytes   uint64 // the memory that rows and ids take
}

// Info returns what the items are at the moment.
func (i *Items) Info() (ItemsInfo, error) {
	var info C.siamese_items_info
	info.struct_size = C.sizeof_siamese_items_info
	err := i.h.do(func(p *C.siamese_items) C.siamese_status {
		return C.siamese_items_get_info(p, &info)
	})
	return ItemsInfo{int(info.count), int64(info.next_row), info.ids == C.SIAMESE_IDS_TEXT,
		info.repeats != 0, uint64(info.bytes)}, err
}

// Count returns the number of rows.
func (i *Items) Count() int {
	return i.h.count(func(p *C.siamese_items) C.size_t { return C.siamese_items_count(p) })
}

// Columns lists the names and types of the columns, in the order in which they
// were added.
func (i *Items) Columns() (names []string, types []ColumnType, err error) {
	for n := C.size_t(0); ; n++ {
		var info C.siamese_column_info
		info.struct_size = C.sizeof_siamese_column_info
		err := i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_get_column(p, n, &info)
		})
		if isStatus(err, ErrNotFound) {
			return names, types, nil
		}
		if err != nil {
			return nil, nil, err
		}
		names, types = append(names, goName(&info.name)), append(types, ColumnType(info._type))
	}
}

// Find returns the numbers of the rows of ids; -1 for an id without one.
func (i *Items) Find(ids ...int64) ([]int64, error) {
	rows := make([]int64, len(ids))
	return rows, i.h.do(func(p *C.siamese_items) C.siamese_status {
		return C.siamese_items_find(p, numbers[C.int64_t](ids), nil, C.size_t(len(ids)),
			numbers[C.int64_t](rows), C.size_t(len(rows)))
	})
}

// FindTexts returns the numbers of the rows of ids that are texts.
func (i *Items) FindTexts(ids ...string) ([]int64, error) {
	rows := make([]int64, len(ids))
	return rows, withTexts(ids, func(ids *C.siamese_text, count C.size_t) error {
		return i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_find(p, nil, ids, count, numbers[C.int64_t](rows), count)
		})
	})
}

// Rows returns the numbers of all rows in ascending order.
func (i *Items) Rows() ([]int64, error) {
	for {
		rows := make([]int64, i.Count())
		var needed C.size_t
		err := i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_get_rows(p, numbers[C.int64_t](rows), C.size_t(len(rows)), &needed)
		})
		if err == nil {
			return rows[:needed], nil
		}
		if !isStatus(err, ErrRange) { // others may have added rows meanwhile
			return nil, err
		}
	}
}

// Texts returns a column of texts for the rows of some numbers, and whether each
// has a value. The columns "title", and "id" where ids are texts, are there too.
func (i *Items) Texts(column string, rows []int64) ([]string, []bool, error) {
	cName, err := cString("column", column)
	if err != nil {
		return nil, nil, err
	}
	offsets, present := make([]uint, len(rows)+1), make([]bool, len(rows))
	bytes, err := readBytes(func(buffer unsafe.Pointer, size C.size_t, needed *C.size_t) error {
		return i.h.do(func(p *C.siamese_items) C.siamese_status {
			return C.siamese_items_get_texts(p, cName, numbers[C.int64_t](rows), C.size_t(len(rows)),
				numbers[C.size_t](offsets), (*C.char)(buffer), size, needed, numbers[C.uchar](present))
		})
	})
	if err != nil {
		return nil, nil, err
	}
	all, texts := string(bytes), make([]string, len(rows))
	for r := range texts {
		texts[r] = all[offsets[r]:offsets[r+1]]
	}
	return texts, present, nil
}

// Integers returns a column of integers for the rows of some numbers, and whether
// each has a value.
func (i *Items) Integers(column string, rows []int64) ([]int64, []bool, error) {
	cName, err := cString("column", column)
	if err != nil {
		return nil, nil, err
	}
	values, present := make([]int64, len(rows)), make([]bool, len(rows))
	return values, present, i.h.do(func(p *C.siamese_items) C.siamese_status {
		return C.siamese_items_get_integers(p, cName, numbers[C.int64_t](rows), C.size_t(len(rows)),
			numbers[C.int64_t](values), C.size_t(len(values)), numbers[C.uchar](present))
	})
}

// Numbers returns a column of numbers for the rows of some numbers, and whether
// each has a value.
func (i *Items) Numbers(column string, rows []int64) ([]float64, []bool, error) {
	cName, err := cString("column", column)
	if err != nil {
		return nil, nil, err
	}
	values, present := make([]float64, len(rows)), make([]bool, len(rows))
	return values, present, i.h.do(func(p *C.siamese_items) C.siamese_status {
		return C.siamese_items_get_numbers(p, cName, numbers[C.int64_t](rows), C.size_t(len(rows)),
			numbers[C.double](values), C.size_t(len(values)), numbers[C.uchar](present))
	})
}

// Include creates a filter of the rows that ids have at the moment, and returns
// how many ids have none.
func (i *Items) Include(ids ...int64) (*Filter, int, error) {
	return i.filter(C.SIAMESE_FILTER_INCLUDE, ids)
}

// Exclude creates a filter that leaves the rows of ids out.
func (i *Items) Exclude(ids ...int64) (*Filter, int, error) {
	return i.filter(C.SIAMESE_FILTER_EXCLUDE, ids)
}

func (i *Items) filter(mode C.int32_t, ids []int64) (*Filter, int, error) {
	p, err := i.h.acquire()
	if err != nil {
		return nil, 0, err
	}
	defer i.h.release()
	var missing C.size_t
	filter, err := madeFilter(func(out **C.siamese_id_filter) C.siamese_status {
		return C.siamese_items_create_filter(out, p, mode, numbers[C.int64_t](ids), nil,
			C.size_t(len(ids)), &missing)
	})
	return filter, int(missing), err
}

// Where creates a filter of the rows of which an expression over the columns is
// true at the moment, such as
//
//	brand = "Black & Decker" and (price < 50 or not stock in (0, 1))
//
// and returns how many rows pass. siamese_items_create_where_filter in C's
// search.h has the grammar. Of these rows only those pass that within lets pass,
// nil: all.
func (i *Items) Where(expression string, within *Filter) (*Filter, int, error) {
	cExpression, err := cString("where", expression)
	if err != nil {
		return nil, 0, err
	}
	other, release, err := (&Search{Filter: within}).acquireFilter()
	if err != nil {
		return nil, 0, err
	}
	defer release()
	p, err := i.h.acquire()
	if err != nil {
		return nil, 0, err
	}
	defer i.h.release()
	var found C.size_t
	filter, err := madeFilter(func(out **C.siamese_id_filter) C.siamese_status {
		return C.siamese_items_create_where_filter(out, p, cExpression, other, &found)
	})
	return filter, int(found), err
}

// IncludeTexts is Include for ids that are texts.
func (i *Items) IncludeTexts(ids ...string) (*Filter, int, error) {
	return i.filterTexts(C.SIAMESE_FILTER_INCLUDE, ids)
}

// ExcludeTexts is Exclude for ids that are texts.
func (i *Items) ExcludeTexts(ids ...string) (*Filter, int, error) {
	return i.filterTexts(C.SIAMESE_FILTER_EXCLUDE, ids)
}

func (i *Items) filterTexts(mode C.int32_t, ids []string) (filter *Filter, missing int, err error) {
	p, err := i.h.acquire()
	if err != nil {
		return nil, 0, err
	}
	defer i.h.release()
	var without C.size_t
	err = withTexts(ids, func(ids *C.siamese_text, count C.size_t) (err error) {
		filter, err = madeFilter(func(out **C.siamese_id_filter) C.siamese_status {
			return C.siamese_items_create_filter(out, p, mode, nil, ids, count, &without)
		})
		return err
	})
	return filter, int(without), err
}
