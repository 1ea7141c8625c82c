package siamese

/*
#cgo pkg-config: siamese
#include "shim.h"
*/
import "C"

import (
	"errors"
	"runtime"
	"unsafe"
)

// A Status says what kind of failure an [Error] is. Each is an error, to be
// looked for with [errors.Is].
type Status int32

// What may fail. A newer library may have more of them.
const (
	ErrArgument    Status = -1  // an argument is not valid
	ErrOption      Status = -2  // an option is unknown or its value is not valid
	ErrRange       Status = -3  // a buffer is too small
	ErrState       Status = -4  // the call is not possible in this state
	ErrNotFound    Status = -5  // there is no such thing
	ErrMemory      Status = -6  // out of memory
	ErrIO          Status = -7  // a file could not be read or written
	ErrFormat      Status = -8  // the data is damaged or of another format
	ErrVersion     Status = -9  // the data is of a newer format version
	ErrLimit       Status = -10 // a limit is exceeded
	ErrCancelled   Status = -11 // cancelled
	ErrUnsupported Status = -12 // not supported by this build
	ErrNotFinite   Status = -13 // a number is not finite
	ErrInternal    Status = -14 // an internal error
)

// ErrClosed is returned by the methods of what was closed.
var ErrClosed = errors.New("siamese: it is closed")

// Error returns what the status means in general.
func (s Status) Error() string {
	return "siamese: " + C.GoString(C.siamese_status_text(C.siamese_status(s)))
}

// String returns the name of the status in C, e.g. SIAMESE_E_ARGUMENT.
func (s Status) String() string {
	return C.GoString(C.siamese_status_name(C.siamese_status(s)))
}

// An Error says what a call found. Its message names the argument, file, line,
// row or section.
type Error struct {
	Status  Status
	Message string

	cause error // of a cancelled run: what ended it
}

// Error returns the message.
func (e *Error) Error() string {
	if e.cause != nil {
		return "siamese: " + e.Message + ": " + e.cause.Error()
	}
	return "siamese: " + e.Message
}

// Is reports whether target is the status of the error.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Unwrap returns what ended a run that was cancelled: the error of its context
// or of its progress function. Otherwise it returns nil.
func (e *Error) Unwrap() error { return e.cause }

// Version returns the version of the library that runs, e.g. "0.2.0".
func Version() string { return C.GoString(C.siamese_version()) }

// call makes one call of C and reads its error on the same thread, whose own the
// error text is.
func call(f func() C.siamese_status) error {
	runtime.LockOSThread()
	status := f()
	if status == C.SIAMESE_OK {
		runtime.UnlockOSThread()
		return nil
	}
	err := &Error{Status: Status(status), Message: C.GoString(C.siamese_last_error())}
	runtime.UnlockOSThread()
	return err
}

func argumentError(message string) error {
	return &Error{Status: ErrArgument, Message: message}
}

func stateError(message string) error {
	return &Error{Status: ErrState, Message: message}
}

// failed returns the error of a call that brought its text along.
func failed(result C.go_result) error {
	if result.status == C.SIAMESE_OK {
		return nil
	}
	err := &Error{Status: Status(result.status), Message: C.GoString(result.message)}
	C.free(unsafe.Pointer(result.message))
	return err
}

func isStatus(err error, status Status) bool {
	failure, ok := err.(*Error)
	return ok && failure.Status == status
}
