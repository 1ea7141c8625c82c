package siamese

/*
#include "shim.h"
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// An arena is one block of C's memory for all that a call hands to C: the texts,
// the arrays of their pointers and sizes, and structs that point to them. Go's
// rules allow C no pointer to a Go pointer, and the block is used again by the
// next call.
type arena struct {
	memory     unsafe.Pointer
	size, used uintptr
}

// A larger block is not kept for later calls.
const arenaKept = 1 << 22

const textSize = unsafe.Sizeof(C.siamese_text{})

var arenas = sync.Pool{New: func() any {
	a := new(arena)
	runtime.SetFinalizer(a, (*arena).free)
	return a
}}

func (a *arena) free() {
	C.free(a.memory)
	a.memory, a.size = nil, 0
}

// newArena returns an arena with room for size bytes and a little more, since
// empty arrays have an address too.
func newArena(size uintptr) *arena {
	a := arenas.Get().(*arena)
	size += 64
	if a.size < size {
		C.free(a.memory)
		a.memory = C.malloc(C.size_t(size)) // never nil: cgo's ends the process
		a.size = size
	}
	a.used = 0
	return a
}

func (a *arena) done() {
	if a.size > arenaKept {
		a.free()
	}
	arenas.Put(a)
}

func aligned(size uintptr) uintptr { return (size + 7) &^ 7 }

func (a *arena) take(size uintptr) unsafe.Pointer {
	taken := unsafe.Add(a.memory, a.used)
	a.used += aligned(size)
	if a.used > a.size {
		panic("siamese: an arena was made too small")
	}
	return taken
}

// sizeOfTexts returns the room that texts take.
func sizeOfTexts(texts []string) uintptr {
	size := uintptr(len(texts)) * textSize
	for _, text := range texts {
		size += uintptr(len(text))
	}
	return aligned(size)
}

// texts copies texts; nil gives an array of none, not NULL.
func (a *arena) texts(texts []string) *C.siamese_text {
	array := a.take(uintptr(len(texts)) * textSize)
	size := sizeOfTexts(texts) - uintptr(len(texts))*textSize
	bytes := a.take(size)
	rest := unsafe.Slice((*byte)(bytes), size)
	for i, text := range unsafe.Slice((*C.siamese_text)(array), len(texts)) {
		text.data = (*C.char)(bytes)
		text.size = C.size_t(copy(rest, texts[i]))
		rest = rest[text.size:]
		bytes = unsafe.Add(bytes, text.size)
		unsafe.Slice((*C.siamese_text)(array), len(texts))[i] = text
	}
	return (*C.siamese_text)(array)
}

func sizeOfArray[T any](values []T) uintptr {
	var one T
	return aligned(uintptr(len(values)) * unsafe.Sizeof(one))
}

// array copies numbers as C's type; nil gives NULL.
func array[C, T any](a *arena, values []T) *C {
	if values == nil {
		return nil
	}
	copied := (*T)(a.take(sizeOfArray(values)))
	copy(unsafe.Slice(copied, len(values)), values)
	return (*C)(unsafe.Pointer(copied))
}

// withTexts calls f with texts in C's memory.
func withTexts(texts []string, f func(*C.siamese_text, C.size_t) error) error {
	a := newArena(sizeOfTexts(texts))
	defer a.done()
	return f(a.texts(texts), C.size_t(len(texts)))
}

// nothing is where the arrays of empty slices are.
var nothing [1]uint64

// numbers returns the address of numbers that C reads or writes during a call.
func numbers[C, T any](values []T) *C {
	if len(values) == 0 {
		return (*C)(unsafe.Pointer(&nothing))
	}
	return (*C)(unsafe.Pointer(&values[0]))
}

// cString returns s with a NUL behind it, in Go's memory.
func cString(what, s string) (*C.char, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, argumentError(fmt.Sprintf("%s: %q has a NUL in it", what, s))
	}
	bytes := make([]byte, len(s)+1)
	copy(bytes, s)
	return (*C.char)(unsafe.Pointer(&bytes[0])), nil
}

// bytesOf returns the address of the bytes of a string, which C only reads.
func bytesOf(s string) *C.char {
	if s == "" {
		return (*C.char)(unsafe.Pointer(&nothing))
	}
	return *(**C.char)(unsafe.Pointer(&s))
}

// checkRows says by name where an array does not have as many elements as it
// should, since C has no way to see it.
func checkRows(name string, length, rows int) error {
	if length != rows {
		return argumentError(fmt.Sprintf("%s: %d, but there should be %d", name, length, rows))
	}
	return nil
}

// rowsOf returns how many rows of so many fields there are.
func rowsOf(name string, length, fields int) (int, error) {
	if fields < 1 || length%fields != 0 {
		return 0, argumentError(fmt.Sprintf(
			"%s: %d, which are no whole rows of %d", name, length, fields))
	}
	return length / fields, nil
}
