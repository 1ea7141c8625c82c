/* cli_bytes.c: a path in, bytes out, unpacked if packed. For cli_reader. */
#include "data/cli_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum { BLOCK = 1 << 16, GZIP_WINDOW = 15 + 16, HEAD_BYTES = 64 };

struct cli_bytes {
    const char *name;
    int file;
    char *packed; /* [BLOCK] read from the file, from `begin` to `end` */
    size_t begin, end;
    int is_ended; /* the file is */
    int is_gzip;
    int is_in_member;
    z_stream zlib;
    char head[HEAD_BYTES]; /* the first bytes, unpacked */
    size_t head_size, head_given;
};

/* ------------------------------------------------------------------------- */
/* The file                                                                  */
/* ------------------------------------------------------------------------- */

/* More of the file behind what is there; 0 at its end. */
static size_t fill(cli_bytes *b)
{
    ssize_t got;

    if (b->begin == b->end) b->begin = b->end = 0;
    if (b->is_ended || b->end == BLOCK) return 0;
    do got = read(b->file, b->packed + b->end, BLOCK - b->end);
    while (got < 0 && errno == EINTR);
    if (got < 0) cli_fail("cannot read %s: %s", b->name, strerror(errno));
    if (got == 0) b->is_ended = 1;
    b->end += (size_t)got;
    return (size_t)got;
}

/* ------------------------------------------------------------------------- */
/* gzip                                                                      */
/* ------------------------------------------------------------------------- */

static _Noreturn void fail_gzip(const cli_bytes *b, const char *reason)
{
    cli_fail("%s: the gzip file is damaged: %s", b->name, reason);
}

/* NULs may pad the end, as tape drives do. */
static int is_padding(const cli_bytes *b)
{
    for (size_t i = b->begin; i < b->end; i++)
        if (b->packed[i]) return 0;
    return 1;
}

/* Whether another member begins. */
static int begin_member(cli_bytes *b)
{
    while (b->end - b->begin < 2 && fill(b) > 0) continue;
    while (is_padding(b)) {
        b->begin = b->end;
        if (fill(b) == 0) return 0;
    }
    if (inflateReset(&b->zlib) != Z_OK) fail_gzip(b, "zlib refuses it");
    b->is_in_member = 1;
    return 1;
}

static size_t unpack(cli_bytes *b, char *buffer, size_t size)
{
    b->zlib.next_out = (Bytef *)buffer;
    b->zlib.avail_out = (uInt)(size < BLOCK ? size : BLOCK);
    uInt const wanted = b->zlib.avail_out;

    while (b->zlib.avail_out == wanted) {
        if (!b->is_in_member && !begin_member(b)) return 0;
        if (b->begin == b->end && fill(b) == 0)
            fail_gzip(b, "it ends in the middle");
        b->zlib.next_in = (Bytef *)b->packed + b->begin;
        b->zlib.avail_in = (uInt)(b->end - b->begin);
        int const result = inflate(&b->zlib, Z_NO_FLUSH);
        b->begin = b->end - b->zlib.avail_in;
        if (result == Z_STREAM_END)
            b->is_in_member = 0;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            fail_gzip(b, b->zlib.msg ? b->zlib.msg : "zlib cannot unpack it");
    }
    return wanted - b->zlib.avail_out;
}

static size_t read_some(cli_bytes *b, char *buffer, size_t size)
{
    if (b->is_gzip) return unpack(b, buffer, size);
    if (b->begin == b->end && fill(b) == 0) return 0;
    size_t const left = b->end - b->begin;
    size_t const n = left < size ? left : size;
    memcpy(buffer, b->packed + b->begin, n);
    b->begin += n;
    return n;
}

/* ------------------------------------------------------------------------- */
/* What the first bytes tell                                                 */
/* ------------------------------------------------------------------------- */

/* Signatures of letters alone could begin a text: those formats have a byte
 * below the space soon after, which no text has. */
static const struct {
    const char *bytes;
    size_t size;
    const char *what, *advice;
} formats[] = {
    {"PK\3\4", 4, "a zip archive (or .xlsx, .ods, .npz)",
     "unpack it, or save it as CSV"},
    {"PAR1", 4, "a parquet file", "export it as CSV"},
    {"ARROW1", 6, "an Arrow (Feather) file", "export it as CSV"},
    {"FEA1", 4, "a Feather file", "export it as CSV"},
    {"ORC", 3, "an ORC file", "export it as CSV"},
    {"Obj\1", 4, "an Avro file", "export it as CSV"},
    {"\xd0\xcf\x11\xe0", 4, "a file of Microsoft Office (.xls)",
     "save it as CSV"},
    {"SQLite format 3", 15, "an SQLite database", "export its table as CSV"},
    {"\x89HDF\r\n", 6, "an HDF5 file", "export it as CSV"},
    {"\x93NUMPY", 6, "a .npy file", "texts are read as CSV"},
    {"%PDF-", 5, "a PDF file", "export it as CSV"},
    {"\x1f\x8b\x08", 3, "packed by gzip twice", "unpack it once: gunzip does"},
    {"BZh", 3, "packed by bzip2", "unpack it: bunzip2 does"},
    {"\xfd"
     "7zXZ",
     5, "packed by xz", "unpack it: unxz does"},
    {"\x28\xb5\x2f\xfd", 4, "packed by zstd", "unpack it: unzstd does"},
    {"\x04\x22\x4d\x18", 4, "packed by lz4", "unpack it: unlz4 does"},
    {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive", "unpack it"},
};

static int has_control_byte(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char const c = (unsigned char)text[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f')
            return 1;
    }
    return 0;
}

static int is_all_text(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] >= 0x80) return 0;
    return !has_control_byte(bytes, size);
}

static void refuse_formats(const cli_bytes *b)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t const size = formats[i].size;
        if (b->head_size < size || memcmp(b->head, formats[i].bytes, size) != 0)
            continue;
        if (is_all_text(formats[i].bytes, size) &&
            strcmp(formats[i].bytes, "%PDF-") != 0 &&
            !has_control_byte(b->head, b->head_size))
            continue;
        cli_fail("%s is %s, which is not read; %s", b->name, formats[i].what,
                 formats[i].advice);
    }
}

/* Whether the head says too little yet: a signature may have begun. */
static int is_undecided(const cli_bytes *b)
{
    if (b->head_size < 2) return 1;
    if (b->head_size < 4 && (memcmp(b->head, "\xff\xfe", 2) == 0 ||
                             b->head[0] == '\0' || b->head[1] == '\0'))
        return 1;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (b->head_size < HEAD_BYTES &&
            memcmp(b->head, formats[i].bytes,
                   b->head_size < formats[i].size ? b->head_size
                                                  : formats[i].size) == 0)
            return !memchr(b->head, '\n', b->head_size);
    return 0;
}

static void read_head(cli_bytes *b)
{
    size_t got;

    while (is_undecided(b)) {
        got = read_some(b, b->head + b->head_size, HEAD_BYTES - b->head_size);
        if (got == 0) break;
        b->head_size += got;
    }
    refuse_formats(b);
}

const char *cli_bytes_encoding(const cli_bytes *b, int *is_marked)
{
    const char *const h = b->head;

    *is_marked = 1;
    if (b->head_size >= 4 && (memcmp(h, "\xff\xfe\0\0", 4) == 0 ||
                              memcmp(h, "\0\0\xfe\xff", 4) == 0))
        return "UTF-32";
    if (b->head_size >= 2 &&
        (memcmp(h, "\xff\xfe", 2) == 0 || memcmp(h, "\xfe\xff", 2) == 0))
        return "UTF-16";
    *is_marked = 0;
    if (b->head_size < 4) return NULL;
    if (h[0] && !h[1] && h[2] && !h[3]) return "UTF-16LE";
    if (!h[0] && h[1] && !h[2] && h[3]) return "UTF-16BE";
    return NULL;
}

/* ------------------------------------------------------------------------- */
/* The interface                                                             */
/* ------------------------------------------------------------------------- */

cli_bytes *cli_bytes_open(const char *path, const char *name)
{
    cli_bytes *const b = cli_alloc(1, sizeof *b);
    struct stat status;

    b->name = name;
    b->file = strcmp(path, "-") == 0 ? STDIN_FILENO
                                     : open(path, O_RDONLY | O_CLOEXEC);
    if (b->file < 0) cli_fail("cannot read %s: %s", name, strerror(errno));
    if (fstat(b->file, &status) == 0 && S_ISDIR(status.st_mode))
        cli_fail("cannot read %s: it is a directory", name);
    b->packed = cli_alloc(BLOCK, 1);
    while (b->end < 2 && fill(b) > 0) continue;
    b->is_gzip = b->end >= 2 && memcmp(b->packed, "\x1f\x8b", 2) == 0;
    if (b->is_gzip && inflateInit2(&b->zlib, GZIP_WINDOW) != Z_OK)
        cli_fail("%s: out of memory for zlib", name);
    read_head(b);
    return b;
}

void cli_bytes_close(cli_bytes *b)
{
    if (b->is_gzip) inflateEnd(&b->zlib);
    if (b->file != STDIN_FILENO) close(b->file);
    free(b->packed);
    free(b);
}

size_t cli_bytes_read(cli_bytes *b, char *buffer, size_t size)
{
    size_t const left = b->head_size - b->head_given;

    if (left == 0) return read_some(b, buffer, size);
    size_t const n = left < size ? left : size;
    memcpy(buffer, b->head + b->head_given, n);
    b->head_given += n;
    return n;
}
