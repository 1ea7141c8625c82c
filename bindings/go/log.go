package siamese

// #include "shim.h"
import "C"

import "sync/atomic"

// The importance of a message of [SetLog].
const (
	LogOff   = 0
	LogError = 1
	LogWarn  = 2
	LogInfo  = 3
	LogDebug = 4
)

var logged atomic.Value // of func(level int, message string)

// SetLog sets the function that receives the library's messages up to a level;
// nil ends that. It belongs at the start of a program: [ErrState] while anything
// of this package exists. The function may be called on any goroutine at once,
// and must not panic.
func SetLog(level int, log func(level int, message string)) error {
	if log == nil {
		level = LogOff
	} else {
		logged.Store(log)
	}
	return call(func() C.siamese_status { return C.go_set_log(C.int32_t(level)) })
}

//export siameseGoLog
func siameseGoLog(level C.int32_t, message *C.char) {
	logged.Load().(func(int, string))(int(level), C.GoString(message))
}
