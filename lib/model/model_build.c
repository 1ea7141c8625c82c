/*
 * model_build.c: the texts of pairs and items in; vocabularies, a tower for
 * both sides and a trainer that has learned nothing yet out. For training.
 */
#include "model/model_build.h"

#include <string.h>

#include "checkpoint/bundle.h"
#include "common/hash.h"
#include "common/memory.h"
#include "items/item_ids.h"
#include "model/model_texts.h"
#include "text/vocab.h"
#include "tower/tower.h"

/* ---- vocabularies ---- */

static sm_status add_texts(void *vocab, const siamese_text *texts, size_t count)
{
    return siamese_vocab_add(vocab, texts, count);
}

/* Of the titles, the queries and all further fields of texts. */
static sm_status text_vocab(siamese_model *model,
                            const siamese_vocab_options *options,
                            siamese_vocab **out)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    SM_TRY(siamese_vocab_create(&vocab, options));
    SM_TRY(sm_model_each_text(model, SM_EACH_TEXT, 0, add_texts, vocab));
    SM_TRY(siamese_vocab_finish(vocab));
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    return status;
}

/* Distinct values, numbered in the order in which they came. */
typedef struct value_list {
    siamese_text *texts;
    size_t count, capacity;
    sm_item_ids numbers;
} value_list;

typedef struct wanted {
    const value_list *list;
    siamese_text text;
} wanted;

static bool value_matches(const void *context, int64_t number)
{
    const wanted *const w = context;
    siamese_text const own = w->list->texts[number];
    return own.size == w->text.size &&
           (own.size == 0 || memcmp(own.data, w->text.data, own.size) == 0);
}

static sm_status add_values(void *context, const siamese_text *texts,
                            size_t count)
{
    value_list *const list = context;
    for (size_t i = 0; i < count; i++) {
        wanted const w = {list, texts[i]};
        uint64_t const hash = sm_secret_bytes(texts[i].data, texts[i].size);
        if (sm_item_ids_find(&list->numbers, hash, value_matches, &w)) continue;
        siamese_text *const grown = sm_grow(list->texts, &list->capacity,
                                            list->count + 1, sizeof *grown);
        if (grown == NULL) return sm_fail_memory();
        list->texts = grown;
        SM_RETURN_IF_ERROR(sm_item_ids_reserve(&list->numbers, 1));
        char *const copy = sm_alloc(texts[i].size);
        if (copy == NULL) return sm_fail_memory();
        if (texts[i].size) memcpy(copy, texts[i].data, texts[i].size);
        grown[list->count] = (siamese_text){copy, texts[i].size};
        sm_item_ids_insert(&list->numbers, hash, (int64_t)list->count++);
    }
    return SIAMESE_OK;
}

static void free_values(value_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        sm_free((void *)list->texts[i].data);
    sm_free(list->texts);
    sm_item_ids_free(&list->numbers);
}

/* Of the values of field f, 1 and up. */
static sm_status value_vocab(siamese_model *model, size_t f,
                             siamese_vocab **out)
{
    static const siamese_text first[] = {{"", 0}, {"[UNK]", 5}};
    sm_status status = SIAMESE_OK;
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    value_list values = {.texts = NULL};
    SM_TRY(siamese_vocab_options_init(&options, sizeof options));
    options.max_tokens = 0;
    options.standardize = SIAMESE_STANDARDIZE_NONE;
    options.threads = model->settings.vocab.threads;
    SM_TRY(add_values(&values, first, 2));
    SM_TRY(sm_model_each_text(model, SM_EACH_VALUE, f, add_values, &values));
    SM_TRY(siamese_vocab_create(&vocab, &options));
    SM_TRY(siamese_vocab_set_tokens(vocab, values.texts, values.count));
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    free_values(&values);
    return status;
}

/* ---- the tower ---- */

static sm_status add_field(siamese_model *model, siamese_tower *tower, size_t f,
                           const siamese_vocab *texts)
{
    sm_status status = SIAMESE_OK;
    const sm_model_field *const field = &model->settings.fields[f];
    const int32_t kind = field->options.kind;
    siamese_vocab *own = NULL;
    if (field->by_value) SM_TRY(value_vocab(model, 1 + f, &own));
    SM_TRY(siamese_tower_add_field(tower, field->name,
                                   kind == SIAMESE_FIELD_TEXT ? texts : own,
                                   &field->options));
out:
    siamese_vocab_free(own);
    if (status == SIAMESE_E_OPTION || status == SIAMESE_E_ARGUMENT)
        status =
            sm_fail(status, "field %s: %s", field->name, siamese_last_error());
    return status;
}

static sm_status make_tower(siamese_model *model, siamese_tower **out)
{
    sm_status status = SIAMESE_OK;
    const sm_model_settings *const s = &model->settings;
    siamese_vocab *vocab = NULL;
    siamese_tower *tower = NULL;
    if (model->host && model->host->vocab)
        SM_TRY(siamese_bundle_get_vocab(model->host, &vocab));
    else
        SM_TRY(text_vocab(model, &s->vocab, &vocab));
    SM_TRY(siamese_tower_create(&tower, &s->tower));
    SM_TRY(siamese_tower_add_field(tower, "text", vocab, &s->field));
    for (size_t f = 0; f < s->field_count; f++)
        SM_TRY(add_field(model, tower, f, vocab));
    *out = tower;
    tower = NULL;
out:
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    return status;
}

/* ---- the trainer ---- */

static sm_status make_trainer(siamese_model *model)
{
    sm_status status = SIAMESE_OK;
    sm_generation *const now = sm_model_now(model);
    siamese_tower *tower = NULL;
    siamese_trainer *trainer;
    SM_CHECK((now->query == NULL) == (now->item == NULL), SIAMESE_E_STATE,
             "model: it has one tower, training takes both");
    if (now->query == NULL) SM_TRY(make_tower(model, &tower));
    SM_TRY(siamese_trainer_create(&trainer, tower ? tower : now->query,
                                  tower ? tower : now->item,
                                  &model->settings.trainer));
    pthread_mutex_lock(&model->work);
    model->trainer = trainer;
    pthread_mutex_unlock(&model->work);
    model->items_learned = 0;
    /* its steps are no longer those of a trainer that was finished */
    sm_model_set_step(model, 0);
out:
    siamese_tower_free(tower);
    sm_generation_release(now);
    return status;
}

static sm_status give_items(void *model, const siamese_pairs *rows)
{
    return siamese_trainer_add_items(((siamese_model *)model)->trainer, rows);
}

/* What was added so far; what the trainer has taken is not kept. */
static sm_status give_pairs(siamese_model *model)
{
    sm_pairs_list *const list = &model->pairs;
    while (list->count > 0) {
        sm_pairs_copy *const copy = &list->list[0];
        SM_RETURN_IF_ERROR(
            copy->pairs.queries
                ? siamese_trainer_add_pairs(model->trainer, &copy->pairs)
                : siamese_trainer_add_items(model->trainer, &copy->pairs));
        void *const memory = copy->memory;
        pthread_mutex_lock(&model->work);
        if (copy->pairs.queries) list->rows -= copy->pairs.count;
        list->count--;
        memmove(copy, copy + 1, list->count * sizeof *copy);
        pthread_mutex_unlock(&model->work);
        sm_aligned_free(memory);
    }
    return SIAMESE_OK;
}

static sm_status give_validation(siamese_model *model)
{
    const sm_pairs_list *const v = &model->validation;
    if (!model->validates) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_trainer_set_validation(
        model->trainer, v->count > 0 ? &v->list[0].pairs : NULL,
        v->count > 1 ? &v->list[1].pairs : NULL));
    model->validates = false;
    sm_pairs_list_clear(&model->validation);
    return SIAMESE_OK;
}

/* Whether the towers are to have a vocabulary of what was added. */
static bool needs_texts(const siamese_model *model)
{
    const sm_model_settings *const s = &model->settings;
    bool needs = model->host == NULL || model->host->vocab == NULL;
    for (size_t f = 0; f < s->field_count; f++) needs |= s->fields[f].by_value;
    return needs;
}

/* A vocabulary of no texts would stay for ever. */
static sm_status check_texts(const siamese_model *model)
{
    sm_generation *const now = sm_model_now(model);
    bool const has_towers = now->query || now->item;
    size_t rows = siamese_items_count(now->items);
    for (size_t i = 0; i < model->pairs.count; i++)
        rows += model->pairs.list[i].pairs.count;
    sm_generation_release(now);
    SM_REQUIRE(rows > 0 || !(has_towers || needs_texts(model)), SIAMESE_E_STATE,
               "model: it has no pairs and no items to learn from");
    return SIAMESE_OK;
}

sm_status sm_model_build_trainer(siamese_model *model)
{
    if (model->trainer == NULL) SM_RETURN_IF_ERROR(check_texts(model));
    model->has_ids |= sm_model_pairs_have_ids(model);
    if (model->trainer == NULL) SM_RETURN_IF_ERROR(make_trainer(model));
    SM_RETURN_IF_ERROR(give_pairs(model));
    SM_RETURN_IF_ERROR(
        sm_model_each_item(model, &model->items_learned, give_items, model));
    return give_validation(model);
}

/* ---- growth ---- */

static sm_status fresh_vocab(siamese_model *model, const siamese_tower *tower,
                             size_t f, siamese_vocab **out)
{
    siamese_vocab_options options =
        *sm_vocab_options(sm_tower_field_vocab(tower, f));
    if (sm_tower_field_options(tower, f)->kind == SIAMESE_FIELD_ID)
        return value_vocab(model, f, out);
    options.max_tokens = 0;
    return text_vocab(model, &options, out);
}

/* Hashed features that were not chosen have nothing to learn. */
static bool grows(const siamese_vocab *vocab)
{
    const siamese_vocab_options *const o = sm_vocab_options(vocab);
    return o->hash_buckets == 0 || o->hash_min_count > 0;
}

static sm_status grow_field(siamese_model *model, int32_t side,
                            const siamese_tower *tower, size_t f,
                            size_t max_tokens)
{
    sm_status status = SIAMESE_OK;
    const siamese_vocab *const old = sm_tower_field_vocab(tower, f);
    siamese_vocab *fresh = NULL, *grown = NULL;
    if (old == NULL || !grows(old)) return SIAMESE_OK;
    SM_TRY(fresh_vocab(model, tower, f, &fresh));
    SM_TRY(siamese_vocab_grow(&grown, old, fresh, f == 0 ? max_tokens : 0));
    SM_TRY(siamese_trainer_grow(model->trainer, side, f, grown));
out:
    siamese_vocab_free(fresh);
    siamese_vocab_free(grown);
    return status;
}

static sm_status grow_side(siamese_model *model, int32_t side,
                           const siamese_tower *tower, size_t max_tokens)
{
    for (size_t f = 0; f < siamese_tower_field_count(tower); f++) {
        const siamese_vocab *const vocab = sm_tower_field_vocab(tower, f);
        /* a field with the vocabulary of an earlier one has grown with it */
        bool is_first = true;
        for (size_t e = 0; e < f; e++)
            is_first &= sm_tower_field_vocab(tower, e) != vocab;
        if (is_first)
            SM_RETURN_IF_ERROR(grow_field(model, side, tower, f, max_tokens));
    }
    return SIAMESE_OK;
}

sm_status sm_model_grow_trainer(siamese_model *model, size_t max_tokens)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *query = NULL, *item = NULL;
    if (model->trainer == NULL) SM_RETURN_IF_ERROR(make_trainer(model));
    SM_TRY(siamese_trainer_snapshot(model->trainer, &query, &item));
    SM_TRY(grow_side(model, SIAMESE_SIDE_QUERY, query, max_tokens));
    if (item != query)
        SM_TRY(grow_side(model, SIAMESE_SIDE_ITEM, item, max_tokens));
out:
    siamese_tower_free(query);
    siamese_tower_free(item);
    return status;
}
