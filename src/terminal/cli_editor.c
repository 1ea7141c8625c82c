/* cli_editor.c: keys in, lines out. The one file that knows libedit; for
 * cli_line.c. */
#include "terminal/cli_editor.h"

#if CLI_HAVE_LIBEDIT

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "shell/cli_memory.h"
#include "shell/cli_terminal.h"
#include "terminal/cli_typed.h"

struct cli_editor {
    EditLine *edit;
    History *history;
    char *prompt, *line;
    cli_event event; /* why the last line ended early */
    cli_editor_complete *complete;
    void *user;
};

/* What is offered for a line: how far all offers agree. */
typedef struct offers {
    size_t count;
    char *common;
    FILE *out; /* they are listed there, or NULL */
} offers;

static cli_editor *editor_of(EditLine *edit)
{
    cli_editor *editor = NULL;

    el_get(edit, EL_CLIENTDATA, &editor);
    return editor;
}

static char *prompt_of(EditLine *edit)
{
    return editor_of(edit)->prompt;
}

/* Of the encoding that the locale says, which is UTF-8 here. */
static int read_character(wchar_t *character)
{
    mbstate_t state;
    char byte;

    memset(&state, 0, sizeof state);
    while (read(STDIN_FILENO, &byte, 1) == 1) {
        size_t const size = mbrtowc(character, &byte, 1, &state);
        if (size == (size_t)-1)
            memset(&state, 0, sizeof state); /* no character; the next may be */
        else if (size != (size_t)-2)
            return 1;
    }
    return 0;
}

/* In place of what stands on the cursor's line. */
static void draw_again(EditLine *edit)
{
    FILE *out = NULL;

    el_get(edit, EL_GETFP, 1, &out);
    fputs("\r\033[J", out);
    el_set(edit, EL_REFRESH);
}

/* Called for each key; what a signal asks for is done here. */
static int next_key(EditLine *edit, wchar_t *character)
{
    cli_editor *const editor = editor_of(edit);

    for (;;) {
        editor->event = cli_wait(STDIN_FILENO);
        switch (editor->event) {
        case CLI_READY:
            return read_character(character);
        case CLI_RESIZED:
            el_resize(edit);
            draw_again(edit);
            break;
        case CLI_CONTINUED: /* libedit takes the terminal to be as it left it */
            el_set(edit, EL_PREP_TERM, 0);
            el_set(edit, EL_PREP_TERM, 1);
            draw_again(edit);
            break;
        default:
            return -1;
        }
    }
}

static void narrow(void *place, const char *text)
{
    offers *const o = place;
    size_t agreed = 0;

    if (o->count++ == 0) {
        o->common = cli_format("%s", text);
        return;
    }
    while (o->common[agreed] && o->common[agreed] == text[agreed]) agreed++;
    o->common[agreed] = '\0';
}

/* The last word, since the rest of the line stands above. */
static void list(void *place, const char *text)
{
    const char *const blank = strrchr(text, ' ');

    fprintf(((offers *)place)->out, "%s  ", blank ? blank + 1 : text);
}

/* Puts in what all offers agree on; if that is nothing new, lists them. */
static unsigned char on_tab(EditLine *edit, int key)
{
    cli_editor *const editor = editor_of(edit);
    const LineInfo *const info = el_line(edit);
    unsigned char result = CC_ERROR;
    offers o = {0};

    (void)key;
    if (!editor->complete || info->cursor != info->lastchar) return CC_ERROR;
    size_t const size = (size_t)(info->lastchar - info->buffer);
    char *const line = cli_format("%.*s", (int)size, info->buffer);
    editor->complete(editor->user, line, narrow, &o);
    if (o.count > 0 && strlen(o.common) > size) {
        el_insertstr(edit, o.common + size);
        result = CC_REFRESH;
    } else if (o.count > 1) {
        el_get(edit, EL_GETFP, 1, &o.out);
        fputc('\n', o.out);
        editor->complete(editor->user, line, list, &o);
        fputc('\n', o.out);
        result = CC_REDISPLAY;
    }
    free(o.common);
    free(line);
    return result;
}

/* Keys that terminals send and libedit's table for Emacs lacks. */
static void bind_keys(EditLine *edit)
{
    static const char *const keys[][2] = {
        {"^R", "em-inc-search-prev"},      {"^I", "siamese-complete"},
        {"\\e[3~", "ed-delete-next-char"}, {"\\e[1~", "ed-move-to-beg"},
        {"\\e[4~", "ed-move-to-end"},      {"\\e[1;5D", "ed-prev-word"},
        {"\\e[1;5C", "em-next-word"},      {"\\e[H", "ed-move-to-beg"},
        {"\\e[F", "ed-move-to-end"}};

    /* el_set would keep copies of the words that nobody frees */
    el_wset(edit, EL_ADDFN, L"siamese-complete", L"complete a command", on_tab);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        el_set(edit, EL_BIND, keys[i][0], keys[i][1], NULL);
}

/* libedit reads characters by the locale; ours are UTF-8 whatever it is. */
static void set_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

cli_editor *cli_editor_open(const char *prompt, FILE *out)
{
    HistEvent event;

    if (!cli_terminal_moves(STDIN_FILENO)) return NULL;
    set_locale();
    cli_editor *const editor = cli_alloc(1, sizeof *editor);
    /* \1 stands around what takes no column */
    editor->prompt =
        cli_format("\1%s\1%s\1%s\1 ", cli_terminal_color(fileno(out), CLI_BOLD),
                   prompt, cli_terminal_color(fileno(out), CLI_PLAIN));
    editor->edit = el_init("siamese", stdin, out, stderr);
    editor->history = history_init();
    if (!editor->edit || !editor->history) {
        cli_editor_close(editor);
        return NULL;
    }
    history(editor->history, &event, H_SETSIZE, (int)CLI_TYPED_LINES);
    history(editor->history, &event, H_SETUNIQUE, 1);
    el_set(editor->edit, EL_CLIENTDATA, editor);
    el_set(editor->edit, EL_PROMPT_ESC, prompt_of, '\1');
    el_set(editor->edit, EL_EDITOR, "emacs");
    el_set(editor->edit, EL_HIST, history, editor->history);
    el_set(editor->edit, EL_GETCFN, next_key);
    bind_keys(editor->edit);
    el_source(editor->edit, NULL);
    return editor;
}

void cli_editor_set_completion(cli_editor *editor,
                               cli_editor_complete *complete, void *user)
{
    editor->complete = complete;
    editor->user = user;
}

void cli_editor_close(cli_editor *editor)
{
    if (!editor) return;
    if (editor->history) history_end(editor->history);
    if (editor->edit) el_end(editor->edit);
    free(editor->prompt);
    free(editor->line);
    free(editor);
}

void cli_editor_remember(cli_editor *editor, const char *line)
{
    HistEvent event;

    history(editor->history, &event, H_ENTER, line);
}

const char *cli_editor_next(cli_editor *editor, cli_event *event)
{
    int size = 0;

    editor->event = CLI_READY;
    el_set(editor->edit, EL_PREP_TERM, 1); /* before the prompt is seen */
    const char *const line = el_gets(editor->edit, &size);
    *event = editor->event;
    if (!line || size <= 0) return NULL;
    free(editor->line);
    editor->line = cli_format("%.*s", size - (line[size - 1] == '\n'), line);
    return editor->line;
}

#else

cli_editor *cli_editor_open(const char *prompt, FILE *out)
{
    (void)prompt, (void)out;
    return NULL;
}

void cli_editor_set_completion(cli_editor *editor,
                               cli_editor_complete *complete, void *user)
{
    (void)editor, (void)complete, (void)user;
}

void cli_editor_close(cli_editor *editor)
{
    (void)editor;
}

void cli_editor_remember(cli_editor *editor, const char *line)
{
    (void)editor, (void)line;
}

const char *cli_editor_next(cli_editor *editor, cli_event *event)
{
    (void)editor;
    *event = CLI_READY;
    return NULL;
}

#endif
