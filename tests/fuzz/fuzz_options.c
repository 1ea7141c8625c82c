/*
 * fuzz_options.c: options by name: a byte that chooses the table, then names
 * and values in turn, a NUL behind each. A value that is refused changes
 * nothing; one that is taken is given back as a text that sets the same bits.
 * A struct of any bytes is read without a fault.
 */
#include "fuzz/support/fuzz.h"

typedef siamese_status init_fn(void *options, size_t struct_size);
typedef siamese_status set_fn(void *options, const char *name,
                              const char *value);
typedef siamese_status get_fn(const void *options, const char *name, char *buf,
                              size_t size, size_t *needed);
typedef siamese_status describe_fn(size_t i, siamese_option_info *info);

typedef struct table {
    init_fn *init;
    set_fn *set;
    get_fn *get;
    describe_fn *describe;
    size_t size;
} table;

/* The four functions of each struct, with its pointers as any. */
#define FUNCTIONS(prefix, type)                                                \
    static siamese_status prefix##_init_any(void *o, size_t size)              \
    {                                                                          \
        return siamese_##prefix##_init((type *)o, size);                       \
    }                                                                          \
    static siamese_status prefix##_set_any(void *o, const char *name,          \
                                           const char *value)                  \
    {                                                                          \
        return siamese_##prefix##_set((type *)o, name, value);                 \
    }                                                                          \
    static siamese_status prefix##_get_any(const void *o, const char *name,    \
                                           char *buf, size_t size,             \
                                           size_t *needed)                     \
    {                                                                          \
        return siamese_##prefix##_get((const type *)o, name, buf, size,        \
                                      needed);                                 \
    }
#define ROW(prefix, type)                                                      \
    {prefix##_init_any, prefix##_set_any, prefix##_get_any,                    \
     siamese_##prefix##_describe, sizeof(type)},
#define TABLES(XX)                                                             \
    XX(vocab_options, siamese_vocab_options)                                   \
    XX(tower_options, siamese_tower_options)                                   \
    XX(field_options, siamese_field_options)                                   \
    XX(trainer_options, siamese_trainer_options)                               \
    XX(index_options, siamese_index_options)                                   \
    XX(search_options, siamese_search_options)                                 \
    XX(items_options, siamese_items_options)                                   \
    XX(model_options, siamese_model_options)                                   \
    XX(save_options, siamese_save_options)                                     \
    XX(load_options, siamese_load_options)                                     \
    XX(ranker_options, siamese_ranker_options)                                 \
    XX(evaluator_options, siamese_evaluator_options)                           \
    XX(search_request, siamese_search_request)

TABLES(FUNCTIONS)
static const table tables[] = {TABLES(ROW)};
enum { COUNT = sizeof tables / sizeof *tables, ROOM = 1024, MOST_TEXT = 256 };

/* A struct with a border, so that what is written behind it is seen. */
typedef struct room {
    _Alignas(16) unsigned char bytes[ROOM];
} room;

static void check_value(const table *t, const room *options, const char *name)
{
    char text[MOST_TEXT];
    size_t needed;
    room again = *options;
    fuzz_ok(t->get(options->bytes, name, text, sizeof text, &needed));
    fuzz_require(strlen(text) == needed);
    fuzz_ok(t->set(again.bytes, name, text));
    fuzz_require(memcmp(again.bytes, options->bytes, ROOM) == 0);
    char *const tight = malloc(needed + 1);
    fuzz_require(tight);
    fuzz_require(t->get(options->bytes, name, tight, needed, NULL) ==
                 SIAMESE_E_RANGE);
    fuzz_ok(t->get(options->bytes, name, tight, needed + 1, NULL));
    fuzz_require(strcmp(tight, text) == 0);
    free(tight);
}

static void set_one(const table *t, room *options, const char *name,
                    const char *value)
{
    room const before = *options;
    siamese_status const status = t->set(options->bytes, name, value);
    if (status == SIAMESE_OK) {
        check_value(t, options, name);
        return;
    }
    fuzz_require(status == SIAMESE_E_OPTION);
    fuzz_require(memcmp(before.bytes, options->bytes, ROOM) == 0);
}

/* A host's struct of any version with any bytes: each option has a text. */
static void read_bytes(const table *t, fuzz_input *in)
{
    siamese_option_info info = {.struct_size = sizeof info};
    char text[MOST_TEXT];
    room options = {{0}};
    size_t const size = sizeof(size_t) + fuzz_below(in, ROOM - 8);
    siamese_text const bytes = fuzz_take(in, size - sizeof size);
    if (bytes.size) memcpy(options.bytes + sizeof size, bytes.data, bytes.size);
    memcpy(options.bytes, &size, sizeof size);
    for (size_t i = 0; t->describe(i, &info) == SIAMESE_OK; i++)
        (void)t->get(options.bytes, info.name, text, sizeof text, NULL);
}

/* Those that need no other handle; a struct that is refused leaves none. */
static void create(size_t which, const room *options)
{
    siamese_vocab *vocab = NULL;
    siamese_index *index = NULL;
    siamese_items *items = NULL;
    siamese_ranker *ranker = NULL;
    siamese_tower *tower = NULL;
    const void *const bytes = options->bytes;
    siamese_status status = SIAMESE_OK;
    if (which == 0) status = siamese_vocab_create(&vocab, bytes);
    if (which == 1) status = siamese_tower_create(&tower, bytes);
    if (which == 4) status = siamese_index_create(&index, 4, bytes);
    if (which == 6) status = siamese_items_create(&items, bytes);
    if (which == 10) status = siamese_ranker_create(&ranker, bytes);
    fuzz_require(status == SIAMESE_OK ||
                 !(vocab || index || items || ranker || tower));
    siamese_vocab_free(vocab);
    siamese_index_free(index);
    siamese_items_free(items);
    siamese_ranker_free(ranker);
    siamese_tower_free(tower);
}

/* "threads" would start some. */
static void keep_one_thread(const table *t, room *options)
{
    (void)t->set(options->bytes, "threads", "1");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    size_t const which = fuzz_below(&in, 2 * COUNT);
    const table *const t = &tables[which % COUNT];
    siamese_option_info info = {.struct_size = sizeof info};
    room options;
    memset(&options, 0x5a, sizeof options);
    size_t const live = fuzz_memory_begin();
    fuzz_ok(t->init(options.bytes, t->size));
    if (which >= COUNT) read_bytes(t, &in);
    while (in.size > 0) {
        char *const name = fuzz_copy(fuzz_take_until(&in, 0), 1);
        char *const value = fuzz_copy(fuzz_take_until(&in, 0), 1);
        set_one(t, &options, name, value);
        (void)siamese_preset_apply(name, NULL, NULL, NULL, NULL);
        free(name);
        free(value);
    }
    for (size_t i = 0; t->describe(i, &info) == SIAMESE_OK; i++)
        check_value(t, &options, info.name);
    keep_one_thread(t, &options);
    create(which % COUNT, &options);
    fuzz_memory_within(live, (size_t)1 << 20);
    fuzz_memory_end(live);
    return 0;
}
