/* cli_settings.c: --preset and --set in, options of the library out. For every
 * verb. */
#include "shell/cli_settings.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_suggest.h"

/* ------------------------------------------------------------------------- */
/* The kinds, behind functions of one type                                   */
/* ------------------------------------------------------------------------- */

#define KIND_FUNCTIONS(kind)                                                   \
    static siamese_status kind##_init(void *options)                           \
    {                                                                          \
        return siamese_##kind##_options_init(                                  \
            options, sizeof(siamese_##kind##_options));                        \
    }                                                                          \
    static siamese_status kind##_set(void *options, const char *name,          \
                                     const char *value)                        \
    {                                                                          \
        return siamese_##kind##_options_set(options, name, value);             \
    }                                                                          \
    static siamese_status kind##_get(const void *options, const char *name,    \
                                     char *buf, size_t size, size_t *needed)   \
    {                                                                          \
        return siamese_##kind##_options_get(options, name, buf, size, needed); \
    }

KIND_FUNCTIONS(vocab)
KIND_FUNCTIONS(field)
KIND_FUNCTIONS(tower)
KIND_FUNCTIONS(trainer)
KIND_FUNCTIONS(index)
KIND_FUNCTIONS(search)
KIND_FUNCTIONS(save)
KIND_FUNCTIONS(load)
KIND_FUNCTIONS(ranker)

typedef struct option_kind {
    unsigned bit;
    const char *name;
    size_t offset; /* in cli_library_options */
    siamese_status (*init)(void *options);
    siamese_status (*set)(void *options, const char *name, const char *value);
    siamese_status (*get)(const void *options, const char *name, char *buf,
                          size_t size, size_t *needed);
    siamese_status (*describe)(size_t i, siamese_option_info *info);
} option_kind;

#define KIND(bit, kind)                                                        \
    {                                                                          \
        bit, #kind, offsetof(cli_library_options, kind), kind##_init,          \
            kind##_set, kind##_get, siamese_##kind##_options_describe          \
    }

static const option_kind kinds[] = {
    KIND(CLI_VOCAB, vocab),   KIND(CLI_FIELD, field),
    KIND(CLI_TOWER, tower),   KIND(CLI_TRAINER, trainer),
    KIND(CLI_INDEX, index),   KIND(CLI_SEARCH, search),
    KIND(CLI_SAVE, save),     KIND(CLI_LOAD, load),
    KIND(CLI_RANKER, ranker),
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static int describe(const option_kind *kind, size_t i,
                    siamese_option_info *info)
{
    info->struct_size = sizeof *info;
    return kind->describe(i, info) == SIAMESE_OK;
}

static int has_option(const option_kind *kind, const char *name)
{
    siamese_option_info info;

    for (size_t i = 0; describe(kind, i, &info); i++)
        if (strcmp(info.name, name) == 0) return 1;
    return 0;
}

/* Whether the setting is meant for the kind: by name, or "kind.name". */
static int is_for(const option_kind *kind, const char *setting,
                  const char **name)
{
    const char *const dot = strchr(setting, '.');

    *name = dot ? dot + 1 : setting;
    if (dot && (strlen(kind->name) != (size_t)(dot - setting) ||
                strncmp(kind->name, setting, (size_t)(dot - setting)) != 0))
        return 0;
    return has_option(kind, *name);
}

/* ------------------------------------------------------------------------- */
/* Settings                                                                  */
/* ------------------------------------------------------------------------- */

static void append(cli_settings *settings, const char *given, char *name,
                   const char *value)
{
    settings->list = cli_grow(settings->list, settings->count,
                              &settings->capacity, sizeof *settings->list);
    settings->list[settings->count++] =
        (cli_setting){.given = given, .name = name, .value = value};
}

void cli_settings_add(cli_settings *settings, const char *assignment)
{
    const char *const equals = strchr(assignment, '=');

    if (!equals || equals == assignment)
        cli_usage_error("--set %s: name=value is expected", assignment);
    append(settings, "set",
           cli_format("%.*s", (int)(equals - assignment), assignment),
           equals + 1);
}

void cli_settings_add_named(cli_settings *settings, const char *given,
                            const char *name, const char *value)
{
    append(settings, given, cli_format("%s", name), value);
}

int cli_settings_name(const cli_settings *settings, const char *kind,
                      const char *name)
{
    int is_there = 0;
    char *const full = cli_format("%s.%s", kind, name);

    for (size_t i = 0; i < settings->count; i++)
        is_there |= strcmp(settings->list[i].name, name) == 0 ||
                    strcmp(settings->list[i].name, full) == 0;
    free(full);
    return is_there;
}

int cli_settings_take_max_tokens(cli_settings *settings)
{
    size_t kept = 0;

    for (size_t i = 0; i < settings->count; i++) {
        cli_setting const setting = settings->list[i];
        if (strcmp(setting.name, "max_tokens") == 0 ||
            strcmp(setting.name, "vocab.max_tokens") == 0)
            free(setting.name);
        else
            settings->list[kept++] = setting;
    }
    int const was_there = kept < settings->count;
    settings->count = kept;
    return was_there;
}

void cli_settings_free(cli_settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) free(settings->list[i].name);
    free(settings->list);
}

static _Noreturn void fail_unknown(unsigned wanted, const char *name)
{
    siamese_option_info info;
    char *names = cli_format("%s", "");
    const char *closest = NULL;
    size_t closest_distance = CLI_SUGGEST_NONE;

    for (size_t k = 0; k < KIND_COUNT; k++) {
        if (!(kinds[k].bit & wanted)) continue;
        char *more = cli_format("%s\n  %s:", names, kinds[k].name);
        free(names);
        names = more;
        for (size_t i = 0; describe(&kinds[k], i, &info); i++) {
            more = cli_format("%s %s", names, info.name);
            free(names);
            names = more;
            cli_suggest(name, info.name, &closest, &closest_distance);
        }
    }
    if (closest)
        cli_usage_error("--set: there is no option '%s'; did you mean '%s'? "
                        "Options are%s",
                        name, closest, names);
    cli_usage_error("--set: there is no option '%s'; options are%s", name,
                    names);
}

static void fail_value(const cli_setting *setting)
{
    cli_usage_error("--%s %s: %s", setting->given,
                    strcmp(setting->given, "set") == 0 ? setting->name
                                                       : setting->value,
                    siamese_last_error());
}

static void apply_one(const cli_setting *setting, unsigned wanted,
                      cli_library_options *options)
{
    const char *name;
    int is_known = 0;

    for (size_t k = 0; k < KIND_COUNT; k++) {
        const option_kind *const kind = &kinds[k];
        if (!(kind->bit & wanted) || !is_for(kind, setting->name, &name))
            continue;
        is_known = 1;
        if (kind->set((char *)options + kind->offset, name, setting->value))
            fail_value(setting);
    }
    if (!is_known) fail_unknown(wanted, setting->name);
}

void cli_settings_apply(const cli_settings *settings, const char *preset,
                        cli_library_options *options)
{
    cli_settings_apply_some(settings, preset, 0, options);
}

/* Fails with a list of the presets if there is none of this name. */
static void check_preset(const char *name)
{
    siamese_preset_setting first = {.struct_size = sizeof first};

    if (siamese_preset_get(name, 0, &first))
        cli_usage_error("--preset: %s", siamese_last_error());
}

void cli_settings_apply_some(const cli_settings *settings,
                             const char *preset_name, unsigned without,
                             cli_library_options *options)
{
    for (size_t k = 0; k < KIND_COUNT; k++)
        cli_try(kinds[k].init((char *)options + kinds[k].offset));
    if (preset_name) {
        check_preset(preset_name);
        cli_try(siamese_preset_apply(
            preset_name, without & CLI_VOCAB ? NULL : &options->vocab,
            &options->tower, &options->trainer, &options->index));
        cli_try(siamese_preset_apply_ranker(preset_name, &options->ranker));
    }
    for (size_t i = 0; i < settings->count; i++)
        apply_one(&settings->list[i], settings->kinds, options);
}

void cli_settings_apply_to_trainer(const cli_settings *settings,
                                   siamese_trainer *trainer)
{
    for (size_t i = 0; i < settings->count; i++) {
        const cli_setting *const setting = &settings->list[i];
        int is_known = 0, is_new_only = 0;
        for (size_t k = 0; k < KIND_COUNT; k++) {
            const char *name;
            if (!(kinds[k].bit & settings->kinds) ||
                !is_for(&kinds[k], setting->name, &name))
                continue;
            is_known = 1;
            if (kinds[k].bit == CLI_TRAINER) {
                if (siamese_trainer_set_option(trainer, name, setting->value))
                    fail_value(setting);
                is_new_only = 0;
                break;
            }
            is_new_only |= !(kinds[k].bit & (CLI_SAVE | CLI_LOAD));
        }
        if (!is_known) fail_unknown(settings->kinds, setting->name);
        if (is_new_only)
            cli_usage_error("--%s %s: it is fixed by the model that is resumed",
                            setting->given, setting->name);
    }
}

void cli_settings_given(const cli_settings *settings, unsigned kind,
                        void (*take)(void *user, const char *name,
                                     const char *value),
                        void *user)
{
    const char *name;

    for (size_t i = 0; i < settings->count; i++)
        for (size_t k = 0; k < KIND_COUNT; k++)
            if (kinds[k].bit == kind &&
                is_for(&kinds[k], settings->list[i].name, &name))
                take(user, name, settings->list[i].value);
}

void cli_settings_describe(unsigned wanted,
                           void (*take)(void *user, const char *kind,
                                        const siamese_option_info *info),
                           void *user)
{
    siamese_option_info info;

    for (size_t k = 0; k < KIND_COUNT; k++)
        if (kinds[k].bit & wanted)
            for (size_t i = 0; describe(&kinds[k], i, &info); i++)
                take(user, kinds[k].name, &info);
}

void cli_settings_each(unsigned bit, const void *options,
                       void (*take)(void *user, const char *name,
                                    const char *value),
                       void *user)
{
    siamese_option_info info;
    size_t needed;

    for (size_t k = 0; k < KIND_COUNT; k++) {
        if (kinds[k].bit != bit) continue;
        for (size_t i = 0; describe(&kinds[k], i, &info); i++) {
            siamese_status const status =
                kinds[k].get(options, info.name, NULL, 0, &needed);
            if (status != SIAMESE_E_RANGE) cli_try(status);
            char *const value = cli_alloc(needed + 1, 1);
            cli_try(
                kinds[k].get(options, info.name, value, needed + 1, &needed));
            take(user, info.name, value);
            free(value);
        }
    }
}
