// hits.hpp: what siamese.hpp searches and finds: a request goes in, hits come
// out. model.hpp has what searches.
#ifndef LIBSIAMESE_CPP_HITS_HPP
#define LIBSIAMESE_CPP_HITS_HPP

#include <siamese/cpp/base.hpp>

namespace siamese
{

// ---- hits ----

// One hit; its texts stand in the hits, and end at a NUL: where some have one
// inside, texts("title") and texts("id") of the hits give all of it. The id is
// one or the other.
struct hit {
    std::int64_t row;
    std::int64_t id;
    std::string_view text_id;
    std::string_view title;
    float score;
};

class hits : public detail::handle<siamese_hits, siamese_hits_free>
{
  public:
    using handle::handle;
    std::size_t query_count() const noexcept
    {
        return siamese_hits_query_count(c());
    }
    std::size_t size(std::size_t query = 0) const noexcept
    {
        return siamese_hits_count(c(), query);
    }
    bool known(std::size_t query = 0) const noexcept
    {
        return siamese_hits_known(c(), query) != 0;
    }
    // Hit i of a query, the best is 0; throws std::out_of_range.
    hit at(std::size_t i, std::size_t query = 0) const
    {
        if (i >= size(query)) throw std::out_of_range("siamese::hits::at");
        return *iterator(this, query, i);
    }
    span<std::int64_t const> rows(std::size_t query = 0) const noexcept
    {
        return {siamese_hits_rows(c(), query), size(query)};
    }
    span<float const> scores(std::size_t query = 0) const noexcept
    {
        return {siamese_hits_scores(c(), query), size(query)};
    }
    // Of the vectors, by which the index found the hits.
    span<float const> vector_scores(std::size_t query = 0) const noexcept
    {
        return {siamese_hits_vector_scores(c(), query), size(query)};
    }
    // Empty where no ranker ranked the hits.
    span<float const> confidences(std::size_t query = 0) const noexcept
    {
        float const *const all = siamese_hits_confidences(c(), query);
        return {all, all ? size(query) : 0};
    }
    // What a query was searched as too, which stands in the hits; empty if it
    // was not corrected.
    std::string_view corrected(std::size_t query = 0) const noexcept
    {
        return view_of(siamese_hits_corrected(c(), query));
    }
    // What each feature of the ranker adds to the score of hit i, of a request
    // with explain.
    std::vector<float> shares(std::size_t i, std::size_t query = 0) const
    {
        std::vector<float> out(64);
        for (;;) {
            std::size_t needed = 0;
            siamese_status const status = siamese_hits_get_shares(
                c(), query, i, out.data(), out.size(), &needed);
            if (status != SIAMESE_E_RANGE) check(status);
            out.resize(needed);
            if (status == SIAMESE_OK) return out;
        }
    }
    // Empty where ids are texts.
    span<std::int64_t const> ids(std::size_t query = 0) const noexcept
    {
        std::int64_t const *const ids = siamese_hits_ids(c(), query);
        return {ids, ids ? size(query) : 0};
    }
    // A column of all hits of all queries.
    std::vector<siamese_text> texts(char const *column) const
    {
        return column_of<siamese_text>(siamese_hits_get_texts, column);
    }
    std::vector<std::int64_t> integers(char const *column) const
    {
        return column_of<std::int64_t>(siamese_hits_get_integers, column);
    }
    std::vector<double> numbers(char const *column) const
    {
        return column_of<double>(siamese_hits_get_numbers, column);
    }

    // for (siamese::hit const &hit : hits): those of query 0.
    class iterator
    {
      public:
        iterator(hits const *of, std::size_t query, std::size_t i) noexcept
            : of_(of), query_(query), i_(i),
              rows_(siamese_hits_rows(of->c(), query)),
              ids_(siamese_hits_ids(of->c(), query)),
              scores_(siamese_hits_scores(of->c(), query))
        {
        }
        hit operator*() const
        {
            siamese_hits const *const c = of_->c();
            return {rows_[i_], ids_ ? ids_[i_] : -1,
                    ids_ ? std::string_view()
                         : view_of(siamese_hits_text_id(c, query_, i_)),
                    view_of(siamese_hits_title(c, query_, i_)), scores_[i_]};
        }
        iterator &operator++() noexcept
        {
            return ++i_, *this;
        }
        bool operator!=(iterator const &other) const noexcept
        {
            return i_ != other.i_;
        }

      private:
        hits const *of_;
        std::size_t query_, i_;
        std::int64_t const *rows_, *ids_;
        float const *scores_;
    };
    iterator begin() const noexcept
    {
        return {this, 0, 0};
    }
    iterator end() const noexcept
    {
        return {this, 0, size()};
    }

  private:
    static std::string_view view_of(char const *text) noexcept
    {
        return text ? std::string_view(text) : std::string_view();
    }
    template <class T, class F>
    std::vector<T> column_of(F read, char const *column) const
    {
        std::size_t needed = 0;
        std::size_t const queries = query_count();
        std::vector<T> out(queries ? siamese_hits_offsets(c())[queries] : 0);
        check(read(c(), column, out.data(), nullptr, out.size(), &needed));
        return out;
    }
};

// ---- what is searched, and how ----

// siamese_search_request with its defaults, which are asked for once.
struct request : siamese_search_request {
    request() : siamese_search_request(defaults())
    {
    }
    // For rows of vectors of so many numbers, which the searched index is held
    // to; they must outlive the request.
    request(span<float const> rows, std::size_t numbers) : request()
    {
        if (numbers == 0 || rows.size() % numbers != 0)
            throw error(SIAMESE_E_ARGUMENT, "request: not rows of dim floats");
        vectors = rows.data();
        count = rows.size() / numbers;
        dim = numbers;
    }

  private:
    static siamese_search_request made()
    {
        siamese_search_request out;
        check(siamese_search_request_init(&out, sizeof out));
        return out;
    }
    static siamese_search_request const &defaults()
    {
        static siamese_search_request const once = made();
        return once;
    }
};

} // namespace siamese

#endif
