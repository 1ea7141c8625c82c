/*
 * options.h: what the option structs of all parts have in common.
 *
 * Each kind X of options (vocab, tower, field, trainer, index, search, items,
 * model, evaluator, save, load) is a struct siamese_X_options with four
 * functions; siamese_search_request has them too, without "_options":
 *
 *   siamese_X_options_init(options, sizeof *options)
 *     fills in struct_size and the defaults. Always begin with it: a default
 *     need not be 0.
 *
 *   siamese_X_options_set(options, name, value)
 *     sets one option by its name from a text, e.g. ("learning_rate", "0.003").
 *     SIAMESE_E_OPTION if there is no such option or it does not take the
 *     value; the error text lists what is accepted.
 *
 *   siamese_X_options_get(options, name, buf, size, needed)
 *     writes the value of one option as text, with a NUL, to buf[size]. *needed
 *     (may be NULL) receives its length without the NUL. SIAMESE_E_OPTION if
 *     there is no such option, SIAMESE_E_RANGE if size is not more than
 *     *needed.
 *
 *   siamese_X_options_describe(i, info)
 *     describes option i = 0, 1, ...; SIAMESE_E_NOT_FOUND after the last one.
 *     Set info->struct_size first.
 *
 * Where a function takes options, NULL means the defaults. A struct_size larger
 * than the library's own, as of a newer header, is accepted if the bytes that
 * the library does not know are all zero, else the function returns
 * SIAMESE_E_OPTION.
 */
#ifndef LIBSIAMESE_OPTIONS_H
#define LIBSIAMESE_OPTIONS_H

#include <siamese/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The description of an option; its texts are static. */
typedef struct siamese_option_info {
    size_t struct_size;
    const char *name; /* "learning_rate" */
    const char *type; /* "float", "integer", "choice", "flag" or "list" */
    const char *default_value; /* "0.001" */
    const char *range;         /* "> 0", "0 .. 1000" or "none | lower" */
    const char *help;          /* one sentence */
} siamese_option_info;

/*
 * An option of type list is int32_t[SIAMESE_LIST_SIZE]; its first 0 ends it. As
 * text it is "none", or numbers and ranges: "1,3" or "1-3".
 */
enum { SIAMESE_LIST_SIZE = 16 };

#ifdef __cplusplus
}
#endif

#endif
