/* Spellings that differ and mean one thing: how much a query has in common with
 * its title, and whether it finds it, by the notebook's words and by features.
 * Nothing is trained: counts alone, so that what a tower begins with is
 * seen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

typedef struct probe {
    const char *kind, *query, *title;
} probe;

static const probe probes[] = {
    {"slip", "refridgerator shelf", "Refrigerator Shelf, Clear"},
    {"slip", "celing fan", "Ceiling Fan with Remote, Bronze"},
    {"slip", "moen fauset", "Bathroom Faucet by Moen"},
    {"slip", "wheel barow", "Steel Wheelbarrow, Red"},
    {"slip", "vinal siding", "Vinyl Siding Panel, White"},
    {"slip", "lawnmover blade", "Lawnmower Blade Kit"},
    {"compound", "deckover", "Deck Over Coating, Gray"},
    {"compound", "water proof membrane", "Waterproofing Membrane Roll"},
    {"compound", "back splash tile", "Glass Backsplash Tiles"},
    {"compound", "flood light", "Outdoor Floodlights, LED"},
    {"compound", "screw driver", "Magnetic Screwdriver"},
    {"compound", "dry wall anchors", "Drywall Anchor Pack"},
    {"compound", "doorbell", "Wireless Door Bell, Chime"},
    {"compound", "bath tub mat", "Non-Slip Bathtub Mat"},
    {"unit", "60w bulb", "Soft White Bulb, 60-Watt"},
    {"unit", "100 watt bulb", "Clear Bulb 100W"},
    {"unit", "6 foot ladder", "Ladder, Fiberglass, 6 ft."},
    {"unit", "8' ladder", "Ladder, Aluminum, 8-ft"},
    {"unit", "5lb mallet", "Rubber Mallet, 5 lbs."},
    {"unit", "3 gallon bucket", "Bucket with Lid, 3 Gal."},
    {"unit", "18v drill", "Cordless Drill, 18-Volt"},
    {"unit", "20 cubic feet freezer", "Chest Freezer 20 cu. ft."},
    {"number", "0.75in plywood", "Plywood Sheet 3/4 in."},
    {"number", "1/2\" plywood", "Plywood Sheet .5-Inch"},
    {"number", "1.5 inch hole saw", "Hole Saw, 1-1/2 in."},
    {"number", "2 1/4 hole saw", "Hole Saw, 2.25-Inch"},
    {"number", "\xc2\xbd in pipe", "Copper Pipe 1/2-Inch"},
    {"number", "1000 sq ft heater", "Heater for 1,000 Square Feet"},
    {"number", "8x10 rug", "Wool Rug 8 ft. x 10 ft."},
    {"number", "2 x 4 stud", "Kiln-Dried Stud 2x4"},
    {"model", "dcd 771", "DCD771C2 Hammer Drill Kit"},
    {"model", "WX-430", "Worx WX430 Cutter"},
    {"model", "lm1800ps", "Compressor LM-1800-PS"},
    {"model", "HDX 60", "HDX60 Tote"},
    {"plural", "shelves", "Closet Shelf, Maple"},
    {"plural", "cabinet knob", "Knobs for Cabinets, Brass"},
    {"plural", "trash bags", "Trash Bag 13-Count"},
    {"plural", "hinges for gates", "Gate Hinge, Heavy Duty"},
    {"accent", "cafe table", "Caf\xc3\xa9 Table, Iron"},
    {"accent", "fleche door pull",
     "Fl\xc3\xa8"
     "che Door Pull"},
    {"accent", "smorgasbord platter", "Sm\xc3\xb6rg\xc3\xa5sbord Platter"},
    {"accent", "jalapeno seeds", "Jalape\xc3\xb1o Pepper Seeds"},
};
enum { PROBES = sizeof probes / sizeof *probes, MOST = 400 };

typedef struct counts {
    int64_t ids[MOST];
    size_t count;
} counts;

static void set(siamese_vocab_options *options, const char *settings)
{
    char copy[300];
    snprintf(copy, sizeof copy, "%s", settings);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *const value = strchr(word, '=');
        *value = '\0';
        assert_int_equal(siamese_vocab_options_set(options, word, value + 1),
                         0);
    }
}

static void tokenize(const siamese_vocab *vocab, const char *line, counts *out)
{
    siamese_text const text = {line, strlen(line)};
    size_t ends[2];
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, out->ids, MOST, ends, NULL), 0);
    out->count = ends[1];
}

/* By the titles that have it: ln(1 + N / (1 + df)), as siamese_vocab_encode. */
static double idf(const counts *titles, int64_t id)
{
    size_t df = 0;
    for (size_t t = 0; t < PROBES; t++)
        for (size_t i = 0; i < titles[t].count; i++)
            if (titles[t].ids[i] == id) {
                df++;
                break;
            }
    return log(1 + PROBES / (1.0 + (double)df));
}

/* The tf-idf vectors' product. */
static double product(const counts *a, const counts *b, const counts *titles)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (a->ids[i] == b->ids[j])
                sum += idf(titles, a->ids[i]) * idf(titles, a->ids[i]);
    return sum;
}

static double cosine(const counts *a, const counts *b, const counts *titles)
{
    double const square = product(a, a, titles) * product(b, b, titles);
    return square > 0 ? product(a, b, titles) / sqrt(square) : 0;
}

typedef struct finding {
    double cosine; /* of a query and its title */
    size_t rank;   /* of the title among all; of equal ones the last */
} finding;

/* The vocabulary learns from the titles, as that of a catalogue without
 * queries. */
static void measure(const char *settings, finding *found)
{
    static counts queries[PROBES], titles[PROBES];
    siamese_vocab_options options;
    siamese_vocab *vocab;
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = 0;
    options.sequence_length = 0;
    options.threads = 1;
    set(&options, settings);
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    for (size_t i = 0; i < PROBES; i++) {
        siamese_text const text = {probes[i].title, strlen(probes[i].title)};
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    }
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    for (size_t i = 0; i < PROBES; i++) {
        tokenize(vocab, probes[i].query, &queries[i]);
        tokenize(vocab, probes[i].title, &titles[i]);
    }
    for (size_t i = 0; i < PROBES; i++) {
        found[i] = (finding){cosine(&queries[i], &titles[i], titles), 1};
        for (size_t j = 0; j < PROBES; j++)
            found[i].rank += j != i && cosine(&queries[i], &titles[j],
                                              titles) >= found[i].cosine;
    }
    siamese_vocab_free(vocab);
}

/* Stems and character n-grams; then all that is for spellings. */
#define PARTS                                                                  \
    "normalizer=unicode stemmer=english hash_buckets=1048576 char_ngrams=3-5 " \
    "hash_min_count=1"
#define ALL PARTS " strip_accents=1 compounds=1 quantities=replace"

static double mean(const finding *found)
{
    double sum = 0;
    for (size_t i = 0; i < PROBES; i++) sum += found[i].cosine / PROBES;
    return sum;
}

static void test_probes__are_found_by_features(void **state)
{
    finding words[PROBES], parts[PROBES], all[PROBES];
    size_t first[3] = {0};
    (void)state;
    measure("", words);
    measure(PARTS, parts);
    measure(ALL, all);
    for (size_t i = 0; i < PROBES; i++) {
        const probe *const p = &probes[i];
        first[0] += words[i].rank == 1;
        first[1] += parts[i].rank == 1;
        first[2] += all[i].rank == 1;
        print_message("| %s | %s | %s | %.2f (%zu) | %.2f (%zu) | %.2f (%zu) "
                      "|\n",
                      p->kind, p->query, p->title, words[i].cosine,
                      words[i].rank, parts[i].cosine, parts[i].rank,
                      all[i].cosine, all[i].rank);
    }
    print_message("| all | mean cosine (found first) | | %.3f (%zu) | %.3f "
                  "(%zu) | %.3f (%zu) |\n",
                  mean(words), first[0], mean(parts), first[1], mean(all),
                  first[2]);
    for (size_t i = 0; i < PROBES; i++) {
        assert_int_equal(all[i].rank, 1);
        assert_true(all[i].cosine >= 0.3);
    }
    assert_in_range(first[0], 0, PROBES * 2 / 3);
    assert_true(mean(parts) > mean(words) + 0.3);
    assert_true(mean(all) > mean(parts) + 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probes__are_found_by_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
