// A C++ service of siamese.hpp: a model that is replaced while threads search,
// files that cannot be written or read, handles that come and go.
// usage: service FOLDER
#include <siamese/siamese.hpp>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

static int failures = 0;

static void expect(bool holds, char const *what)
{
    std::printf("%s cpp__%s\n", holds ? "ok" : "not ok", what);
    failures += !holds;
}

static char const *const titles[] = {"oak writing desk", "red velvet sofa",
                                     "brass kitchen faucet", "cordless drill"};
static char const *const queries[] = {"wooden table", "couch", "tap",
                                      "screwdriver"};

static siamese::load_options one_thread()
{
    siamese::load_options options;
    options.set("threads", "1");
    return options;
}

static siamese::model shop(std::vector<std::int64_t> const &ids)
{
    siamese::model_options options;
    options.set("threads", "1");
    siamese::model model("small", options);
    model.set("epochs", "3").set("vocab.hash_buckets", "4096");
    model.set("embedding_dim", "16");
    model.add_items(ids, titles);
    model.add_pairs(queries, titles);
    model.train();
    return model;
}

// ---- a model that is replaced ----

// Each hit of a search is of one model or of the other: their ids are the same
// but for 1,000.
static bool of_one_model(siamese::hits const &hits,
                         std::vector<std::int64_t> const &ids)
{
    siamese::span<std::int64_t const> const found = hits.ids();
    if (found.size() != ids.size()) return false;
    std::int64_t const shift = found[0] >= 1000 ? 1000 : 0;
    for (std::size_t i = 0; i < ids.size(); i++)
        if (found[i] - shift != ids[i]) return false;
    return true;
}

static void replaced_while_searching(std::string const &folder)
{
    std::string const paths[] = {folder + "/0.siamese", folder + "/1.siamese"};
    shop({10, 11, 12, 13}).save(paths[0]);
    shop({1010, 1011, 1012, 1013}).save(paths[1]);
    siamese::model model = siamese::model::open(paths[0], one_thread());
    siamese::hits const old = model.search("couch", 4);
    std::vector<std::int64_t> const ids(old.ids().begin(), old.ids().end());
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
        threads.emplace_back([&] {
            while (!stop) wrong += !of_one_model(model.search("couch", 4), ids);
        });
    for (int i = 1; i <= 1000; i++) model.reload(paths[i % 2], one_thread());
    stop = true;
    for (std::thread &thread : threads) thread.join();
    expect(wrong == 0, "a_thousand_reloads_beside_four_searching_threads");
    expect(of_one_model(old, ids) && old.at(0).title == "red velvet sofa",
           "old_hits_stay");
}

// ---- files ----

template <class F>
static bool throws(F call, siamese_status status, char const *named)
{
    try {
        call();
    } catch (siamese::error const &error) {
        return error.status() == status &&
               std::strstr(error.what(), named) != nullptr;
    }
    return false;
}

static std::string bytes_of(std::string const &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

static void files_that_cannot_be(std::string const &folder)
{
    std::string const path = folder + "/m.siamese";
    siamese::model model = shop({10, 11, 12, 13});
    model.save(path);
    expect(
        throws([&] { model.save("/dev/full"); }, SIAMESE_E_IO, "/dev/full: "),
        "a_full_disk_is_an_error");
    expect(throws([&] { model.save(folder + "/none/m.siamese"); }, SIAMESE_E_IO,
                  "none/m.siamese: "),
           "a_folder_that_is_not_there_is_an_error");
    std::string newer = bytes_of(path);
    newer[8] = 2; // the format's version: docs/format.md
    std::ofstream(path, std::ios::binary) << newer;
    char const *const named = "version 2 is newer";
    expect(
        throws([&] { siamese::model::open(path); }, SIAMESE_E_VERSION, named) &&
            throws([&] { siamese::bundle{path}; }, SIAMESE_E_VERSION, named) &&
            throws([&] { model.reload(path); }, SIAMESE_E_VERSION, named) &&
            model.search("couch", 1).at(0).id == 11,
        "a_file_of_a_newer_format_says_so");
}

// ---- texts with a NUL inside ----

// What a container gives by value would be gone before the call.
struct spells {
    struct iterator {
        int at;
        std::string operator*() const
        {
            return std::string(40, 'a');
        }
        iterator &operator++()
        {
            return ++at, *this;
        }
        bool operator!=(iterator const &other) const
        {
            return at != other.at;
        }
    };
    iterator begin() const
    {
        return {0};
    }
    iterator end() const
    {
        return {2};
    }
    std::size_t size() const
    {
        return 2;
    }
};
static_assert(!std::is_constructible_v<siamese::texts, spells const &>);
static_assert(
    std::is_constructible_v<siamese::texts, std::vector<std::string> const &>);

static void nuls_are_bytes()
{
    std::vector<std::string> const ids = {"a", std::string("b\0c", 3), "", "d"};
    siamese::model_options options;
    options.set("threads", "1");
    siamese::model model("small", options);
    model.set("epochs", "3").set("vocab.hash_buckets", "4096");
    model.add_items(ids, titles);
    model.add_pairs(queries, titles);
    model.train();
    siamese::hits const found = model.search("couch", 1);
    expect(siamese::view(found.texts("id")[0]) == ids[1] &&
               found.at(0).title == titles[1],
           "text_ids_keep_their_nuls");
    expect(model.remove_items({"b"}) == 0 && model.remove_items({ids[1]}) == 1,
           "items_are_found_by_all_bytes_of_an_id");
    siamese::vocab_options whole;
    whole.set("split", "none").set("standardize", "none");
    siamese::vocab vocab(whole);
    vocab.add(ids);
    vocab.finish();
    expect(vocab.token(vocab.lookup(ids[1])) == ids[1],
           "a_token_keeps_its_nuls");
}

// ---- handles that come and go ----

static std::size_t resident()
{
    std::ifstream file("/proc/self/statm");
    std::size_t size = 0, pages = 0;
    file >> size >> pages;
    return pages * 4096;
}

template <class F> static void flat(char const *name, F make)
{
    for (int i = 0; i < 10000; i++) make();
    std::size_t const before = resident();
    for (int i = 0; i < 100000; i++) make();
    std::size_t const after = resident();
    std::string const what = std::string("cycles_leave_memory_flat_") + name;
    expect(after <= before + (4u << 20), what.c_str());
}

static void handles_come_and_go()
{
    siamese::model const model = shop({10, 11, 12, 13});
    siamese::tower const tower = model.get_query_tower();
    siamese::vocab_options vocab;
    siamese::tower_options small;
    siamese::trainer_options trainer;
    siamese::index_options index;
    siamese::model_options options;
    vocab.set("threads", "1"), small.set("threads", "1");
    trainer.set("threads", "1"), index.set("threads", "1");
    options.set("threads", "1");
    std::int64_t const some[] = {1, 2, 3};
    flat("vocab", [&] { siamese::vocab const made(vocab); });
    flat("tower", [&] { siamese::tower const made(small); });
    flat("trainer",
         [&] { siamese::trainer const made(tower, tower, trainer); });
    flat("index", [&] { siamese::index const made(4, index); });
    flat("filter", [&] {
        siamese::id_filter const made(SIAMESE_FILTER_INCLUDE, {some, 3});
    });
    flat("items", [] { siamese::items const made; });
    flat("bundle", [] { siamese::bundle const made; });
    flat("model", [&] { siamese::model const made("default", options); });
    flat("hits", [&] { (void)model.search("couch", 2).at(0).title.size(); });
}

// Pairs that are read anew, one at once; the last read may throw.
struct one_by_one {
    bool throws;
    std::size_t at = 0;
    void rewind()
    {
        at = 0;
    }
    void read(siamese_pairs &out)
    {
        static siamese_text const asked[] = {{"couch", 5}, {"table", 5}};
        static siamese_text const found[] = {{"red sofa", 8}, {"oak desk", 8}};
        if (at == 2 && throws) throw std::runtime_error("the disk is gone");
        if (at == 2) return;
        out.queries = asked + at, out.items = found + at++;
        out.query_fields = out.item_fields = out.count = 1;
    }
};

static void sources_are_read()
{
    siamese::model const model = shop({10, 11, 12, 13});
    siamese::tower const tower = model.get_query_tower();
    siamese::trainer_options options;
    options.set("metrics", "none");
    siamese::trainer trainer(tower, tower, options);
    trainer.set_source(one_by_one{false});
    trainer.fit();
    expect(trainer.progress().step == 1, "a_source_is_learned_from");
    trainer.set_source(one_by_one{true});
    std::string said;
    options.set("epochs", "2");
    siamese::trainer other(tower, tower, options);
    other.set_source(one_by_one{true});
    try {
        other.fit();
    } catch (siamese::error const &error) {
        said = error.what();
    }
    expect(said.find("the disk is gone") != std::string::npos,
           "what_a_source_throws_is_told");
    other.set_source(nullptr);
}

int main(int argc, char **argv)
try {
    std::string const folder = argc > 1 ? argv[1] : ".";
    replaced_while_searching(folder);
    files_that_cannot_be(folder);
    nuls_are_bytes();
    sources_are_read();
    handles_come_and_go();
    return failures > 0;
} catch (std::exception const &error) {
    std::printf("not ok cpp__no_exception_is_left: %s\n", error.what());
    return 1;
}
