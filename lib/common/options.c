/* options.c: an option table and an options struct in; defaults, values by
 * name, checks and descriptions out. Behind every siamese_X_options_ function
 * and every function that takes options. */
#include "common/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/name_list.h"
#include "common/number.h"
#include "common/room.h"
#include "common/size.h"

/* No version of any struct that crosses will be larger than 64 KiB. */
static bool is_struct_size(size_t size)
{
    return size >= sizeof(size_t) && size <= 65536;
}

/* ---- one option ---- */

static size_t option_size(sm_option_type type)
{
    switch (type) {
    case SM_OPTION_SIZE:
        return sizeof(size_t);
    case SM_OPTION_UINT64:
        return sizeof(uint64_t);
    case SM_OPTION_DOUBLE:
        return sizeof(double);
    case SM_OPTION_LIST:
        return SIAMESE_LIST_SIZE * sizeof(int32_t);
    default:
        return sizeof(int32_t);
    }
}

static const char *type_name(sm_option_type type)
{
    switch (type) {
    case SM_OPTION_DOUBLE:
        return "float";
    case SM_OPTION_FLAG:
        return "flag";
    case SM_OPTION_CHOICE:
        return "choice";
    case SM_OPTION_LIST:
        return "list";
    default:
        return "integer";
    }
}

/* Whether a struct of this size holds the option. */
static bool fits(const sm_option *option, size_t struct_size)
{
    return option->offset + option_size(option->type) <= struct_size;
}

/* Word `place` of "none | lower"; NULL past the last. */
static const char *choice_word(const char *range, size_t place, size_t *length)
{
    const char *p = range;
    for (;; place--) {
        p += strspn(p, " |");
        *length = strcspn(p, " |");
        if (*length == 0) return NULL;
        if (place == 0) return p;
        p += *length;
    }
}

static sm_status bad_value(const sm_option_table *table,
                           const sm_option *option, const char *value)
{
    return sm_fail(SIAMESE_E_OPTION, "%s option %s: '%.100s' is not in: %s",
                   table->kind, option->name, value, option->range);
}

static bool parse_choice(const sm_option *option, const char *value,
                         int32_t *out)
{
    size_t length;
    const char *word;
    for (size_t i = 0; (word = choice_word(option->range, i, &length)); i++)
        if (strlen(value) == length && memcmp(word, value, length) == 0) {
            *out = (int32_t)i;
            return true;
        }
    return false;
}

static bool parse_flag(const char *value, int32_t *out)
{
    static const char *const no[] = {"0", "no", "false", "off"};
    static const char *const yes[] = {"1", "yes", "true", "on"};
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(value, no[i]) == 0) return *out = 0, true;
        if (strcmp(value, yes[i]) == 0) return *out = 1, true;
    }
    return false;
}

/* Digits alone: no sign, no white space. */
static bool parse_unsigned(const char *value, uint64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)value[0])) return false;
    errno = 0;
    *out = strtoull(value, &end, 10);
    return *end == '\0' && errno == 0;
}

static double value_as_double(const sm_option *option, const void *options)
{
    const char *const at = (const char *)options + option->offset;
    switch (option->type) {
    case SM_OPTION_SIZE: {
        size_t v;
        memcpy(&v, at, sizeof v);
        return (double)v;
    }
    case SM_OPTION_UINT64: {
        uint64_t v;
        memcpy(&v, at, sizeof v);
        return (double)v;
    }
    case SM_OPTION_DOUBLE: {
        double v;
        memcpy(&v, at, sizeof v);
        return v;
    }
    default: {
        int32_t v;
        memcpy(&v, at, sizeof v);
        return (double)v;
    }
    }
}

static bool in_range(const sm_option *option, double value)
{
    if (option->type == SM_OPTION_FLAG) return value == 0 || value == 1;
    if (option->type == SM_OPTION_CHOICE) {
        size_t length;
        return value >= 0 &&
               choice_word(option->range, (size_t)value, &length) != NULL;
    }
    return value >= option->minimum && value <= option->maximum;
}

/* ---- lists: "none", or numbers and ranges as in "1,3" and "1-3,5" ---- */

static bool in_list_range(const sm_option *option, const int32_t *list)
{
    size_t count = 0;
    for (; count < SIAMESE_LIST_SIZE && list[count]; count++)
        if (list[count] < option->minimum || list[count] > option->maximum)
            return false;
    for (; count < SIAMESE_LIST_SIZE; count++)
        if (list[count]) return false;
    return true;
}

static bool parse_list(const sm_option *option, const char *value,
                       int32_t list[SIAMESE_LIST_SIZE])
{
    size_t count = 0;
    memset(list, 0, SIAMESE_LIST_SIZE * sizeof *list);
    if (strcmp(value, "none") == 0) return true;
    for (;; value++) {
        char *end;
        if (!isdigit((unsigned char)*value)) return false;
        unsigned long const first = strtoul(value, &end, 10);
        unsigned long last = first;
        if (*end == '-') {
            if (!isdigit((unsigned char)end[1])) return false;
            last = strtoul(end + 1, &end, 10);
        }
        if ((double)first < option->minimum || (double)last > option->maximum ||
            first > last || last - first >= SIAMESE_LIST_SIZE - count)
            return false;
        for (unsigned long i = first; i <= last; i++)
            list[count++] = (int32_t)i;
        if (*end == '\0') return true;
        if (*end != ',') return false;
        value = end;
    }
}

static int format_list(const int32_t *list, char *text, size_t size)
{
    size_t used = 0;
    if (list[0] == 0) return snprintf(text, size, "none");
    for (size_t i = 0; i < SIAMESE_LIST_SIZE && list[i]; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId32,
                                 i ? "," : "", list[i]);
    return (int)used;
}

/* ---- values of any type ---- */

static bool is_valid(const sm_option *option, const void *options)
{
    const char *const at = (const char *)options + option->offset;
    int32_t list[SIAMESE_LIST_SIZE];
    if (option->type != SM_OPTION_LIST)
        return in_range(option, value_as_double(option, options));
    memcpy(list, at, sizeof list);
    return in_list_range(option, list);
}

static sm_status set_option(const sm_option_table *table,
                            const sm_option *option, void *options,
                            const char *value)
{
    char *const at = (char *)options + option->offset;
    uint64_t integer = 0;
    double real = 0;
    int32_t word = 0, list[SIAMESE_LIST_SIZE];
    bool parsed;
    switch (option->type) {
    case SM_OPTION_DOUBLE:
        parsed = sm_parse_double(value, strlen(value), &real) &&
                 in_range(option, real);
        if (parsed) memcpy(at, &real, sizeof real);
        break;
    case SM_OPTION_LIST:
        parsed = parse_list(option, value, list);
        if (parsed) memcpy(at, list, sizeof list);
        break;
    case SM_OPTION_FLAG:
    case SM_OPTION_CHOICE:
        parsed = option->type == SM_OPTION_FLAG
                     ? parse_flag(value, &word)
                     : parse_choice(option, value, &word);
        if (parsed) memcpy(at, &word, sizeof word);
        break;
    default:
        parsed = parse_unsigned(value, &integer) &&
                 in_range(option, (double)integer);
        if (!parsed) break;
        if (option->type == SM_OPTION_INT32) {
            word = (int32_t)integer;
            memcpy(at, &word, sizeof word);
        } else if (option->type == SM_OPTION_SIZE) {
            size_t const size = (size_t)integer;
            memcpy(at, &size, sizeof size);
        } else {
            memcpy(at, &integer, sizeof integer);
        }
    }
    return parsed ? SIAMESE_OK : bad_value(table, option, value);
}

static int format_option(const sm_option *option, const void *options,
                         char *text, size_t size)
{
    int32_t list[SIAMESE_LIST_SIZE];
    if (option->type == SM_OPTION_LIST) {
        memcpy(list, (const char *)options + option->offset, sizeof list);
        return format_list(list, text, size);
    }
    double const value = value_as_double(option, options);
    if (option->type == SM_OPTION_CHOICE) {
        size_t length;
        const char *const word =
            value >= 0 ? choice_word(option->range, (size_t)value, &length)
                       : NULL;
        if (word) return snprintf(text, size, "%.*s", (int)length, word);
        return snprintf(text, size, "%" PRId32, (int32_t)value);
    }
    if (option->type == SM_OPTION_DOUBLE) {
        sm_format_double(value, text, size);
        return (int)strlen(text);
    }
    const char *const at = (const char *)options + option->offset;
    uint64_t integer;
    size_t count;
    switch (option->type) {
    case SM_OPTION_UINT64: /* exact beyond what a double holds */
        memcpy(&integer, at, sizeof integer);
        return snprintf(text, size, "%" PRIu64, integer);
    case SM_OPTION_SIZE:
        memcpy(&count, at, sizeof count);
        return snprintf(text, size, "%zu", count);
    default:
        return snprintf(text, size, "%" PRId32, (int32_t)value);
    }
}

const sm_option *sm_options_find(const sm_option_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->options[i].name, name) == 0)
            return &table->options[i];
    return NULL;
}

static sm_status find_option(const sm_option_table *table, const char *name,
                             const sm_option **out)
{
    sm_name_list names = {.used = 0};
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    *out = sm_options_find(table, name);
    if (*out) return SIAMESE_OK;
    for (size_t i = 0; i < table->count; i++)
        sm_name_list_add(&names, table->options[i].name);
    return sm_fail(SIAMESE_E_OPTION, "%s has no option '%.100s'; it has: %s",
                   table->kind, name, sm_name_list_text(&names));
}

static size_t user_size(const void *user)
{
    size_t size;
    memcpy(&size, user, sizeof size);
    return size;
}

sm_status sm_struct_check(const void *user, const char *name)
{
    SM_REQUIRE(user != NULL, SIAMESE_E_ARGUMENT, "%s: is NULL", name);
    SM_REQUIRE(is_struct_size(user_size(user)), SIAMESE_E_ARGUMENT,
               "%s: struct_size %zu is not that of a struct", name,
               user_size(user));
    return SIAMESE_OK;
}

/* ---- the public four ---- */

sm_status sm_options_init(const sm_option_table *table, void *options,
                          size_t struct_size)
{
    SM_REQUIRE(options != NULL, SIAMESE_E_ARGUMENT, "options: is NULL");
    SM_REQUIRE(is_struct_size(struct_size), SIAMESE_E_ARGUMENT,
               "struct_size: %zu is not that of a struct", struct_size);
    memset(options, 0, struct_size);
    memcpy(options, &struct_size, sizeof struct_size);
    for (size_t i = 0; i < table->count; i++)
        if (fits(&table->options[i], struct_size))
            SM_RETURN_IF_ERROR(set_option(table, &table->options[i], options,
                                          table->options[i].default_value));
    return SIAMESE_OK;
}

sm_status sm_options_set(const sm_option_table *table, void *options,
                         const char *name, const char *value)
{
    const sm_option *option;
    SM_RETURN_IF_ERROR(sm_struct_check(options, "options"));
    SM_REQUIRE(value != NULL, SIAMESE_E_ARGUMENT, "value: is NULL");
    SM_RETURN_IF_ERROR(find_option(table, name, &option));
    SM_REQUIRE(fits(option, user_size(options)), SIAMESE_E_OPTION,
               "%s option %s: the struct of size %zu does not hold it",
               table->kind, name, user_size(options));
    return set_option(table, option, options, value);
}

sm_status sm_options_get(const sm_option_table *table, const void *options,
                         const char *name, char *buf, size_t size,
                         size_t *needed)
{
    const sm_option *option;
    char text[SM_OPTION_TEXT];
    SM_RETURN_IF_ERROR(sm_struct_check(options, "options"));
    SM_RETURN_IF_ERROR(find_option(table, name, &option));
    SM_REQUIRE(fits(option, user_size(options)), SIAMESE_E_OPTION,
               "%s option %s: the struct of size %zu does not hold it",
               table->kind, name, user_size(options));
    int const length = format_option(option, options, text, sizeof text);
    return sm_text_write(text, (size_t)length, buf, size, needed);
}

bool sm_options_hold(const sm_option_table *table, const void *options,
                     const char *name)
{
    const sm_option *const option = sm_options_find(table, name);
    return option != NULL && fits(option, user_size(options));
}

sm_status sm_options_describe(const sm_option_table *table, size_t i,
                              siamese_option_info *info)
{
    SM_REQUIRE(i < table->count, SIAMESE_E_NOT_FOUND,
               "%s has %zu options, none is number %zu", table->kind,
               table->count, i);
    const sm_option *const option = &table->options[i];
    siamese_option_info const own = {sizeof own,
                                     option->name,
                                     type_name(option->type),
                                     option->default_value,
                                     option->range,
                                     option->help};
    return sm_struct_write(&own, sizeof own, info, "info");
}

/* ---- structs of other versions ---- */

sm_status sm_struct_read(void *own, size_t own_size, const void *user,
                         const char *name)
{
    SM_RETURN_IF_ERROR(sm_struct_check(user, name));
    size_t const size = user_size(user);
    for (size_t i = own_size; i < size; i++)
        SM_REQUIRE(((const char *)user)[i] == 0, SIAMESE_E_OPTION,
                   "%s: byte %zu, which this version of the library does not "
                   "know, is set",
                   name, i);
    memset(own, 0, own_size);
    memcpy(own, user, sm_min(size, own_size));
    memcpy(own, &own_size, sizeof own_size);
    return SIAMESE_OK;
}

sm_status sm_struct_write(const void *own, size_t own_size, void *user,
                          const char *name)
{
    SM_RETURN_IF_ERROR(sm_struct_check(user, name));
    size_t const size = user_size(user);
    memset(user, 0, size);
    memcpy(user, own, sm_min(size, own_size));
    memcpy(user, &size, sizeof size);
    return SIAMESE_OK;
}

static sm_status check_value(const sm_option_table *table,
                             const sm_option *option, const void *options)
{
    char text[SM_OPTION_TEXT];
    if (is_valid(option, options)) return SIAMESE_OK;
    format_option(option, options, text, sizeof text);
    return bad_value(table, option, text);
}

sm_status sm_options_check(const sm_option_table *table, const void *own)
{
    for (size_t i = 0; i < table->count; i++)
        SM_RETURN_IF_ERROR(check_value(table, &table->options[i], own));
    return SIAMESE_OK;
}

sm_status sm_options_read(const sm_option_table *table, const void *options,
                          void *own)
{
    SM_RETURN_IF_ERROR(sm_options_init(table, own, table->struct_size));
    if (options == NULL) return SIAMESE_OK;
    size_t const size = user_size(options);
    SM_REQUIRE(is_struct_size(size), SIAMESE_E_ARGUMENT,
               "%s options: struct_size %zu is not that of a struct",
               table->kind, size);
    for (size_t i = table->struct_size; i < size; i++)
        SM_REQUIRE(((const char *)options)[i] == 0, SIAMESE_E_OPTION,
                   "%s options: byte %zu, which this version of the library "
                   "does not know, is set",
                   table->kind, i);
    for (size_t i = 0; i < table->count; i++) {
        const sm_option *const option = &table->options[i];
        if (!fits(option, size)) continue;
        SM_RETURN_IF_ERROR(check_value(table, option, options));
        memcpy((char *)own + option->offset,
               (const char *)options + option->offset,
               option_size(option->type));
    }
    return SIAMESE_OK;
}

sm_status sm_options_write(const sm_option_table *table, const void *own,
                           void *options)
{
    return sm_struct_write(own, table->struct_size, options, "options");
}

sm_status sm_text_write(const char *bytes, size_t length, char *buf,
                        size_t size, size_t *needed)
{
    SM_REQUIRE(buf != NULL || size == 0, SIAMESE_E_ARGUMENT,
               "buf: is NULL, with room for %zu", size);
    if (needed) *needed = length; /* without the NUL */
    SM_RETURN_IF_ERROR(sm_room("buf", buf, size, length + 1, NULL));
    if (length) memcpy(buf, bytes, length);
    buf[length] = '\0';
    return SIAMESE_OK;
}
