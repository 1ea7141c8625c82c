/* cli_npy_read.c: a .npy file in, its numbers as floats out. For import and
 * bench. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_npy.h"

/* numpy pads a header to 64 bytes; it may be longer, but not without end. */
enum { MAX_HEADER = 1 << 20, AT_ONCE = 4096, MOST_BYTES = 16 };

typedef struct npy_file {
    const char *path;
    FILE *stream;
    size_t left;  /* bytes behind what has been read */
    char *header; /* a dictionary of Python, with a NUL behind it */
    char kind;    /* f, i, u or b, as numpy has it */
    size_t item_size;
    int swaps; /* bytes of a number stand the other way round */
    int is_fortran;
} npy_file;

/* ------------------------------------------------------------------------- */
/* Bytes                                                                     */
/* ------------------------------------------------------------------------- */

/* How large it is, is known before memory is asked for. */
static void open_file(npy_file *file)
{
    file->stream = fopen(file->path, "rb");
    if (!file->stream || fseek(file->stream, 0, SEEK_END) != 0)
        cli_fail("cannot read %s: %s", file->path, strerror(errno));
    long const end = ftell(file->stream);
    if (end < 0 || fseek(file->stream, 0, SEEK_SET) != 0)
        cli_fail("cannot read %s: %s", file->path, strerror(errno));
    file->left = (size_t)end;
}

static void read_bytes(npy_file *file, void *data, size_t size)
{
    if (size > file->left) cli_fail("%s: the file ends too early", file->path);
    if (fread(data, 1, size, file->stream) != size) {
        if (ferror(file->stream))
            cli_fail("cannot read %s: %s", file->path, strerror(errno));
        cli_fail("%s: the file ends too early", file->path);
    }
    file->left -= size;
}

static void read_header(npy_file *file)
{
    unsigned char magic[12] = {0};
    size_t size;

    if (file->left < 10) cli_fail("%s: this is not a .npy file", file->path);
    read_bytes(file, magic, 10);
    if (memcmp(magic, "\x93NUMPY", 6) != 0)
        cli_fail("%s: this is not a .npy file", file->path);
    if (magic[6] < 1 || magic[6] > 3 || magic[7] != 0)
        cli_fail("%s: its format is %d.%d; 1.0, 2.0 and 3.0 are known",
                 file->path, magic[6], magic[7]);
    size = magic[8] | (size_t)magic[9] << 8;
    if (magic[6] > 1) { /* formats 2.0 and 3.0 have four bytes of length */
        read_bytes(file, magic + 10, 2);
        size |= (size_t)magic[10] << 16 | (size_t)magic[11] << 24;
    }
    if (size > file->left) cli_fail("%s: the file ends too early", file->path);
    if (size > MAX_HEADER) cli_fail("%s: its header is too long", file->path);
    file->header = cli_alloc(size + 1, 1);
    read_bytes(file, file->header, size);
}

/* ------------------------------------------------------------------------- */
/* Header                                                                    */
/* ------------------------------------------------------------------------- */

static _Noreturn void fail_header(const npy_file *file)
{
    cli_fail("%s: its header is not one that numpy writes", file->path);
}

static const char *past_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Goes past the character, which must be there, and the space around it. */
static const char *past(const npy_file *file, const char *at, char c)
{
    at = past_space(at);
    if (*at != c) fail_header(file);
    return past_space(at + 1);
}

/* Goes past a string in quotes of either kind; gives what is between. */
static const char *take_string(const npy_file *file, const char *at,
                               const char **text, size_t *size)
{
    char const quote = *at;

    if (quote != '\'' && quote != '"') fail_header(file);
    *text = at + 1;
    const char *const end = strchr(at + 1, quote);
    if (!end) fail_header(file);
    *size = (size_t)(end - *text);
    return past_space(end + 1);
}

/* "<f4": byte order, kind, bytes. */
static const char *take_type(npy_file *file, const char *at)
{
    static const char known[][4] = {"f2", "f4", "f8", "f16", "i1", "i2", "i4",
                                    "i8", "u1", "u2", "u4",  "u8", "b1"};
    const char *text;
    size_t size;

    if (*at == '[')
        cli_fail("%s: its elements have several numbers; an array of plain "
                 "numbers is expected",
                 file->path);
    at = take_string(file, at, &text, &size);
    int const has_order = size > 0 && strchr("<>=|", *text) != NULL;
    file->swaps = has_order &&
                  *text == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? '<' : '>');
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *const plain = text + has_order;
        if (size - (size_t)has_order != strlen(known[i]) ||
            memcmp(plain, known[i], strlen(known[i])) != 0)
            continue;
        file->kind = known[i][0];
        file->item_size = (size_t)strtoul(known[i] + 1, NULL, 10);
    }
    if (file->item_size == 0 ||
        (file->item_size > 8 && file->item_size != sizeof(long double)))
        cli_fail("%s: its numbers are '%.*s'; floats, integers or bools are "
                 "expected",
                 file->path, size > 40 ? 40 : (int)size, text);
    return at;
}

static const char *take_order(npy_file *file, const char *at)
{
    if (strncmp(at, "True", 4) == 0) {
        file->is_fortran = 1;
        return past_space(at + 4);
    }
    if (strncmp(at, "False", 5) != 0) fail_header(file);
    return past_space(at + 5);
}

/* (3, 4), (3,), (), and (3L, 4L) of Python 2. */
static const char *take_shape(const npy_file *file, const char *at,
                              cli_npy *array)
{
    array->rank = 0;
    array->count = 1;
    at = past(file, at, '(');
    while (*at != ')') {
        char *end;
        errno = 0;
        if (*at < '0' || *at > '9') fail_header(file);
        if (array->rank == CLI_NPY_MAX_RANK)
            cli_fail("%s: it has more than %d axes", file->path,
                     CLI_NPY_MAX_RANK);
        unsigned long long const n = strtoull(at, &end, 10);
        if (errno || n > SIZE_MAX / MOST_BYTES ||
            __builtin_mul_overflow(array->count, (size_t)n, &array->count) ||
            array->count > SIZE_MAX / MOST_BYTES)
            cli_fail("%s: its shape is too large", file->path);
        array->shape[array->rank++] = (size_t)n;
        at = past_space(end + (*end == 'L'));
        if (*at == ',')
            at = past_space(at + 1);
        else if (*at != ')' || array->rank == 1)
            fail_header(file); /* (3) is no tuple */
    }
    return past_space(at + 1);
}

/* The dictionary, in any order, with each of its three keys once. */
static void parse_header(npy_file *file, cli_npy *array)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    const char *at = past(file, file->header, '{');
    int seen[3] = {0};

    while (*at != '}') {
        const char *key;
        size_t size, which = 0;
        at = take_string(file, at, &key, &size);
        while (which < 3 && (strlen(keys[which]) != size ||
                             memcmp(keys[which], key, size) != 0))
            which++;
        if (which == 3 || seen[which]++) fail_header(file);
        at = past(file, at, ':');
        at = which == 0   ? take_type(file, at)
             : which == 1 ? take_order(file, at)
                          : take_shape(file, at, array);
        if (*at == ',')
            at = past_space(at + 1);
        else if (*at != '}')
            fail_header(file);
    }
    if (*past_space(at + 1) != '\0' || !seen[0] || !seen[1] || !seen[2])
        fail_header(file);
}

/* ------------------------------------------------------------------------- */
/* Numbers                                                                   */
/* ------------------------------------------------------------------------- */

/* IEEE 754 binary16. */
static double half_value(uint16_t bits)
{
    int const exponent = bits >> 10 & 31, fraction = bits & 1023;
    double const size = exponent == 31  ? (fraction ? NAN : INFINITY)
                        : exponent == 0 ? ldexp(fraction, -24)
                                        : ldexp(1024 + fraction, exponent - 25);

    return bits >> 15 ? -size : size;
}

#define READ_AS(type, bytes, value)                                            \
    do {                                                                       \
        type as_;                                                              \
        memcpy(&as_, (bytes), sizeof as_);                                     \
        (value) = as_;                                                         \
    } while (0)

/* One number, its bytes in the order of this machine: as a long double, which
 * holds integers of 8 bytes whole, so that it is rounded once. */
static long double value_of(const npy_file *file, const unsigned char *bytes)
{
    uint16_t half;
    long double value = 0;

    switch (file->kind * 32 + (int)file->item_size) {
    case 'f' * 32 + 2:
        memcpy(&half, bytes, sizeof half);
        return half_value(half);
    case 'f' * 32 + 4:
        READ_AS(float, bytes, value);
        break;
    case 'f' * 32 + 8:
        READ_AS(double, bytes, value);
        break;
    case 'f' * 32 + 16:
        READ_AS(long double, bytes, value);
        break;
    case 'i' * 32 + 1:
        READ_AS(int8_t, bytes, value);
        break;
    case 'i' * 32 + 2:
        READ_AS(int16_t, bytes, value);
        break;
    case 'i' * 32 + 4:
        READ_AS(int32_t, bytes, value);
        break;
    case 'i' * 32 + 8:
        READ_AS(int64_t, bytes, value);
        break;
    case 'u' * 32 + 1:
        READ_AS(uint8_t, bytes, value);
        break;
    case 'u' * 32 + 2:
        READ_AS(uint16_t, bytes, value);
        break;
    case 'u' * 32 + 4:
        READ_AS(uint32_t, bytes, value);
        break;
    case 'u' * 32 + 8:
        READ_AS(uint64_t, bytes, value);
        break;
    default:
        return *bytes != 0; /* a bool */
    }
    return value;
}

static void turn(unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        unsigned char const byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

/* Where the next number of the file goes in rows: of columns the first axis is
 * the fastest. index[rank]: of this number, moved on. */
static size_t place_of(const npy_file *file, const cli_npy *array,
                       size_t number, size_t *index)
{
    size_t place = 0;

    if (!file->is_fortran) return number;
    for (size_t axis = 0; axis < array->rank; axis++)
        place = place * array->shape[axis] + index[axis];
    for (size_t axis = 0; axis < array->rank; axis++) {
        if (++index[axis] < array->shape[axis]) break;
        index[axis] = 0;
    }
    return place;
}

static float checked(const npy_file *file, long double value, size_t number)
{
    float const rounded = (float)value;

    if (isfinite(value) && !isfinite(rounded))
        cli_fail("%s: number %zu is %Lg, which is out of float32's range",
                 file->path, number, value);
    return rounded;
}

static void read_values(npy_file *file, cli_npy *array)
{
    size_t const size = file->item_size, count = array->count;
    unsigned char *const bytes = cli_alloc(AT_ONCE, size);
    size_t index[CLI_NPY_MAX_RANK] = {0};

    array->values = cli_alloc(count, sizeof *array->values);
    for (size_t first = 0; first < count; first += AT_ONCE) {
        size_t const n = count - first < AT_ONCE ? count - first : AT_ONCE;
        read_bytes(file, bytes, n * size);
        for (size_t i = 0; i < n; i++) {
            if (file->swaps) turn(bytes + i * size, size);
            array->values[place_of(file, array, first + i, index)] =
                checked(file, value_of(file, bytes + i * size), first + i);
        }
    }
    free(bytes);
}

void cli_npy_read(const char *path, cli_npy *array)
{
    npy_file file = {.path = path};

    open_file(&file);
    read_header(&file);
    parse_header(&file, array);
    if (file.left != array->count * file.item_size)
        cli_fail("%s: %zu bytes of numbers, its header says %zu", path,
                 file.left, array->count * file.item_size);
    read_values(&file, array);
    free(file.header);
    fclose(file.stream);
}
