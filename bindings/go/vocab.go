package siamese

// #include "shim.h"
import "C"

import "unsafe"

// A Vocab turns texts into token ids. It first counts tokens (NewVocab, Add,
// Finish) or is given its table (SetTokens), and then never changes again.
type Vocab struct{ h handle[*C.siamese_vocab] }

func freeVocab(p *C.siamese_vocab) { C.siamese_vocab_free(p) }

func madeVocab(f func(**C.siamese_vocab) C.siamese_status) (*Vocab, error) {
	v := new(Vocab)
	return made(v, &v.h, freeVocab, f)
}

// NewVocab creates an empty vocabulary, which counts the texts that are added.
func NewVocab(options Options) (*Vocab, error) {
	o, err := optionKind(C.GO_KIND_vocab).fill(options)
	if err != nil {
		return nil, err
	}
	return madeVocab(func(out **C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_create(out, (*C.siamese_vocab_options)(unsafe.Pointer(o)))
	})
}

// LoadSentencepiece creates a finished vocabulary from the bytes of a
// sentencepiece model.
func LoadSentencepiece(model []byte, options Options) (*Vocab, error) {
	o, err := optionKind(C.GO_KIND_vocab).fill(options)
	if err != nil {
		return nil, err
	}
	return madeVocab(func(out **C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_load_sentencepiece(out, unsafe.Pointer(numbers[byte](model)),
			C.size_t(len(model)), (*C.siamese_vocab_options)(unsafe.Pointer(o)))
	})
}

// TrainSentencepiece trains a unigram model on texts and creates its vocabulary.
func TrainSentencepiece(texts []string, options Options) (vocab *Vocab, err error) {
	o, err := optionKind(C.GO_KIND_vocab).fill(options)
	if err != nil {
		return nil, err
	}
	err = withTexts(texts, func(texts *C.siamese_text, count C.size_t) (err error) {
		vocab, err = madeVocab(func(out **C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_train_sentencepiece(out, texts, count,
				(*C.siamese_vocab_options)(unsafe.Pointer(o)))
		})
		return err
	})
	return vocab, err
}

// Close frees the vocabulary; what was made with it goes on.
func (v *Vocab) Close() error {
	v.h.close()
	return nil
}

// Add counts the tokens of texts; call it as often as more texts arrive.
func (v *Vocab) Add(texts ...string) error {
	return withTexts(texts, func(texts *C.siamese_text, count C.size_t) error {
		return v.h.write(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_add(p, texts, count)
		})
	})
}

// Finish freezes the table, the most frequent tokens first.
func (v *Vocab) Finish() error {
	return v.h.write(func(p *C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_finish(p)
	})
}

// SetTokens sets the table in place of Add and Finish, in the order of the ids.
func (v *Vocab) SetTokens(tokens ...string) error {
	return withTexts(tokens, func(texts *C.siamese_text, count C.size_t) error {
		return v.h.write(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_set_tokens(p, texts, count)
		})
	})
}

// SetIDF sets the table and the idf of each token, for output_mode tf_idf.
func (v *Vocab) SetIDF(tokens []string, idf []float32) error {
	if err := checkRows("idf", len(idf), len(tokens)); err != nil {
		return err
	}
	return withTexts(tokens, func(texts *C.siamese_text, count C.size_t) error {
		return v.h.write(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_set_idf(p, texts, numbers[C.float](idf), count)
		})
	})
}

// Size returns the number of ids: all ids are less. It is 0 before Finish.
func (v *Vocab) Size() int {
	return v.h.count(func(p *C.siamese_vocab) C.size_t { return C.siamese_vocab_size(p) })
}

// Tokenize finds the token ids of each text, without padding.
func (v *Vocab) Tokenize(texts ...string) (rows [][]int64, err error) {
	offsets := make([]uint, len(texts)+1)
	var ids []int64
	err = withTexts(texts, func(texts *C.siamese_text, count C.size_t) error {
		needed := 8 * count
		for {
			ids = make([]int64, needed)
			err := v.h.read(func(p *C.siamese_vocab) C.siamese_status {
				return C.siamese_vocab_tokenize(p, texts, count, numbers[C.int64_t](ids),
					C.size_t(len(ids)), numbers[C.size_t](offsets), &needed)
			})
			if int(needed) <= len(ids) || err == nil {
				return err
			}
		}
	})
	if err != nil {
		return nil, err
	}
	rows = make([][]int64, len(texts))
	for i := range rows {
		rows[i] = ids[offsets[i]:offsets[i+1]:offsets[i+1]]
	}
	return rows, nil
}

// Encode writes one row of Size floats per text, for output_mode multi_hot,
// count or tf_idf.
func (v *Vocab) Encode(texts ...string) ([]float32, error) {
	out := make([]float32, len(texts)*v.Size())
	return out, withTexts(texts, func(texts *C.siamese_text, count C.size_t) error {
		return v.h.read(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_encode(p, texts, count, numbers[C.float](out), C.size_t(len(out)))
		})
	})
}

// Token returns the token of an id.
func (v *Vocab) Token(id int64) (string, error) {
	return readText(func(buffer *C.char, size C.size_t, needed *C.size_t) error {
		return v.h.read(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_token(p, C.int64_t(id), buffer, size, needed)
		})
	})
}

// Lookup finds the id of a token as it stands in the table.
func (v *Vocab) Lookup(token string) (id int64, err error) {
	var found C.int64_t
	err = v.h.read(func(p *C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_lookup(p, bytesOf(token), C.size_t(len(token)), &found)
	})
	return int64(found), err
}

// Options returns the options in force, as texts.
func (v *Vocab) Options() (Options, error) {
	return optionKind(C.GO_KIND_vocab).inForce(func(o unsafe.Pointer) error {
		return v.h.read(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_get_options(p, (*C.siamese_vocab_options)(o))
		})
	})
}

// VocabStats says how much of some texts the table and sequence_length leave out.
type VocabStats struct {
	Texts         uint64
	Tokens        uint64 // tokens or features, before any cut
	UnknownTokens uint64 // those of them that have no id of their own
	TextsCut      uint64 // texts with more tokens than sequence_length
	TokensCut     uint64 // tokens beyond sequence_length
}

func vocabStats(s *C.siamese_vocab_stats) VocabStats {
	return VocabStats{uint64(s.texts), uint64(s.tokens), uint64(s.unknown_tokens),
		uint64(s.texts_cut), uint64(s.tokens_cut)}
}

// Stats returns the statistics of the texts that were added.
func (v *Vocab) Stats() (VocabStats, error) {
	var s C.siamese_vocab_stats
	s.struct_size = C.sizeof_siamese_vocab_stats
	err := v.h.read(func(p *C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_get_stats(p, &s)
	})
	return vocabStats(&s), err
}

// Measure measures other texts with the finished table.
func (v *Vocab) Measure(texts ...string) (VocabStats, error) {
	var s C.siamese_vocab_stats
	s.struct_size = C.sizeof_siamese_vocab_stats
	err := withTexts(texts, func(texts *C.siamese_text, count C.size_t) error {
		return v.h.read(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_measure(p, texts, count, &s)
		})
	})
	return vocabStats(&s), err
}

// IDF returns the idf of every token, of output_mode tf_idf.
func (v *Vocab) IDF() ([]float32, error) {
	idf := make([]float32, v.Size())
	return idf, v.h.read(func(p *C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_get_idf(p, numbers[C.float](idf), C.size_t(len(idf)))
	})
}

// Grow creates a finished vocabulary of v's tokens, which keep their ids, and
// those of fresh that v lacks. maxTokens is the largest size, 0 without limit.
func (v *Vocab) Grow(fresh *Vocab, maxTokens int) (*Vocab, error) {
	old, err := v.h.acquire()
	if err != nil {
		return nil, err
	}
	defer v.h.release()
	other, err := fresh.h.acquire()
	if err != nil {
		return nil, err
	}
	defer fresh.h.release()
	return madeVocab(func(out **C.siamese_vocab) C.siamese_status {
		return C.siamese_vocab_grow(out, old, other, C.size_t(maxTokens))
	})
}

// Sentencepiece returns the bytes of the vocabulary's sentencepiece model.
func (v *Vocab) Sentencepiece() ([]byte, error) {
	return readBytes(func(buffer unsafe.Pointer, size C.size_t, needed *C.size_t) error {
		return v.h.read(func(p *C.siamese_vocab) C.siamese_status {
			return C.siamese_vocab_get_sentencepiece(p, buffer, size, needed)
		})
	})
}
