/* replay.c: a fuzz target without an engine: files and folders in, each given
 * to the target once, then changed ones of them, the same for a seed.
 *
 *   fuzz_NAME FILE|FOLDER ... [-runs=N] [-seed=N]
 *
 * Linked where no engine brings a main of its own. FUZZ_LAST names a file that
 * keeps each changed input until the next one, for the moment of a crash. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz/support/fuzz.h"
#include "random_numbers.h"
#include "reliability.h"

#pragma weak LLVMFuzzerInitialize
#pragma weak LLVMFuzzerCustomMutator

enum { ROOM = 1 << 20, MOST_FILES = 1 << 12 };

typedef struct file {
    uint8_t *data;
    size_t size;
} file;

static file files[MOST_FILES];
static size_t file_count;
static test_random numbers = {1};

static size_t below(size_t bound)
{
    return test_random_below(&numbers, bound);
}

/* ---- the engine's part ---- */

static size_t insert(uint8_t *data, size_t size, size_t max_size)
{
    size_t const n = 1 + below(8), at = below(size + 1);
    if (size + n > max_size) return size;
    memmove(data + at + n, data + at, size - at);
    size_t const from = below(size + 1);
    for (size_t i = 0; i < n; i++)
        data[at + i] =
            below(2) && from + i < size ? data[from + i] : (uint8_t)below(256);
    return size + n;
}

static size_t erase(uint8_t *data, size_t size)
{
    size_t const n = 1 + below(size < 16 ? size : 16);
    size_t const at = below(size - n + 1);
    memmove(data + at, data + at + n, size - at - n);
    return size - n;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    for (size_t n = 1 + below(4); n > 0; n--) {
        size_t const how = size ? below(6) : 5;
        if (how == 0)
            data[below(size)] ^= (uint8_t)(1u << below(8));
        else if (how == 1)
            data[below(size)] = (uint8_t)below(256);
        else if (how == 2)
            data[below(size)] = " \t\n,\"'0-.<&;"[below(12)];
        else if (how == 3)
            memcpy(data + below(size), data + below(size), 1);
        else if (how == 4)
            size = erase(data, size);
        else
            size = insert(data, size, max_size);
    }
    return size;
}

/* ---- files ---- */

static int take_file(const char *path)
{
    FILE *const in = fopen(path, "rb");
    uint8_t *const data = malloc(ROOM);
    if (in == NULL || data == NULL || file_count == MOST_FILES) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 0;
    }
    size_t const size = fread(data, 1, ROOM, in);
    fclose(in);
    uint8_t *const own = realloc(data, size ? size : 1);
    files[file_count++] = (file){own ? own : data, size};
    return 1;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int take(const char *path)
{
    struct stat status;
    struct dirent **entries;
    char name[4096];
    int good = 1;
    if (stat(path, &status) || !S_ISDIR(status.st_mode)) return take_file(path);
    int const count = scandir(path, &entries, is_shown, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        good &= take(name);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return good && count >= 0;
}

/* ---- the run ---- */

static void keep(const uint8_t *data, size_t size)
{
    const char *const path = getenv("FUZZ_LAST");
    FILE *const out = path ? fopen(path, "wb") : NULL;
    if (out == NULL) return;
    fwrite(data, 1, size, out);
    fclose(out);
}

static void run(const uint8_t *data, size_t size)
{
    siamese_text const text = {(const char *)data, size};
    char *const own = fuzz_copy(text, 0);
    if (LLVMFuzzerTestOneInput((const uint8_t *)own, size) != 0) abort();
    free(own);
}

static void run_changed(unsigned int seed)
{
    static uint8_t data[ROOM];
    const file *const from = &files[below(file_count)];
    size_t size = from->size;
    memcpy(data, from->data, size);
    for (size_t n = 1 + below(3); n > 0; n--)
        size =
            LLVMFuzzerCustomMutator
                ? LLVMFuzzerCustomMutator(data, size, ROOM, seed + (unsigned)n)
                : LLVMFuzzerMutate(data, size, ROOM);
    keep(data, size);
    run(data, size);
}

int main(int argc, char **argv)
{
    const char *const slash = strrchr(argv[0], '/');
    const char *const name = slash ? slash + 1 : argv[0];
    unsigned long runs = 0, seed = 1;
    if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-runs=", 6) == 0)
            runs = strtoul(argv[i] + 6, NULL, 10);
        else if (strncmp(argv[i], "-seed=", 6) == 0)
            seed = strtoul(argv[i] + 6, NULL, 10);
        else if (!take(argv[i]))
            return 1;
    }
    numbers.state = UINT64_C(0x9e3779b97f4a7c15) + seed;
    if (file_count == 0) {
        fprintf(stderr, "usage: %s FILE|FOLDER ... [-runs=N] [-seed=N]\n",
                name);
        return 1;
    }
    for (size_t i = 0; i < file_count; i++) {
        run(files[i].data, files[i].size);
        keep(files[i].data, files[i].size);
    }
    printf("ok %s__files # %zu\n", name, file_count);
    for (unsigned long i = 0; i < runs; i++)
        run_changed((unsigned)(seed * 1000003 + i * 4));
    if (runs) printf("ok %s__changed_files # %lu\n", name, runs);
    reliability_count("fuzzed inputs", (long long)(file_count + runs));
    for (size_t i = 0; i < file_count; i++) free(files[i].data);
    return 0;
}
