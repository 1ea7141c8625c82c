package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"unsafe"
)

// Options sets options by name: numbers, true and false, or text as on the
// command line, e.g. {"epochs": 20, "optimizer": "adagrad"}. What is not named has
// its default, and nil means the defaults. [DescribeOptions] lists them.
type Options map[string]any

// An OptionInfo describes an option.
type OptionInfo struct {
	Name, Type, Default, Range, Help string
}

// A kind of options, and the memory for one struct of any kind: a larger struct
// than the library's own is allowed where its end is zero.
type (
	optionKind  C.int32_t
	optionBytes [128]C.uint64_t
)

func (k optionKind) pointer(o *optionBytes) unsafe.Pointer { return unsafe.Pointer(o) }

// DescribeOptions lists the options of a kind: vocab, tower, field, trainer,
// index, search, ranker, evaluator, save, load, items or model.
func DescribeOptions(kind string) ([]OptionInfo, error) {
	for k := optionKind(0); k < C.GO_KIND_COUNT; k++ {
		if C.GoString(C.go_kind_name(C.int32_t(k))) == kind {
			return k.describe()
		}
	}
	return nil, &Error{Status: ErrNotFound, Message: fmt.Sprintf("there are no options of %q", kind)}
}

func (k optionKind) describe() (infos []OptionInfo, err error) {
	for i := C.size_t(0); ; i++ {
		var info C.siamese_option_info
		info.struct_size = C.sizeof_siamese_option_info
		err := call(func() C.siamese_status {
			return C.go_options_describe(C.int32_t(k), i, &info)
		})
		if errors.Is(err, ErrNotFound) {
			return infos, nil
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, OptionInfo{C.GoString(info.name), C.GoString(info._type),
			C.GoString(info.default_value), C.GoString(info._range), C.GoString(info.help)})
	}
}

// fill returns a struct of the defaults and what the options say; nil for no
// options.
func (k optionKind) fill(options Options) (*optionBytes, error) {
	if len(options) == 0 {
		return nil, nil
	}
	o := new(optionBytes)
	if err := call(func() C.siamese_status {
		return C.go_options_init(C.int32_t(k), unsafe.Pointer(o), C.size_t(unsafe.Sizeof(*o)))
	}); err != nil {
		return nil, err
	}
	return o, options.each(func(name, value *C.char) C.siamese_status {
		return C.go_options_set(C.int32_t(k), unsafe.Pointer(o), name, value)
	})
}

// each calls set for each option, in the order of their names.
func (options Options) each(set func(name, value *C.char) C.siamese_status) error {
	names := make([]string, 0, len(options))
	for name := range options {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := setOption(name, options[name], set); err != nil {
			return err
		}
	}
	return nil
}

func setOption(name string, value any, set func(name, value *C.char) C.siamese_status) error {
	text, err := optionText(name, value)
	if err != nil {
		return err
	}
	cName, err := cString("option", name)
	if err != nil {
		return err
	}
	cValue, err := cString(name, text)
	if err != nil {
		return err
	}
	return call(func() C.siamese_status { return set(cName, cValue) })
}

func optionText(name string, value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		if v {
			return "1", nil
		}
		return "0", nil
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v), nil
	}
	return "", &Error{Status: ErrOption, Message: fmt.Sprintf(
		"%s: is a %T, not a number, a bool or a text", name, value)}
}

// inForce reads all options that get fills in, as texts.
func (k optionKind) inForce(get func(unsafe.Pointer) error) (Options, error) {
	o := new(optionBytes)
	o[0] = C.uint64_t(unsafe.Sizeof(*o)) // struct_size
	if err := get(unsafe.Pointer(o)); err != nil {
		return nil, err
	}
	infos, err := k.describe()
	if err != nil {
		return nil, err
	}
	options := Options{}
	for _, info := range infos {
		var text [256]C.char
		name, err := cString("option", info.Name)
		if err != nil {
			return nil, err
		}
		if err := call(func() C.siamese_status {
			return C.go_options_get(C.int32_t(k), unsafe.Pointer(o), name, &text[0], C.size_t(len(text)))
		}); err != nil {
			return nil, err
		}
		options[info.Name] = C.GoString(&text[0])
	}
	return options, nil
}
