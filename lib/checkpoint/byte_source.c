/* byte_source.c: a path, memory or a host's callback in, reads at any offset
 * out. For checkpoint_load and checkpoint_info. */
#include "checkpoint/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/platform.h"
#include "common/size.h"

/* ---- a file ---- */

typedef struct file_source {
    int fd;
    char path[]; /* for the error texts */
} file_source;

static sm_status fail_file(const char *path, int error)
{
    char text[128];
    return sm_fail(SIAMESE_E_IO, "%s: cannot be read: %s", path,
                   sm_error_text(error, text, sizeof text));
}

static sm_status file_read_at(void *context, uint64_t offset, void *data,
                              size_t size)
{
    const file_source *const file = context;
    char *to = data;
    while (size > 0) {
        ssize_t const n = pread(file->fd, to, size, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_file(file->path, errno);
        SM_REQUIRE(n > 0, SIAMESE_E_IO, "%s: became shorter while it was read",
                   file->path);
        to += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return SIAMESE_OK;
}

static void file_close(void *context)
{
    file_source *const file = context;
    close(file->fd);
    sm_free(file);
}

static file_source *make_file(const char *path)
{
    size_t const length = strlen(path);
    file_source *const file = sm_alloc(sizeof *file + length + 1);
    if (file) memcpy(file->path, path, length + 1);
    return file;
}

static sm_status file_share(const void *context, sm_source *out);

static sm_source source_of(file_source *file, uint64_t size)
{
    return (sm_source){.read_at = file_read_at,
                       .close = file_close,
                       .share = file_share,
                       .context = file,
                       .size = size};
}

static sm_status file_share(const void *context, sm_source *out)
{
    const file_source *const file = context;
    struct stat about;
    file_source *const own = make_file(file->path);
    if (own == NULL) return sm_fail_memory();
    own->fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    if (own->fd < 0 || fstat(own->fd, &about) != 0) {
        sm_status const status = fail_file(file->path, errno);
        if (own->fd >= 0) close(own->fd);
        sm_free(own);
        return status;
    }
    *out = source_of(own, (uint64_t)about.st_size);
    return SIAMESE_OK;
}

sm_status sm_source_open_file(sm_source *out, const char *path)
{
    sm_status status = SIAMESE_OK;
    struct stat about;
    file_source *const file = make_file(path);
    if (file == NULL) return sm_fail_memory();
    /* O_NONBLOCK: a pipe without a writer is refused, not waited for. */
    do file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (file->fd < 0 && errno == EINTR);
    if (file->fd < 0 || fstat(file->fd, &about) != 0) {
        status = fail_file(path, errno);
        goto out;
    }
    SM_CHECK(!S_ISDIR(about.st_mode), SIAMESE_E_IO, "%s: is a folder", path);
    SM_CHECK(S_ISREG(about.st_mode), SIAMESE_E_IO, "%s: is not a regular file",
             path);
    *out = source_of(file, (uint64_t)about.st_size);
out:
    if (status != SIAMESE_OK) {
        if (file->fd >= 0) close(file->fd);
        sm_free(file);
    }
    return status;
}

/* ---- memory ---- */

static sm_status memory_read_at(void *context, uint64_t offset, void *data,
                                size_t size)
{
    memcpy(data, (const char *)context + offset, size);
    return SIAMESE_OK;
}

void sm_source_open_memory(sm_source *out, const void *data, size_t size)
{
    *out = (sm_source){.read_at = memory_read_at,
                       .context = (void *)(uintptr_t)data,
                       .size = size};
}

/* ---- a stream ---- */

#define BLOCK_SIZE ((size_t)1 << 20)

typedef struct block_source {
    char **blocks; /* [count], each of BLOCK_SIZE but the last */
    size_t count;
    size_t capacity;
} block_source;

static sm_status block_read_at(void *context, uint64_t offset, void *data,
                               size_t size)
{
    const block_source *const source = context;
    char *to = data;
    while (size > 0) {
        size_t const within = (size_t)(offset % BLOCK_SIZE);
        size_t const n = sm_min(size, BLOCK_SIZE - within);
        memcpy(to, source->blocks[offset / BLOCK_SIZE] + within, n);
        to += n;
        offset += n;
        size -= n;
    }
    return SIAMESE_OK;
}

static void block_close(void *context)
{
    block_source *const source = context;
    for (size_t i = 0; i < source->count; i++) sm_free(source->blocks[i]);
    sm_free(source->blocks);
    sm_free(source);
}

/* One block more; *done < BLOCK_SIZE only at the end of the stream. */
static sm_status read_block(block_source *source, siamese_read_fn read,
                            void *user, size_t *done)
{
    char **const blocks = sm_grow(source->blocks, &source->capacity,
                                  source->count + 1, sizeof *blocks);
    if (blocks == NULL) return sm_fail_memory();
    source->blocks = blocks;
    char *block = sm_alloc(BLOCK_SIZE);
    if (block == NULL) return sm_fail_memory();
    blocks[source->count++] = block;
    *done = 0;
    SM_REQUIRE(read(user, block, BLOCK_SIZE, done) == 0, SIAMESE_E_IO,
               "read: the host's stream failed");
    SM_REQUIRE(*done <= BLOCK_SIZE, SIAMESE_E_ARGUMENT,
               "read: the host's stream gave %zu bytes, %zu were asked for",
               *done, BLOCK_SIZE);
    /* a small checkpoint does not keep a whole block */
    if (*done < BLOCK_SIZE &&
        (block = sm_realloc_array(block, *done, 1)) != NULL)
        blocks[source->count - 1] = block;
    return SIAMESE_OK;
}

sm_status sm_source_open_stream(sm_source *out, siamese_read_fn read,
                                void *user, uint64_t limit)
{
    sm_status status = SIAMESE_OK;
    uint64_t size = 0;
    size_t done = BLOCK_SIZE;
    block_source *const source = sm_calloc(1, sizeof *source);
    if (source == NULL) return sm_fail_memory();
    while (done == BLOCK_SIZE) {
        SM_TRY(read_block(source, read, user, &done));
        size += done;
        SM_CHECK(limit == 0 || size <= limit, SIAMESE_E_LIMIT,
                 "read: the stream has more than %" PRIu64
                 " bytes, which max_bytes cannot need",
                 limit);
    }
    *out = (sm_source){.read_at = block_read_at,
                       .close = block_close,
                       .context = source,
                       .size = size};
out:
    if (status != SIAMESE_OK) block_close(source);
    return status;
}

void sm_source_close(sm_source *source)
{
    if (source->close) source->close(source->context);
    *source = (sm_source){0};
}
