/* cli_text.c: texts in, columns of a terminal out. For tables. */
#include "terminal/cli_text.h"

#include <string.h>
#include <utf8proc.h>

static const char ellipsis[] = "\xe2\x80\xa6", unknown[] = "\xef\xbf\xbd";

/* One code point as it is shown. */
typedef struct glyph {
    const char *data;
    size_t size;            /* in bytes; 0: it is left out */
    size_t width;           /* in columns */
    utf8proc_int32_t point; /* that is shown */
} glyph;

static glyph unknown_glyph(void)
{
    return (glyph){unknown, sizeof unknown - 1, 1, 0xfffd};
}

/* Cc, but white space, would be obeyed; of Cf only joiners and the soft hyphen
 * change what is seen for the better. */
static glyph glyph_of(const char *data, size_t size, utf8proc_int32_t point)
{
    utf8proc_category_t const category = utf8proc_category(point);

    if (point == '\t' || point == '\n' || point == '\r' ||
        category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP)
        return (glyph){" ", 1, 1, ' '};
    if (category == UTF8PROC_CATEGORY_CC) return unknown_glyph();
    if (category == UTF8PROC_CATEGORY_CF && point != 0xad && point != 0x200c &&
        point != 0x200d)
        return (glyph){data, 0, 0, point};
    int const width = utf8proc_charwidth(point);
    return (glyph){data, size, width > 0 ? (size_t)width : 0, point};
}

/* The glyph at a place of the text; *at goes behind it. */
static glyph next_glyph(siamese_text text, size_t *at)
{
    const char *const data = text.data + *at;
    utf8proc_int32_t point;
    utf8proc_ssize_t const size =
        utf8proc_iterate((const utf8proc_uint8_t *)data,
                         (utf8proc_ssize_t)(text.size - *at), &point);

    *at += size > 0 ? (size_t)size : 1;
    return size > 0 ? glyph_of(data, (size_t)size, point) : unknown_glyph();
}

/* A character as readers count them: the place behind it, and its columns. */
static size_t character_end(siamese_text text, size_t at, size_t *width)
{
    utf8proc_int32_t state = 0;
    glyph last = next_glyph(text, &at);

    *width = last.width;
    while (at < text.size) {
        size_t end = at;
        glyph const next = next_glyph(text, &end);
        if (utf8proc_grapheme_break_stateful(last.point, next.point, &state))
            break;
        *width += next.width;
        last = next;
        at = end;
    }
    return at;
}

size_t cli_text_width(siamese_text text)
{
    size_t total = 0;

    for (size_t at = 0; at < text.size;) total += next_glyph(text, &at).width;
    return total;
}

static void put(FILE *out, siamese_text text)
{
    for (size_t at = 0; at < text.size;) {
        glyph const shown = next_glyph(text, &at);
        fwrite(shown.data, 1, shown.size, out);
    }
}

size_t cli_text_print(FILE *out, siamese_text text, size_t columns)
{
    size_t used = 0, at = 0, width;
    size_t const whole = cli_text_width(text);

    if (whole <= columns) {
        put(out, text);
        return whole;
    }
    if (columns == 0) return 0;
    for (;;) { /* it ends, since not all of the text fits */
        size_t const end = character_end(text, at, &width);
        if (used + width > columns - 1) break;
        used += width;
        at = end;
    }
    put(out, (siamese_text){text.data, at});
    fputs(ellipsis, out);
    return used + 1;
}

void cli_text_print_padded(FILE *out, siamese_text text, size_t columns)
{
    size_t const used = cli_text_print(out, text, columns);

    fprintf(out, "%*s", (int)(columns - used), "");
}
