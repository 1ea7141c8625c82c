// A C++ host of siamese.hpp: what the layer adds to the C API, and that it adds
// nothing else. usage: host FOLDER
#include <siamese/siamese.hpp>

#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <thread>

static int failures = 0;

static void expect(bool holds, char const *what)
{
    std::printf("%s cpp__%s\n", holds ? "ok" : "not ok", what);
    failures += !holds;
}

static char const *const titles[] = {"oak writing desk", "brass kitchen faucet",
                                     "red velvet sofa", "cordless drill"};
static char const *const queries[] = {"wooden desk", "kitchen tap", "red couch",
                                      "battery drill"};

static void sum_up(siamese::model &model)
{
    model.set("min_steps", "60").set("threads", "1");
    model.add_pairs(queries, titles);
}

// ---- texts and arrays as arguments ----

static void takes_texts_of_any_kind()
{
    siamese::vocab vocab;
    vocab.add("one");
    vocab.add({"two", "three"});
    vocab.add(std::string("four"));
    vocab.add(std::vector<std::string>{"five", "six"});
    vocab.add(std::vector<std::string_view>{"seven"});
    vocab.add(titles);
    siamese_text const raw[] = {{"eight", 5}};
    vocab.add(siamese::span<siamese_text const>(raw, 1));
    vocab.finish();
    for (char const *word : {"one", "two", "three", "four", "five", "six",
                             "seven", "sofa", "eight"})
        if (vocab.lookup(word) <= SIAMESE_ID_UNKNOWN)
            return expect(false, "takes_texts_of_any_kind");
    expect(vocab.token(vocab.lookup("sofa")) == "sofa",
           "takes_texts_of_any_kind");
    siamese::token_ids const ids = vocab.tokenize({"one two", "", "sofa"});
    expect(ids.offsets == std::vector<std::size_t>({0, 2, 2, 3}) &&
               ids.ids[2] == vocab.lookup("sofa"),
           "tokenizes_to_offsets");
    std::string const long_text(100000, 'x');
    std::string many;
    for (int i = 0; i < 1000; i++) many += "one ";
    siamese::vocab_options all;
    all.set("sequence_length", "0");
    siamese::vocab unbounded(all);
    unbounded.add({"one", long_text});
    unbounded.finish();
    expect(unbounded.tokenize(many).ids.size() == 1000,
           "tokenizes_more_than_it_guessed");
    expect(unbounded.token(unbounded.lookup(long_text)) == long_text,
           "reads_a_token_of_any_length");
}

// ---- errors ----

template <class F> static siamese_status status_of(F call)
{
    try {
        call();
    } catch (siamese::error const &error) {
        return *error.what() && *error.name() ? error.status() : 1;
    }
    return SIAMESE_OK;
}

static void throws_what_the_c_api_returns()
{
    siamese::vocab_options options;
    expect(status_of([&] { options.set("no_such", "1"); }) == SIAMESE_E_OPTION,
           "throws_for_an_option");
    expect(options.set("max_tokens", "77").get("max_tokens") == "77",
           "options_by_name");
    siamese::vocab vocab;
    siamese::vocab const moved = std::move(vocab);
    expect(status_of([&] { vocab.add("x"); }) == SIAMESE_E_ARGUMENT,
           "a_moved_handle_throws");
    siamese::index index(2);
    std::vector<std::int64_t> const ids{1, 2};
    std::vector<float> const short_of(3);
    expect(status_of([&] { index.add(ids, short_of); }) == SIAMESE_E_ARGUMENT,
           "counts_are_compared");
    expect(status_of([&] { siamese::model::open("/no/such/file"); }) ==
               SIAMESE_E_IO,
           "throws_for_a_file");
    expect(status_of([] { siamese::model("no such preset"); }) ==
               SIAMESE_E_OPTION,
           "throws_for_a_preset");
}

static void goes_on_with_what_a_callback_threw()
{
    siamese::model model("small");
    sum_up(model);
    model.add_items(titles);
    int caught = 0, calls = 0;
    try {
        model.train([&](siamese_progress const &) -> bool { throw ++calls; });
    } catch (int value) {
        caught = value;
    }
    expect(caught == 1 && calls == 1, "a_throw_of_a_callback_comes_back");
    expect(status_of([&] {
               model.train([](siamese_progress const &) { return false; });
           }) == SIAMESE_E_CANCELLED,
           "false_cancels");
    model.train([](siamese_progress const &) { return true; });
    expect(model.info().trained == 1, "a_cancelled_training_goes_on");
}

// ---- the model ----

static void parts_before_training()
{
    siamese::vocab vocab;
    siamese::model model("notebook");
    vocab.add({"red sofa"});
    vocab.finish();
    model.set("epochs", "2").set_vocab(vocab);
    model.prepare();
    model.add_pairs(queries, titles);
    model.resume();
    int calls = 0;
    model.resume([&](siamese_progress const &) { return ++calls > 0; });
    expect(calls == 0, "a_training_that_is_complete_stays");
    expect(model.get_vocab().size() == 4, "a_vocabulary_of_ones_own");
}

static bool same(siamese::hits const &a, siamese::hits const &b)
{
    if (a.query_count() != b.query_count()) return false;
    for (std::size_t q = 0; q < a.query_count(); q++) {
        if (a.size(q) != b.size(q)) return false;
        for (std::size_t i = 0; i < a.size(q); i++)
            if (a.at(i, q).row != b.at(i, q).row ||
                std::memcmp(&a.scores(q)[i], &b.scores(q)[i], sizeof(float)))
                return false;
    }
    return true;
}

static void model_and_files(std::string const &path)
{
    siamese::model model("small");
    sum_up(model);
    siamese::item_rows rows({"a", "b", "c", "d"}, titles);
    std::vector<double> const prices{10, 20, 30, 40};
    std::vector<std::int64_t> const stock{1, 2, 3, 4};
    model.add_items(rows.column("price", prices)
                        .column("stock", stock)
                        .column("brand", {"w", "x", "y", "z"}));
    model.train();
    siamese::hits const found = model.search(queries, 2);
    std::map<std::string_view, double> price_of{
        {"a", 10}, {"b", 20}, {"c", 30}, {"d", 40}};
    bool right = found.query_count() == 4;
    for (std::size_t q = 0; right && q < 4; q++)
        right = found.size(q) > 0 && found.at(0, q).title == titles[q] &&
                found.known(q);
    expect(right, "finds_what_was_learned");
    std::vector<double> const numbers = found.numbers("price");
    std::vector<siamese_text> const brands = found.texts("brand");
    std::size_t at = 0;
    for (std::size_t q = 0; q < 4; q++)
        for (std::size_t i = 0; i < found.size(q); i++, at++)
            right = right && numbers[at] == price_of[found.at(i, q).text_id] &&
                    found.integers("stock")[at] * 10 == numbers[at] &&
                    siamese::view(brands[at]).size() == 1;
    expect(right && at == numbers.size(), "hits_have_their_columns");
    bool out = false;
    try {
        found.at(2, 0);
    } catch (std::out_of_range const &) {
        out = true;
    }
    expect(out, "a_hit_beyond_the_last_is_out_of_range");

    siamese::id_filter const cheap =
        model.get_items().where("price < 30 and brand != \"w\"");
    siamese::texts const asked(queries);
    siamese::request within;
    within.texts = asked.data();
    within.count = asked.size();
    within.filter = cheap.c();
    siamese::hits const some = model.search(within);
    expect(some.size(0) == 1 && some.at(0, 0).text_id == "b",
           "finds_what_conditions_let_pass");

    model.save(path);
    siamese::model const opened = siamese::model::open(path);
    expect(same(opened.search(queries, 2), found), "a_file_has_the_same_bits");
    expect(opened.encode(queries) == model.get_query_tower().encode(queries),
           "porch_and_part_encode_alike");

    expect(model.remove_items({"a", "nothing"}) == 1, "removes_by_id");
    std::size_t hits = 0;
    for (siamese::hit const &hit : model.search("wooden desk")) {
        hits++;
        right = right && hit.text_id != "a";
    }
    expect(right && hits == 3, "a_removed_item_is_not_found");
    model.reload(path);
    expect(same(model.search(queries, 2), found), "a_reload_brings_it_back");

    std::size_t const dim = model.info().dim;
    std::vector<float> const vectors = model.encode(queries);
    siamese::request request(vectors, dim);
    request.k = 2;
    siamese::request plain; // which no ranker ranks either
    plain.texts = asked.data();
    plain.count = asked.size();
    plain.k = 2;
    plain.rerank = plain.spelling = plain.feedback = SIAMESE_RANK_OFF;
    expect(same(model.search(request), model.search(plain)),
           "vectors_find_what_texts_find");
    bool refused = false;
    try {
        siamese::request const longer({vectors.data(), dim + 1}, dim + 1);
        model.search(longer);
    } catch (siamese::error const &error) {
        refused = error.status() == SIAMESE_E_ARGUMENT &&
                  std::strstr(error.what(), "dim") != nullptr;
    }
    expect(refused, "vectors_of_another_size_are_refused");

    siamese::hits kept;
    {
        siamese::model const short_lived = siamese::model::open(path);
        kept = short_lived.search(queries, 2);
    }
    expect(same(kept, found), "hits_outlive_their_model");

    std::vector<std::thread> threads;
    std::vector<siamese::hits> of_threads(4);
    for (std::size_t t = 0; t < 4; t++)
        threads.emplace_back(
            [&, t] { of_threads[t] = model.search(queries, 2); });
    for (std::thread &thread : threads) thread.join();
    for (siamese::hits const &each : of_threads)
        right = right && same(each, found);
    expect(right, "threads_share_a_model");

    siamese::bundle bundle;
    bundle.set_towers(model.get_query_tower(), model.get_item_tower());
    bundle.set(model.get_index());
    bundle.save(path);
    expect(siamese::bundle(path).get_index().size() == 4, "a_bundle_of_parts");
}

int main(int argc, char **argv)
try {
    takes_texts_of_any_kind();
    throws_what_the_c_api_returns();
    goes_on_with_what_a_callback_threw();
    parts_before_training();
    model_and_files(std::string(argc > 1 ? argv[1] : ".") + "/cpp.siamese");
    return failures > 0;
} catch (std::exception const &error) {
    std::printf("not ok cpp__no_exception_is_left: %s\n", error.what());
    return 1;
}
