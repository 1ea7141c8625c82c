package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"io"
	"runtime/cgo"
	"unsafe"
)

// A Bundle is what goes to, or came from, one file: a vocabulary, towers, a
// trainer, an index, items, a ranker, and sections of the host's own bytes.
type Bundle struct{ h handle[*C.siamese_bundle] }

func freeBundle(p *C.siamese_bundle) { C.siamese_bundle_free(p) }

func madeBundle(f func(**C.siamese_bundle) C.siamese_status) (*Bundle, error) {
	b := new(Bundle)
	return made(b, &b.h, freeBundle, f)
}

// NewBundle creates an empty bundle.
func NewBundle() (*Bundle, error) {
	return madeBundle(func(out **C.siamese_bundle) C.siamese_status {
		return C.siamese_bundle_create(out)
	})
}

// Close frees the bundle; its parts go on.
func (b *Bundle) Close() error {
	b.h.close()
	return nil
}

// part replaces one part of the bundle; no handle takes it out.
func part[P comparable](b *Bundle, h *handle[P], set func(*C.siamese_bundle, P) C.siamese_status) error {
	var pointer P
	if h != nil {
		var err error
		if pointer, err = h.acquire(); err != nil {
			return err
		}
		defer h.release()
	}
	return b.h.write(func(p *C.siamese_bundle) C.siamese_status { return set(p, pointer) })
}

// SetVocab replaces the vocabulary; nil takes it out.
func (b *Bundle) SetVocab(vocab *Vocab) error {
	var h *handle[*C.siamese_vocab]
	if vocab != nil {
		h = &vocab.h
	}
	return part(b, h, func(p *C.siamese_bundle, v *C.siamese_vocab) C.siamese_status {
		return C.siamese_bundle_set_vocab(p, v)
	})
}

// SetTower replaces the tower of a side; nil takes it out.
func (b *Bundle) SetTower(side Side, tower *Tower) error {
	var h *handle[*C.siamese_tower]
	if tower != nil {
		h = &tower.h
	}
	return part(b, h, func(p *C.siamese_bundle, t *C.siamese_tower) C.siamese_status {
		if side == ItemSide {
			return C.siamese_bundle_set_item_tower(p, t)
		}
		return C.siamese_bundle_set_query_tower(p, t)
	})
}

// SetTrainer replaces the trainer, which brings its towers; nil takes it out.
func (b *Bundle) SetTrainer(trainer *Trainer) error {
	var h *handle[*C.siamese_trainer]
	if trainer != nil {
		h = &trainer.h
	}
	return part(b, h, func(p *C.siamese_bundle, t *C.siamese_trainer) C.siamese_status {
		return C.siamese_bundle_set_trainer(p, t)
	})
}

// SetIndex replaces the index; nil takes it out.
func (b *Bundle) SetIndex(index *Index) error {
	var h *handle[*C.siamese_index]
	if index != nil {
		h = &index.h
	}
	return part(b, h, func(p *C.siamese_bundle, x *C.siamese_index) C.siamese_status {
		return C.siamese_bundle_set_index(p, x)
	})
}

// SetItems replaces the items; nil takes them out.
func (b *Bundle) SetItems(items *Items) error {
	var h *handle[*C.siamese_items]
	if items != nil {
		h = &items.h
	}
	return part(b, h, func(p *C.siamese_bundle, i *C.siamese_items) C.siamese_status {
		return C.siamese_bundle_set_items(p, i)
	})
}

// SetSection sets a section of the host's own bytes; nil takes it out.
func (b *Bundle) SetSection(name string, data []byte) error {
	cName, err := cString("name", name)
	if err != nil {
		return err
	}
	var bytes unsafe.Pointer
	if data != nil {
		bytes = unsafe.Pointer(numbers[byte](data))
	}
	return b.h.write(func(p *C.siamese_bundle) C.siamese_status {
		return C.siamese_bundle_set_section(p, cName, bytes, C.size_t(len(data)))
	})
}

// Section returns the bytes of a section of the host's own.
func (b *Bundle) Section(name string) ([]byte, error) {
	cName, err := cString("name", name)
	if err != nil {
		return nil, err
	}
	return readBytes(func(buffer unsafe.Pointer, size C.size_t, needed *C.size_t) error {
		return b.h.read(func(p *C.siamese_bundle) C.siamese_status {
			return C.siamese_bundle_get_section(p, cName, buffer, size, needed)
		})
	})
}

// lent calls f with the bundle in C, for a function that gives out a part.
func lent[O any](b *Bundle, f func(*C.siamese_bundle) (*O, error)) (*O, error) {
	b.h.lock.RLock()
	defer b.h.lock.RUnlock()
	p, err := b.h.acquire()
	if err != nil {
		return nil, err
	}
	defer b.h.release()
	return f(p)
}

// Vocab returns the bundle's vocabulary, or that of its towers. What the bundle
// gives out is shared with it, and is to be closed.
func (b *Bundle) Vocab() (*Vocab, error) {
	return lent(b, func(p *C.siamese_bundle) (*Vocab, error) {
		return madeVocab(func(out **C.siamese_vocab) C.siamese_status {
			return C.siamese_bundle_get_vocab(p, out)
		})
	})
}

// Tower returns the tower of a side; of a trainer it is its snapshot.
func (b *Bundle) Tower(side Side) (*Tower, error) {
	return lent(b, func(p *C.siamese_bundle) (*Tower, error) {
		return madeTower(func(out **C.siamese_tower) C.siamese_status {
			if side == ItemSide {
				return C.siamese_bundle_get_item_tower(p, out)
			}
			return C.siamese_bundle_get_query_tower(p, out)
		})
	})
}

// Trainer returns the trainer.
func (b *Bundle) Trainer() (*Trainer, error) {
	return lent(b, func(p *C.siamese_bundle) (*Trainer, error) {
		return madeTrainer(func(out **C.siamese_trainer) C.siamese_status {
			return C.siamese_bundle_get_trainer(p, out)
		})
	})
}

// Index returns the index.
func (b *Bundle) Index() (*Index, error) {
	return lent(b, func(p *C.siamese_bundle) (*Index, error) {
		return madeIndex(func(out **C.siamese_index) C.siamese_status {
			return C.siamese_bundle_get_index(p, out)
		})
	})
}

// Items returns the items.
func (b *Bundle) Items() (*Items, error) {
	return lent(b, func(p *C.siamese_bundle) (*Items, error) {
		return madeItems(func(out **C.siamese_items) C.siamese_status {
			return C.siamese_bundle_get_items(p, out)
		})
	})
}

// Model creates a model of the bundle's parts, which it shares.
func (b *Bundle) Model() (*Model, error) {
	return lent(b, func(p *C.siamese_bundle) (*Model, error) {
		return madeModel(func(out **C.siamese_model) C.siamese_status {
			return C.siamese_model_from_bundle(out, p)
		})
	})
}

// Save writes the bundle to a file: at any moment path is the old file or the new
// one, whole. The options are compression and finished.
func (b *Bundle) Save(path string, options Options) error {
	cPath, err := cString("path", path)
	if err != nil {
		return err
	}
	o, err := optionKind(C.GO_KIND_save).fill(options)
	if err != nil {
		return err
	}
	return b.h.read(func(p *C.siamese_bundle) C.siamese_status {
		return C.siamese_checkpoint_save(cPath, p, (*C.siamese_save_options)(unsafe.Pointer(o)))
	})
}

// A stream is a reader or a writer of the host's, and its error.
type stream struct {
	writer   io.Writer
	reader   io.Reader
	err      error
	panicked any
}

func (s *stream) caught(result *C.int32_t) {
	if s.panicked = recover(); s.panicked != nil {
		*result = 1
	}
}

// do makes the call of C that reads or writes, and joins its error with the
// stream's.
func (s *stream) do(f func(user C.uintptr_t) error) error {
	user := cgo.NewHandle(s)
	defer user.Delete()
	err := f(C.uintptr_t(user))
	if s.panicked != nil {
		panic(s.panicked)
	}
	var failure *Error
	if errors.As(err, &failure) && s.err != nil {
		failure.cause = s.err
	}
	return err
}

//export siameseGoWrite
func siameseGoWrite(user C.uintptr_t, data unsafe.Pointer, size C.size_t) (result C.int32_t) {
	s := cgo.Handle(user).Value().(*stream)
	defer s.caught(&result)
	if _, s.err = s.writer.Write(unsafe.Slice((*byte)(data), size)); s.err != nil {
		return 1
	}
	return 0
}

//export siameseGoRead
func siameseGoRead(user C.uintptr_t, data unsafe.Pointer, size C.size_t, done *C.size_t) (result C.int32_t) {
	s := cgo.Handle(user).Value().(*stream)
	defer s.caught(&result)
	read, err := io.ReadFull(s.reader, unsafe.Slice((*byte)(data), size))
	*done = C.size_t(read)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		s.err = err
		return 1
	}
	return 0
}

// Write writes the bundle to a stream. An error of the stream is found in what it
// returns by [errors.Is] and [errors.As].
func (b *Bundle) Write(w io.Writer, options Options) error {
	o, err := optionKind(C.GO_KIND_save).fill(options)
	if err != nil {
		return err
	}
	s := &stream{writer: w}
	return s.do(func(user C.uintptr_t) error {
		return b.h.read(func(p *C.siamese_bundle) C.siamese_status {
			return C.go_checkpoint_write(user, p, unsafe.Pointer(o))
		})
	})
}

// Load loads a bundle from a file.
func Load(path string, options Options) (*Bundle, error) {
	cPath, err := cString("path", path)
	if err != nil {
		return nil, err
	}
	o, err := optionKind(C.GO_KIND_load).fill(options)
	if err != nil {
		return nil, err
	}
	return madeBundle(func(out **C.siamese_bundle) C.siamese_status {
		return C.siamese_checkpoint_load(out, cPath, (*C.siamese_load_options)(unsafe.Pointer(o)))
	})
}

// LoadBytes loads a bundle from the bytes of a file.
func LoadBytes(data []byte, options Options) (*Bundle, error) {
	o, err := optionKind(C.GO_KIND_load).fill(options)
	if err != nil {
		return nil, err
	}
	return madeBundle(func(out **C.siamese_bundle) C.siamese_status {
		return C.siamese_checkpoint_load_memory(out, unsafe.Pointer(numbers[byte](data)),
			C.size_t(len(data)), (*C.siamese_load_options)(unsafe.Pointer(o)))
	})
}

// Read loads a bundle from a stream.
func Read(r io.Reader, options Options) (bundle *Bundle, err error) {
	o, err := optionKind(C.GO_KIND_load).fill(options)
	if err != nil {
		return nil, err
	}
	s := &stream{reader: r}
	err = s.do(func(user C.uintptr_t) (err error) {
		bundle, err = madeBundle(func(out **C.siamese_bundle) C.siamese_status {
			return C.go_checkpoint_read(out, user, unsafe.Pointer(o))
		})
		return err
	})
	return bundle, err
}

// A Section describes one section of a file.
type Section struct {
	Name       string
	User       bool   // a section of the host's own
	Version    uint32 // of the section's format
	StoredSize uint64 // bytes in the file
	Size       uint64 // bytes unpacked
	CRC32      uint32 // of the unpacked bytes
}

// Sections lists the sections of a file, and the version of its format, without
// loading it.
func Sections(path string) (sections []Section, version uint32, err error) {
	cPath, err := cString("path", path)
	if err != nil {
		return nil, 0, err
	}
	infos := make([]C.siamese_section_info, 16)
	var needed C.size_t
	for {
		for i := range infos {
			infos[i].struct_size = C.sizeof_siamese_section_info
		}
		var format C.uint32_t
		err = call(func() C.siamese_status {
			return C.siamese_checkpoint_info(cPath, &infos[0], C.size_t(len(infos)), &needed, &format)
		})
		version = uint32(format)
		if !errors.Is(err, ErrRange) || int(needed) <= len(infos) {
			break
		}
		infos = make([]C.siamese_section_info, needed)
	}
	if err != nil {
		return nil, version, err
	}
	for _, info := range infos[:needed] {
		sections = append(sections, Section{goName(&info.name), info.user != 0, uint32(info.version),
			uint64(info.stored_size), uint64(info.size), uint32(info.crc32)})
	}
	return sections, version, nil
}

// Verify checks every byte of a file; the error names the section that is
// damaged. A load with the option map leaves the vectors of an index unchecked.
func Verify(path string) error {
	cPath, err := cString("path", path)
	if err != nil {
		return err
	}
	return call(func() C.siamese_status {
		return C.siamese_checkpoint_verify(cPath)
	})
}
