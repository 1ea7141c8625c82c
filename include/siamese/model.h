/*
 * model.h: the simple way in. A model owns a vocabulary, towers, a trainer, an
 * index, items and a searcher, and does with them what most hosts want.
 *
 *   siamese_model_create(&model, "default", NULL);
 *   siamese_model_add_items(model, &rows);      what is to be found
 *   siamese_model_add_pairs(model, &pairs);     what is to be learned
 *   siamese_model_train(model, NULL, NULL);
 *   siamese_model_search_text(model, "50 ft hose", 10, &hits);
 *   siamese_model_save(model, "shop.siamese", NULL);
 *
 * A model that serves goes on while it changes: searches run beside adds,
 * updates, removals, training and siamese_model_reload, which puts another file
 * in its place. Each search sees one state of the model, whole.
 *
 * The results have the bits that the parts give when they are used by hand, and
 * the parts can be had from a model.
 */
#ifndef LIBSIAMESE_MODEL_H
#define LIBSIAMESE_MODEL_H

#include <siamese/bundle.h>
#include <siamese/presets.h>
#include <siamese/search.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_model siamese_model;

/* ---- options ---- */

typedef struct siamese_model_options {
    size_t struct_size;
    int32_t threads; /* of all parts; 0: one per processor */
    int32_t repeats; /* 1: several rows may have one id, as an item with several
                      * titles has; default 0 */
} siamese_model_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_model_options_init(siamese_model_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_model_options_set(
    siamese_model_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_model_options_get(
    const siamese_model_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_model_options_describe(size_t i, siamese_option_info *info);

/* ---- making a model ---- */

/*
 * Creates a model that knows nothing yet.
 *   out      receives the model; free it with siamese_model_free
 *   preset   of siamese_preset_describe, e.g. "default"; NULL means "default"
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_OPTION, with the names of all presets, if there is no such
 * one.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_create(siamese_model **out, const char *preset,
                     const siamese_model_options *options);

/* Frees the model; NULL is allowed. Hits stay. Threads: one. */
SIAMESE_API void siamese_model_free(siamese_model *model);

/*
 * Sets an option of the vocabulary, the text field, the tower, the trainer, the
 * index or the ranker, over what the preset says.
 *   name   e.g. "epochs"; an option that several kinds have, as "seed", is set
 *          in all of them, "tower.seed" in one. Kinds are vocab, field, tower,
 *          trainer, index and ranker
 *   value  as text, e.g. "20"
 * Once the towers are there only those of siamese_trainer_set_option, the
 * options of the index and of the ranker, for the next index that is built, and
 * the index's nprobe, at once, may be set.
 * Errors: SIAMESE_E_OPTION if there is no such option or it does not take the
 * value; SIAMESE_E_STATE for an option that may not change any more, and while
 * the model trains.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_set(siamese_model *model,
                                             const char *name,
                                             const char *value);

/*
 * Adds a column of the items; see siamese_items_add_column.
 *   name, type  as there
 * Errors: as there.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_add_column(siamese_model *model,
                                                    const char *name,
                                                    int32_t type);

/*
 * Makes the towers read a column of the items, as one more field beside the
 * title. The first such field is text 1 of an item in siamese_pairs (the title
 * is text 0), and so on.
 *   name     1 to 63 bytes of [a-z0-9_]; of the column, and of the field. A
 *            column of this name is added if there is none
 *   options  NULL means the defaults. A field of kind ID gets a vocabulary of
 *            its values if buckets is 0
 * Errors: SIAMESE_E_STATE once the towers are there; otherwise as
 * siamese_tower_add_field.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_add_field(siamese_model *model, const char *name,
                        const siamese_field_options *options);

/*
 * Makes the towers read titles, queries and further fields of texts by this
 * vocabulary, e.g. one of a sentencepiece model, in place of one that the first
 * training makes of what was added.
 *   vocab  is finished, and is kept alive; NULL means one of what was added
 * Errors: SIAMESE_E_STATE once the towers are there, if the vocabulary is not
 * finished, and while the model trains.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_set_vocab(siamese_model *model,
                                                   const siamese_vocab *vocab);

/* ---- what it learns from, and learning ---- */

/*
 * Adds pairs to learn from, all of them or none. Where queries is NULL they are
 * items of a catalogue that is learned from but not searched; the items of
 * siamese_model_add_items are learned from without it.
 *   pairs  is copied
 * Errors: as for siamese_trainer_add_pairs, some of them only in the next
 * training; SIAMESE_E_STATE while the model trains.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_add_pairs(siamese_model *model,
                                                   const siamese_pairs *pairs);

/*
 * Sets pairs that training does not see; see siamese_trainer_set_validation.
 *   pairs, candidates  as there
 * Errors: as there.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_set_validation(siamese_model *model, const siamese_pairs *pairs,
                             const siamese_pairs *candidates);

/*
 * Trains, and then encodes all items anew and builds their index; searches go
 * on with what the model had before until all of it is done.
 *
 * The first training builds the vocabulary of all texts and the towers. The
 * next one goes on: until `epochs` epochs are done, or, if they are, for as
 * many again. A model that was opened without its trainer gets a new one, which
 * begins with the model's weights; the pairs are to be added again in either
 * case. After a cancel or a failure the next call goes on to the same bits.
 * Before its first step it learns the weights of the ranker, if that is to have
 * some, has none, and there are 270 queries or more; of 60 or more it learns
 * how much words count (docs/search.md).
 *   progress  as for siamese_trainer_fit; SIAMESE_STAGE_RANK and
 *             SIAMESE_STAGE_EMBED are told too. May be NULL
 *   user      is handed to progress; may be NULL
 * Vectors that a host has put into the index itself, by the model's searcher,
 * are replaced like all others. Those of a model without towers, or without
 * items, could not be made again: then nothing is trained.
 * Errors: SIAMESE_E_STATE without pairs or items to learn from, for an index
 * that has vectors without towers or items to make them of, while the model
 * trains already, and for a file that was saved in the middle of an epoch when
 * pairs or items have changed since that epoch began: after
 * siamese_model_finish, and with the pairs added again, a new trainer begins
 * with the weights; SIAMESE_E_ARGUMENT, before anything is learned, if the
 * option nlist is more than the items that there are (where fewer are left when
 * their index is made, it has one list, as one that is not trained); otherwise
 * those of siamese_trainer_fit.
 * Threads: any; a second training at the same time is SIAMESE_E_STATE.
 */
SIAMESE_API siamese_status siamese_model_train(siamese_model *model,
                                               siamese_progress_fn progress,
                                               void *user);

/*
 * Trains as siamese_model_train does, but a training that is complete stays so:
 * for a host that goes on with whatever a file holds, until `epochs` epochs are
 * done.
 *   the parameters and errors are those of siamese_model_train
 * Threads: any; a second training at the same time is SIAMESE_E_STATE.
 */
SIAMESE_API siamese_status siamese_model_resume(siamese_model *model,
                                                siamese_progress_fn progress,
                                                void *user);

/*
 * Does what a training does before its first step: makes the vocabulary, the
 * towers and the trainer, unless they are there, and gives the trainer the
 * pairs and items that were added. For a host that looks at them, or sets
 * weights, before it trains: siamese_model_get_trainer has them from then on.
 * What is added later is in no vocabulary; pairs that are added before the next
 * training go to the trainer at once, without a copy of the model's own. After
 * a failure the model keeps what was made, and the next call goes on there.
 * Errors: SIAMESE_E_STATE without pairs or items, unless
 * siamese_model_set_vocab has set a vocabulary and no field has one of its
 * values, and while the model trains; SIAMESE_E_CANCELLED; otherwise those of
 * siamese_trainer_create and siamese_trainer_add_pairs.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_prepare(siamese_model *model);

/*
 * Makes a running siamese_model_train, siamese_model_resume or
 * siamese_model_rebuild return SIAMESE_E_CANCELLED within about 100 ms, or
 * after the texts of a vocabulary or the lists of an index that are under way.
 * If none is running, the next one returns it at once.
 * Threads: any, at any time but beside free.
 */
SIAMESE_API siamese_status siamese_model_cancel(siamese_model *model);

/*
 * Forgets a cancel that waits for the next run, as
 * siamese_trainer_forget_cancel does: for a host whose cancel may come when a
 * run is over.
 * Errors: SIAMESE_E_STATE while the model trains.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_forget_cancel(siamese_model *model);

/*
 * Lets the vocabulary take in the texts of all pairs and items that were added,
 * before siamese_model_train goes on with them. A vocabulary that needs no
 * growth stays as it is. After a failure some fields may have grown; the next
 * call goes on with the others.
 *   max_tokens  the largest size of the new vocabulary; 0: no limit
 * Errors: SIAMESE_E_STATE before the first training, and while the model
 * trains; otherwise those of siamese_vocab_grow and siamese_trainer_grow.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_grow(siamese_model *model,
                                              size_t max_tokens);

/*
 * Encodes all items anew with the towers as they are and builds a new index,
 * with lists by the number of items; see siamese_index_train. Searches go on
 * meanwhile.
 *   progress, user  as for siamese_model_train
 * Errors: SIAMESE_E_STATE without towers or items, and while the model trains;
 * SIAMESE_E_ARGUMENT if the option nlist is more than the items that there are;
 * SIAMESE_E_CANCELLED.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_rebuild(siamese_model *model,
                                                 siamese_progress_fn progress,
                                                 void *user);

/*
 * Frees the trainer and the pairs, which a model that only serves does not
 * need.
 * Errors: SIAMESE_E_STATE while the model trains.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_finish(siamese_model *model);

/* ---- items ---- */

/*
 * Adds items, all of them or none. Whether ids are integers or texts is decided
 * by the first items that are added. Before the first training they wait for
 * it; from then on a search finds them at once.
 *   rows  is copied; a column that the items lack is added
 * Errors: those of siamese_searcher_add.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_add_items(siamese_model *model, const siamese_item_rows *rows);

/*
 * Replaces the items that are there and adds the others, all of them or none.
 *   rows  is copied; a column that the items lack is added
 * Errors: those of siamese_searcher_update.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_update_items(siamese_model *model, const siamese_item_rows *rows);

/*
 * Removes items; ids without one are ignored.
 *   the parameters and errors are those of siamese_searcher_remove
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_remove_items(
    siamese_model *model, const int64_t *ids, const siamese_text *text_ids,
    size_t count, size_t *removed);

/* ---- searching and encoding ---- */

/*
 * Searches for one text.
 *   text  with a NUL
 *   k     the number of results, at least 1
 *   out   receives the hits; free them with siamese_hits_free
 * Errors: SIAMESE_E_STATE before the model has towers and an index; otherwise
 * those of siamese_searcher_search.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_search_text(const siamese_model *model,
                                                     const char *text, size_t k,
                                                     siamese_hits **out);

/*
 * Searches, for one query or many, texts or vectors.
 *   request  is read during the call
 *   out      receives the hits; free them with siamese_hits_free
 * Errors: SIAMESE_E_STATE before the model has an index; otherwise those of
 * siamese_searcher_search.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_search(const siamese_model *model,
                     const siamese_search_request *request, siamese_hits **out);

/*
 * Encodes rows of texts by the tower of a side; see siamese_tower_encode.
 *   side  SIAMESE_SIDE_*
 *   the other parameters and errors are those of siamese_tower_encode
 * Errors: SIAMESE_E_STATE before the first training.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_encode(
    const siamese_model *model, int32_t side, const siamese_text *rows,
    size_t count, size_t fields, float *out, size_t out_capacity);

/* ---- files ---- */

/*
 * Saves the model to a file, as siamese_checkpoint_save does: at any moment
 * path is the old file or the new one, whole. What is saved is the model at one
 * moment, in which all that changes is copied in memory: other calls that
 * change the model wait for that alone, and searches for nothing. Where the
 * trainer's towers are not those that made the index, in the middle of a
 * training and after a growth, the file has no index: it is built when the file
 * is opened.
 *   path     of the file, with a NUL
 *   options  with `finished` the trainer stays out of the file; NULL means
 *            that it does if it has more than 4,000,000 weights
 * Errors: those of siamese_checkpoint_save.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_save(const siamese_model *model, const char *path,
                   const siamese_save_options *options);

/*
 * Saves the model to a stream of the host's, as siamese_checkpoint_write does.
 * While the stream writes no lock is held: it may use the model in any way but
 * to free it.
 *   the parameters and errors are those of siamese_checkpoint_write and
 *   siamese_model_save
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_write(const siamese_model *model, siamese_write_fn write,
                    void *user, const siamese_save_options *options);

/*
 * Opens a model from a file: one that siamese_model_save wrote, or any
 * checkpoint.
 *   out      receives the model; free it with siamese_model_free
 *   path     of the file, with a NUL
 *   options  NULL means the defaults
 * Errors: those of siamese_checkpoint_load; SIAMESE_E_FORMAT if the parts of
 * the file do not fit together.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_open(
    siamese_model **out, const char *path, const siamese_load_options *options);

/*
 * Opens a model from a stream of the host's.
 *   the parameters and errors are those of siamese_checkpoint_read and
 *   siamese_model_open
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_read(siamese_model **out, siamese_read_fn read, void *user,
                   const siamese_load_options *options);

/*
 * Puts another file in the place of all that the model is, while others search:
 * each search has the old model or the new one, and hits of the old one stay
 * valid. Adds, updates and removals wait only for the moment of the change. A
 * reload that fails leaves the model as it is.
 *   path     of the file, with a NUL
 *   options  NULL means the defaults
 * Errors: those of siamese_model_open; SIAMESE_E_STATE while the model trains.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_reload(siamese_model *model, const char *path,
                     const siamese_load_options *options);

/* ---- the parts of a model ---- */

/* What a model is at the moment. */
typedef struct siamese_model_info {
    size_t struct_size;
    size_t dim;          /* the size of a vector; 0 before there are towers */
    size_t items;        /* the number of rows of items */
    size_t vectors;      /* those of them that a search can find */
    size_t pairs;        /* the pairs to learn from that were added */
    uint64_t generation; /* counts trainings, rebuilds and reloads that put
                          * something new in place */
    int32_t trained;     /* 1: there are towers */
    int32_t training;    /* 1: siamese_model_train, _rebuild or one of their
                          * kin runs */
} siamese_model_info;

/*
 * Reads what the model is at the moment.
 *   info  info->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_get_info(const siamese_model *model,
                                                  siamese_model_info *info);

/*
 * Each of these functions gives out a handle of its own, which the caller frees
 * with its type's function. It is the part as it stands: after a training, a
 * rebuild or a reload the model has others. Items and index are to be changed
 * by the functions of the model alone.
 * Errors: SIAMESE_E_NOT_FOUND if the model has no such part at the moment.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_get_vocab(const siamese_model *model,
                                                   siamese_vocab **out);
SIAMESE_API siamese_status
siamese_model_get_query_tower(const siamese_model *model, siamese_tower **out);
SIAMESE_API siamese_status
siamese_model_get_item_tower(const siamese_model *model, siamese_tower **out);
SIAMESE_API siamese_status siamese_model_get_trainer(const siamese_model *model,
                                                     siamese_trainer **out);
SIAMESE_API siamese_status siamese_model_get_index(const siamese_model *model,
                                                   siamese_index **out);
SIAMESE_API siamese_status siamese_model_get_items(const siamese_model *model,
                                                   siamese_items **out);
SIAMESE_API siamese_status siamese_model_get_ranker(const siamese_model *model,
                                                    siamese_ranker **out);
SIAMESE_API siamese_status
siamese_model_get_searcher(const siamese_model *model, siamese_searcher **out);

/*
 * Creates a bundle of all that siamese_model_save would write, for a host that
 * adds sections of its own. Those of a file that was opened are in it. It
 * shares the model's parts: what is saved is how they stand then, so it is to
 * be saved before the model is trained, grown or changed again.
 *   out  receives the bundle; free it with siamese_bundle_free
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_model_get_bundle(const siamese_model *model,
                                                    siamese_bundle **out);

/*
 * Creates a model of the parts of a bundle, which it shares. Items without an
 * index are found once siamese_model_rebuild has made one.
 *   out     receives the model; free it with siamese_model_free
 *   bundle  may be freed afterwards
 * Errors: SIAMESE_E_ARGUMENT if the parts do not fit together;
 * SIAMESE_E_FORMAT if the index has two vectors of a row of the items.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_model_from_bundle(siamese_model **out, const siamese_bundle *bundle);

#ifdef __cplusplus
}
#endif

#endif
