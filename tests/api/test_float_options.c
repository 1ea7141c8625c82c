/*
 * Options that are real numbers, by name and in their structs: what is no
 * number or lies outside the range is refused with SIAMESE_E_OPTION and the
 * option's name, whichever way it comes.
 * The options are found by describing them, so that one that is new is tried
 * too.
 */
#include <float.h>
#include <math.h>

#include "api/every_call.h"
#include "reliability.h"

typedef union any_options {
    siamese_vocab_options vocab;
    siamese_tower_options tower;
    siamese_field_options field;
    siamese_trainer_options trainer;
    siamese_index_options index;
    siamese_search_options search;
    siamese_evaluator_options evaluator;
    siamese_save_options save;
    siamese_load_options load;
    siamese_items_options items;
    siamese_model_options model;
    siamese_ranker_options ranker;
    siamese_search_request request;
    unsigned char bytes[1024];
} any_options;

typedef struct kind {
    const char *name;
    siamese_status (*init)(any_options *);
    siamese_status (*set)(any_options *, const char *, const char *);
    siamese_status (*describe)(size_t, siamese_option_info *);
    siamese_status (*use)(const any_options *); /* the struct as it is */
} kind;

/* ---- what reads each struct ---- */

static siamese_status use_vocab(const any_options *o)
{
    siamese_vocab *made = NULL;
    siamese_status const status = siamese_vocab_create(&made, &o->vocab);
    siamese_vocab_free(made);
    return status;
}

static siamese_status use_tower(const any_options *o)
{
    siamese_tower *made = NULL;
    siamese_status const status = siamese_tower_create(&made, &o->tower);
    siamese_tower_free(made);
    return status;
}

static siamese_status use_field(const any_options *o)
{
    siamese_tower *made = NULL;
    ok(siamese_tower_create(&made, NULL));
    siamese_status const status =
        siamese_tower_add_field(made, "more", w.vocab, &o->field);
    siamese_tower_free(made);
    return status;
}

static siamese_status use_trainer(const any_options *o)
{
    siamese_trainer *made = NULL;
    siamese_status const status =
        siamese_trainer_create(&made, w.tower, w.tower, &o->trainer);
    siamese_trainer_free(made);
    return status;
}

static siamese_status use_index(const any_options *o)
{
    siamese_index *made = NULL;
    siamese_status const status = siamese_index_create(&made, 4, &o->index);
    siamese_index_free(made);
    return status;
}

static siamese_status use_search(const any_options *o)
{
    return siamese_index_search(w.index, w.floats, 2, 2, &o->search, w.ids,
                                w.floats + 8, 4, NULL);
}

static siamese_status use_evaluator(const any_options *o)
{
    siamese_evaluator *made = NULL;
    siamese_status const status =
        siamese_evaluator_create(&made, &o->evaluator, every_ks, 2);
    siamese_evaluator_free(made);
    return status;
}

static siamese_status use_save(const any_options *o)
{
    return siamese_checkpoint_write(every_write, &w.again, w.bundle, &o->save);
}

static siamese_status use_load(const any_options *o)
{
    siamese_bundle *made = NULL;
    siamese_status const status = siamese_checkpoint_load_memory(
        &made, w.file.bytes, w.file.size, &o->load);
    siamese_bundle_free(made);
    return status;
}

static siamese_status use_items(const any_options *o)
{
    siamese_items *made = NULL;
    siamese_status const status = siamese_items_create(&made, &o->items);
    siamese_items_free(made);
    return status;
}

static siamese_status use_model(const any_options *o)
{
    siamese_model *made = NULL;
    siamese_status const status = siamese_model_create(&made, NULL, &o->model);
    siamese_model_free(made);
    return status;
}

static siamese_status use_ranker(const any_options *o)
{
    siamese_ranker *made = NULL;
    siamese_status const status = siamese_ranker_create(&made, &o->ranker);
    siamese_ranker_free(made);
    return status;
}

static siamese_status use_request(const any_options *o)
{
    siamese_search_request request = o->request;
    siamese_hits *made = NULL;
    request.texts = part_texts;
    request.count = 1;
    siamese_status const status =
        siamese_searcher_search(w.searcher, &request, &made);
    siamese_hits_free(made);
    return status;
}

#define KINDS(XX)                                                              \
    XX(vocab, vocab_options)                                                   \
    XX(tower, tower_options)                                                   \
    XX(field, field_options)                                                   \
    XX(trainer, trainer_options)                                               \
    XX(index, index_options)                                                   \
    XX(search, search_options)                                                 \
    XX(evaluator, evaluator_options)                                           \
    XX(save, save_options)                                                     \
    XX(load, load_options)                                                     \
    XX(items, items_options)                                                   \
    XX(model, model_options)                                                   \
    XX(ranker, ranker_options)                                                 \
    XX(request, search_request)

#define CALLS(member, functions)                                               \
    static siamese_status init_##member(any_options *o)                        \
    {                                                                          \
        return siamese_##functions##_init(&o->member, sizeof o->member);       \
    }                                                                          \
    static siamese_status set_##member(any_options *o, const char *name,       \
                                       const char *value)                      \
    {                                                                          \
        return siamese_##functions##_set(&o->member, name, value);             \
    }
KINDS(CALLS)
#define ROW(member, functions)                                                 \
    {#member, init_##member, set_##member, siamese_##functions##_describe,     \
     use_##member},
static const kind kinds[] = {KINDS(ROW)};

/* ---- one option ---- */

/* Where the option's double is: two values that it takes differ there alone. */
static size_t offset_of(const kind *k, const char *name)
{
    static const char *const tries[] = {"0.5", "1", "0.25", "2", "0.125"};
    any_options made[2];
    size_t good = 0, at = 0;
    memset(made, 0, sizeof made);
    for (size_t i = 0; i < sizeof tries / sizeof *tries && good < 2; i++) {
        ok(k->init(&made[good]));
        good += k->set(&made[good], name, tries[i]) == SIAMESE_OK;
    }
    assert_int_equal(good, 2);
    while (at < sizeof made[0].bytes && made[0].bytes[at] == made[1].bytes[at])
        at++;
    assert_in_range(at, 0, sizeof made[0].bytes - 1);
    return at / sizeof(double) * sizeof(double);
}

static void assert_refused(siamese_status status, const kind *k,
                           const char *name, const char *value)
{
    if (status != SIAMESE_E_OPTION || !strstr(siamese_last_error(), name))
        fail_msg("%s.%s = %s: %s (%s)", k->name, name, value,
                 siamese_status_name(status), siamese_last_error());
}

/* By name: none of these is a number that an option takes. What is too small
 * for a double is 0. */
static long try_texts(const kind *k, const siamese_option_info *info)
{
    static const char *const bad[] = {"nan",  "NaN", "inf",  "-inf",  "1e999",
                                      "-nan", "",    "1e",   "0x1p3", "1,5",
                                      "1 ",   " 1",  "1e30x"};
    size_t const count = sizeof bad / sizeof *bad;
    for (size_t i = 0; i < count; i++) {
        any_options options, before;
        memset(&options, 0, sizeof options);
        ok(k->init(&options));
        before = options;
        assert_refused(k->set(&options, info->name, bad[i]), k, info->name,
                       bad[i]);
        assert_memory_equal(&options, &before, sizeof options);
    }
    return (long)count;
}

/* In the struct: numbers that are none are refused; those at the edge are
 * refused by name or taken. */
static long try_members(const kind *k, const siamese_option_info *info)
{
    static const double numbers[] = {NAN,   INFINITY, -INFINITY, 1e30,
                                     -1e30, DBL_MAX,  5e-324,    -0.0};
    size_t const count = sizeof numbers / sizeof *numbers;
    size_t const at = offset_of(k, info->name);
    for (size_t i = 0; i < count; i++) {
        any_options options;
        char value[32];
        memset(&options, 0, sizeof options);
        ok(k->init(&options));
        snprintf(value, sizeof value, "%g", numbers[i]);
        memcpy(options.bytes + at, &numbers[i], sizeof *numbers);
        siamese_status const status = k->use(&options);
        if (status != SIAMESE_OK || !isfinite(numbers[i]))
            assert_refused(status, k, info->name, value);
    }
    return (long)count;
}

static void test_real_options__are_numbers_in_their_range(void **state)
{
    long tried = 0, found = 0;
    (void)state;
    every_world_make();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        siamese_option_info info = {.struct_size = sizeof info};
        for (size_t n = 0; kinds[i].describe(n, &info) == SIAMESE_OK; n++) {
            if (strcmp(info.type, "float") != 0) continue;
            found++;
            tried += try_texts(&kinds[i], &info);
            tried += try_members(&kinds[i], &info);
        }
    }
    every_world_free();
    assert_true(found > 20);
    reliability_count("bad numbers for options", tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_options__are_numbers_in_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
