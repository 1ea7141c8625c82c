/* ranked.c: what a ranker made of searches, bit by bit: a model goes in, lines
 * come out that ranked.cpp, .go, .py and .rs must print too.
 * usage: ranked FILE */
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ok(siamese_status status)
{
    if (status == SIAMESE_OK) return;
    fprintf(stderr, "%s\n", siamese_last_error());
    exit(1);
}

static const siamese_text queries[] = {
    {"red couch", 9}, {"walnt bureau", 12}, {"desk", 4}, {"qqqq", 4}};

static unsigned bits(float number)
{
    unsigned out;
    memcpy(&out, &number, sizeof out);
    return out;
}

static void print(const siamese_hits *hits, int explained)
{
    for (size_t q = 0; q < siamese_hits_query_count(hits); q++) {
        const char *const corrected = siamese_hits_corrected(hits, q);
        const float *const sure = siamese_hits_confidences(hits, q);
        printf("%zu %s\n", q, corrected ? corrected : "-");
        for (size_t i = 0; i < siamese_hits_count(hits, q); i++) {
            float shares[256];
            size_t count = 0;
            printf("%s %08x %08x %08x", siamese_hits_text_id(hits, q, i),
                   bits(siamese_hits_scores(hits, q)[i]),
                   bits(siamese_hits_vector_scores(hits, q)[i]),
                   bits(sure ? sure[i] : 0));
            if (explained)
                ok(siamese_hits_get_shares(hits, q, i, shares, 256, &count));
            for (size_t s = 0; s < count; s++) printf(" %08x", bits(shares[s]));
            printf("\n");
        }
    }
}

static void ask(const siamese_model *model, siamese_search_request request)
{
    siamese_hits *hits;
    request.texts = queries;
    request.count = 4;
    request.k = 5;
    ok(siamese_model_search(model, &request, &hits));
    print(hits, request.explain);
    siamese_hits_free(hits);
}

int main(int argc, char **argv)
{
    siamese_model *model;
    siamese_search_request plain, request;
    if (argc != 2) return 2;
    ok(siamese_model_open(&model, argv[1], NULL));
    ok(siamese_search_request_init(&plain, sizeof plain));
    ask(model, plain);
    request = plain;
    request.explain = 1;
    request.collapse_titles = 1;
    ask(model, request);
    request = plain;
    request.feedback = request.spelling = SIAMESE_RANK_OFF;
    request.min_confidence = 0.5;
    ask(model, request);
    request = plain;
    request.rerank = request.spelling = request.feedback = SIAMESE_RANK_OFF;
    ask(model, request);
    siamese_model_free(model);
    return 0;
}
