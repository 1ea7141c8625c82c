/* cli_model.c: a path in, a bundle out, and back. For every verb with
 * --model. */
#include "model/cli_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "shell/cli_signal.h"

static int32_t read_stdin(void *user, void *data, size_t size, size_t *done)
{
    (void)user;
    *done = fread(data, 1, size, stdin);
    return ferror(stdin) ? -1 : 0;
}

typedef struct direct_output {
    FILE *stream;
    int reason; /* errno of the write that failed */
} direct_output;

static int32_t write_stream(void *user, const void *data, size_t size)
{
    direct_output *const output = user;

    if (fwrite(data, 1, size, output->stream) == size) return 0;
    output->reason = errno;
    return -1;
}

siamese_bundle *cli_model_load(const char *path,
                               const siamese_load_options *options)
{
    siamese_bundle *bundle;

    if (strcmp(path, "-") == 0)
        cli_try(siamese_checkpoint_read(&bundle, read_stdin, NULL, options));
    else
        cli_try(siamese_checkpoint_load(&bundle, path, options));
    return bundle;
}

/* To what cannot be replaced by a rename. */
static void write_directly(const char *path, const siamese_bundle *bundle,
                           const siamese_save_options *options)
{
    FILE *const stream = strcmp(path, "-") == 0 ? stdout : fopen(path, "wbe");
    direct_output output = {stream, 0};

    if (!stream) cli_fail("cannot write %s: %s", path, strerror(errno));
    siamese_status const status =
        siamese_checkpoint_write(write_stream, &output, bundle, options);
    if (output.reason)
        cli_fail("cannot write %s: %s", cli_output_name(path),
                 strerror(output.reason));
    cli_try(status);
    if (fflush(stream) != 0 || (stream != stdout && fclose(stream) != 0))
        cli_fail("cannot write %s: %s", cli_output_name(path), strerror(errno));
}

void cli_model_save(const char *path, const siamese_bundle *bundle,
                    const siamese_save_options *options)
{
    siamese_status status;

    if (strcmp(path, "-") == 0 || cli_output_is_special(path)) {
        write_directly(path, bundle, options);
        return;
    }
    char *const file = cli_output_followed(path);
    cli_signal_hold(); /* the library's temporary file is not ours to remove */
    status = siamese_checkpoint_save(file, bundle, options);
    cli_signal_release();
    cli_try(status);
    free(file);
}

siamese_model *cli_model_of(const siamese_bundle *bundle)
{
    siamese_model *model;

    cli_try(siamese_model_from_bundle(&model, bundle));
    return model;
}

typedef struct option_taker {
    siamese_model *model;
    const char *kind;
} option_taker;

static void set_option(void *user, const char *name, const char *value)
{
    const option_taker *const taker = user;
    char *const full = cli_format("%s.%s", taker->kind, name);

    cli_try(siamese_model_set(taker->model, full, value));
    free(full);
}

void cli_model_set(siamese_model *model, unsigned bit, const char *kind,
                   const void *options)
{
    option_taker taker = {model, kind};

    cli_settings_each(bit, options, set_option, &taker);
}

void cli_model_set_given(siamese_model *model, unsigned bit, const char *kind,
                         const cli_settings *settings)
{
    option_taker taker = {model, kind};

    cli_settings_given(settings, bit, set_option, &taker);
}
