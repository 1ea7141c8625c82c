/* cli_reader.c: a path and an encoding in, lines of UTF-8 out. For cli_csv and
 * for lists of queries. */
#include "data/cli_reader.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_bytes.h"
#include "data/cli_encoding.h"

enum { RAW_BYTES = 1 << 16, MAX_LINE_BYTES = 1 << 28 };

struct cli_reader {
    char *name, *encoding;
    const char *option; /* that names the encoding, or NULL */
    cli_bytes *bytes;
    int is_utf8;
    iconv_t converter;
    char *raw; /* [RAW_BYTES] read, not yet converted */
    size_t raw_size;
    uint64_t raw_at; /* place of raw[0] in the file */
    char *text;      /* UTF-8 */
    size_t begin, end, capacity;
    uint64_t line_at; /* place of text[begin] in the file, if UTF-8 */
    size_t line, next_line, line_feeds;
    int is_ended;
    int is_broken; /* raw[0] cannot be converted */
};

/* ------------------------------------------------------------------------- */
/* Open and close                                                            */
/* ------------------------------------------------------------------------- */

/* What to do about an encoding that is not the expected one; to be freed. */
static char *advice(const cli_reader *r, const char *encoding)
{
    return r->option ? cli_format("--%s %s", r->option, encoding)
                     : cli_format("the file must be UTF-8: iconv -f %s -t "
                                  "UTF-8 makes it so",
                                  encoding);
}

/* UTF-16 and UTF-32 tell themselves, with a mark or by their NULs. */
static void look_for_marks(cli_reader *r)
{
    int is_marked;
    const char *const found = cli_bytes_encoding(r->bytes, &is_marked);

    if (!found || !r->is_utf8) return;
    if (!is_marked)
        cli_fail("%s: every second byte is NUL, as in %s without a byte order "
                 "mark; %s",
                 r->name, found, advice(r, found));
    free(r->encoding);
    r->encoding = cli_format("%s", found);
    r->is_utf8 = 0;
}

static void choose_encoding(cli_reader *r, const char *name)
{
    if (name) {
        r->encoding = cli_encoding_find(name);
        if (!r->encoding)
            cli_usage_error("--%s %s: no such encoding is known; 'iconv "
                            "--list' lists them",
                            r->option ? r->option : "encoding", name);
    } else
        r->encoding = cli_format("UTF-8");
    r->is_utf8 = strcmp(r->encoding, "UTF-8") == 0;
}

static const char *stdin_copy; /* the path of a copy, or NULL */

void cli_reader_copies_stdin(const char *path)
{
    stdin_copy = path;
}

const char *cli_reader_name_of(const char *path)
{
    int const is_copy = stdin_copy && strcmp(path, stdin_copy) == 0;

    return is_copy || strcmp(path, "-") == 0 ? "standard input" : path;
}

cli_reader *cli_reader_open(const char *path, cli_encoding encoding)
{
    cli_reader *const r = cli_alloc(1, sizeof *r);

    r->name = cli_format("%s", cli_reader_name_of(path));
    r->option = encoding.option && cli_has_option(encoding.option)
                    ? encoding.option
                    : NULL;
    r->next_line = 1;
    choose_encoding(r, encoding.name);
    r->bytes = cli_bytes_open(path, r->name);
    look_for_marks(r);
    if (!r->is_utf8) {
        r->converter = iconv_open("UTF-8", r->encoding);
        if (r->converter == (iconv_t)-1)
            cli_fail("%s: iconv cannot read %s", r->name, r->encoding);
    }
    r->raw = cli_alloc(RAW_BYTES, 1);
    return r;
}

void cli_reader_close(cli_reader *r)
{
    if (!r) return;
    if (!r->is_utf8) iconv_close(r->converter);
    cli_bytes_close(r->bytes);
    free(r->raw);
    free(r->text);
    free(r->name);
    free(r->encoding);
    free(r);
}

size_t cli_reader_line(const cli_reader *r)
{
    return r->line;
}

const char *cli_reader_name(const cli_reader *r)
{
    return r->name;
}

/* ------------------------------------------------------------------------- */
/* Decoding                                                                  */
/* ------------------------------------------------------------------------- */

/* Bytes of the well-formed sequence at s, 0 if there is none (RFC 3629). */
static size_t utf8_sequence(const unsigned char *s, size_t size)
{
    unsigned char const c = s[0];
    size_t const need = c < 0x80                ? 1
                        : c >= 0xc2 && c < 0xe0 ? 2
                        : c >= 0xe0 && c < 0xf0 ? 3
                        : c >= 0xf0 && c < 0xf5 ? 4
                                                : 0;
    if (need == 0 || need > size) return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f) ||
        (c == 0xf0 && s[1] < 0x90) || (c == 0xf4 && s[1] > 0x8f))
        return 0;
    return need;
}

/* The place of the first byte that is not of UTF-8; size if there is none. */
static size_t find_bad_byte(const char *text, size_t size)
{
    const unsigned char *const s = (const unsigned char *)text;
    size_t at = 0;

    while (at < size) {
        size_t const length =
            s[at] < 0x80 ? 1 : utf8_sequence(s + at, size - at);
        if (length == 0) break;
        at += length;
    }
    return at;
}

static void check_utf8(const cli_reader *r, const char *line, size_t size)
{
    size_t const at = find_bad_byte(line, size);

    if (at < size)
        cli_fail("%s:%zu: byte 0x%02x at place %zu of the line (byte %llu "
                 "of the file) is not UTF-8; if the file has another "
                 "encoding, e.g. ISO-8859-1: %s",
                 r->name, r->line, (unsigned char)line[at], at + 1,
                 (unsigned long long)(r->line_at + at + 1),
                 advice(r, "ISO-8859-1"));
}

void cli_check_utf8(const char *what, const char *text)
{
    size_t const size = strlen(text), at = find_bad_byte(text, size);

    if (at < size)
        cli_fail("%s: byte 0x%02x at place %zu is not UTF-8", what,
                 (unsigned char)text[at], at + 1);
}

void cli_check_arguments(const char *what, int count, char **texts)
{
    for (int i = 0; i < count; i++) {
        char *const name = cli_format("%s %d", what, i + 1);
        cli_check_utf8(name, texts[i]);
        free(name);
    }
}

/* Room for `more` bytes behind the text that is left, moved to the front. */
static void reserve(cli_reader *r, size_t more)
{
    if (r->begin > 0) {
        memmove(r->text, r->text + r->begin, r->end - r->begin);
        r->end -= r->begin;
        r->begin = 0;
    }
    if (r->end > MAX_LINE_BYTES)
        cli_fail("%s:%zu: the line is longer than %d bytes", r->name,
                 r->next_line, MAX_LINE_BYTES);
    if (r->end + more > r->capacity) {
        r->capacity = 2 * r->end + more;
        r->text = cli_resize(r->text, r->capacity, 1);
    }
}

/* raw to text; what cannot be converted yet stays in raw. */
static void convert(cli_reader *r)
{
    while (r->raw_size > 0 && !r->is_broken) {
        reserve(r, RAW_BYTES);
        char *in = r->raw, *out = r->text + r->end;
        size_t in_left = r->raw_size, out_left = r->capacity - r->end;
        size_t const result =
            iconv(r->converter, &in, &in_left, &out, &out_left);
        int const reason = errno;
        r->raw_at += r->raw_size - in_left;
        memmove(r->raw, in, in_left);
        r->raw_size = in_left;
        r->end = (size_t)(out - r->text);
        if (result != (size_t)-1 || reason == E2BIG) continue;
        r->is_broken = reason == EILSEQ || r->is_ended;
        return;
    }
}

static void fill(cli_reader *r)
{
    if (r->is_utf8) reserve(r, RAW_BYTES);
    size_t const got =
        r->is_utf8 ? cli_bytes_read(r->bytes, r->text + r->end, RAW_BYTES)
                   : cli_bytes_read(r->bytes, r->raw + r->raw_size,
                                    RAW_BYTES - r->raw_size);
    if (got == 0) r->is_ended = 1;
    if (r->is_utf8) {
        r->end += got;
        return;
    }
    r->raw_size += got;
    convert(r);
}

/* ------------------------------------------------------------------------- */
/* Lines                                                                     */
/* ------------------------------------------------------------------------- */

/* Bytes of the line at text[begin], its end included; 0 if it goes on. */
static size_t whole_line(const cli_reader *r, size_t from)
{
    size_t const size = r->end - r->begin;
    /* Before the first bytes there is no text. */
    const char *const text = size > 0 ? r->text + r->begin : NULL;

    for (size_t i = from; i < size; i++) {
        if (text[i] == '\n') return i + 1;
        if (text[i] != '\r') continue;
        if (i + 1 < size) return i + 1 + (text[i + 1] == '\n');
        return r->is_ended ? i + 1 : 0; /* an LF may follow */
    }
    return r->is_ended && !r->is_broken ? size : 0;
}

/* Gives the bytes that were skipped. */
static size_t skip_byte_order_mark(cli_reader *r)
{
    if (r->line > 0 || r->end - r->begin < 3 ||
        memcmp(r->text + r->begin, "\xef\xbb\xbf", 3) != 0)
        return 0;
    r->begin += 3;
    r->line_at += 3;
    return 3;
}

int cli_reader_next(cli_reader *r, const char **line, size_t *size)
{
    size_t found, seen = 0;

    while ((found = whole_line(r, seen)) == 0) {
        if (r->is_broken)
            cli_fail("%s:%zu: byte 0x%02x (byte %llu of the file) is not %s%s%s"
                     "%s",
                     r->name, r->next_line, (unsigned char)r->raw[0],
                     (unsigned long long)(r->raw_at + 1), r->encoding,
                     r->option ? "; --" : "", r->option ? r->option : "",
                     r->option ? " names the file's encoding" : "");
        if (r->is_ended) return 0;
        seen = r->end > r->begin ? r->end - r->begin - 1 : 0;
        fill(r);
    }
    found -= skip_byte_order_mark(r);
    *line = r->text + r->begin;
    *size = found;
    r->line = r->next_line;
    if (r->is_utf8) check_utf8(r, *line, found);
    r->begin += found;
    r->line_at += found;
    if (found > 0 && (*line)[found - 1] == '\n') {
        r->line_feeds++;
        r->next_line++;
    } else if (r->line_feeds == 0) {
        r->next_line++;
    }
    return found > 0;
}

int cli_reader_next_text(cli_reader *r, const char **line, size_t *size)
{
    if (!cli_reader_next(r, line, size)) return 0;
    if (*size > 0 && (*line)[*size - 1] == '\n') --*size;
    if (*size > 0 && (*line)[*size - 1] == '\r') --*size;
    return 1;
}
