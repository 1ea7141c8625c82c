// ranked.cpp: ranked.c in siamese.hpp. usage: ranked FILE
#include <siamese/siamese.hpp>

#include <cstdio>
#include <cstring>
#include <string>

static char const *const queries[] = {"red couch", "walnt bureau", "desk",
                                      "qqqq"};

static unsigned bits(float number)
{
    unsigned out;
    std::memcpy(&out, &number, sizeof out);
    return out;
}

static void ask(siamese::model const &model, siamese::request request)
{
    siamese::texts const texts(queries);
    request.texts = texts.data();
    request.count = texts.size();
    request.k = 5;
    siamese::hits const hits = model.search(request);
    for (std::size_t q = 0; q < hits.query_count(); q++) {
        std::string const corrected(hits.corrected(q));
        auto const sure = hits.confidences(q);
        std::printf("%zu %s\n", q, corrected.empty() ? "-" : corrected.c_str());
        for (std::size_t i = 0; i < hits.size(q); i++) {
            std::printf("%s %08x %08x %08x",
                        std::string(hits.at(i, q).text_id).c_str(),
                        bits(hits.scores(q)[i]), bits(hits.vector_scores(q)[i]),
                        bits(sure.empty() ? 0 : sure[i]));
            if (request.explain)
                for (float share : hits.shares(i, q))
                    std::printf(" %08x", bits(share));
            std::printf("\n");
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    siamese::model const model = siamese::model::open(argv[1]);
    siamese::request request;
    ask(model, request);
    request.explain = request.collapse_titles = 1;
    ask(model, request);
    request = siamese::request();
    request.feedback = request.spelling = SIAMESE_RANK_OFF;
    request.min_confidence = 0.5;
    ask(model, request);
    request = siamese::request();
    request.rerank = request.spelling = request.feedback = SIAMESE_RANK_OFF;
    ask(model, request);
}
