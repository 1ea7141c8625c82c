/* number_text.c: a text in, so many floats out. For fields of numbers. */
#include "tower/number_text.h"

#include "common/number.h"
#include "common/size.h"
#include "text/utf8.h"

/* Unicode's White_Space. */
static bool is_space(int32_t point)
{
    return point == ' ' || (point >= '\t' && point <= '\r') || point == 0x85 ||
           point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F ||
           point == 0x3000;
}

/* The bytes of white space at i, 0 if something else stands there. */
static size_t space_at(const siamese_text *text, size_t i)
{
    size_t size;
    if (i == text->size) return 0;
    int32_t const point = sm_utf8_next((const unsigned char *)text->data + i,
                                       text->size - i, &size);
    return is_space(point) ? size : 0;
}

static size_t skip_space(const siamese_text *text, size_t i)
{
    for (size_t size; (size = space_at(text, i)) > 0;) i += size;
    return i;
}

bool sm_number_text_absent(const siamese_text *text)
{
    return skip_space(text, 0) == text->size;
}

static size_t end_of_number(const siamese_text *text, size_t i)
{
    while (i < text->size && text->data[i] != ',' && space_at(text, i) == 0)
        i++;
    return i;
}

/* As much of a text as an error shows. */
enum { SHOWN = 60 };

static int shown(size_t size)
{
    return (int)sm_min(size, SHOWN);
}

sm_status sm_number_text_read(const siamese_text *text, const char *field,
                              size_t count, float *out)
{
    size_t found = 0, i = skip_space(text, 0);
    for (bool more = true; more; found++) {
        size_t const end = end_of_number(text, i);
        float x;
        SM_REQUIRE(end > i, SIAMESE_E_ARGUMENT,
                   "field %s: '%.*s' has no number before or behind a comma",
                   field, shown(text->size), text->data);
        SM_REQUIRE(sm_parse_float(text->data + i, end - i, &x),
                   SIAMESE_E_ARGUMENT, "field %s: '%.*s' is not a number",
                   field, shown(end - i), text->data + i);
        if (found < count) out[found] = x;
        i = skip_space(text, end);
        more = i < text->size;
        if (more && text->data[i] == ',') i = skip_space(text, i + 1);
    }
    SM_REQUIRE(found == count, SIAMESE_E_ARGUMENT,
               "field %s: '%.*s' holds %zu number%s, not %zu", field,
               shown(text->size), text->data, found, found == 1 ? "" : "s",
               count);
    return SIAMESE_OK;
}
