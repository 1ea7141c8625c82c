/* text_maker.c: a vocabulary's options in, the releases that cut its words out.
 * For vocab_state. */
#include "text/text_maker.h"

#include <stdbool.h>
#include <string.h>

#include "common/hash.h"
#include "common/log.h"
#include "common/memory.h"
#include "text/stemmer_probe.h"
#include "text/vocab_pieces.h"

/* ---- this build ---- */

/* SM_SNOWBALL and SM_SENTENCEPIECE, "snowball 2.2.0" and the like, are set by
 * the build; without a number where it does not know. */

/* Adjacent pieces, joined, can be cut in more ways than one. */
enum { PROBE_TEXTS = 1000 };

static sm_status pieces_fingerprint(const siamese_vocab *vocab, uint64_t *out)
{
    sm_status status = SIAMESE_OK;
    sm_id_list list = {0};
    uint64_t hash = SM_HASH_START;
    size_t const count = sm_sentencepiece_count(vocab->pieces);
    for (size_t i = 0; i < PROBE_TEXTS; i++) {
        char text[256];
        size_t used = 0;
        for (size_t j = 0; j < 4; j++) {
            siamese_text const piece = sm_sentencepiece_piece(
                vocab->pieces, sm_hash_mix(i * 4 + j) % count);
            if (piece.size > sizeof text / 4) continue;
            memcpy(text + used, piece.data, piece.size);
            used += piece.size;
        }
        siamese_text const whole = {text, used};
        list.count = 0;
        SM_TRY(sm_vocab_piece_ids(vocab, &whole, &list));
        hash = sm_hash_bytes(hash, list.ids, list.count * sizeof *list.ids);
        hash = sm_hash_bytes(hash, "", 1);
    }
    *out = hash ? hash : 1;
out:
    sm_id_list_free(&list);
    return status;
}

sm_status sm_text_maker_of(const siamese_vocab *vocab, sm_text_maker *out)
{
    *out = (sm_text_maker){.fingerprint = 0};
    if (vocab->pieces) {
        strcpy(out->release, SM_SENTENCEPIECE);
        return pieces_fingerprint(vocab, &out->fingerprint);
    }
    if (vocab->options.stemmer == 0) return SIAMESE_OK;
    strcpy(out->release, SM_SNOWBALL);
    return sm_stemmer_fingerprint(vocab->options.stemmer, &out->fingerprint);
}

/* ---- in a file ---- */

sm_status sm_text_maker_write(const siamese_vocab *vocab, sm_writer *writer)
{
    sm_text_maker maker = vocab->maker;
    if (!vocab->maker_kept) SM_RETURN_IF_ERROR(sm_text_maker_of(vocab, &maker));
    SM_RETURN_IF_ERROR(
        sm_write_bytes(writer, maker.release, strlen(maker.release)));
    return sm_write_u64(writer, maker.fingerprint);
}

sm_status sm_text_maker_read(sm_reader *reader, sm_text_maker *out)
{
    char *release = NULL;
    size_t size;
    SM_RETURN_IF_ERROR(sm_read_bytes(reader, "the release of what cut words",
                                     sizeof out->release - 1, &release, &size));
    memset(out->release, 0, sizeof out->release);
    memcpy(out->release, release, size);
    /* it goes into messages */
    bool printable = true;
    for (size_t i = 0; i < size; i++)
        printable &= release[i] >= ' ' && release[i] <= '~';
    sm_free(release);
    SM_REQUIRE(printable, SIAMESE_E_FORMAT,
               "section %s: the release of what cut words is no text",
               reader->section);
    return sm_read_u64(reader, &out->fingerprint);
}

/* ---- another release ---- */

/* A name without a number is that of any release. */
static bool is_another(const char *a, const char *b)
{
    return strchr(a, ' ') && strchr(b, ' ') && strcmp(a, b) != 0;
}

sm_status sm_text_maker_check(siamese_vocab *vocab, const char *section,
                              const sm_text_maker *maker)
{
    sm_text_maker here;
    vocab->maker = *maker;
    vocab->maker_kept = true;
    /* a millisecond or two of probing, if it may be news and is heard */
    if (maker->fingerprint == 0 || !sm_log_hears(SIAMESE_LOG_WARN))
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_text_maker_of(vocab, &here));
    if (here.fingerprint != maker->fingerprint)
        sm_log(SIAMESE_LOG_WARN,
               "section %s: its words were cut by %s, and this library's %s "
               "cuts some otherwise: these will not be found as they were "
               "learned",
               section, maker->release, here.release);
    else if (is_another(here.release, maker->release))
        sm_log(
            SIAMESE_LOG_WARN,
            "section %s: its words were cut by %s, and this library has %s: "
            "words that the releases cut otherwise will not be found as they "
            "were learned",
            section, maker->release, here.release);
    return SIAMESE_OK;
}
