/*
 * cli_settings.h: every option of the library, by name, from the command line.
 *
 * --set name=value sets the option of that name in each kind of options that
 * the verb uses; --set kind.name=value sets it in one kind. A preset is a list
 * of such settings that come first.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stddef.h>
#include <siamese/siamese.h>

/* Kinds of options, as bits. */
enum {
    CLI_VOCAB = 1,
    CLI_FIELD = 2,
    CLI_TOWER = 4,
    CLI_TRAINER = 8,
    CLI_INDEX = 16,
    CLI_SEARCH = 32,
    CLI_SAVE = 64,
    CLI_LOAD = 128,
    CLI_RANKER = 256
};

/* name = value, given by --set or by an option of its own, as --epochs. */
typedef struct cli_setting {
    const char *given;
    char *name;
    const char *value;
} cli_setting;

typedef struct cli_settings {
    unsigned kinds; /* that the verb uses */
    cli_setting *list;
    size_t count, capacity;
} cli_settings;

typedef struct cli_library_options {
    siamese_vocab_options vocab;
    siamese_field_options field;
    siamese_tower_options tower;
    siamese_trainer_options trainer;
    siamese_index_options index;
    siamese_search_options search;
    siamese_save_options save;
    siamese_load_options load;
    siamese_ranker_options ranker;
} cli_library_options;

/* Adds "name=value", as --set takes it. */
void cli_settings_add(cli_settings *settings, const char *assignment);

/* Adds one that has an option of its own, such as --epochs. */
void cli_settings_add_named(cli_settings *settings, const char *given,
                            const char *name, const char *value);

/* Whether there is a setting of this option, as NAME or KIND.NAME. */
int cli_settings_name(const cli_settings *settings, const char *kind,
                      const char *name);

/* Takes the settings of vocab's max_tokens out; 0 if there was none. */
int cli_settings_take_max_tokens(cli_settings *settings);

void cli_settings_free(cli_settings *settings);

/* Defaults, then the preset (NULL: none), then the settings, in order. Of the
 * preset those of `without` are left out. */
void cli_settings_apply_some(const cli_settings *settings, const char *preset,
                             unsigned without, cli_library_options *options);
void cli_settings_apply(const cli_settings *settings, const char *preset,
                        cli_library_options *options);

/*
 * The same for a trainer that exists already: it takes the settings that it
 * has a name for; those of CLI_SAVE and CLI_LOAD go to options as ever; others
 * are refused.
 */
void cli_settings_apply_to_trainer(const cli_settings *settings,
                                   siamese_trainer *trainer);

/* Calls take(user, name, value) for each setting that is given of a kind, for
 * what exists already and keeps its other options. */
void cli_settings_given(const cli_settings *settings, unsigned kind,
                        void (*take)(void *user, const char *name,
                                     const char *value),
                        void *user);

/* Calls take(user, kind, info) for each option of these kinds. */
void cli_settings_describe(unsigned kinds,
                           void (*take)(void *user, const char *kind,
                                        const siamese_option_info *info),
                           void *user);

/* Calls take(user, name, value) for each option in force of `kind`. */
void cli_settings_each(unsigned kind, const void *options,
                       void (*take)(void *user, const char *name,
                                    const char *value),
                       void *user);

#endif
