/* folded_text.c: a text in, its code points with case folded and white space
 * squeezed out. For hits of which each title is to come once. */
#include "text/folded_text.h"

#include <utf8proc.h>

void sm_folder_free(sm_folder *folder)
{
    sm_words_free(&folder->words);
    sm_code_points_free(&folder->points);
    sm_code_points_free(&folder->folded);
}

static bool is_space(int32_t point)
{
    if (point < 0x80) return point == ' ' || (point >= '\t' && point <= '\r');
    utf8proc_category_t const of = utf8proc_category(point);
    return point == 0x85 || of == UTF8PROC_CATEGORY_ZS ||
           of == UTF8PROC_CATEGORY_ZL || of == UTF8PROC_CATEGORY_ZP;
}

sm_status sm_fold_text(sm_folder *folder, const char *data, size_t size,
                       sm_code_points *out)
{
    sm_unicode_rules const rules = {false, &folder->folded};
    size_t const first = out->count;
    bool ends = false; /* white space goes before the next point */
    sm_words_clear(&folder->words);
    folder->folded.count = 0;
    SM_RETURN_IF_ERROR(
        sm_unicode_words(&folder->words, &folder->points, &rules, data, size));
    for (size_t i = 0; i < folder->folded.count; i++) {
        int32_t const point = folder->folded.points[i];
        bool const spaces = is_space(point);
        if (!spaces && ends && out->count > first)
            SM_RETURN_IF_ERROR(sm_code_points_push(out, ' '));
        if (!spaces) SM_RETURN_IF_ERROR(sm_code_points_push(out, point));
        ends = spaces;
    }
    return SIAMESE_OK;
}
