/*
 * cli_describe.h: what the parts of a model are: their sizes and every option
 * in force. siamese info prints it, and a report has it as its settings.
 */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include <jansson.h>
#include <siamese/siamese.h>

/* {"vocab": {"tokens": .., option: ..}, "query_tower": .., ...}: the parts that
 * are there. */
json_t *cli_describe(const siamese_bundle *bundle);

/* The options of one kind (CLI_SEARCH and so on) as such a part. */
json_t *cli_describe_options(unsigned kind, const void *options);

#endif
