// A C++ host of an index: what goes in, comes out, is found and stays in its
// file. usage: index FOLDER
#include <siamese/siamese.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

static int failures = 0;

static void expect(bool holds, char const *what)
{
    std::printf("%s cpp__%s\n", holds ? "ok" : "not ok", what);
    failures += !holds;
}

template <class F> static siamese_status status_of(F &&call)
{
    try {
        call();
        return SIAMESE_OK;
    } catch (siamese::error const &error) {
        return error.status();
    }
}

using ids = std::vector<std::int64_t>;
using floats = std::vector<float>;

// Id i at (i, 1): a query (1, 0) scores it i.
static siamese::index numbered(std::int64_t count)
{
    siamese::index index(2);
    ids all;
    floats vectors;
    for (std::int64_t i = 0; i < count; i++) {
        all.push_back(i);
        vectors.insert(vectors.end(), {static_cast<float>(i), 1.0f});
    }
    index.add(all, vectors);
    return index;
}

static floats const right{1, 0};

static void changes_and_reads()
{
    siamese::index index = numbered(5);
    expect(index.size() == 5 && index.contains(3) == 1 && !index.contains(9),
           "an_index_knows_its_ids");
    expect(index.update(ids{3, 7}, floats{9, 9, 8, 8}) == 1 &&
               index.reconstruct(3) == floats({9, 9}),
           "an_update_replaces");
    index.add(ids{3}, floats{-1, 4});
    expect(index.vectors(3) == floats({-1, 4, 9, 9}),
           "an_id_has_several_vectors");
    expect(index.remove(ids{0, 3}) == 3 && index.ids() == ids({1, 2, 4, 7}),
           "ids_are_listed");
    expect(status_of([&] { index.vectors(3); }) == SIAMESE_E_NOT_FOUND,
           "an_id_that_is_gone_throws");
    floats const three(3);
    expect(status_of([&] { index.update(ids{1}, three); }) ==
               SIAMESE_E_ARGUMENT,
           "an_update_compares_counts");
    index.set_nprobe(3);
    expect(index.options().nprobe == 3 && index.options().get("nprobe") == "3",
           "options_are_told");
}

static void searches()
{
    siamese::index const index = numbered(200);
    siamese::neighbours const best = index.search(right, 3);
    expect(best.ids == ids({199, 198, 197}) &&
               best.scores == floats({199, 198, 197}),
           "a_search_finds_the_best");
    siamese::matches const few = index.range_search(right, 198);
    expect(few.ids == ids({199, 198}) &&
               few.offsets == std::vector<std::size_t>({0, 2}),
           "a_range_search_finds_what_scores");
    siamese::matches const many = index.range_search({right.data(), 2}, 1);
    expect(many.ids.size() == 199 && many.scores.back() == 1,
           "a_range_search_finds_very_many");
    siamese::id_filter const even(SIAMESE_FILTER_INCLUDE, ids{0, 2, 4, 6});
    expect(index.range_search(right, 4, {}, even).ids == ids({6, 4}),
           "a_filter_holds_for_ranges");
    siamese::search_options reading_floats, by_bounds;
    reading_floats.set("scan", "float");
    expect(index.search(right, 9, reading_floats).scores ==
               index.search(right, 9, by_bounds).scores,
           "options_of_a_search");
}

static void trains_with_progress()
{
    siamese::index_options options;
    options.nlist = 4;
    siamese::index index(2, options);
    floats vectors;
    for (int i = 0; i < 400; i++)
        vectors.insert(vectors.end(), {static_cast<float>(i % 20),
                                       static_cast<float>(i / 20)});
    double last = -1;
    bool rises = true;
    index.train(vectors, [&](double done) {
        rises = rises && done >= last && done <= 1;
        last = done;
        return true;
    });
    expect(rises && last > 0 && index.info().nlist == 4,
           "training_tells_how_far_it_is");
    expect(status_of([&] {
               index.train(vectors, [](double) { return false; });
           }) == SIAMESE_E_CANCELLED,
           "training_is_cancelled");
    bool caught = false;
    try {
        index.train(vectors, [](double) -> bool {
            throw std::logic_error("thrown by the host");
        });
    } catch (std::logic_error const &) {
        caught = true;
    }
    expect(caught, "training_throws_on_what_a_callback_threw");
    ids all(400);
    for (std::size_t i = 0; i < all.size(); i++)
        all[i] = static_cast<std::int64_t>(i);
    index.add(all, vectors);
    siamese::tuned_nprobe const tuned = index.tune_nprobe(vectors, 5, 1.0);
    expect(tuned.reached == 1 && tuned.nprobe >= 1 && tuned.nprobe <= 4,
           "tuning_reaches_a_recall");
    expect(status_of([&] {
               index.tune_nprobe(vectors, 5, 1.0, [](double) { return false; });
           }) == SIAMESE_E_CANCELLED,
           "tuning_is_cancelled");
}

// Saves an index, opens it with its vectors left in the file, and damages it.
static void stays_in_a_file(std::string const &path)
{
    siamese::bundle whole;
    siamese::index const index = numbered(300);
    whole.set(index);
    whole.save(path);
    siamese::checkpoint_verify(path);
    siamese::load_options mapped;
    mapped.map = 1;
    siamese::index const opened = siamese::bundle(path, mapped).get_index();
    siamese::neighbours const there = opened.search(right, 20);
    siamese::neighbours const here = index.search(right, 20);
    expect(there.ids == here.ids && there.scores == here.scores,
           "a_mapped_index_finds_the_same");
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    file.seekp(static_cast<std::streamoff>(bytes.size() / 2));
    file.put(static_cast<char>(bytes[bytes.size() / 2] ^ 1));
    file.close();
    expect(status_of([&] { siamese::checkpoint_verify(path); }) ==
               SIAMESE_E_FORMAT,
           "damage_is_found");
    expect(status_of([&] { siamese::checkpoint_verify(path + ".none"); }) ==
               SIAMESE_E_IO,
           "a_file_that_is_not_there_throws");
}

// Two indexes with the lists of one, and a lost one between them.
static void merges_shards()
{
    siamese::index const whole = numbered(300);
    siamese::index_options options;
    options.nlist = 8;
    siamese::index learned(2, options);
    floats all;
    for (std::int64_t i = 0; i < 300; i++) {
        floats const vector = whole.vectors(i);
        all.insert(all.end(), vector.begin(), vector.end());
    }
    learned.train(all);
    std::vector<siamese::neighbours> found;
    std::vector<siamese::matches> ranges;
    for (std::int64_t first = 0; first < 2; first++) {
        siamese::index shard(2, options);
        shard.set_centroids(learned.centroids());
        for (std::int64_t i = first; i < 300; i += 2)
            shard.add(ids{i}, whole.vectors(i));
        found.push_back(shard.search(right, 20));
        ranges.push_back(shard.range_search(right, 250));
    }
    for (std::int64_t i = 0; i < 300; i++)
        learned.add(ids{i}, whole.vectors(i));
    using several = std::vector<siamese::neighbours const *>;
    siamese::neighbours const one = learned.search(right, 20);
    siamese::neighbours const merged =
        siamese::merge_hits(several{&found[1], &found[0]});
    expect(merged.ids == one.ids && merged.scores == one.scores &&
               merged.found == one.found,
           "shards_give_what_one_index_does");
    std::vector<siamese::matches const *> const parts{&ranges[0], &ranges[1]};
    siamese::matches const range = siamese::merge_hits(parts);
    siamese::matches const expected = learned.range_search(right, 250);
    expect(range.ids == expected.ids && range.offsets == expected.offsets &&
               range.scores == expected.scores,
           "ranges_of_shards_give_what_one_index_does");
    std::vector<std::size_t> missing;
    several const lost{&found[0], nullptr};
    expect(status_of([&] { siamese::merge_hits(lost); }) ==
                   SIAMESE_E_NOT_FOUND &&
               siamese::merge_hits(lost, false, &missing).ids == found[0].ids &&
               missing == std::vector<std::size_t>{1},
           "a_lost_shard_is_named");
}

int main(int argc, char **argv)
try {
    changes_and_reads();
    searches();
    trains_with_progress();
    merges_shards();
    stays_in_a_file(std::string(argc > 1 ? argv[1] : ".") + "/index.siamese");
    return failures > 0;
} catch (std::exception const &error) {
    std::printf("not ok cpp__no_exception_is_left: %s\n", error.what());
    return 1;
}
