// The ranker in siamese.hpp: its options, what it makes of hits, and the files
// that keep it. usage: ranker FOLDER
#include <siamese/siamese.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>

static int failures = 0;

static void expect(bool holds, char const *what)
{
    std::printf("%s cpp__%s\n", holds ? "ok" : "not ok", what);
    failures += !holds;
}

static char const *const titles[] = {"oak writing desk", "brass kitchen faucet",
                                     "red velvet sofa", "cordless drill",
                                     "Red  velvet SOFA"};
static char const *const queries[] = {"wooden desk", "kitchen tap", "red couch",
                                      "battery drill"};

static siamese::hits ask(siamese::model const &model,
                         siamese::texts const &texts,
                         siamese::request request = {})
{
    request.texts = texts.data();
    request.count = texts.size();
    return model.search(request);
}

static siamese_status refusal(siamese::model const &model,
                              siamese::request const &request)
{
    try {
        ask(model, "red velvet sofa", request);
    } catch (siamese::error const &error) {
        return error.status();
    }
    return SIAMESE_OK;
}

static bool same(siamese::hits const &a, siamese::hits const &b)
{
    for (std::size_t q = 0; q < a.query_count(); q++) {
        std::size_t const size = a.size(q) * sizeof(float);
        if (a.size(q) != b.size(q) ||
            std::memcmp(a.rows(q).data(), b.rows(q).data(), 2 * size) ||
            std::memcmp(a.scores(q).data(), b.scores(q).data(), size) ||
            std::memcmp(a.confidences(q).data(), b.confidences(q).data(), size))
            return false;
    }
    return a.query_count() == b.query_count();
}

static void scores_and_shares(siamese::model const &model)
{
    siamese::request explain;
    explain.explain = 1;
    siamese::hits const hits = ask(model, queries, explain);
    auto const features = model.get_ranker().features();
    bool right = features.size() > 1 && features[0].weight != 0;
    for (std::size_t q = 0; q < hits.query_count(); q++)
        for (std::size_t i = 0; i < hits.size(q); i++) {
            double sum = 0;
            for (float share : hits.shares(i, q)) sum += share;
            right = right && hits.shares(i, q).size() == features.size() &&
                    std::fabs(sum - hits.scores(q)[i]) < 1e-5 &&
                    hits.confidences(q)[i] >= 0 && hits.confidences(q)[i] <= 1;
        }
    expect(right, "scores_are_the_sums_of_their_shares");

    siamese::request off;
    off.rerank = off.spelling = off.feedback = SIAMESE_RANK_OFF;
    siamese::hits const plain = ask(model, queries, off);
    expect(plain.confidences().empty() && plain.corrected().empty() &&
               std::memcmp(plain.scores().data(), plain.vector_scores().data(),
                           plain.size() * sizeof(float)) == 0,
           "without_a_ranker_scores_are_the_vectors");
    siamese::request once;
    once.feedback = SIAMESE_RANK_OFF;
    siamese::hits const ranked = ask(model, queries, once);
    std::set<float> mine, its;
    mine.insert(ranked.vector_scores().begin(), ranked.vector_scores().end());
    its.insert(plain.scores().begin(), plain.scores().end());
    expect(mine == its && !same(ranked, plain), "vector_scores_of_one_scan");
}

static void what_is_left_out(siamese::model const &model)
{
    siamese::hits const slip = ask(model, "red velvte sofa");
    expect(slip.corrected() == "red velvet sofa", "slips_are_corrected");
    siamese::hits const all = ask(model, "red velvet sofa");
    siamese::request one;
    one.collapse_titles = 1;
    siamese::hits const collapsed = ask(model, "red velvet sofa", one);
    expect(all.size() == 5 && collapsed.size() == 4 &&
               collapsed.rows()[0] == all.rows()[0] &&
               collapsed.rows()[1] == all.rows()[2],
           "a_title_is_found_once");
    siamese::request sure;
    sure.min_confidence = all.confidences()[1];
    std::size_t want = 0;
    for (float confidence : all.confidences())
        want += confidence >= all.confidences()[1];
    expect(want < 5 && ask(model, "red velvet sofa", sure).size() == want,
           "hits_that_are_not_confident_are_left_out");
    sure.min_confidence = 2;
    expect(refusal(model, sure) == SIAMESE_E_OPTION,
           "a_confidence_beyond_1_is_refused");
}

static void options_and_files(siamese::model const &model,
                              std::string const &path)
{
    siamese::preset const preset("default");
    expect(preset.ranker.rerank == 1, "presets_have_a_ranker");
    siamese::ranker_options options;
    siamese::ranker const own(options.set("feedback", "3"));
    expect(own.options().feedback == 3 && own.info().learned_queries == 0 &&
               own.info().uses_learned == 0,
           "a_ranker_of_ones_own");
    model.save(path);
    siamese::model const opened = siamese::model::open(path);
    expect(same(ask(opened, queries), ask(model, queries)),
           "a_file_ranks_with_the_same_bits");
    siamese::bundle bundle(path);
    expect(bundle.get_ranker().options().feedback ==
               model.get_ranker().options().feedback,
           "a_bundle_gives_out_the_ranker");
    siamese::bundle alone;
    alone.set(own);
    expect(alone.get_ranker().options().feedback == 3, "a_bundle_keeps_it");
}

int main(int argc, char **argv)
try {
    siamese::model model("small");
    model.set("min_steps", "60").set("threads", "1");
    model.add_items(titles);
    model.add_pairs(queries, siamese::span<siamese_text const>(
                                 siamese::texts(titles).data(), 4));
    model.train();
    scores_and_shares(model);
    what_is_left_out(model);
    options_and_files(model, std::string(argc > 1 ? argv[1] : ".") +
                                 "/ranker.siamese");
    return failures > 0;
} catch (std::exception const &error) {
    std::printf("not ok cpp__no_exception_is_left: %s\n", error.what());
    return 1;
}
