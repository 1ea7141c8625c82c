/*
 * fuzz_http.c: requests of siamese serve, as its HTTP library hands them over:
 * any target, headers and body in. Each is answered with a status of those that
 * the documentation has and with JSON that says what it must, and items change
 * just where the token was right; an encoding in between keeps its bits.
 *
 * An input is a byte that chooses the method, one the headers, then lines: the
 * target, the header that is of the input's own, and behind them the body.
 */
#include "serve/serve_routes.h"

#include "fuzz/support/fuzz.h"

enum { MOST_BYTES = 4096, MOST_ITEMS = 64, QUERY = 64, MOST_K = 8 };

static const char *const words[] = {"oak desk",  "red sofa", "blue chair",
                                    "tall lamp", "<b>&lt;",  "caf\xc3\xa9"};
enum { WORDS = sizeof words / sizeof *words };

static serve_server server;
static uint8_t file[1 << 20];
static fuzz_block saved = {file, 0, sizeof file};
static char *first_answer; /* to what is asked after each request */

/* ---- a model ---- */

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

static void learn(siamese_model *model)
{
    static siamese_text ids[WORDS], texts[WORDS];
    static double prices[WORDS];
    static int64_t stock[WORDS];
    static const char *const settings[][2] = {
        {"threads", "1"}, {"epochs", "1"},       {"embedding_dim", "8"},
        {"batch", "4"},   {"vocab.ngrams", "1"}, {"seed", "3"}};

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        siamese_model_set(model, settings[i][0], settings[i][1]);
    for (size_t i = 0; i < WORDS; i++) {
        ids[i] = (siamese_text){"abcdef" + i, 1};
        texts[i] = text_of(words[i]);
        prices[i] = 1.5 * (double)i;
        stock[i] = (int64_t)i - 1;
    }
    siamese_column_values const columns[] = {
        {.struct_size = sizeof columns[0], .name = "brand", .texts = texts},
        {.struct_size = sizeof columns[0], .name = "price", .numbers = prices},
        {.struct_size = sizeof columns[0], .name = "stock", .integers = stock}};
    fuzz_ok(siamese_model_add_column(model, "brand", SIAMESE_COLUMN_TEXT));
    fuzz_ok(siamese_model_add_column(model, "price", SIAMESE_COLUMN_NUMBER));
    fuzz_ok(siamese_model_add_column(model, "stock", SIAMESE_COLUMN_INTEGER));
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = WORDS,
                                    .text_ids = ids,
                                    .titles = texts,
                                    .columns = columns,
                                    .column_count = 3};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = texts,
                                 .items = texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = WORDS};
    fuzz_ok(siamese_model_add_items(model, &rows));
    fuzz_ok(siamese_model_add_pairs(model, &pairs));
    fuzz_ok(siamese_model_train(model, NULL, NULL));
}

static int32_t read_saved(void *user, void *data, size_t size, size_t *done)
{
    size_t *const at = user;
    size_t const left = saved.size - *at;

    *done = size < left ? size : left;
    memcpy(data, saved.bytes + *at, *done);
    *at += *done;
    return 0;
}

static void open_model(void)
{
    siamese_load_options options;
    size_t at = 0;

    siamese_model_free(server.models[0].model);
    fuzz_ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    fuzz_ok(
        siamese_model_read(&server.models[0].model, read_saved, &at, &options));
}

/* What is held at the end lies at aligned addresses, which a check for leaks
 * does not find from here. */
static void close_model(void)
{
    siamese_model_free(server.models[0].model);
}

/* ---- what an answer says ---- */

static void check_results(const json_t *answer)
{
    const json_t *const results = json_object_get(answer, "results");
    const json_t *hit;
    double last = 1e300;
    size_t i;

    fuzz_require(json_is_string(json_object_get(answer, "query")));
    fuzz_require(json_is_integer(json_object_get(answer, "us")));
    fuzz_require(json_is_array(results) && json_array_size(results) <= MOST_K);
    json_array_foreach(results, i, hit)
    {
        double const score = json_real_value(json_object_get(hit, "score"));
        fuzz_require(json_integer_value(json_object_get(hit, "rank")) ==
                     (json_int_t)i + 1);
        fuzz_require(json_is_string(json_object_get(hit, "id")));
        fuzz_require(json_is_string(json_object_get(hit, "title")));
        fuzz_require(json_is_real(json_object_get(hit, "score")));
        fuzz_require(score <= last);
        last = score;
    }
}

static void check_json(const serve_request *request, const serve_answer *a)
{
    json_error_t error;
    json_t *const answer = json_loadb(a->body, a->size, 0, &error);
    const char *const sentence =
        json_string_value(json_object_get(answer, "error"));

    fuzz_require(json_is_object(answer));
    fuzz_require((a->status >= 400) == (sentence != NULL));
    fuzz_require(!sentence || *sentence);
    if (a->status == 200 && strncmp(request->target, "/search", 7) == 0)
        check_results(answer);
    json_decref(answer);
}

static void check_answer(const serve_request *request, const serve_answer *a)
{
    static const int known[] = {200, 400, 401, 403, 404, 405, 414, 415, 422};
    size_t i = 0;

    while (i < sizeof known / sizeof *known && known[i] != a->status) i++;
    fuzz_require(i < sizeof known / sizeof *known);
    fuzz_require(a->type && a->body &&
                 (a->allow != NULL) == (a->status == 405));
    if (strcmp(a->type, "application/json") == 0)
        check_json(request, a);
    else
        fuzz_require(a->status == 200);
}

/* The same as ever, but for the time it took. */
static void check_search(void)
{
    serve_request const request = {
        .method = "GET", .target = "/encode?q=oak+desk", .host = "localhost"};
    serve_answer a;

    serve_respond(&server, &request, &a);
    fuzz_require(a.status == 200);
    char *const end = strstr(a.owned, "\"us\"");
    fuzz_require(end);
    *end = '\0';
    if (!first_answer) {
        first_answer = malloc(strlen(a.owned) + 1);
        fuzz_require(first_answer);
        strcpy(first_answer, a.owned);
    }
    fuzz_require(strcmp(first_answer, a.owned) == 0);
    serve_answer_free(&a);
}

/* ---- one request ---- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char token[] = "secret", name[] = "m";
    siamese_model *model;

    (void)argc;
    (void)argv;
    server.limits = (serve_limits){.k = MOST_K,
                                   .query = QUERY,
                                   .body = MOST_BYTES,
                                   .timeout = 1,
                                   .connections = 1,
                                   .workers = 1};
    server.guard = (serve_guard){.address = "127.0.0.1",
                                 .hosts = "shop.example,other",
                                 .token = token,
                                 .token_size = sizeof token - 1};
    server.model_count = 1;
    server.models[0].name = name;
    atomic_store(&server.models[0].decodes, 1);
    fuzz_ok(siamese_model_create(&model, "small", NULL));
    learn(model);
    fuzz_ok(siamese_model_write(model, fuzz_block_write, &saved, NULL));
    siamese_model_free(model);
    open_model();
    atexit(close_model);
    return 0;
}

/* A line as a text of C, which a request's are. */
static char *take_line(fuzz_input *in)
{
    return fuzz_copy(fuzz_take_until(in, '\n'), 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = {"GET", "POST", "HEAD", "PUT"};
    fuzz_input in = {data, size};
    serve_answer a;

    if (size > MOST_BYTES) return 0;
    uint8_t const method = fuzz_byte(&in), headers = fuzz_byte(&in);
    char *const target = take_line(&in), *const own = take_line(&in);
    char *const body =
        fuzz_copy((siamese_text){(const char *)in.data, in.size}, 0);
    serve_request request = {.method = methods[method % 4],
                             .target = target,
                             .host = "localhost:8080",
                             .content_type = "application/json",
                             .authorization = "Bearer secret",
                             .body = body,
                             .body_size = in.size};
    /* one of them, or none, is the input's own */
    switch (headers % 8) {
    case 1:
        request.host = own;
        break;
    case 2:
        request.origin = own;
        break;
    case 3:
        request.fetch_site = own;
        break;
    case 4:
        request.authorization = own;
        break;
    case 5:
        request.content_type = own;
        break;
    case 6:
        request.method = own;
        break;
    case 7:
        request.authorization = NULL;
        break;
    default:
        break;
    }
    size_t const before = serve_model_info(&server.models[0]).items;
    int const wants = serve_wants_body(&server, &request);
    serve_respond(&server, &request, &a);
    check_answer(&request, &a);
    size_t const items = serve_model_info(&server.models[0]).items;
    fuzz_require(items == before || (wants && a.status == 200));
    fuzz_require(!wants || (a.status != 401 && a.status != 403));
    serve_answer_free(&a);
    check_search();
    if (items > MOST_ITEMS || items < WORDS) open_model();
    free(target);
    free(own);
    free(body);
    return 0;
}
