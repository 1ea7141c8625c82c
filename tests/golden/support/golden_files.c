#include "golden/support/golden_files.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void golden_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("golden: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void *golden_alloc(size_t count, size_t size)
{
    void *const pointer = calloc(count ? count : 1, size);
    if (pointer == NULL) golden_die("out of memory");
    return pointer;
}

char *golden_path(const char *folder, const char *name)
{
    size_t const size = strlen(folder) + strlen(name) + 2;
    char *const path = golden_alloc(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

int golden_exists(const char *folder, const char *name)
{
    char *const path = golden_path(folder, name);
    int const found = access(path, F_OK) == 0;
    free(path);
    return found;
}

/* The whole file with a NUL behind it. */
static char *read_file(const char *path, size_t *size)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        golden_die("%s: cannot be read", path);
    long const length = ftell(file);
    rewind(file);
    char *const bytes = golden_alloc((size_t)length + 1, 1);
    if (fread(bytes, 1, (size_t)length, file) != (size_t)length)
        golden_die("%s: cannot be read", path);
    fclose(file);
    *size = (size_t)length;
    return bytes;
}

/* ---- arrays: NumPy's format, versions 1 and 2 ---- */

enum { NPY_MAGIC = 6, NPY_PREFIX = 10 };

static const char *field(const char *header, const char *name, const char *path)
{
    const char *const at = strstr(header, name);
    if (at == NULL) golden_die("%s: has no %s", path, name);
    return at + strlen(name);
}

/* (3000, 15), (20,) or () */
static void parse_shape(golden_array *array, const char *text, const char *path)
{
    array->count = 1;
    text = strchr(text, '(');
    while (text && *text != ')') {
        char *end;
        unsigned long const n = strtoul(text + 1, &end, 10);
        if (end == text + 1 || *(end - 1) == ' ') break;
        if (array->rank == 4) golden_die("%s: more than 4 axes", path);
        array->shape[array->rank++] = n;
        array->count *= n;
        text = end;
    }
    for (size_t i = array->rank; i < 4; i++) array->shape[i] = 1;
}

static double value_at(const char *data, size_t i, const char *type)
{
    float f;
    double d;
    int64_t l;
    int32_t n;
    if (strcmp(type, "<f4") == 0)
        return memcpy(&f, data + i * sizeof f, sizeof f), f;
    if (strcmp(type, "<f8") == 0)
        return memcpy(&d, data + i * sizeof d, sizeof d), d;
    if (strcmp(type, "<i4") == 0)
        return memcpy(&n, data + i * sizeof n, sizeof n), n;
    return memcpy(&l, data + i * sizeof l, sizeof l), (double)l;
}

golden_array golden_read_array(const char *folder, const char *name)
{
    char *const path = golden_path(folder, name);
    size_t size;
    char *const bytes = read_file(path, &size);
    if (size < NPY_PREFIX + 2 || memcmp(bytes, "\x93NUMPY", NPY_MAGIC) != 0)
        golden_die("%s: is no .npy file", path);
    int const wide = bytes[NPY_MAGIC] > 1; /* the length has 4 bytes, not 2 */
    uint32_t length = 0;
    memcpy(&length, bytes + 8, wide ? 4 : 2);
    size_t const begin = 8 + (wide ? 4u : 2u) + length;
    if (begin > size) golden_die("%s: is cut off", path);

    char *const header = golden_alloc(length + 1, 1);
    memcpy(header, bytes + begin - length, length);
    char type[4] = "";
    sscanf(field(header, "'descr':", path), " '%3[^']", type);
    if (strncmp(field(header, "'fortran_order':", path), " False", 6) != 0)
        golden_die("%s: is in Fortran order", path);
    golden_array array = {0, {0}, 0, NULL};
    parse_shape(&array, field(header, "'shape':", path), path);
    if (!strstr("<f4 <f8 <i4 <i8", type) || strlen(type) != 3)
        golden_die("%s: has numbers of type %s", path, type);
    if ((size - begin) / (size_t)(type[2] - '0') != array.count)
        golden_die("%s: its size does not fit its shape", path);

    array.values = golden_alloc(array.count, sizeof *array.values);
    for (size_t i = 0; i < array.count; i++)
        array.values[i] = value_at(bytes + begin, i, type);
    free(header);
    free(bytes);
    free(path);
    return array;
}

void golden_array_free(golden_array *array)
{
    free(array->values);
    *array = (golden_array){0, {0}, 0, NULL};
}

/* ---- texts ---- */

void golden_texts_add(golden_texts *texts, const char *data, size_t size)
{
    if ((texts->count & (texts->count - 1)) == 0) {
        size_t const room = texts->count ? 2 * texts->count : 1;
        texts->items = realloc(texts->items, room * sizeof *texts->items);
        if (texts->items == NULL) golden_die("out of memory");
    }
    char *const copy = golden_alloc(size + 1, 1);
    memcpy(copy, data, size);
    texts->items[texts->count++] = (siamese_text){copy, size};
}

void golden_texts_free(golden_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free((char *)(uintptr_t)texts->items[i].data);
    free(texts->items);
    *texts = (golden_texts){NULL, 0};
}

void golden_texts_add_lines(golden_texts *texts, const char *folder,
                            const char *name)
{
    char *const path = golden_path(folder, name);
    size_t size;
    char *const bytes = read_file(path, &size);
    for (char *line = bytes; line < bytes + size;) {
        char *end = memchr(line, '\n', (size_t)(bytes + size - line));
        if (end == NULL) end = bytes + size;
        golden_texts_add(texts, line, (size_t)(end - line));
        line = end + 1;
    }
    free(bytes);
    free(path);
}

void golden_texts_add_json(golden_texts *texts, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) golden_texts_add(
        texts, json_string_value(item), json_string_length(item));
}

json_t *golden_read_json(const char *folder, const char *name)
{
    char *const path = golden_path(folder, name);
    json_error_t error;
    json_t *const json = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (json == NULL)
        golden_die("%s: line %d: %s", path, error.line, error.text);
    free(path);
    return json;
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

golden_names golden_list(const char *folder)
{
    golden_names names = {NULL, 0};
    DIR *const directory = opendir(folder);
    const struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] == '.') continue;
        names.items =
            realloc(names.items, (names.count + 1) * sizeof *names.items);
        if (names.items == NULL) golden_die("out of memory");
        char *const name = golden_alloc(strlen(entry->d_name) + 1, 1);
        names.items[names.count++] = strcpy(name, entry->d_name);
    }
    if (directory) closedir(directory);
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, compare_names);
    return names;
}

void golden_names_free(golden_names *names)
{
    for (size_t i = 0; i < names->count; i++) free(names->items[i]);
    free(names->items);
    *names = (golden_names){NULL, 0};
}
