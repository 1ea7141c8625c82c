/* options.h: what the options of all parts have in common */
#ifndef LIBSIAMESE_OPTIONS_H
#define LIBSIAMESE_OPTIONS_H

#include <siamese/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Each kind X of options has four functions:
 *
 * siamese_X_options_init(o, sizeof *o) fills in the defaults. Passing NULL where
 *   options are taken means the defaults.
 * siamese_X_options_set(o, name, value) sets one by name from text, e.g.
 *   ("learning_rate", "0.003"). SIAMESE_E_OPTION names what is accepted.
 * siamese_X_options_get(o, name, buf, size, needed) writes one as text.
 * siamese_X_options_describe(i, info) describes option i = 0, 1, ...;
 *   SIAMESE_E_NOT_FOUND past the last.
 *
 * A list is int32_t[SIAMESE_LIST_SIZE] in the struct, up to its first 0; as text
 * it is "none", or numbers and ranges: "1,3" or "1-3".
 *
 * A struct_size larger than the library's is accepted if the tail that the
 * library does not know is all zero, else SIAMESE_E_OPTION.
 */
typedef struct siamese_option_info {
    size_t struct_size;
    const char *name;          /* "learning_rate" */
    const char *type; /* "float", "integer", "choice", "flag" or "list" */
    const char *default_value; /* "0.001" */
    const char *range;         /* "> 0", "0 .. 1000" or "none | lower" */
    const char *help;          /* one sentence */
} siamese_option_info;

/* Numbers that an option of type list has room for. */
enum { SIAMESE_LIST_SIZE = 16 };

#ifdef __cplusplus
}
#endif

#endif
