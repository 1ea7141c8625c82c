// All that Go needs around the C API: texts in C's memory, errors that end.
package main

/*
#cgo pkg-config: siamese
#include <siamese/siamese.h>
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

// The error text belongs to the thread of the failing call, and goroutines move
// between threads: the goroutine that calls check stays on one from the start.
func init() { runtime.LockOSThread() }

func check(status C.siamese_status) {
	if status != C.SIAMESE_OK {
		fmt.Fprintln(os.Stderr, C.GoString(C.siamese_last_error()))
		os.Exit(1)
	}
}

// texts copies strings to C, where Go's collector moves and frees nothing.
func texts(strings []string) *C.siamese_text {
	size := C.size_t(unsafe.Sizeof(C.siamese_text{}))
	memory := (*C.siamese_text)(C.calloc(C.size_t(len(strings)), size))
	for i, text := range unsafe.Slice(memory, len(strings)) {
		text.data, text.size = C.CString(strings[i]), C.size_t(len(strings[i]))
		unsafe.Slice(memory, len(strings))[i] = text
	}
	return memory
}

func freeTexts(memory *C.siamese_text, count int) {
	for _, text := range unsafe.Slice(memory, count) {
		C.free(unsafe.Pointer(text.data))
	}
	C.free(unsafe.Pointer(memory))
}
