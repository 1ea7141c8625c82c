/* packs.c: the points around a number in, the unit of packs or pieces out that
 * they name. For quantities. */
#include "text/packs.h"

#include <stdbool.h>
#include <string.h>

#include "text/unicode_words.h"
#include "text/utf8.h"

/* ---- words ---- */

/* points[begin] up to points[end], which are letters and marks alone. */
typedef struct run {
    const int32_t *points;
    size_t begin, end;
} run;

static bool is_letter(int32_t point)
{
    sm_point_kind const kind = sm_point_kind_of(point);
    return kind == SM_POINT_LETTER || kind == SM_POINT_MARK;
}

static run run_from(const int32_t *points, size_t count, size_t begin)
{
    size_t end = begin;
    while (end < count && is_letter(points[end])) end++;
    return (run){points, begin, end};
}

static run run_before(const int32_t *points, size_t end)
{
    size_t begin = end;
    while (begin > 0 && is_letter(points[begin - 1])) begin--;
    return (run){points, begin, end};
}

static size_t before_spaces(const int32_t *points, size_t end)
{
    while (end > 0 && points[end - 1] == ' ') end--;
    return end;
}

/* How many points at the run's begin are the name; 0: it begins otherwise. */
static size_t name_ahead(const run *word, const char *name, size_t size)
{
    const unsigned char *const bytes = (const unsigned char *)name;
    size_t at = word->begin, length;
    for (size_t i = 0; i < size; i += length, at++)
        if (at == word->end ||
            sm_utf8_next(bytes + i, size - i, &length) != word->points[at])
            return 0;
    return at - word->begin;
}

/* How many points of the run the first of these names has that it begins with,
 * or that it is, if it is to be `whole`; 0: none of them. */
static size_t one_of(const run *word, const char *names, bool whole)
{
    for (size_t size; *names; names += size + (names[size] == ' ')) {
        size = strcspn(names, " ");
        size_t const ahead = name_ahead(word, names, size);
        if (ahead && (!whole || ahead == word->end - word->begin)) return ahead;
    }
    return 0;
}

static bool is_one_of(const run *word, const char *names)
{
    return one_of(word, names, true) > 0;
}

/* ---- behind the number ---- */

/* Accents may have been stripped, so names that have any stand with and without
 * them. */
static const char packs[] =
    /* English */ "pack packs pk pks ct count "
                  /* German */ "erpack erpackung erset packung packungen stück "
                  "stuck stueck "
                  "stk "
                  /* Dutch */ "stuks stuk "
                  /* French */ "paquet paquets unité unite unités unites "
                  /* Spanish */ "paquete paquetes unidad uds "
                  /* and Portuguese */ "unidades pacote pacotes unid";

/* What one thing consists of; in English also what are sold together. */
static const char pieces[] =
    /* English */ "piece pieces pc pcs "
                  /* German */ "teilig teilige teiliger teiliges tlg "
                  /* Dutch */ "delig delige "
                  /* French */ "pièce pièces pce pces "
                  /* Spanish */ "pieza piezas pza pzas pzs "
                  /* Portuguese */ "peça peças peca pecas pçs "
                  /* Italian */ "pezzo pezzi pz "
                  /* Indonesian */ "buah biji";

/* What a German 4er goes with. */
static const char of_er[] = "pack packung set paket stück stuck stueck";

/* Japanese has no spaces: what counts things, then what says that they are sold
 * as one, whatever follows. */
static const char counters[] = "個 箇 本 枚 袋 箱 缶 足 膳 冊 巻 コ ケ ヶ 点";
static const char sold_as_one[] = "入り 入 セット 組 パック";

/* 4個入り, 6本セット, 4パック, and 50枚 where no letter follows: 3枚刃 is one
 * razor. What 5点セット is are five pieces, as in English. */
static const char *japanese_unit(run *word)
{
    run rest = *word;
    rest.begin += one_of(word, counters, false);
    size_t const sold = one_of(&rest, sold_as_one, false);
    bool const counted = rest.begin > word->begin;
    bool const parts = counted && one_of(word, "点", false);
    if (sold == 0 && one_of(word, "ピース", false)) {
        word->end = word->begin + one_of(word, "ピース", false);
        return "pc";
    }
    if (sold == 0 && (!counted || parts || rest.begin < rest.end)) return NULL;
    word->end = rest.begin + sold;
    return parts ? "pc" : "pack";
}

static size_t behind_gap(const int32_t *points, size_t count, size_t at)
{
    if (at < count && sm_point_is_hyphen(points[at])) return at + 1;
    while (at < count && points[at] == ' ') at++;
    return at;
}

/* The unit that stands at *end, which then goes past it. */
static const char *unit_behind(const int32_t *points, size_t count, size_t *end)
{
    size_t const at = behind_gap(points, count, *end);
    run word = run_from(points, count, at);
    const char *unit = NULL;
    if (is_one_of(&word, packs))
        unit = "pack";
    else if (is_one_of(&word, pieces))
        unit = "pc";
    else if (is_one_of(&word, "er")) {
        word = run_from(points, count, behind_gap(points, count, word.end));
        if (is_one_of(&word, of_er)) unit = "pack";
    } else
        unit = japanese_unit(&word);
    if (unit) *end = word.end;
    return unit;
}

/* ---- before the number ---- */

/* A word, and behind it another one, with the number behind that. */
static const struct {
    const char *packs, *links;
} packs_of[] = {
    /* English */
    {"pack packs set sets box boxes case cases", "of"},
    /* German; a box with 2 drawers is one thing */
    {"pack packung paket karton beutel", "mit zu von a à"},
    {"set satz", "aus von zu a à"},
    /* Dutch */
    {"pak verpakking doos pack set", "van met a à"},
    /* French */
    {"lot lots paquet pack jeu boite boîte carton sachet ensemble coffret set",
     "de"},
    /* Spanish and Portuguese */
    {"paquete lote juego caja pacote caixa jogo kit conjunto", "de con com"},
    /* Italian */
    {"confezione pacco pacchetto scatola set", "da di"},
};

/* The word that says it alone, in Indonesian, where no space need follow. */
static const char contains[] = "isi";

static bool is_pack_before(const int32_t *points, size_t number)
{
    size_t at = before_spaces(points, number);
    run const link = run_before(points, at);
    if (is_one_of(&link, contains)) return true;
    if (at == number) return false;
    at = before_spaces(points, link.begin);
    if (at == link.begin) return false;
    run const pack = run_before(points, at);
    for (size_t i = 0; i < sizeof packs_of / sizeof *packs_of; i++)
        if (is_one_of(&link, packs_of[i].links) &&
            is_one_of(&pack, packs_of[i].packs))
            return true;
    return false;
}

/* A pack of 4 pieces is a pack of 4. */
const char *sm_pack_unit(const int32_t *points, size_t count, size_t number,
                         size_t *end)
{
    const char *const behind = unit_behind(points, count, end);
    return is_pack_before(points, number) ? "pack" : behind;
}
