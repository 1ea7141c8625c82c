package siamese

// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"
)

// readBytes reads what get writes, in a buffer that is made large enough.
func readBytes(get func(buffer unsafe.Pointer, size C.size_t, needed *C.size_t) error) ([]byte, error) {
	buffer := make([]byte, 256)
	for {
		var needed C.size_t
		err := get(unsafe.Pointer(&buffer[0]), C.size_t(len(buffer)), &needed)
		if err == nil {
			return buffer[:needed:needed], nil
		}
		if !errors.Is(err, ErrRange) || int(needed) < len(buffer) {
			return nil, err
		}
		buffer = make([]byte, needed+1)
	}
}

// readText does so with a text.
func readText(get func(buffer *C.char, size C.size_t, needed *C.size_t) error) (string, error) {
	bytes, err := readBytes(func(buffer unsafe.Pointer, size C.size_t, needed *C.size_t) error {
		return get((*C.char)(buffer), size, needed)
	})
	return string(bytes), err
}

// readFloats does so with numbers, of which there is always at least one.
func readFloats(get func(values *C.float, capacity C.size_t, needed *C.size_t) error) ([]float32, error) {
	var needed C.size_t
	err := get(nil, 0, &needed)
	if !errors.Is(err, ErrRange) {
		return nil, err
	}
	values := make([]float32, needed)
	return values, get(numbers[C.float](values), needed, &needed)
}

// goName reads a text in an array of C's.
func goName(name *[64]C.char) string { return C.GoString(&name[0]) }

func flag(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}
