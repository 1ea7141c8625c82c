/*
 * siamese.h: the whole public API of libsiamese, one header for each part.
 *
 * libsiamese learns two-tower (siamese) embeddings of short texts and searches
 * them, inside the host's own process.
 *
 *   text - vocab -> token ids - tower -> vector - trainer -> better towers
 *                                          |
 *                                          +-- index -> (item id, score)
 *
 * Simple API: model.h. A model is made of a preset, trained on pairs, filled
 * with items, searched, saved and opened, in a call each:
 *
 *   siamese_model_create, siamese_model_add_pairs, siamese_model_add_items,
 *   siamese_model_train, siamese_model_search_text, siamese_hits_title,
 *   siamese_model_save, siamese_model_open, siamese_model_reload
 *
 * README.md has a program of 20 lines. Behind it are the parts, for those who
 * want more of one of them:
 *
 *   base.h       status codes, errors, version, texts, allocator, log
 *   options.h    what all option structs have in common
 *   vocab.h      texts to token ids
 *   tower.h      rows of fields to vectors
 *   trainer.h    towers that learn from pairs; trainer_options.h says how
 *   index.h      vectors to their nearest neighbours
 *   shards.h     what several indexes have found, as one would have found it
 *   items.h      ids, titles and columns of what is found
 *   search.h     texts or vectors to hits, through tower, index and items
 *   ranker.h     what a search does behind the nearest vectors
 *   presets.h    option values that serve a purpose together
 *   evaluator.h  how good rankings are
 *   bundle.h     everything in one checkpoint file
 *   model.h      all of them together
 *
 * Each of them may also be included alone. These conventions hold for every
 * function:
 *
 * - A function that can fail returns a siamese_status: 0 (SIAMESE_OK) or a
 *   negative SIAMESE_E_* code. siamese_last_error() then says what failed and
 *   where. Nothing is half done after a failure: handles and output pointers
 *   are as before, unless the function says otherwise. Arguments are checked
 *   before a result buffer is touched; a failure after that may leave some of
 *   the buffer written.
 * - Any function may return SIAMESE_E_ARGUMENT, for an argument that is not
 *   valid, and SIAMESE_E_MEMORY. A function's comment lists its other errors,
 *   and SIAMESE_E_ARGUMENT where there is more to say of it.
 * - A pointer may be NULL only where the comment says so. Elsewhere NULL gives
 *   SIAMESE_E_ARGUMENT, and the error text names the argument.
 * - Handles are opaque. The out-parameter comes first, and the caller frees
 *   what it receives. X_free(NULL) does nothing. Handles keep what they need
 *   alive, so they may be freed in any order.
 * - Text is UTF-8 with its size in bytes; it need not end with a NUL. Texts,
 *   vectors and structs are read during the call and copied where they are
 *   needed longer.
 * - Vectors are float and row-major: row r of [count][dim] begins at r * dim.
 * - Results go to buffers of the caller, each with its capacity in elements. A
 *   buffer that is too small gives SIAMESE_E_RANGE, and `needed`, where there
 *   is one, receives the size that suffices. A capacity of 0 asks for that
 *   size, with a buffer or with NULL. NULL with another capacity is
 *   SIAMESE_E_ARGUMENT.
 * - Every struct but siamese_text begins with struct_size: set it to the sizeof
 *   of the struct. Structs are only ever appended to.
 * - Each comment ends with the function's thread rule, which docs/threads.md
 *   explains:
 *     Threads: any.  The function may run at once on many threads, also with
 *                    the same handle.
 *     Threads: one.  No other call with this handle may run at the same time.
 * - The library writes to no stream, reads no environment variable, installs no
 *   signal handler and never ends the process.
 */
#ifndef LIBSIAMESE_SIAMESE_H
#define LIBSIAMESE_SIAMESE_H

#include <siamese/base.h>
#include <siamese/options.h>
#include <siamese/vocab.h>
#include <siamese/tower.h>
#include <siamese/exchange.h>
#include <siamese/trainer.h>
#include <siamese/index.h>
#include <siamese/shards.h>
#include <siamese/items.h>
#include <siamese/search.h>
#include <siamese/presets.h>
#include <siamese/ranker.h>
#include <siamese/evaluator.h>
#include <siamese/bundle.h>
#include <siamese/model.h>

#endif
