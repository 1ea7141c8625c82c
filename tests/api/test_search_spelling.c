/* Queries corrected by the words of the catalogue: what is corrected and what
 * is not, in five languages, and what becomes of the vector. */
#include <math.h>

#include "api/checkpoint_parts.h"

enum { NUMBERS = 32, MOST = 16 };

typedef struct shop {
    siamese_tower *tower;
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
} shop;

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

/* The preset's words and their parts of the texts that training saw. */
static siamese_vocab *learn(const char *language, const char *const *texts,
                            size_t count)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    ok(siamese_vocab_options_init(&options, sizeof options));
    ok(siamese_preset_apply("default", &options, NULL, NULL, NULL));
    ok(siamese_vocab_options_set(&options, "stemmer", language));
    options.written_words = options.stemmer != 0;
    options.threads = 1;
    ok(siamese_vocab_create(&vocab, &options));
    for (size_t i = 0; i < count; i++) {
        siamese_text const text = text_of(texts[i]);
        ok(siamese_vocab_add(vocab, &text, 1));
    }
    ok(siamese_vocab_finish(vocab));
    return vocab;
}

static siamese_tower *embed(const siamese_vocab *vocab)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    ok(siamese_preset_apply("default", NULL, &options, NULL, NULL));
    options.embedding_dim = NUMBERS;
    options.seed = 3;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    return tower;
}

static void add(shop *s, int64_t id, const char *title)
{
    siamese_text const text = text_of(title);
    siamese_item_rows const row = {
        .struct_size = sizeof row, .count = 1, .ids = &id, .titles = &text};
    ok(siamese_searcher_add(s->searcher, &row, NULL));
}

static void remove_item(shop *s, int64_t id)
{
    size_t removed;
    ok(siamese_searcher_remove(s->searcher, &id, NULL, 1, &removed));
    assert_int_equal(removed, 1);
}

/* A shop whose items have ids from 0 on; training saw their titles and the
 * `heard` queries. */
static shop open_shop(const char *language, const char *const *items,
                      size_t count, const char *const *heard,
                      size_t heard_count)
{
    const char *texts[MOST];
    siamese_ranker *ranker;
    shop s;
    assert_true(count + heard_count <= MOST);
    for (size_t i = 0; i < count; i++) texts[i] = items[i];
    for (size_t i = 0; i < heard_count; i++) texts[count + i] = heard[i];
    siamese_vocab *const vocab = learn(language, texts, count + heard_count);
    s.tower = embed(vocab);
    siamese_vocab_free(vocab);
    ok(siamese_index_create(&s.index, NUMBERS, NULL));
    ok(siamese_items_create(&s.items, NULL));
    ok(siamese_searcher_create(&s.searcher, s.tower, s.tower, s.index,
                               s.items));
    for (size_t i = 0; i < count; i++) add(&s, (int64_t)i, items[i]);
    ok(siamese_ranker_create(&ranker, NULL));
    ok(siamese_searcher_set_ranker(s.searcher, ranker));
    siamese_ranker_free(ranker);
    return s;
}

static void close_shop(shop *s)
{
    siamese_searcher_free(s->searcher);
    siamese_items_free(s->items);
    siamese_index_free(s->index);
    siamese_tower_free(s->tower);
}

static siamese_hits *search(const shop *s, const siamese_text *texts,
                            size_t count, int32_t spelling)
{
    siamese_search_request request;
    siamese_hits *hits;
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = texts;
    request.count = count;
    request.k = 3;
    request.spelling = spelling;
    ok(siamese_searcher_search(s->searcher, &request, &hits));
    return hits;
}

/* What a query is searched as too; NULL: as nothing else. */
static void assert_corrected(const shop *s, const char *query,
                             const char *corrected)
{
    siamese_text const text = text_of(query);
    siamese_hits *const hits = search(s, &text, 1, SIAMESE_RANK_AUTO);
    const char *const got = siamese_hits_corrected(hits, 0);
    if ((got == NULL) != (corrected == NULL) ||
        (got && strcmp(got, corrected) != 0))
        fail_msg("'%s': '%s', not '%s'", query, got ? got : "NULL",
                 corrected ? corrected : "NULL");
    siamese_hits_free(hits);
}

static const char *const tools[] = {"flexible garden hose 50 ft",
                                    "cedar fence board", "white tier shelf",
                                    "WF330 water filter"};
static const char *const heard[] = {"settee", "rack"};

static shop open_tools(void)
{
    return open_shop("english", tools, 4, heard, 2);
}

static void test_spelling__corrects_what_nobody_knows(void **state)
{
    shop s = open_tools();
    (void)state;
    assert_corrected(&s, "flexable hose", "flexible hose");
    assert_corrected(&s, "Flexable, GARDEN hse!", "flexible, GARDEN hse!");
    assert_corrected(&s, "fece  bord", "fence  board");
    assert_corrected(&s, "gardne", "garden");
    assert_corrected(&s, "garden hoses", NULL); /* the stem is there */
    assert_corrected(&s, "setee", NULL);        /* nothing is near */
    assert_corrected(&s, "", NULL);
    close_shop(&s);
}

static void test_spelling__keeps_what_training_knows(void **state)
{
    shop s = open_tools();
    (void)state;
    add(&s, 9, "settle");
    assert_corrected(&s, "settee", NULL);
    assert_corrected(&s, "setlle", "settle");
    close_shop(&s);
}

static void test_spelling__keeps_numbers_and_models(void **state)
{
    shop s = open_tools();
    (void)state;
    assert_corrected(&s, "wf331 watr filter", "wf331 water filter");
    assert_corrected(&s, "50 fft hose", NULL); /* three letters */
    assert_corrected(&s, "flexable-330", NULL);
    assert_corrected(&s, "3/flexable", NULL);
    assert_corrected(&s, "50 ft flexable", "50 ft flexible");
    assert_corrected(&s, "wf330 flexable/hose", "wf330 flexible/hose");
    close_shop(&s);
}

static void test_spelling__is_off_by_request(void **state)
{
    siamese_text const text = text_of("flexable hose");
    shop s = open_tools();
    (void)state;
    siamese_hits *hits = search(&s, &text, 1, SIAMESE_RANK_OFF);
    assert_null(siamese_hits_corrected(hits, 0));
    siamese_hits_free(hits);
    hits = search(&s, &text, 1, SIAMESE_RANK_ON);
    assert_string_equal(siamese_hits_corrected(hits, 0), "flexible hose");
    assert_null(siamese_hits_corrected(hits, 1));
    assert_null(siamese_hits_corrected(NULL, 0));
    siamese_hits_free(hits);
    close_shop(&s);
}

static void test_spelling__speaks_other_languages(void **state)
{
    static const char *const german[] = {"Kühlschrank mit Gefrierfach"};
    static const char *const french[] = {"Tondeuse à gazon électrique"};
    static const char *const indonesian[] = {"kulkas dua pintu"};
    /* denchi batterii juuden: a battery charger */
    static const char *const japanese[] = {
        "\xe3\x83\x90\xe3\x83\x83\xe3\x83\x86\xe3\x83\xaa\xe3\x83\xbc",
        "\xe6\x97\xa5\xe6\x9c\xac\xe5\x9c\xb0\xe5\x9b\xb3"};
    shop s = open_shop("german", german, 1, NULL, 0);
    (void)state;
    assert_corrected(&s, "Külschrank mit Fach", "kuhlschrank mit Fach");
    close_shop(&s);
    s = open_shop("french", french, 1, NULL, 0);
    assert_corrected(&s, "tonduese éléctrique", "tondeuse éléctrique");
    close_shop(&s);
    s = open_shop("indonesian", indonesian, 1, NULL, 0);
    assert_corrected(&s, "kulkhas 2 pinut", "kulkas 2 pintu");
    close_shop(&s);
    s = open_shop("none", japanese, 2, NULL, 0);
    assert_corrected(&s, "\xe3\x83\x90\xe3\x83\x83\xe3\x83\x86\xe3\x83\xaa",
                     japanese[0]);
    assert_corrected(&s, "\xe6\x97\xa5\xe6\x9c\xac\xe5\x9c\xb0\xe9\x9c\x87",
                     NULL);
    close_shop(&s);
}

/* ---- the vector ---- */

static void read_vector(const shop *s, const char *text, double *unit)
{
    siamese_text const one = text_of(text);
    float vector[NUMBERS];
    double squares = 0;
    ok(siamese_tower_encode(s->tower, &one, 1, 1, vector, NUMBERS));
    for (int i = 0; i < NUMBERS; i++)
        squares += (double)vector[i] * (double)vector[i];
    for (int i = 0; i < NUMBERS; i++)
        unit[i] = (double)vector[i] / sqrt(squares);
}

static void test_spelling__searches_the_mean_of_both(void **state)
{
    siamese_text const text = text_of("flexable hose");
    double a[NUMBERS], b[NUMBERS], item[NUMBERS], squares = 0;
    siamese_search_request request;
    siamese_hits *hits;
    shop s = open_tools();
    (void)state;
    read_vector(&s, "flexable hose", a);
    read_vector(&s, "flexible hose", b);
    for (int i = 0; i < NUMBERS; i++) a[i] += b[i];
    for (int i = 0; i < NUMBERS; i++) squares += a[i] * a[i];
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = &text;
    request.count = 1;
    request.k = 4;
    request.rerank = request.feedback = SIAMESE_RANK_OFF;
    ok(siamese_searcher_search(s.searcher, &request, &hits));
    assert_int_equal(siamese_hits_count(hits, 0), 4);
    for (size_t h = 0; h < 4; h++) {
        double score = 0;
        read_vector(&s, tools[siamese_hits_ids(hits, 0)[h]], item);
        for (int i = 0; i < NUMBERS; i++)
            score += a[i] / sqrt(squares) * item[i];
        assert_true(fabs(score - (double)siamese_hits_scores(hits, 0)[h]) <
                    1e-5);
    }
    siamese_hits_free(hits);
    close_shop(&s);
}

static void test_spelling__is_the_same_in_a_batch(void **state)
{
    static const char *const asked[] = {"flexable hose", "cedar fence", "fece",
                                        "whit tier"};
    siamese_text texts[4];
    shop s = open_tools();
    (void)state;
    for (int i = 0; i < 4; i++) texts[i] = text_of(asked[i]);
    siamese_hits *const all = search(&s, texts, 4, SIAMESE_RANK_AUTO);
    for (size_t q = 0; q < 4; q++) {
        siamese_hits *const one = search(&s, &texts[q], 1, SIAMESE_RANK_AUTO);
        const char *const alone = siamese_hits_corrected(one, 0);
        const char *const among = siamese_hits_corrected(all, q);
        assert_true((alone == NULL) == (among == NULL));
        if (alone) assert_string_equal(alone, among);
        assert_int_equal(siamese_hits_count(one, 0),
                         siamese_hits_count(all, q));
        assert_memory_equal(siamese_hits_scores(one, 0),
                            siamese_hits_scores(all, q), 3 * sizeof(float));
        siamese_hits_free(one);
    }
    siamese_hits_free(all);
    close_shop(&s);
}

/* ---- a catalogue that changes ---- */

static void test_spelling__follows_the_catalogue(void **state)
{
    shop s = open_tools();
    (void)state;
    assert_corrected(&s, "rubberr", NULL);
    add(&s, 20, "rubber mat");
    assert_corrected(&s, "rubberr", "rubber");
    add(&s, 21, "rubbers and rubbery");
    assert_corrected(&s, "rubberr", "rubber"); /* in two, but by its bytes */
    add(&s, 22, "rubberr brand mat");
    assert_corrected(&s, "rubberr", NULL); /* a word now */
    remove_item(&s, 22);
    assert_corrected(&s, "rubberr", "rubber");
    remove_item(&s, 20);
    add(&s, 23, "rubbery toy");
    assert_corrected(&s, "rubberr",
                     "rubbery"); /* in two rows, rubbers in one */
    remove_item(&s, 21);
    remove_item(&s, 23);
    assert_corrected(&s, "rubberr", NULL);
    close_shop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spelling__corrects_what_nobody_knows),
        cmocka_unit_test(test_spelling__keeps_what_training_knows),
        cmocka_unit_test(test_spelling__keeps_numbers_and_models),
        cmocka_unit_test(test_spelling__is_off_by_request),
        cmocka_unit_test(test_spelling__speaks_other_languages),
        cmocka_unit_test(test_spelling__searches_the_mean_of_both),
        cmocka_unit_test(test_spelling__is_the_same_in_a_batch),
        cmocka_unit_test(test_spelling__follows_the_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
