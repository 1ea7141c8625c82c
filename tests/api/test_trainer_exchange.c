/* Ranks that train one model together: whatever is trained and by however many,
 * the weights are the bits of a trainer that has no exchange. */
#include "small_world.h"

#include "exchange_ranks.h"

/* What a trainer is made of; options as "name=value name=value". */
typedef struct setting {
    const char *name, *tower, *trainer;
    int separate; /* two towers */
    int gives;    /* what beside texts: GIVE_* */
    int several;  /* fields of items */
    int threads;  /* of each rank */
} setting;

enum {
    GIVE_WEIGHTS = 1,
    GIVE_PROBABILITIES = 2,
    GIVE_NEGATIVES = 4,
    GIVE_IDS = 8,
    GIVE_CATALOGUE = 16,
    GIVE_VALIDATION = 32
};

static const setting settings[] = {
    {"lstm", "", "", 0, 0, 0, 1},
    {"lstm, two towers", "units=6", "optimizer=adamw clip_norm=0.5", 1,
     GIVE_WEIGHTS, 0, 2},
    {"lstm, both ways, masked, two layers",
     "bidirectional=1 layers=2 mask_zero=1",
     "loss=hinge margin=0.2 sparse_updates=1", 0, 0, 0, 1},
    {"gru, two layers", "encoder=gru layers=2",
     "symmetric=1 temperature=0.5 reduction=mean", 1, 0, 0, 1},
    {"bag, weighted",
     "encoder=bag pooling=weighted embedding_dim=24 normalize=1",
     "optimizer=adagrad temperature=0.1 learning_rate=0.1", 0, GIVE_WEIGHTS, 0,
     1},
    {"bag in int8", "encoder=bag pooling=mean table_precision=int8 mask_zero=1",
     "optimizer=sgd momentum=0.9 clip_value=0.01 hard_negatives=7", 0,
     GIVE_NEGATIVES, 0, 2},
    {"bag of a sum", "encoder=bag pooling=sum hidden=12 project=10",
     "remove_accidental_hits=1 mask_same_query=1 random_negatives=33", 1,
     GIVE_IDS | GIVE_CATALOGUE | GIVE_VALIDATION, 0, 1},
    {"transformer", "encoder=transformer heads=2 layers=2 dropout=0.1", "", 0,
     0, 0, 1},
    {"transformer, norm first",
     "encoder=transformer heads=4 layers=1 norm_first=1 pooling=max "
     "dropout=0.2",
     "symmetric=1 hard_negatives=20 optimizer=sgd", 1, GIVE_PROBABILITIES, 0,
     2},
    {"several fields", "combine=concat project=12", "clip_norm=1", 1, 0, 1, 1},
    {"logq counted", "encoder=bag pooling=mean",
     "logq=counted random_negatives=9 metrics=step", 0, GIVE_IDS, 0, 1},
    {"logq streaming", "encoder=bag pooling=mean",
     "logq=streaming logq_buckets=64 batch_size=33", 0, GIVE_IDS, 0, 1},
    {"self-supervision", "encoder=bag pooling=mean",
     "self_supervision=1 sparse_updates=1 optimizer=adam cache=0", 0,
     GIVE_CATALOGUE, 0, 1},
    {"mined negatives", "encoder=bag pooling=mean",
     "mined_negatives=3 mine_from=0.4 mine_first=2 mine_last=9 mine_below=1", 0,
     GIVE_IDS | GIVE_CATALOGUE, 0, 1},
    {"a large batch", "encoder=bag pooling=mean",
     "batch_size=300 validate_every=1 patience=2", 0, GIVE_VALIDATION, 0, 1},
    {"wide vectors", "encoder=bag pooling=mean embedding_dim=256 normalize=1",
     "optimizer=adagrad temperature=0.05 symmetric=1 learning_rate=0.1", 0, 0,
     0, 1},
    {"a hinge with all masks", "encoder=bag pooling=sum",
     "loss=hinge margin=0.3 hard_negatives=11 remove_accidental_hits=1 "
     "mask_same_query=1 logq=counted random_negatives=50 batch_size=250",
     1, GIVE_IDS | GIVE_WEIGHTS | GIVE_CATALOGUE, 0, 1},
    {"ties among hard negatives", "encoder=bag pooling=mean",
     "hard_negatives=40 batch_size=280 logq=none random_negatives=30", 0,
     GIVE_CATALOGUE, 0, 2}};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* Sets "name=value name=value" by the function of options of a kind. */
#define SET_ALL(kind, options, text)                                           \
    do {                                                                       \
        char copy[256], *rest = copy, *word;                                   \
        snprintf(copy, sizeof copy, "%s", text);                               \
        while ((word = strtok_r(rest, " ", &rest))) {                          \
            char *const value = strchr(word, '=');                             \
            *value = '\0';                                                     \
            assert_int_equal(                                                  \
                siamese_##kind##_options_set(options, word, value + 1), 0);    \
        }                                                                      \
    } while (0)

static siamese_tower *make_tower(const setting *s, uint64_t seed, int several)
{
    siamese_tower *tower = NULL;
    siamese_tower_options options;
    assert_int_equal(siamese_tower_options_init(&options, sizeof options), 0);
    options.embedding_dim = 8;
    options.units = 8;
    options.seed = seed;
    options.threads = 1;
    SET_ALL(tower, &options, s->tower);
    assert_int_equal(siamese_tower_create(&tower, &options), 0);
    assert_int_equal(siamese_tower_add_field(tower, "text", world.vocab, NULL),
                     0);
    if (several) {
        siamese_field_options field;
        assert_int_equal(siamese_field_options_init(&field, sizeof field), 0);
        SET_ALL(field, &field, "kind=id buckets=32 weight=0.5");
        assert_int_equal(siamese_tower_add_field(tower, "id", NULL, &field), 0);
        assert_int_equal(siamese_field_options_init(&field, sizeof field), 0);
        SET_ALL(field, &field, "kind=numbers numbers=2");
        assert_int_equal(siamese_tower_add_field(tower, "size", NULL, &field),
                         0);
        assert_int_equal(siamese_field_options_init(&field, sizeof field), 0);
        SET_ALL(field, &field, "shared_field=1");
        assert_int_equal(
            siamese_tower_add_field(tower, "more", world.vocab, &field), 0);
    }
    return tower;
}

/* Items of four fields: the text, a brand, two numbers, a text again. */
static const siamese_text *several_fields(void)
{
    static char numbers[SMALL_PAIRS][16];
    static siamese_text fields[SMALL_PAIRS][4];
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        int const size =
            snprintf(numbers[i], sizeof *numbers, "%zu 0.%zu", i % 3, i % 10);
        fields[i][0] = world.items[i];
        fields[i][1] = world.queries[i % 17];
        fields[i][2] = (siamese_text){numbers[i], (size_t)size};
        fields[i][3] = world.queries[(i * 7) % SMALL_PAIRS];
    }
    return fields[0];
}

static siamese_trainer *make_trainer(const setting *s)
{
    siamese_trainer *trainer = NULL;
    siamese_trainer_options options = small_options(s->threads);
    siamese_pairs pairs = world.pairs;
    siamese_tower *const query = make_tower(s, 1, 0);
    siamese_tower *const item =
        s->separate ? make_tower(s, 2, s->several) : query;
    options.epochs = is_slow_machine() ? 2 : 3;
    options.batch_size = 170; /* blocks and chunks for several ranks */
    SET_ALL(trainer, &options, s->trainer);
    assert_int_equal(siamese_trainer_create(&trainer, query, item, &options),
                     0);
    if (s->several) {
        pairs.items = several_fields();
        pairs.item_fields = 4;
    }
    if (s->gives & GIVE_WEIGHTS) pairs.weights = world.weights;
    if (s->gives & GIVE_PROBABILITIES)
        pairs.item_probabilities = world.probabilities;
    if (s->gives & GIVE_IDS) pairs.item_ids = world.item_ids;
    if (s->gives & GIVE_NEGATIVES) {
        pairs.negatives = world.items + 20;
        pairs.negative_offsets = world.offsets;
    }
    assert_int_equal(siamese_trainer_add_pairs(trainer, &pairs), 0);
    if (s->gives & GIVE_CATALOGUE) {
        siamese_pairs items = {.struct_size = sizeof items,
                               .items = world.items,
                               .item_fields = 1,
                               .count = SMALL_PAIRS};
        if (s->gives & GIVE_IDS) items.item_ids = world.item_ids;
        assert_int_equal(siamese_trainer_add_items(trainer, &items), 0);
    }
    if (s->gives & GIVE_VALIDATION) {
        siamese_pairs valid = world.pairs;
        if (s->gives & GIVE_IDS) valid.item_ids = world.item_ids;
        valid.count = 50;
        assert_int_equal(siamese_trainer_set_validation(trainer, &valid, NULL),
                         0);
    }
    siamese_tower_free(query);
    if (s->separate) siamese_tower_free(item);
    return trainer;
}

static void assert_same_progress(const siamese_trainer *a,
                                 const siamese_trainer *b)
{
    siamese_progress x = {.struct_size = sizeof x}, y = x;
    assert_int_equal(siamese_trainer_get_progress(a, &x), 0);
    assert_int_equal(siamese_trainer_get_progress(b, &y), 0);
    assert_int_equal(x.step, y.step);
    assert_int_equal(x.epoch, y.epoch);
    assert_true(x.loss_mean == y.loss_mean);
    assert_true(x.validation_loss == y.validation_loss);
    assert_int_equal(x.best_step, y.best_step);
    assert_memory_equal(x.topk, y.topk, sizeof x.topk);
}

static void make_ranks(const setting *s, rank_run *runs, rank_net *net,
                       size_t size)
{
    net_create(net, size);
    memset(runs, 0, size * sizeof *runs);
    for (size_t r = 0; r < size; r++) {
        runs[r].trainer = make_trainer(s);
        assert_int_equal(rank_set(&runs[r], net, r), 0);
    }
}

static void free_ranks(rank_run *runs, rank_net *net)
{
    for (size_t r = 0; r < net->size; r++)
        siamese_trainer_free(runs[r].trainer);
    net_free(net);
}

static void trainer_exchange__bits_are_those_of_one_process(void **state)
{
    (void)state;
    for (size_t i = 0; i < SETTINGS; i++) {
        const setting *const s = &settings[i];
        siamese_trainer *const alone = make_trainer(s);
        assert_int_equal(siamese_trainer_fit(alone, NULL, NULL), 0);
        for (size_t size = 1; size <= RANKS_MOST; size++) {
            if (is_slow_machine() && size != 2 + i % 3) continue;
            rank_net net;
            rank_run runs[RANKS_MOST];
            make_ranks(s, runs, &net, size);
            ranks_run(runs, &net);
            for (size_t r = 0; r < size; r++) {
                if (runs[r].status != SIAMESE_OK)
                    print_error("%s, rank %zu of %zu: %s\n", s->name, r, size,
                                runs[r].error);
                assert_int_equal(runs[r].status, 0);
                assert_same_progress(alone, runs[r].trainer);
                assert_same_weights(alone, runs[r].trainer);
            }
            assert_false(net.unequal);
            assert_int_equal(net.bytes > 0, size > 1);
            free_ranks(runs, &net);
        }
        siamese_trainer_free(alone);
    }
}

/* Pairs that a host chooses, so many that ranks share the reading of texts, and
 * what is gathered of the loss stands too wide apart to be copied. */
enum { CHOSEN = 2000 };

static siamese_status step_chosen(rank_run *run)
{
    return siamese_trainer_step(run->trainer, run->rows, run->row_count, NULL);
}

static void trainer_exchange__large_steps_have_the_same_bits(void **state)
{
    bool const slow = is_slow_machine();
    /* the fewest numbers for so many ranks: products are most of the time */
    setting const s = {
        .tower = slow
                     ? "encoder=bag pooling=mean embedding_dim=128 normalize=1"
                     : "encoder=bag pooling=mean embedding_dim=384 normalize=1",
        .trainer = "temperature=0.1",
        .threads = 2};
    static size_t rows[CHOSEN];
    siamese_trainer *const alone = make_trainer(&s);
    (void)state;
    for (size_t i = 0; i < CHOSEN; i++) rows[i] = (i * 7) % SMALL_PAIRS;
    for (size_t size = 2; size <= (slow ? 2 : RANKS_MOST); size++) {
        rank_net net;
        rank_run runs[RANKS_MOST];
        make_ranks(&s, runs, &net, size);
        for (int step = 0; step < (slow ? 1 : 2); step++) {
            if (size == 2)
                assert_int_equal(
                    siamese_trainer_step(alone, rows, CHOSEN, NULL), 0);
            for (size_t r = 0; r < size; r++) {
                runs[r].call = step_chosen;
                runs[r].rows = rows;
                runs[r].row_count = CHOSEN;
            }
            ranks_run(runs, &net);
            for (size_t r = 0; r < size; r++)
                assert_int_equal(runs[r].status, 0);
        }
        for (size_t r = 0; r < size; r++)
            assert_same_weights(alone, runs[r].trainer);
        assert_false(net.unequal);
        free_ranks(runs, &net);
    }
    siamese_trainer_free(alone);
}

/* ---- a source, which each rank reads by itself ---- */

typedef struct reading {
    size_t at, count; /* pairs given of so many */
} reading;

static int32_t read_some(void *context, siamese_pairs *pairs, char *error,
                         size_t error_size)
{
    reading *const r = context;
    size_t const left = r->count - r->at;
    (void)error, (void)error_size;
    *pairs = world.pairs;
    pairs->queries += r->at;
    pairs->items += r->at;
    pairs->count = left < 70 ? left : 70;
    r->at += pairs->count;
    return 0;
}

static int32_t read_anew(void *context, char *error, size_t error_size)
{
    (void)error, (void)error_size;
    ((reading *)context)->at = 0;
    return 0;
}

static siamese_trainer *make_reader(reading *r, size_t count)
{
    siamese_trainer_options options = small_options(1);
    siamese_trainer *trainer = NULL;
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_source const source = {.struct_size = sizeof source,
                                   .context = r,
                                   .read = read_some,
                                   .rewind = read_anew};
    *r = (reading){0, count};
    options.epochs = 2;
    options.metrics = SIAMESE_METRICS_NONE;
    assert_int_equal(siamese_trainer_create(&trainer, tower, tower, &options),
                     0);
    assert_int_equal(siamese_trainer_set_source(trainer, &source), 0);
    siamese_tower_free(tower);
    return trainer;
}

static void trainer_exchange__ranks_read_a_source(void **state)
{
    (void)state;
    for (size_t less = 0; less < 2; less++) {
        reading reads[4];
        rank_net net;
        rank_run runs[3] = {{.status = 0}};
        siamese_trainer *const alone = make_reader(&reads[3], SMALL_PAIRS);
        assert_int_equal(siamese_trainer_fit(alone, NULL, NULL), 0);
        net_create(&net, 3);
        for (size_t r = 0; r < 3; r++) {
            /* the last rank's may be another one */
            runs[r].trainer =
                make_reader(&reads[r], SMALL_PAIRS - (r == 2) * less);
            assert_int_equal(rank_set(&runs[r], &net, r), 0);
        }
        ranks_run(runs, &net);
        for (size_t r = 0; r < 3; r++) {
            assert_int_equal(runs[r].status, less ? SIAMESE_E_STATE : 0);
            if (!less) assert_same_weights(alone, runs[r].trainer);
        }
        free_ranks(runs, &net);
        siamese_trainer_free(alone);
    }
}

/* A model gives its trainer, which is then one of several. */
static siamese_status train_model(rank_run *run)
{
    return siamese_model_train(run->user, NULL, NULL);
}

static siamese_model *make_model(siamese_trainer **trainer)
{
    siamese_model *model = NULL;
    assert_int_equal(siamese_model_create(&model, "small", NULL), 0);
    assert_int_equal(siamese_model_set(model, "threads", "1"), 0);
    assert_int_equal(siamese_model_set(model, "min_steps", "6"), 0);
    assert_int_equal(siamese_model_set(model, "epochs", "2"), 0);
    assert_int_equal(siamese_model_set(model, "batch_size", "128"), 0);
    assert_int_equal(siamese_model_set(model, "embedding_dim", "16"), 0);
    assert_int_equal(siamese_model_add_pairs(model, &world.pairs), 0);
    assert_int_equal(siamese_model_prepare(model), 0);
    assert_int_equal(siamese_model_get_trainer(model, trainer), 0);
    return model;
}

static void trainer_exchange__a_model_trains_with_its_trainer(void **state)
{
    siamese_trainer *alone = NULL;
    siamese_model *const one = make_model(&alone);
    siamese_model *models[2];
    rank_net net;
    rank_run runs[2] = {{.status = 0}};
    (void)state;
    assert_int_equal(siamese_model_train(one, NULL, NULL), 0);
    net_create(&net, 2);
    for (size_t r = 0; r < 2; r++) {
        models[r] = make_model(&runs[r].trainer);
        assert_int_equal(rank_set(&runs[r], &net, r), 0);
        runs[r].call = train_model;
        runs[r].user = models[r];
    }
    ranks_run(runs, &net);
    for (size_t r = 0; r < 2; r++) {
        assert_int_equal(runs[r].status, 0);
        assert_same_weights(alone, runs[r].trainer);
    }
    assert_true(net.bytes > 0);
    free_ranks(runs, &net);
    for (size_t r = 0; r < 2; r++) siamese_model_free(models[r]);
    siamese_trainer_free(alone);
    siamese_model_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_exchange__bits_are_those_of_one_process),
        cmocka_unit_test(trainer_exchange__large_steps_have_the_same_bits),
        cmocka_unit_test(trainer_exchange__ranks_read_a_source),
        cmocka_unit_test(trainer_exchange__a_model_trains_with_its_trainer),
    };
    return cmocka_run_group_tests_name("trainer_exchange", tests, setup,
                                       teardown);
}
