// 05 in C++: what 01 does, with handles that free themselves.
// Build: c++ train_and_search.cpp $(pkg-config --cflags --libs siamese)
#include "handle.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

static siamese_text const data[][3] = {
    {"oak writing desk"_t, "wooden desk"_t, "writing table"_t},
    {"glass computer desk"_t, "office desk"_t, "computer table"_t},
    {"brass kitchen faucet"_t, "kitchen tap"_t, "sink tap"_t},
    {"steel bathroom faucet"_t, "bath tap"_t, "bathroom tap"_t},
    {"red velvet sofa"_t, "red couch"_t, "velvet settee"_t},
    {"grey corner sofa"_t, "corner couch"_t, "grey settee"_t},
    {"cordless power drill"_t, "battery drill"_t, "screwdriver"_t},
    {"heavy hammer drill"_t, "masonry drill"_t, "stone drill"_t},
};
static siamese_text const asked[] = {"wooden table"_t, "grey couch"_t,
                                     "bath sink"_t};
static std::size_t const items = 8, steps = 300, dim = 32, k = 2;

static void train_and_search()
{
    std::vector<siamese_text> titles, queries; // first queries, then second
    std::vector<std::int64_t> ids, found(3 * k);
    std::vector<std::size_t> rows;
    std::vector<float> vectors(items * dim), scores(3 * k);
    for (std::size_t i = 0; i < 2 * items; i++) {
        titles.push_back(data[i % items][0]);
        queries.push_back(data[i % items][1 + i / items]);
        ids.push_back(100 + static_cast<std::int64_t>(i % items));
        rows.push_back(i);
    }
    Vocab vocab;
    check(siamese_vocab_create(vocab.out(), nullptr));
    check(siamese_vocab_add(vocab, data[0], 3 * items));
    check(siamese_vocab_finish(vocab));
    Tower tower, trained;
    siamese_tower_options options;
    check(siamese_tower_options_init(&options, sizeof options));
    options.units = dim / 2, options.seed = 9;
    check(siamese_tower_create(tower.out(), &options));
    check(siamese_tower_add_field(tower, "title", vocab, nullptr));
    Trainer trainer;
    siamese_pairs pairs{};
    pairs.struct_size = sizeof pairs, pairs.count = 2 * items;
    pairs.queries = queries.data(), pairs.query_fields = pairs.item_fields = 1;
    pairs.items = titles.data(), pairs.item_ids = ids.data();
    check(siamese_trainer_create(trainer.out(), tower, tower, nullptr));
    check(siamese_trainer_add_pairs(trainer, &pairs));
    for (std::size_t i = 0; i < steps; i++)
        check(siamese_trainer_step(trainer, &rows[i % 2 * items], items, 0));
    check(siamese_trainer_snapshot(trainer, trained.out(), nullptr));

    Index index;
    float *const v = vectors.data();
    check(siamese_tower_encode(trained, &titles[0], items, 1, v, items * dim));
    check(siamese_index_create(index.out(), dim, nullptr));
    check(siamese_index_add(index, ids.data(), v, items));
    check(siamese_tower_encode(trained, asked, 3, 1, v, 3 * dim));
    check(siamese_index_search(index, v, 3, k, nullptr, found.data(),
                               scores.data(), 3 * k, nullptr));
    for (std::size_t i = 0; i < 3 * k; i++) {
        std::uint32_t bits;
        std::memcpy(&bits, &scores[i], sizeof bits);
        if (i % k == 0) std::printf("%s\n", asked[i / k].data);
        std::printf("  %d %.6f %08x %s\n", static_cast<int>(found[i]),
                    scores[i], bits, data[found[i] - 100][0].data);
    }
}

int main()
try {
    train_and_search();
} catch (std::exception const &error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
}
