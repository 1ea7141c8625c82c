// 05 in C++: what 01_by_parts does, with <siamese/siamese.hpp>: handles that
// free themselves, errors as exceptions. Build:
// c++ -std=c++17 train_and_search.cpp $(pkg-config --cflags --libs siamese)
#include <siamese/siamese.hpp>

#include <cstdio>
#include <cstring>

static char const *const data[][3] = {
    {"oak writing desk", "wooden desk", "writing table"},
    {"glass computer desk", "office desk", "computer table"},
    {"brass kitchen faucet", "kitchen tap", "sink tap"},
    {"steel bathroom faucet", "bath tap", "bathroom tap"},
    {"red velvet sofa", "red couch", "velvet settee"},
    {"grey corner sofa", "corner couch", "grey settee"},
    {"cordless power drill", "battery drill", "screwdriver"},
    {"heavy hammer drill", "masonry drill", "stone drill"},
};
static std::size_t const items = 8, steps = 300, dim = 32, k = 2;

static void train_and_search()
{
    siamese::vocab vocab;
    std::vector<char const *> titles, queries; // first queries, then second
    std::vector<std::int64_t> ids;
    std::vector<std::size_t> rows;
    for (auto const &item : data) vocab.add({item[0], item[1], item[2]});
    vocab.finish();
    for (std::size_t i = 0; i < 2 * items; i++) {
        titles.push_back(data[i % items][0]);
        queries.push_back(data[i % items][1 + i / items]);
        ids.push_back(100 + static_cast<std::int64_t>(i % items));
        rows.push_back(i);
    }
    siamese::tower_options options;
    options.units = dim / 2, options.seed = 9;
    siamese::tower tower(options);
    tower.add_field("title", vocab);
    siamese::trainer trainer(tower, tower);
    trainer.add_pairs(queries, titles, ids);
    for (std::size_t i = 0; i < steps; i++)
        trainer.step({&rows[i % 2 * items], items});
    siamese::tower const trained = trainer.snapshot().first;

    titles.resize(items), ids.resize(items);
    siamese::index index(dim);
    index.add(ids, trained.encode(titles));
    char const *const asked[] = {"wooden table", "grey couch", "bath sink"};
    siamese::neighbours const found =
        index.search(trained.encode({asked[0], asked[1], asked[2]}), k);
    for (std::size_t i = 0; i < 3 * k; i++) {
        std::uint32_t bits;
        std::memcpy(&bits, &found.scores[i], sizeof bits);
        if (i % k == 0) std::printf("%s\n", asked[i / k]);
        std::printf("  %d %.6f %08x %s\n", static_cast<int>(found.ids[i]),
                    found.scores[i], bits, data[found.ids[i] - 100][0]);
    }
}

int main()
try {
    train_and_search();
} catch (siamese::error const &error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
}
