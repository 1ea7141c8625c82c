/* where_words.c: an expression in, its words out, one at a time. */
#include "items/where_words.h"

#include <string.h>

#include "common/number.h"

/* ---- characters: as in C's locale, whatever the host's is ---- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What a name may begin with: a letter, _, or any byte of other alphabets. */
static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- numbers ---- */

/* Digits alone, with a sign or none, that fit. */
static bool read_integer(const char *text, size_t size, int64_t *out)
{
    bool const is_negative = size > 0 && *text == '-';
    size_t i = size > 0 && (*text == '-' || *text == '+');
    uint64_t const most = (uint64_t)INT64_MAX + is_negative;
    uint64_t value = 0;

    if (i == size) return false;
    for (; i < size; i++) {
        if (!is_digit(text[i])) return false;
        uint64_t const digit = (uint64_t)(text[i] - '0');
        if (value > (most - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = is_negative ? -(int64_t)(value - (value > 0)) - (value > 0)
                       : (int64_t)value;
    return true;
}

bool sm_where_read_number(const char *text, size_t size, sm_where_number *out)
{
    while (size > 0 && is_blank(*text)) text++, size--;
    while (size > 0 && is_blank(text[size - 1])) size--;
    out->is_integer = read_integer(text, size, &out->integer);
    return out->is_integer || sm_parse_double(text, size, &out->number);
}

/* Bytes of what looks like a number: 1, -.5, 2e+3. */
static size_t number_size(const char *text)
{
    size_t size = *text == '-' || *text == '+';
    while (is_digit(text[size]) || text[size] == '.' ||
           begins_name(text[size]) ||
           ((text[size] == '-' || text[size] == '+') && size > 0 &&
            small(text[size - 1]) == 'e'))
        size++;
    return size;
}

static sm_status take_number(sm_where_words *w, sm_where_word *word)
{
    const char *const text = w->expression + word->at;
    word->size = number_size(text);
    SM_REQUIRE(sm_where_read_number(text, word->size, &word->number),
               SIAMESE_E_ARGUMENT,
               "where: at %zu: '%.*s' is not a number; texts stand in quotes",
               word->at + 1, (int)(word->size < 40 ? word->size : 40), text);
    word->kind = SM_WHERE_NUMBER;
    return SIAMESE_OK;
}

/* ---- names and texts ---- */

/* Between two quotes, of which one that is doubled stands for itself. */
static sm_status take_quoted(sm_where_words *w, sm_where_word *word)
{
    const char *const text = w->expression + word->at;
    char const quote = *text;
    size_t const begin = w->used;
    size_t i = 1;

    for (;; i++) {
        SM_REQUIRE(text[i] != '\0', SIAMESE_E_ARGUMENT,
                   "where: at %zu: the %c is not closed", word->at + 1, quote);
        if (text[i] == quote && text[++i] != quote) break;
        w->bytes[w->used++] = text[i];
    }
    word->text = (siamese_text){w->bytes + begin, w->used - begin};
    w->bytes[w->used++] = '\0';
    word->size = i;
    word->kind = quote == '`' ? SM_WHERE_NAME : SM_WHERE_TEXT;
    return SIAMESE_OK;
}

/* A word of letters: a keyword in any case, or a name. */
static void take_letters(sm_where_words *w, sm_where_word *word)
{
    static const struct {
        char text[8];
        sm_where_kind kind;
    } keywords[] = {{"and", SM_WHERE_AND}, {"or", SM_WHERE_OR},
                    {"not", SM_WHERE_NOT}, {"in", SM_WHERE_IN},
                    {"is", SM_WHERE_IS},   {"missing", SM_WHERE_MISSING}};
    const char *const text = w->expression + word->at;
    char *const copy = w->bytes + w->used;
    size_t size = 0;

    while (begins_name(text[size]) || is_digit(text[size])) size++;
    word->size = size;
    for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++) {
        size_t same = 0;
        while (same < size && small(text[same]) == keywords[k].text[same])
            same++;
        word->kind = keywords[k].kind;
        if (same == size && keywords[k].text[same] == '\0') return;
    }
    word->kind = SM_WHERE_NAME;
    memcpy(copy, text, size);
    copy[size] = '\0';
    word->text = (siamese_text){copy, size};
    w->used += size + 1;
}

/* ---- signs ---- */

static sm_status take_sign(const char *text, sm_where_word *word)
{
    static const struct {
        char text[3];
        sm_where_kind kind;
        unsigned orders;
    } signs[] = {{"<=", SM_WHERE_COMPARISON, SM_WHERE_LESS | SM_WHERE_EQUAL},
                 {"<>", SM_WHERE_COMPARISON, SM_WHERE_LESS | SM_WHERE_GREATER},
                 {">=", SM_WHERE_COMPARISON, SM_WHERE_GREATER | SM_WHERE_EQUAL},
                 {"!=", SM_WHERE_COMPARISON, SM_WHERE_LESS | SM_WHERE_GREATER},
                 {"==", SM_WHERE_COMPARISON, SM_WHERE_EQUAL},
                 {"=", SM_WHERE_COMPARISON, SM_WHERE_EQUAL},
                 {"<", SM_WHERE_COMPARISON, SM_WHERE_LESS},
                 {">", SM_WHERE_COMPARISON, SM_WHERE_GREATER},
                 {"(", SM_WHERE_OPEN, 0},
                 {")", SM_WHERE_CLOSE, 0},
                 {",", SM_WHERE_COMMA, 0}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t const size = strlen(signs[i].text);
        if (strncmp(text, signs[i].text, size) != 0) continue;
        word->kind = signs[i].kind;
        word->orders = signs[i].orders;
        word->size = size;
        return SIAMESE_OK;
    }
    return sm_fail(SIAMESE_E_ARGUMENT,
                   "where: at %zu: '%c' is not understood here", word->at + 1,
                   *text);
}

sm_status sm_where_next(sm_where_words *w, sm_where_word *word)
{
    sm_status status = SIAMESE_OK;

    while (is_blank(w->expression[w->at])) w->at++;
    const char *const text = w->expression + w->at;
    *word = (sm_where_word){.kind = SM_WHERE_END, .at = w->at};
    if (*text == '\0') return SIAMESE_OK;
    if (*text == '"' || *text == '\'' || *text == '`')
        status = take_quoted(w, word);
    else if (begins_name(*text))
        take_letters(w, word);
    else if (is_digit(*text) || *text == '.' || *text == '-' || *text == '+')
        status = take_number(w, word);
    else
        status = take_sign(text, word);
    w->at += word->size;
    return status;
}
