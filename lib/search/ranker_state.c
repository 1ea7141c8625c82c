/* ranker_state.c: a ranker in, its section out, and back. For checkpoints. */
#include "search/ranker_state.h"

#include "common/option_stream.h"

sm_status sm_ranker_write(const siamese_ranker *ranker, sm_writer *writer)
{
    return sm_options_stream_write(&sm_ranker_option_table, &ranker->options,
                                   writer);
}

sm_status sm_ranker_read(siamese_ranker **out, sm_reader *reader)
{
    siamese_ranker_options options;
    SM_RETURN_IF_ERROR(
        sm_options_stream_read(&sm_ranker_option_table, reader, &options));
    SM_RETURN_IF_ERROR(sm_read_end(reader));
    return siamese_ranker_create(out, &options);
}
