/* option_stream.h: an option struct to and from a stream, each option by its
 * name and as text, so that a file of an older library goes on to be read. */
#ifndef SM_OPTION_STREAM_H
#define SM_OPTION_STREAM_H

#include "common/options.h"
#include "common/stream.h"

/*
 * u64 count; of each option but `threads`, which is the loader's business: name
 * and value (bytes).
 */
sm_status sm_options_stream_write(const sm_option_table *table,
                                  const void *options, sm_writer *writer);

/* No library has so many. */
enum { SM_OPTIONS_MAX = 1000 };

/* Option i of the table: name and value (bytes). */
sm_status sm_options_stream_put(const sm_option_table *table, size_t i,
                                const void *options, sm_writer *writer);

/*
 * Reads one option; *at is its place in the table. A name that is not known, or
 * a word that is none of a choice's or a flag's, is a newer library's:
 * SIAMESE_E_VERSION. Anything else that was never written so is
 * SIAMESE_E_FORMAT.
 */
sm_status sm_options_stream_next(const sm_option_table *table,
                                 sm_reader *reader, void *options, size_t *at);

/*
 * What sm_options_stream_write wrote; options that the stream lacks have their
 * defaults. Fails as sm_options_stream_next does.
 */
sm_status sm_options_stream_read(const sm_option_table *table,
                                 sm_reader *reader, void *options);

#endif
