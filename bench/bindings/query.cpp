// query.cpp: the C++ side of bench/bindings/go_rust.sh; see query.c there.
#include <siamese/siamese.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace
{

constexpr std::size_t K = 10, BLOCKS = 101, QUERIES = 200, BATCH = 1000;

using clock_type = std::chrono::steady_clock;

double since(clock_type::time_point start)
{
    return std::chrono::duration<double, std::nano>(clock_type::now() - start)
        .count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) return 1;
    siamese::load_options options;
    options.set("threads", "1");
    siamese::model const model = siamese::model::open(argv[1], options);
    siamese::tower const tower = model.get_query_tower();
    std::vector<std::string> const texts(BATCH, "red oak writing desk");
    std::vector<float> vectors(BATCH * tower.dim());
    std::vector<double> query, batch;
    std::size_t sum = 0;
    for (std::size_t b = 0; b < BLOCKS; b++) {
        clock_type::time_point const start = clock_type::now();
        for (std::size_t i = 0; i < QUERIES; i++)
            for (siamese::hit const &hit : model.search("red oak desk", K))
                sum += static_cast<std::size_t>(hit.id) + (hit.score > 0) +
                       hit.title.size();
        query.push_back(since(start) / QUERIES);
    }
    for (std::size_t b = 0; b < BLOCKS; b++) {
        clock_type::time_point const start = clock_type::now();
        tower.encode(texts, vectors);
        batch.push_back(since(start));
    }
    std::printf("%.0f %.0f %zu\n", median(query), median(batch), sum);
    return 0;
}
