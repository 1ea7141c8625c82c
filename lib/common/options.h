/* options.h: option structs as tables, so that each option has its name, type,
 * default, range and help in one place. */
#ifndef SM_OPTIONS_H
#define SM_OPTIONS_H

#include <stdbool.h>

#include "common/status.h"

/* Room for the text of any value: a list's 16 numbers are the longest. */
enum { SM_OPTION_TEXT = SIAMESE_LIST_SIZE * 12 };

typedef enum sm_option_type {
    SM_OPTION_SIZE,   /* size_t */
    SM_OPTION_UINT64, /* uint64_t */
    SM_OPTION_INT32,  /* int32_t */
    SM_OPTION_FLAG,   /* int32_t, 0 or 1 */
    SM_OPTION_CHOICE, /* int32_t, the place of a word in range */
    SM_OPTION_DOUBLE, /* double */
    SM_OPTION_LIST    /* int32_t[SIAMESE_LIST_SIZE], up to the first 0 */
} sm_option_type;

typedef struct sm_option {
    const char *name;
    sm_option_type type;
    size_t offset;
    const char *default_value;
    double minimum, maximum; /* inclusive */
    const char *range;       /* as people read it; a choice: "none | lower" */
    const char *help;
} sm_option;

typedef struct sm_option_table {
    const char *kind; /* "trainer": begins the error texts */
    const sm_option *options;
    size_t count;
    size_t struct_size; /* of the newest struct */
} sm_option_table;

/* The four functions behind siamese_X_options_{init,set,get,describe}. */
sm_status sm_options_init(const sm_option_table *table, void *options,
                          size_t struct_size);
sm_status sm_options_set(const sm_option_table *table, void *options,
                         const char *name, const char *value);
sm_status sm_options_get(const sm_option_table *table, const void *options,
                         const char *name, char *buf, size_t size,
                         size_t *needed);
/* NULL: the table has no option of that name. */
const sm_option *sm_options_find(const sm_option_table *table,
                                 const char *name);

/* Whether the struct, by its struct_size, has room for the option. */
bool sm_options_hold(const sm_option_table *table, const void *options,
                     const char *name);
sm_status sm_options_describe(const sm_option_table *table, size_t i,
                              siamese_option_info *info);

/*
 * Copies a host's struct (NULL: the defaults), of whatever version, into the
 * library's newest `own`, and checks every value.
 */
sm_status sm_options_read(const sm_option_table *table, const void *options,
                          void *own);

/* SIAMESE_E_OPTION unless every value of the newest struct is in its range. */
sm_status sm_options_check(const sm_option_table *table, const void *own);

/* Copies `own` out to a host's struct whose struct_size is set. */
sm_status sm_options_write(const sm_option_table *table, const void *own,
                           void *options);

/* SIAMESE_E_ARGUMENT, naming the argument, unless struct_size is one. */
sm_status sm_struct_check(const void *user, const char *name);

/*
 * Any other struct that crosses: read copies in (what the host's version lacks
 * is 0; a tail that the library does not know must be 0), write copies out.
 * name is the argument's, for the error text.
 */
sm_status sm_struct_read(void *own, size_t own_size, const void *user,
                         const char *name);
sm_status sm_struct_write(const void *own, size_t own_size, void *user,
                          const char *name);

/*
 * A text result: bytes and a NUL into buf[size]; *needed (may be NULL) is the
 * size without the NUL. SIAMESE_E_RANGE if it does not fit.
 */
sm_status sm_text_write(const char *bytes, size_t length, char *buf,
                        size_t size, size_t *needed);

/* Defines the public functions of one kind over its table. */
#define SM_OPTIONS_API(KIND, TABLE)                                            \
    siamese_status siamese_##KIND##_options_init(                              \
        siamese_##KIND##_options *options, size_t struct_size)                 \
    {                                                                          \
        return sm_options_init((TABLE), options, struct_size);                 \
    }                                                                          \
    siamese_status siamese_##KIND##_options_set(                               \
        siamese_##KIND##_options *options, const char *name,                   \
        const char *value)                                                     \
    {                                                                          \
        return sm_options_set((TABLE), options, name, value);                  \
    }                                                                          \
    siamese_status siamese_##KIND##_options_get(                               \
        const siamese_##KIND##_options *options, const char *name, char *buf,  \
        size_t size, size_t *needed)                                           \
    {                                                                          \
        return sm_options_get((TABLE), options, name, buf, size, needed);      \
    }                                                                          \
    siamese_status siamese_##KIND##_options_describe(                          \
        size_t i, siamese_option_info *info)                                   \
    {                                                                          \
        return sm_options_describe((TABLE), i, info);                          \
    }

#endif
