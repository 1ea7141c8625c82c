package siamese

// #include "shim.h"
import "C"

import "unsafe"

// A Tower turns rows of texts into vectors. Each text of a row belongs to a
// field, which has an encoder of its own; most towers have one field.
type Tower struct{ h handle[*C.siamese_tower] }

func freeTower(p *C.siamese_tower) { C.siamese_tower_free(p) }

func madeTower(f func(**C.siamese_tower) C.siamese_status) (*Tower, error) {
	t := new(Tower)
	return made(t, &t.h, freeTower, f)
}

// NewTower creates a tower without fields.
func NewTower(options Options) (*Tower, error) {
	o, err := optionKind(C.GO_KIND_tower).fill(options)
	if err != nil {
		return nil, err
	}
	return madeTower(func(out **C.siamese_tower) C.siamese_status {
		return C.siamese_tower_create(out, (*C.siamese_tower_options)(unsafe.Pointer(o)))
	})
}

// Close frees the tower; what was made with it goes on.
func (t *Tower) Close() error {
	t.h.close()
	return nil
}

// AddField adds a field and initialises its encoder. The vocabulary is finished,
// or nil for a field of kind numbers or of hashed ids.
func (t *Tower) AddField(name string, vocab *Vocab, options Options) error {
	cName, err := cString("name", name)
	if err != nil {
		return err
	}
	o, err := optionKind(C.GO_KIND_field).fill(options)
	if err != nil {
		return err
	}
	var v *C.siamese_vocab
	if vocab != nil {
		if v, err = vocab.h.acquire(); err != nil {
			return err
		}
		defer vocab.h.release()
	}
	return t.h.write(func(p *C.siamese_tower) C.siamese_status {
		return C.siamese_tower_add_field(p, cName, v, (*C.siamese_field_options)(unsafe.Pointer(o)))
	})
}

// Dim returns the size of one vector; 0 until a field is added.
func (t *Tower) Dim() int {
	return t.h.count(func(p *C.siamese_tower) C.size_t { return C.siamese_tower_dim(p) })
}

// Fields returns the number of fields, which is the number of texts per row.
func (t *Tower) Fields() int {
	return t.h.count(func(p *C.siamese_tower) C.size_t { return C.siamese_tower_field_count(p) })
}

// Encode returns the vectors of texts, [len(texts)][Dim], one behind the other. A
// text's vector has the same bits in any batch.
func (t *Tower) Encode(texts ...string) ([]float32, error) { return t.EncodeRows(texts, 1) }

// EncodeRows returns the vectors of rows of so many texts each, one row behind
// the other. Fields of the tower beyond are absent.
func (t *Tower) EncodeRows(texts []string, fields int) ([]float32, error) {
	rows, err := rowsOf("texts", len(texts), fields)
	if err != nil {
		return nil, err
	}
	out := make([]float32, rows*t.Dim())
	if err := t.EncodeTo(out, texts, fields); err != nil {
		return nil, err
	}
	return out, nil
}

// EncodeTo writes the vectors of rows of texts to out, which has room for them.
func (t *Tower) EncodeTo(out []float32, texts []string, fields int) error {
	rows, err := rowsOf("texts", len(texts), fields)
	if err != nil {
		return err
	}
	t.h.lock.RLock()
	defer t.h.lock.RUnlock()
	p, err := t.h.acquire()
	if err != nil {
		return err
	}
	defer t.h.release()
	if len(texts) == 1 {
		return failed(C.go_tower_encode_one(p, bytesOf(texts[0]), C.size_t(len(texts[0])),
			numbers[C.float](out), C.size_t(len(out))))
	}
	return withTexts(texts, func(texts *C.siamese_text, _ C.size_t) error {
		return failed(C.go_tower_encode(p, texts, C.size_t(rows), C.size_t(fields),
			numbers[C.float](out), C.size_t(len(out))))
	})
}

// EncodeIDs returns the vectors of rows of token ids, of a tower of one field.
func (t *Tower) EncodeIDs(rows [][]int64) ([]float32, error) {
	offsets := make([]uint, 1, len(rows)+1)
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row...)
		offsets = append(offsets, uint(len(ids)))
	}
	out := make([]float32, len(rows)*t.Dim())
	return out, t.h.read(func(p *C.siamese_tower) C.siamese_status {
		return C.siamese_tower_encode_ids(p, numbers[C.int64_t](ids), numbers[C.size_t](offsets),
			C.size_t(len(rows)), numbers[C.float](out), C.size_t(len(out)))
	})
}

// FieldName returns the name of a field.
func (t *Tower) FieldName(field int) (string, error) {
	return readText(func(buffer *C.char, size C.size_t, needed *C.size_t) error {
		return t.h.read(func(p *C.siamese_tower) C.siamese_status {
			return C.siamese_tower_get_field_name(p, C.size_t(field), buffer, size, needed)
		})
	})
}

// Options returns the options in force, as texts.
func (t *Tower) Options() (Options, error) {
	return optionKind(C.GO_KIND_tower).inForce(func(o unsafe.Pointer) error {
		return t.h.read(func(p *C.siamese_tower) C.siamese_status {
			return C.siamese_tower_get_options(p, (*C.siamese_tower_options)(o))
		})
	})
}

// Vocab returns the vocabulary of a field.
func (t *Tower) Vocab(field int) (*Vocab, error) {
	p, err := t.h.acquire()
	if err != nil {
		return nil, err
	}
	defer t.h.release()
	return madeVocab(func(out **C.siamese_vocab) C.siamese_status {
		return C.siamese_tower_get_vocab(p, C.size_t(field), out)
	})
}

// A Parameter describes weights of a tower, with Keras's names and layouts.
type Parameter struct {
	Name      string
	Shape     []int
	Precision int // 0 float32, 1 float16, 2 int8
}

// Parameters lists the parameters of a tower.
func (t *Tower) Parameters() ([]Parameter, error) {
	count := t.h.count(func(p *C.siamese_tower) C.size_t { return C.siamese_tower_parameter_count(p) })
	parameters := make([]Parameter, count)
	for i := range parameters {
		var info C.siamese_parameter_info
		info.struct_size = C.sizeof_siamese_parameter_info
		if err := t.h.read(func(p *C.siamese_tower) C.siamese_status {
			return C.siamese_tower_parameter_info(p, C.size_t(i), &info)
		}); err != nil {
			return nil, err
		}
		parameters[i] = Parameter{Name: goName(&info.name), Precision: int(info.precision)}
		for r := C.size_t(0); r < info.rank; r++ {
			parameters[i].Shape = append(parameters[i].Shape, int(info.shape[r]))
		}
	}
	return parameters, nil
}

// Parameter returns the values of a parameter, row-major.
func (t *Tower) Parameter(name string) ([]float32, error) {
	cName, err := cString("name", name)
	if err != nil {
		return nil, err
	}
	return readFloats(func(values *C.float, capacity C.size_t, needed *C.size_t) error {
		return t.h.read(func(p *C.siamese_tower) C.siamese_status {
			return C.siamese_tower_parameter_get(p, cName, values, capacity, needed)
		})
	})
}

// SetParameter sets the values of a parameter, row-major.
func (t *Tower) SetParameter(name string, values []float32) error {
	cName, err := cString("name", name)
	if err != nil {
		return err
	}
	return t.h.write(func(p *C.siamese_tower) C.siamese_status {
		return C.siamese_tower_parameter_set(p, cName, numbers[C.float](values), C.size_t(len(values)))
	})
}

// The precisions of Quantize.
const (
	Float32 = 0
	Float16 = 1
	Int8    = 2
)

// Quantize returns a copy whose embedding tables have another precision.
func (t *Tower) Quantize(precision int) (*Tower, error) {
	t.h.lock.RLock()
	defer t.h.lock.RUnlock()
	p, err := t.h.acquire()
	if err != nil {
		return nil, err
	}
	defer t.h.release()
	return madeTower(func(out **C.siamese_tower) C.siamese_status {
		return C.siamese_tower_quantize(out, p, C.int32_t(precision))
	})
}

// Grow returns a copy that has a grown vocabulary in one field.
func (t *Tower) Grow(field int, vocab *Vocab) (*Tower, error) {
	t.h.lock.RLock()
	defer t.h.lock.RUnlock()
	p, err := t.h.acquire()
	if err != nil {
		return nil, err
	}
	defer t.h.release()
	v, err := vocab.h.acquire()
	if err != nil {
		return nil, err
	}
	defer vocab.h.release()
	return madeTower(func(out **C.siamese_tower) C.siamese_status {
		return C.siamese_tower_grow(out, p, C.size_t(field), v)
	})
}
