/*
 * siamese.h: the whole public API of libsiamese.
 *
 * libsiamese learns two-tower (siamese) embeddings of short texts and searches
 * them, inside the host's own process.
 *
 *   text -- vocab --> token ids -- tower --> vector -- trainer --> better towers
 *                                              |
 *                                              +-- index --> (item id, score)
 *
 * Conventions that hold for every function:
 *
 * - A function that can fail returns a siamese_status: 0 (SIAMESE_OK) or a
 *   negative SIAMESE_E_* code. siamese_last_error() then tells what and where.
 *   On failure nothing is half done: handles and output pointers are as before,
 *   unless the function says otherwise. Arguments are checked before a result
 *   buffer is touched; what fails behind that may leave some of it written.
 * - Handles are opaque. The out-parameter comes first. X_free(NULL) does
 *   nothing. Handles keep what they need alive, so free them in any order.
 * - Text is UTF-8 with its size in bytes; no NUL is needed.
 * - Vectors are float, row-major: row r of [count][dim] begins at r * dim.
 * - Results go to buffers of the caller, each with its capacity in elements.
 *   Too small gives SIAMESE_E_RANGE, with the size that is needed in `needed`
 *   where the function has one. A capacity of 0, with or without a buffer, asks;
 *   NULL with another capacity is SIAMESE_E_ARGUMENT.
 * - A pointer may be NULL only where the function says so: else it is
 *   SIAMESE_E_ARGUMENT, and the text names it.
 * - Every struct that crosses, but siamese_text, begins with struct_size: set it
 *   to sizeof of the struct. Structs are only ever appended to.
 * - Thread rule: functions that take a const handle may run at once from many
 *   threads; others need the handle to themselves. Exceptions are stated: the
 *   index is internally synchronised, and a trainer may be cancelled and
 *   snapshotted while it trains. docs/threads.md has every function's rule.
 * - The library writes to no stream, reads no environment variable, installs no
 *   signal handler and never ends the process.
 */
#ifndef LIBSIAMESE_SIAMESE_H
#define LIBSIAMESE_SIAMESE_H

#include <siamese/base.h>
#include <siamese/options.h>
#include <siamese/vocab.h>
#include <siamese/tower.h>
#include <siamese/trainer.h>
#include <siamese/index.h>
#include <siamese/presets.h>
#include <siamese/evaluator.h>
#include <siamese/bundle.h>

#endif
