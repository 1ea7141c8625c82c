/* quantities.c: the characters of a text in, its numbers with units as words
 * out, all spellings of a value alike. For analyze. */
#include "text/quantities.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "text/packs.h"
#include "text/unicode_words.h"

/* What is read: points[at] up to points[count]. */
typedef struct scan {
    const int32_t *points;
    size_t at, count;
} scan;

/* numerator / denominator, in lowest terms. */
typedef struct value {
    uint64_t numerator, denominator;
} value;

enum { FRACTION_SLASH = 0x2044, PRIME = 0x2032, QUOTE = 0x2019 };
enum { CLOSING_QUOTE = 0x201D };

/* The point so many places on; 0 behind the end. */
static int32_t peek(const scan *s, size_t ahead)
{
    return ahead < s->count - s->at ? s->points[s->at + ahead] : 0;
}

static bool is_digit(int32_t point)
{
    return point >= '0' && point <= '9';
}

static bool is_letter(int32_t point)
{
    return point >= 'a' && point <= 'z';
}

static bool is_foreign_letter(int32_t point)
{
    utf8proc_category_t const of =
        point < 0x80 ? UTF8PROC_CATEGORY_CN : utf8proc_category(point);
    return of >= UTF8PROC_CATEGORY_LU && of <= UTF8PROC_CATEGORY_ME;
}

/* ---- values ---- */

/* Of more digits a number is a name, not a value. */
enum { DIGITS_MAX = 9 };

static size_t digits_ahead(const scan *s, size_t from)
{
    size_t count = 0;
    while (is_digit(peek(s, from + count))) count++;
    return count;
}

/* The digits there are, behind those of number; how many all of them were. */
static size_t take_digits(scan *s, uint64_t *number)
{
    size_t count = 0;
    for (; is_digit(peek(s, 0)); s->at++, count++)
        if (count < DIGITS_MAX)
            *number = *number * 10 + (uint64_t)(peek(s, 0) - '0');
    return count;
}

/* 1,250,000: groups of three behind one to three. */
static size_t take_integer(scan *s, uint64_t *number)
{
    size_t digits = take_digits(s, number);
    if (digits > 3) return digits;
    while (digits && digits <= DIGITS_MAX && peek(s, 0) == ',' &&
           digits_ahead(s, 1) == 3) {
        s->at++;
        for (int i = 0; i < 3; i++, s->at++)
            *number = *number * 10 + (uint64_t)(peek(s, 0) - '0');
        digits += 3;
    }
    return digits;
}

/* a/b, a < b <= 64: not 120/240 or 24/7, and no date. */
static bool take_fraction(scan *s, value *out)
{
    scan ahead = *s;
    uint64_t a = 0, b = 0;
    if (take_digits(&ahead, &a) == 0) return false;
    if (peek(&ahead, 0) != '/' && peek(&ahead, 0) != FRACTION_SLASH)
        return false;
    ahead.at++;
    if (take_digits(&ahead, &b) == 0 || a >= b || b > 64 ||
        peek(&ahead, 0) == '/')
        return false;
    *s = ahead;
    *out = (value){a, b};
    return true;
}

/* Behind an integer, a hyphen or spaces and a fraction: 1-1/2. */
static void take_mixed(scan *s, value *out)
{
    scan ahead = *s;
    value part;
    if (sm_point_is_hyphen(peek(&ahead, 0)))
        ahead.at++;
    else
        while (peek(&ahead, 0) == ' ') ahead.at++;
    if (ahead.at == s->at || !take_fraction(&ahead, &part)) return;
    *s = ahead;
    out->numerator = out->numerator * part.denominator + part.numerator;
    out->denominator = part.denominator;
}

static void take_decimals(scan *s, size_t digits, value *out)
{
    uint64_t number = out->numerator;
    s->at++; /* the point */
    for (; is_digit(peek(s, 0)); s->at++, digits++) {
        if (digits >= DIGITS_MAX) continue;
        number = number * 10 + (uint64_t)(peek(s, 0) - '0');
        out->denominator *= 10;
    }
    out->numerator = number;
}

/* 1.2.3 and 3/4/2020 are no numbers: nothing of them is taken. */
static bool skip_rest(scan *s)
{
    bool more = false;
    while ((peek(s, 0) == '.' || peek(s, 0) == '/') && is_digit(peek(s, 1))) {
        uint64_t ignored = 0;
        s->at++;
        take_digits(s, &ignored);
        more = true;
    }
    return more;
}

static uint64_t divisor_of(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t const rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A number begins here, with a digit or a point before one. */
static bool take_value(scan *s, value *out)
{
    uint64_t name = 0;
    *out = (value){0, 1};
    if (peek(s, 0) == '0' && is_digit(peek(s, 1))) { /* 007 */
        take_digits(s, &name);
        skip_rest(s);
        return false;
    }
    if (!take_fraction(s, out)) {
        size_t const digits = take_integer(s, &out->numerator);
        if (peek(s, 0) == '.' && is_digit(peek(s, 1)))
            take_decimals(s, digits, out);
        else
            take_mixed(s, out);
        if (skip_rest(s) || digits > DIGITS_MAX) return false;
    }
    uint64_t const divisor = divisor_of(out->numerator, out->denominator);
    out->numerator /= divisor;
    out->denominator /= divisor;
    return true;
}

/* ---- units ---- */

static const struct {
    const char *name, *unit;
} units[] = {
    {"in", "in"},        {"inch", "in"},       {"inches", "in"},
    {"ft", "ft"},        {"foot", "ft"},       {"feet", "ft"},
    {"yd", "yd"},        {"yard", "yd"},       {"yards", "yd"},
    {"mm", "mm"},        {"millimeter", "mm"}, {"millimeters", "mm"},
    {"cm", "cm"},        {"centimeter", "cm"}, {"centimeters", "cm"},
    {"m", "m"},          {"meter", "m"},       {"meters", "m"},
    {"lb", "lb"},        {"lbs", "lb"},        {"pound", "lb"},
    {"pounds", "lb"},    {"oz", "oz"},         {"ounce", "oz"},
    {"ounces", "oz"},    {"g", "g"},           {"gram", "g"},
    {"grams", "g"},      {"kg", "kg"},         {"kilogram", "kg"},
    {"kilograms", "kg"}, {"gal", "gal"},       {"gallon", "gal"},
    {"gallons", "gal"},  {"qt", "qt"},         {"quart", "qt"},
    {"quarts", "qt"},    {"ml", "ml"},         {"l", "l"},
    {"liter", "l"},      {"liters", "l"},      {"w", "w"},
    {"watt", "w"},       {"watts", "w"},       {"kw", "kw"},
    {"kilowatt", "kw"},  {"kilowatts", "kw"},  {"v", "v"},
    {"volt", "v"},       {"volts", "v"},       {"amp", "amp"},
    {"amps", "amp"},     {"hp", "hp"},         {"horsepower", "hp"},
    {"btu", "btu"},      {"btus", "btu"},
};

static const struct {
    const char *name, *power;
} powers[] = {
    {"sq", "sq "}, {"square", "sq "}, {"cu", "cu "}, {"cubic", "cu "}};

enum { NAME_SIZE = 16 };

/* The whole word of letters that begins here; a longer one is no unit's. */
static bool take_word(scan *s, char word[NAME_SIZE])
{
    size_t size = 0;
    for (; is_letter(peek(s, 0)); s->at++)
        if (size < NAME_SIZE - 1) word[size++] = (char)peek(s, 0);
    word[size] = '\0';
    return size > 0 && size < NAME_SIZE - 1 && !is_foreign_letter(peek(s, 0));
}

static const char *unit_of(const char *word)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, word) == 0) return units[i].unit;
    return NULL;
}

static const char *power_of(const char *word)
{
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
        if (strcmp(powers[i].name, word) == 0) return powers[i].power;
    return NULL;
}

/* A hyphen, or spaces with a full stop before them. */
static void skip_gap(scan *s, bool after_word)
{
    if (sm_point_is_hyphen(peek(s, 0))) {
        s->at++;
        return;
    }
    if (after_word && peek(s, 0) == '.') s->at++;
    while (peek(s, 0) == ' ') s->at++;
}

/* Feet and inches by marks right behind the number; not the 60's. */
static const char *mark_of(const scan *s)
{
    int32_t const mark = peek(s, 0);
    if (mark == '"' || mark == CLOSING_QUOTE) return "in";
    if (mark != '\'' && mark != QUOTE && mark != PRIME) return NULL;
    if (peek(s, 1) == mark) return "in";
    return peek(s, 1) == 's' ? NULL : "ft";
}

/* Goes past the unit that is here; empty, and goes nowhere, if there is
 * none. */
static void take_unit(scan *s, char *unit, size_t size)
{
    char word[NAME_SIZE];
    scan ahead = *s;
    const char *power = "", *name = mark_of(s);
    if (name) {
        ahead.at += peek(s, 1) == peek(s, 0) ? 2 : 1;
    } else {
        skip_gap(&ahead, false);
        if (take_word(&ahead, word)) name = unit_of(word);
        if (name == NULL && power_of(word)) {
            power = power_of(word);
            skip_gap(&ahead, true);
            if (take_word(&ahead, word)) name = unit_of(word);
        }
    }
    snprintf(unit, size, "%s%s", name ? power : "", name ? name : "");
    if (name) *s = ahead;
}

/* ---- quantities ---- */

/* "3/4 in", of at most TEXT_SIZE - 1 bytes. */
enum { TEXT_SIZE = 64 };

static size_t write_quantity(const value *v, const char *unit, char *text)
{
    int size = snprintf(text, TEXT_SIZE, "%" PRIu64, v->numerator);
    if (v->denominator != 1)
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "/%" PRIu64,
                         v->denominator);
    if (*unit)
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, " %s", unit);
    return (size_t)size;
}

static sm_status push(sm_words *words, const value *v, const char *unit)
{
    char text[TEXT_SIZE];
    size_t const size = write_quantity(v, unit, text);
    return sm_words_push(words, text, size);
}

/* ---- the text rewritten, if it is asked for ---- */

static sm_status copy(sm_code_points *out, const int32_t *points, size_t count)
{
    if (out == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_code_points_reserve(out, count));
    if (count) memcpy(out->points + out->count, points, count * sizeof *points);
    out->count += count;
    return SIAMESE_OK;
}

/* Of what is no integer the unit alone. */
static sm_status rewrite(sm_code_points *out, const value *v, const char *unit)
{
    char text[TEXT_SIZE];
    if (out == NULL) return SIAMESE_OK;
    size_t const size = v->denominator == 1
                            ? write_quantity(v, unit, text)
                            : (size_t)snprintf(text, TEXT_SIZE, "%s", unit);
    SM_RETURN_IF_ERROR(sm_code_points_push(out, ' '));
    for (size_t i = 0; i < size; i++)
        SM_RETURN_IF_ERROR(sm_code_points_push(out, text[i]));
    return sm_code_points_push(out, ' ');
}

static bool begins_number(const scan *s)
{
    return is_digit(peek(s, 0)) || (peek(s, 0) == '.' && is_digit(peek(s, 1)));
}

sm_status sm_quantities(sm_words *words, const int32_t *points, size_t count,
                        bool packs_too, sm_code_points *rewritten)
{
    scan s = {points, 0, count};
    while (s.at < count) {
        char unit[2 * NAME_SIZE];
        size_t const first = s.at;
        value v;
        while (s.at < count && !begins_number(&s)) s.at++;
        SM_RETURN_IF_ERROR(copy(rewritten, points + first, s.at - first));
        if (s.at == count) break;
        size_t const number = s.at;
        if (!take_value(&s, &v)) {
            SM_RETURN_IF_ERROR(copy(rewritten, points + number, s.at - number));
            continue;
        }
        take_unit(&s, unit, sizeof unit);
        if (packs_too && *unit == '\0' && v.denominator == 1) {
            const char *const pack = sm_pack_unit(points, count, number, &s.at);
            if (pack) snprintf(unit, sizeof unit, "%s", pack);
        }
        if (v.denominator != 1) SM_RETURN_IF_ERROR(push(words, &v, ""));
        if (*unit) SM_RETURN_IF_ERROR(push(words, &v, unit));
        SM_RETURN_IF_ERROR(rewrite(rewritten, &v, unit));
    }
    return SIAMESE_OK;
}
