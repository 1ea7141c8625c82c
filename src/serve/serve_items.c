/* serve_items.c: a body of JSON in, a changed model out. For the routes. */
#include "serve/serve_items.h"

#include <stdlib.h>
#include <string.h>

#include "serve/serve_item_rows.h"

/* An array or, where it is not given, an empty one; else NULL and the error. */
static const json_t *array_of(const json_t *root, const char *name,
                              json_t *empty, serve_answer *answer)
{
    const json_t *const value = json_object_get(root, name);

    if (!value) return empty;
    if (json_is_array(value)) return value;
    serve_answer_error(answer, 422, "%s: an array is expected", name);
    return NULL;
}

static int check_members(json_t *root, serve_answer *answer)
{
    const char *name;
    json_t *value;

    if (!json_is_object(root)) {
        serve_answer_error(answer, 422,
                           "an object with the arrays add and remove is "
                           "expected");
        return 0;
    }
    json_object_foreach(root, name, value)
    {
        if (strcmp(name, "add") == 0 || strcmp(name, "remove") == 0) continue;
        serve_answer_error(answer, 422,
                           "%s: there is no such member here; there are add "
                           "and remove",
                           name);
        return 0;
    }
    if (json_object_size(root) > 0) return 1;
    serve_answer_error(answer, 422, "there is neither add nor remove");
    return 0;
}

/* Adds first: it alone can be refused. */
static void change(const serve_model *served, const json_t *add,
                   const json_t *remove, serve_answer *answer)
{
    serve_item_rows added = {0}, gone = {0};
    siamese_items *items = NULL;
    size_t removed = 0;
    siamese_status status = siamese_model_get_items(served->model, &items);

    if (status)
        serve_answer_failure(answer, 500, status);
    else if (serve_item_rows_read(&added, add, items, answer) &&
             serve_item_rows_read_ids(&gone, remove, items, answer)) {
        if (added.rows.count > 0)
            status = siamese_model_update_items(served->model, &added.rows);
        if (status == SIAMESE_OK && gone.rows.count > 0)
            status = siamese_model_remove_items(served->model, gone.rows.ids,
                                                gone.rows.text_ids,
                                                gone.rows.count, &removed);
        if (status)
            serve_answer_failure(answer, 422, status);
        else
            serve_answer_json(
                answer, 200,
                json_pack("{s:I, s:I, s:I}", "added",
                          (json_int_t)added.rows.count, "removed",
                          (json_int_t)removed, "items",
                          (json_int_t)serve_model_info(served).items));
    }
    serve_item_rows_free(&added);
    serve_item_rows_free(&gone);
    siamese_items_free(items);
}

void serve_items(serve_server *server, const char *body, size_t size,
                 serve_answer *answer)
{
    json_error_t error = {0};
    json_t *const root =
        json_loadb(body ? body : "", size, JSON_REJECT_DUPLICATES, &error);
    json_t *const empty = json_array();

    if (!root)
        serve_answer_error(answer, 400, "the body is not JSON: line %d: %s",
                           error.line, error.text);
    else if (check_members(root, answer)) {
        const json_t *const add = array_of(root, "add", empty, answer);
        const json_t *const remove =
            add ? array_of(root, "remove", empty, answer) : NULL;
        if (remove) change(&server->models[0], add, remove, answer);
    }
    json_decref(empty);
    json_decref(root);
}
