/*
 * sentencepiece_adapter.cpp: bytes of a model in, pieces of texts out; or texts
 * in, a trained model out. For vocabularies; exceptions end here.
 *
 * sentencepiece behind a C interface: the thin C++ that its package asks for.
 * SM_HAVE_SENTENCEPIECE is set by the build.
 */
#include "text/sentencepiece_adapter.h"

extern "C" {
#include "common/status.h"
}

#if SM_HAVE_SENTENCEPIECE

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

struct sm_sentencepiece {
    sentencepiece::SentencePieceProcessor processor;
};

namespace
{

/* Runs the function; what it throws becomes a status. */
template <class Function> siamese_status guarded(Function function)
{
    try {
        return function();
    } catch (const std::bad_alloc &) {
        return sm_fail_memory();
    } catch (const std::exception &e) {
        return sm_fail(SIAMESE_E_INTERNAL, "sentencepiece: %.200s", e.what());
    } catch (...) {
        return sm_fail(SIAMESE_E_INTERNAL, "sentencepiece: an exception");
    }
}

class Texts : public sentencepiece::SentenceIterator
{
  public:
    Texts(const siamese_text *texts, size_t count)
        : texts_(texts), count_(count)
    {
        read();
    }
    bool done() const override
    {
        return at_ == count_;
    }
    void Next() override
    {
        at_++;
        read();
    }
    const std::string &value() const override
    {
        return value_;
    }
    sentencepiece::util::Status status() const override
    {
        return {};
    }

  private:
    void read()
    {
        if (at_ < count_ && texts_[at_].size)
            value_.assign(texts_[at_].data, texts_[at_].size);
        else
            value_.clear();
    }
    const siamese_text *texts_;
    size_t count_, at_ = 0;
    std::string value_;
};

} // namespace

siamese_status sm_sentencepiece_load(sm_sentencepiece **out, const char *model,
                                     size_t size)
{
    return guarded([&]() -> siamese_status {
        auto pieces = std::make_unique<sm_sentencepiece>();
        auto const status =
            pieces->processor.LoadFromSerializedProto({model, size});
        if (!status.ok() || pieces->processor.GetPieceSize() <= 0)
            return sm_fail(SIAMESE_E_FORMAT,
                           "the sentencepiece model is none: %.200s",
                           status.error_message());
        *out = pieces.release();
        return SIAMESE_OK;
    });
}

void sm_sentencepiece_free(sm_sentencepiece *pieces)
{
    delete pieces;
}

size_t sm_sentencepiece_count(const sm_sentencepiece *pieces)
{
    return static_cast<size_t>(pieces->processor.GetPieceSize());
}

size_t sm_sentencepiece_unknown(const sm_sentencepiece *pieces)
{
    return static_cast<size_t>(pieces->processor.unk_id());
}

siamese_text sm_sentencepiece_piece(const sm_sentencepiece *pieces, size_t i)
{
    const std::string &piece = pieces->processor.IdToPiece(static_cast<int>(i));
    return {piece.data(), piece.size()};
}

siamese_status sm_sentencepiece_encode(const sm_sentencepiece *pieces,
                                       const char *data, size_t size,
                                       sm_pieces_fn take, void *context)
{
    return guarded([&]() -> siamese_status {
        std::vector<int> numbers;
        auto const status =
            pieces->processor.Encode({size ? data : "", size}, &numbers);
        if (!status.ok())
            return sm_fail(SIAMESE_E_INTERNAL, "sentencepiece: %.200s",
                           status.error_message());
        return take(context, numbers.data(), numbers.size());
    });
}

siamese_status sm_sentencepiece_train(const siamese_text *texts, size_t count,
                                      size_t pieces, sm_model_fn take,
                                      void *context)
{
    return guarded([&]() -> siamese_status {
        Texts iterator(texts, count);
        std::string model;
        std::unordered_map<std::string, std::string> const settings = {
            {"vocab_size", std::to_string(pieces)},
            {"hard_vocab_limit", "false"},
            {"num_threads", "1"},
            {"minloglevel", "4"}};
        auto const status = sentencepiece::SentencePieceTrainer::Train(
            settings, &iterator, &model);
        if (!status.ok())
            return sm_fail(SIAMESE_E_ARGUMENT,
                           "sentencepiece could not be trained: %.200s",
                           status.error_message());
        return take(context, model.data(), model.size());
    });
}

#else

static siamese_status unsupported()
{
    return sm_fail(SIAMESE_E_UNSUPPORTED,
                   "this build has no sentencepiece: make "
                   "WITH_SENTENCEPIECE=yes");
}

siamese_status sm_sentencepiece_load(sm_sentencepiece **, const char *, size_t)
{
    return unsupported();
}

void sm_sentencepiece_free(sm_sentencepiece *)
{
}

size_t sm_sentencepiece_count(const sm_sentencepiece *)
{
    return 0;
}

size_t sm_sentencepiece_unknown(const sm_sentencepiece *)
{
    return 0;
}

siamese_text sm_sentencepiece_piece(const sm_sentencepiece *, size_t)
{
    return {nullptr, 0};
}

siamese_status sm_sentencepiece_encode(const sm_sentencepiece *, const char *,
                                       size_t, sm_pieces_fn, void *)
{
    return unsupported();
}

siamese_status sm_sentencepiece_train(const siamese_text *, size_t, size_t,
                                      sm_model_fn, void *)
{
    return unsupported();
}

#endif
