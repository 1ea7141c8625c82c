// Package siamese learns embeddings of short texts from pairs that belong
// together, a query and the title that somebody chose, and searches them. It
// calls the C library libsiamese inside the process of its caller.
//
// A [Model] is the simple way in: it owns all parts, and learns, searches, saves
// and is replaced by newer files while it serves. The parts may also be used by
// themselves: a [Vocab] turns texts into token ids, a [Tower] those into
// vectors, a [Trainer] makes better towers, an [Index] finds the nearest
// vectors, a [Searcher] goes from texts to [Hits], by a [Ranker] if it has one, and
// an [Evaluator] measures rankings. A [Bundle] is what stands in one file.
//
// # Closing
//
// What a function of this package creates holds memory and threads of the C
// library. Close it when it is not needed any more. Close never waits: a call
// that runs on another goroutine ends as it would have, and the memory is freed
// after it. A call on a closed value returns [ErrClosed]. What is never closed is
// freed at some time after it became unreachable, which the garbage collector
// may notice late, since it does not see the C library's memory.
//
// # Goroutines
//
// All methods may be called by any number of goroutines at once. Those that
// only one may run at a time, such as [Vocab.Add], wait for each other; a second
// run of a [Trainer] is [ErrState].
//
// # Texts
//
// Texts are UTF-8; any bytes are allowed, NULs and bytes that are not UTF-8
// included. They are copied once, all those of a call into one buffer of C's,
// which is used again by later calls.
//
// # Errors
//
// Errors of the library are of type *[Error]. Each has a [Status], which
// [errors.Is] finds:
//
//	if errors.Is(err, siamese.ErrNotFound) { ... }
package siamese
