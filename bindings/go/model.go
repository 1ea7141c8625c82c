package siamese

// #include "shim.h"
import "C"

import (
	"context"
	"io"
	"sync/atomic"
	"unsafe"
)

// A Model owns a vocabulary, towers, a trainer, an index, items and a searcher.
// Searches run beside adds, updates, removals, training and [Model.Reload]; each
// sees one state of the model, whole.
type Model struct {
	h        handle[*C.siamese_model]
	training atomic.Bool
}

func freeModel(p *C.siamese_model) { C.siamese_model_free(p) }

func madeModel(f func(**C.siamese_model) C.siamese_status) (*Model, error) {
	m := new(Model)
	return made(m, &m.h, freeModel, f)
}

// NewModel creates a model that knows nothing yet, by a preset; "" means
// "default". The options are threads and repeats; see [Model.Set] for those of the
// parts.
func NewModel(preset string, options Options) (*Model, error) {
	o, err := optionKind(C.GO_KIND_model).fill(options)
	if err != nil {
		return nil, err
	}
	var name *C.char
	if preset != "" {
		if name, err = cString("preset", preset); err != nil {
			return nil, err
		}
	}
	return madeModel(func(out **C.siamese_model) C.siamese_status {
		return C.siamese_model_create(out, name, (*C.siamese_model_options)(unsafe.Pointer(o)))
	})
}

// Open opens a model from a file: one that [Model.Save] wrote, or any checkpoint.
func Open(path string, options Options) (*Model, error) {
	cPath, err := cString("path", path)
	if err != nil {
		return nil, err
	}
	o, err := optionKind(C.GO_KIND_load).fill(options)
	if err != nil {
		return nil, err
	}
	return madeModel(func(out **C.siamese_model) C.siamese_status {
		return C.siamese_model_open(out, cPath, (*C.siamese_load_options)(unsafe.Pointer(o)))
	})
}

// ReadModel opens a model from a stream.
func ReadModel(r io.Reader, options Options) (model *Model, err error) {
	o, err := optionKind(C.GO_KIND_load).fill(options)
	if err != nil {
		return nil, err
	}
	s := &stream{reader: r}
	err = s.do(func(user C.uintptr_t) (err error) {
		model, err = madeModel(func(out **C.siamese_model) C.siamese_status {
			return C.go_model_read(out, user, unsafe.Pointer(o))
		})
		return err
	})
	return model, err
}

// Close frees the model; hits stay.
func (m *Model) Close() error {
	m.h.close()
	return nil
}

// Set sets an option of the parts, over what the preset says: "epochs", or
// "tower.seed" where several parts have one.
func (m *Model) Set(name string, value any) error {
	p, err := m.h.acquire()
	if err != nil {
		return err
	}
	defer m.h.release()
	return setOption(name, value, func(name, value *C.char) C.siamese_status {
		return C.siamese_model_set(p, name, value)
	})
}

// AddColumn adds a column of the items.
func (m *Model) AddColumn(name string, kind ColumnType) error {
	cName, err := cString("name", name)
	if err != nil {
		return err
	}
	return m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_add_column(p, cName, C.int32_t(kind))
	})
}

// AddField makes the towers read a column of the items beside the title, as one
// more text of an item in [Pairs].
func (m *Model) AddField(name string, options Options) error {
	cName, err := cString("name", name)
	if err != nil {
		return err
	}
	o, err := optionKind(C.GO_KIND_field).fill(options)
	if err != nil {
		return err
	}
	return m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_add_field(p, cName, (*C.siamese_field_options)(unsafe.Pointer(o)))
	})
}

// SetVocab makes the towers read texts by this vocabulary, which is finished, in
// place of one that the first training makes of what was added. Nil takes it back.
func (m *Model) SetVocab(vocab *Vocab) error {
	var v *C.siamese_vocab
	if vocab != nil {
		var err error
		if v, err = vocab.h.acquire(); err != nil {
			return err
		}
		defer vocab.h.release()
	}
	return m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_set_vocab(p, v)
	})
}

// AddPairs adds pairs to learn from, all of them or none.
func (m *Model) AddPairs(pairs *Pairs) error {
	return withPairs(pairs, nil, func(pairs, _ *C.siamese_pairs) error {
		return m.h.do(func(p *C.siamese_model) C.siamese_status {
			return C.siamese_model_add_pairs(p, pairs)
		})
	})
}

// SetValidation sets pairs that training does not see; see
// [Trainer.SetValidation].
func (m *Model) SetValidation(pairs, candidates *Pairs) error {
	return withPairs(pairs, candidates, func(pairs, candidates *C.siamese_pairs) error {
		return m.h.do(func(p *C.siamese_model) C.siamese_status {
			return C.siamese_model_set_validation(p, pairs, candidates)
		})
	})
}

// Train trains, and then encodes all items anew and builds their index; searches
// go on with what the model had before until all of it is done. When ctx is done
// it returns an error that is both [ErrCancelled] and ctx's, and the next Train
// goes on to the same bits. The function progress may be nil.
func (m *Model) Train(ctx context.Context, progress ProgressFunc) error {
	return m.run(ctx, progress, func(p *C.siamese_model, user C.uintptr_t) C.siamese_status {
		return C.go_model_train(p, user)
	})
}

// Resume trains as Train does, but leaves a training that is complete.
func (m *Model) Resume(ctx context.Context, progress ProgressFunc) error {
	return m.run(ctx, progress, func(p *C.siamese_model, user C.uintptr_t) C.siamese_status {
		return C.go_model_resume(p, user)
	})
}

// Prepare makes the vocabulary, the towers and the trainer, unless they are there,
// and gives the trainer what was added; it trains nothing. Pairs that are added
// before the next training go to the trainer at once.
func (m *Model) Prepare() error {
	return m.h.do(func(p *C.siamese_model) C.siamese_status { return C.siamese_model_prepare(p) })
}

// Rebuild encodes all items anew and builds a new index. Searches go on meanwhile.
func (m *Model) Rebuild(ctx context.Context, progress ProgressFunc) error {
	return m.run(ctx, progress, func(p *C.siamese_model, user C.uintptr_t) C.siamese_status {
		return C.go_model_rebuild(p, user)
	})
}

func (m *Model) run(ctx context.Context, progress ProgressFunc,
	f func(*C.siamese_model, C.uintptr_t) C.siamese_status) error {
	if !m.training.CompareAndSwap(false, true) {
		return stateError("the model trains already")
	}
	defer m.training.Store(false)
	p, err := m.h.acquire()
	if err != nil {
		return err
	}
	defer m.h.release()
	r := &run{progress: progress}
	late, err := r.do(ctx, func() { C.siamese_model_cancel(p) }, func(user C.uintptr_t) error {
		return call(func() C.siamese_status { return f(p, user) })
	})
	if late { // it must not reach into the next run
		C.siamese_model_forget_cancel(p)
	}
	return err
}

// Cancel makes a running Train or Rebuild return [ErrCancelled]. If none is
// running, the next one returns it at once. A context does the same.
func (m *Model) Cancel() error {
	return m.h.do(func(p *C.siamese_model) C.siamese_status { return C.siamese_model_cancel(p) })
}

// ForgetCancel forgets a cancel that waits for the next Train or Rebuild.
func (m *Model) ForgetCancel() error {
	return m.h.do(func(p *C.siamese_model) C.siamese_status { return C.siamese_model_forget_cancel(p) })
}

// Grow lets the vocabulary take in the texts of all pairs and items that were
// added, before Train goes on with them. maxTokens is its largest size, 0 without
// limit.
func (m *Model) Grow(maxTokens int) error {
	return m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_grow(p, C.size_t(maxTokens))
	})
}

// Finish frees the trainer and the pairs, which a model that only serves does not
// need.
func (m *Model) Finish() error {
	return m.h.do(func(p *C.siamese_model) C.siamese_status { return C.siamese_model_finish(p) })
}

// AddItems adds items, all of them or none. From the first training on a search
// finds them at once.
func (m *Model) AddItems(rows *Rows) error {
	return withRows(rows, func(rows *C.siamese_item_rows) error {
		return m.h.do(func(p *C.siamese_model) C.siamese_status {
			return C.siamese_model_add_items(p, rows)
		})
	})
}

// UpdateItems replaces the items that are there and adds the others, all of them
// or none.
func (m *Model) UpdateItems(rows *Rows) error {
	return withRows(rows, func(rows *C.siamese_item_rows) error {
		return m.h.do(func(p *C.siamese_model) C.siamese_status {
			return C.siamese_model_update_items(p, rows)
		})
	})
}

// RemoveItems removes items and returns their number; ids without one are ignored.
func (m *Model) RemoveItems(ids ...int64) (int, error) {
	var removed C.size_t
	err := m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_remove_items(p, numbers[C.int64_t](ids), nil, C.size_t(len(ids)), &removed)
	})
	return int(removed), err
}

// RemoveItemTexts removes items whose ids are texts.
func (m *Model) RemoveItemTexts(ids ...string) (int, error) {
	var removed C.size_t
	err := withTexts(ids, func(ids *C.siamese_text, count C.size_t) error {
		return m.h.do(func(p *C.siamese_model) C.siamese_status {
			return C.siamese_model_remove_items(p, nil, ids, count, &removed)
		})
	})
	return int(removed), err
}

// Search finds the k best items for a text, the best first.
func (m *Model) Search(text string, k int) ([]Hit, error) {
	p, err := m.h.acquire()
	if err != nil {
		return nil, err
	}
	defer m.h.release()
	if k < 1 {
		return nil, argumentError("k: is less than 1")
	}
	a := newArena(C.sizeof_go_packed + uintptr(min(k, 64))*packedRoom)
	defer a.done()
	packed := (*C.go_packed)(a.take(C.sizeof_go_packed))
	room := a.size - a.used
	memory := a.take(room &^ 7)
	C.go_model_search_one(p, bytesOf(text), C.size_t(len(text)), C.size_t(k), &requestDefaults,
		packed, memory, C.size_t(room))
	if err := failed(packed.result); err != nil {
		return nil, err
	}
	if packed.left == nil {
		return unpacked(packed, memory), nil
	}
	var all C.go_hits
	C.go_hits_again(packed.left, &all)
	defer C.go_hits_free(&all)
	return hitsOf(&all, 0), nil
}

// Find searches, for one query or many, texts or vectors.
func (m *Model) Find(r *Request) (*Hits, error) {
	if r.Vectors != nil { // of the size that this one searcher's have
		searcher, err := m.Searcher()
		if err != nil {
			return nil, err
		}
		defer searcher.Close()
		return searcher.Find(r)
	}
	p, err := m.h.acquire()
	if err != nil {
		return nil, err
	}
	defer m.h.release()
	return withRequest(r, func(request C.siamese_search_request) (*Hits, error) {
		return newHits(C.go_model_search(p, request))
	})
}

// Encode returns the vectors of texts by the tower of a side, one behind the
// other.
func (m *Model) Encode(side Side, texts ...string) ([]float32, error) {
	return m.EncodeRows(side, texts, 1)
}

// EncodeRows returns the vectors of rows of so many texts each.
func (m *Model) EncodeRows(side Side, texts []string, fields int) ([]float32, error) {
	tower, err := m.Tower(side) // the vectors are of one size, whatever is loaded
	if err != nil {
		return nil, err
	}
	defer tower.Close()
	return tower.EncodeRows(texts, fields)
}

// Save writes the model to a file: at any moment path is the old file or the new
// one, whole.
func (m *Model) Save(path string, options Options) error {
	cPath, err := cString("path", path)
	if err != nil {
		return err
	}
	o, err := optionKind(C.GO_KIND_save).fill(options)
	if err != nil {
		return err
	}
	return m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_save(p, cPath, (*C.siamese_save_options)(unsafe.Pointer(o)))
	})
}

// Write writes the model to a stream, as [Bundle.Write] does.
func (m *Model) Write(w io.Writer, options Options) error {
	o, err := optionKind(C.GO_KIND_save).fill(options)
	if err != nil {
		return err
	}
	s := &stream{writer: w}
	return s.do(func(user C.uintptr_t) error {
		return m.h.do(func(p *C.siamese_model) C.siamese_status {
			return C.go_model_write(p, user, unsafe.Pointer(o))
		})
	})
}

// Reload puts another file in the place of all that the model is, while others
// search: each search has the old model or the new one, and hits of the old one
// stay valid. A reload that fails leaves the model as it is.
func (m *Model) Reload(path string, options Options) error {
	cPath, err := cString("path", path)
	if err != nil {
		return err
	}
	o, err := optionKind(C.GO_KIND_load).fill(options)
	if err != nil {
		return err
	}
	return m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_reload(p, cPath, (*C.siamese_load_options)(unsafe.Pointer(o)))
	})
}

// A ModelInfo says what a model is at the moment.
type ModelInfo struct {
	Dim        int    // the size of a vector; 0 before there are towers
	Items      int    // the number of rows of items
	Vectors    int    // those of them that a search can find
	Pairs      int    // the pairs to learn from that were added
	Generation uint64 // counts what put something new in place
	Trained    bool   // there are towers
	Training   bool   // Train or Rebuild runs
}

// Info returns what the model is at the moment.
func (m *Model) Info() (ModelInfo, error) {
	var info C.siamese_model_info
	info.struct_size = C.sizeof_siamese_model_info
	err := m.h.do(func(p *C.siamese_model) C.siamese_status {
		return C.siamese_model_get_info(p, &info)
	})
	return ModelInfo{int(info.dim), int(info.items), int(info.vectors), int(info.pairs),
		uint64(info.generation), info.trained != 0, info.training != 0}, err
}

// partOf gives out a part of a model, as it stands.
func partOf[O any](m *Model, f func(*C.siamese_model) (*O, error)) (*O, error) {
	p, err := m.h.acquire()
	if err != nil {
		return nil, err
	}
	defer m.h.release()
	return f(p)
}

// Vocab returns the vocabulary. Each part that a model gives out is the one of the
// moment, and is to be closed; items and index are changed by the model alone.
func (m *Model) Vocab() (*Vocab, error) {
	return partOf(m, func(p *C.siamese_model) (*Vocab, error) {
		return madeVocab(func(out **C.siamese_vocab) C.siamese_status {
			return C.siamese_model_get_vocab(p, out)
		})
	})
}

// Tower returns the tower of a side.
func (m *Model) Tower(side Side) (*Tower, error) {
	return partOf(m, func(p *C.siamese_model) (*Tower, error) {
		return madeTower(func(out **C.siamese_tower) C.siamese_status {
			if side == ItemSide {
				return C.siamese_model_get_item_tower(p, out)
			}
			return C.siamese_model_get_query_tower(p, out)
		})
	})
}

// Trainer returns the trainer. Until it is closed, the model is not to be trained.
func (m *Model) Trainer() (*Trainer, error) {
	return partOf(m, func(p *C.siamese_model) (*Trainer, error) {
		return madeTrainer(func(out **C.siamese_trainer) C.siamese_status {
			return C.siamese_model_get_trainer(p, out)
		})
	})
}

// Index returns the index.
func (m *Model) Index() (*Index, error) {
	return partOf(m, func(p *C.siamese_model) (*Index, error) {
		return madeIndex(func(out **C.siamese_index) C.siamese_status {
			return C.siamese_model_get_index(p, out)
		})
	})
}

// Items returns the items.
func (m *Model) Items() (*Items, error) {
	return partOf(m, func(p *C.siamese_model) (*Items, error) {
		return madeItems(func(out **C.siamese_items) C.siamese_status {
			return C.siamese_model_get_items(p, out)
		})
	})
}

// Searcher returns the searcher.
func (m *Model) Searcher() (*Searcher, error) {
	return partOf(m, func(p *C.siamese_model) (*Searcher, error) {
		s := &Searcher{given: true}
		return made(s, &s.h, freeSearcher, func(out **C.siamese_searcher) C.siamese_status {
			return C.siamese_model_get_searcher(p, out)
		})
	})
}

// Bundle creates a bundle of all that Save would write.
func (m *Model) Bundle() (*Bundle, error) {
	return partOf(m, func(p *C.siamese_model) (*Bundle, error) {
		return madeBundle(func(out **C.siamese_bundle) C.siamese_status {
			return C.siamese_model_get_bundle(p, out)
		})
	})
}
