/* option_stream.h: an option struct to and from a stream, each option by its name
 * and as text, so that a file of an older library goes on to be read. */
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

/*
 * Options that the stream lacks have their defaults. An option of another name
 * is a newer library's: SIAMESE_E_VERSION.
 */
sm_status sm_options_stream_read(const sm_option_table *table,
                                 sm_reader *reader, void *options);

#endif
