/* cli_encoding.c: a name as people write it in, one that iconv knows out. For
 * cli_reader. */
#include "data/cli_encoding.h"

#include <ctype.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

enum { MAX_KEY = 32 };

/* By letters and digits alone, in lower case. */
static const char *const names[][2] = {
    {"utf8", "UTF-8"},
    {"utf8sig", "UTF-8"},
    {"u8", "UTF-8"},
    {"utf", "UTF-8"},
    {"cp65001", "UTF-8"},
    {"unicode11utf8", "UTF-8"},
    {"unicode20utf8", "UTF-8"},
    {"u16", "UTF-16"},
    {"unicode", "UTF-16"},
    {"unicodefeff", "UTF-16LE"},
    {"unicodefffe", "UTF-16BE"},
    {"unicodebigunmarked", "UTF-16BE"},
    {"unicodelittleunmarked", "UTF-16LE"},
    {"u32", "UTF-32"},
    {"u7", "UTF-7"},
    {"unicode11utf7", "UTF-7"},
    {"latin", "ISO-8859-1"},
    {"8859", "ISO-8859-1"},
    {"iso8859", "ISO-8859-1"},
    {"iso10646ucs2", "UTF-16LE"},
    {"csunicode", "UTF-16LE"},
    {"latin1", "ISO-8859-1"},
    {"l1", "ISO-8859-1"},
    {"latin2", "ISO-8859-2"},
    {"l2", "ISO-8859-2"},
    {"latin3", "ISO-8859-3"},
    {"l3", "ISO-8859-3"},
    {"latin4", "ISO-8859-4"},
    {"l4", "ISO-8859-4"},
    {"latin5", "ISO-8859-9"},
    {"l5", "ISO-8859-9"},
    {"latin6", "ISO-8859-10"},
    {"l6", "ISO-8859-10"},
    {"latin7", "ISO-8859-13"},
    {"l7", "ISO-8859-13"},
    {"latin8", "ISO-8859-14"},
    {"l8", "ISO-8859-14"},
    {"latin9", "ISO-8859-15"},
    {"l9", "ISO-8859-15"},
    {"latin10", "ISO-8859-16"},
    {"l10", "ISO-8859-16"},
    {"isoceltic", "ISO-8859-14"},
    {"arabic", "ISO-8859-6"},
    {"asmo708", "ISO-8859-6"},
    {"ecma114", "ISO-8859-6"},
    {"iso88596e", "ISO-8859-6"},
    {"iso88596i", "ISO-8859-6"},
    {"cyrillic", "ISO-8859-5"},
    {"greek", "ISO-8859-7"},
    {"greek8", "ISO-8859-7"},
    {"suneugreek", "ISO-8859-7"},
    {"ecma118", "ISO-8859-7"},
    {"elot928", "ISO-8859-7"},
    {"hebrew", "ISO-8859-8"},
    {"iso88598e", "ISO-8859-8"},
    {"iso88598i", "ISO-8859-8"},
    {"visual", "ISO-8859-8"},
    {"logical", "ISO-8859-8"},
    {"thai", "ISO-8859-11"},
    {"dos874", "CP874"},
    {"ascii", "ASCII"},
    {"usascii", "ASCII"},
    {"646", "ASCII"},
    {"iso646us", "ASCII"},
    {"iso646irv1991", "ASCII"},
    {"ansix341968", "ASCII"},
    {"ansix341986", "ASCII"},
    {"ansi", "CP1252"},
    {"macintosh", "MACINTOSH"},
    {"mac", "MACINTOSH"},
    {"macroman", "MACINTOSH"},
    {"maclatin2", "MAC-CENTRALEUROPE"},
    {"maccentraleurope", "MAC-CENTRALEUROPE"},
    {"maccenteuro", "MAC-CENTRALEUROPE"},
    {"maccyrillic", "MAC-CYRILLIC"},
    {"macukrainian", "MAC-UK"},
    {"sjis", "SHIFT_JIS"},
    {"shiftjis", "SHIFT_JIS"},
    {"mskanji", "CP932"},
    {"windows31j", "CP932"},
    {"mskanji932", "CP932"},
    {"shiftjisx0213", "SHIFT_JISX0213"},
    {"sjisx0213", "SHIFT_JISX0213"},
    {"shiftjis2004", "SHIFT_JISX0213"},
    {"sjis2004", "SHIFT_JISX0213"},
    {"macjapanese", "SHIFT_JIS"},
    {"eucjp", "EUC-JP"},
    {"ujis", "EUC-JP"},
    {"eucjisx0213", "EUC-JISX0213"},
    {"eucjis2004", "EUC-JISX0213"},
    {"jisx0213", "EUC-JISX0213"},
    {"jis", "ISO-2022-JP"},
    {"iso2022jp", "ISO-2022-JP"},
    {"iso2022kr", "ISO-2022-KR"},
    {"euckr", "EUC-KR"},
    {"korean", "EUC-KR"},
    {"ksc5601", "EUC-KR"},
    {"ksc56011987", "EUC-KR"},
    {"ksc56011989", "EUC-KR"},
    {"ksx1001", "EUC-KR"},
    {"mackorean", "EUC-KR"},
    {"kscksc5601", "EUC-KR"},
    {"isoir149", "EUC-KR"},
    {"uhc", "CP949"},
    {"ms949", "CP949"},
    {"johab", "JOHAB"},
    {"ms1361", "JOHAB"},
    {"gb2312", "GB2312"},
    {"chinese", "GB2312"},
    {"gb23121980", "GB2312"},
    {"gb231280", "GB2312"},
    {"euccn", "GB2312"},
    {"eucgb2312cn", "GB2312"},
    {"isoir58", "GB2312"},
    {"iso58gb231280", "GB2312"},
    {"macsimpchinese", "GB2312"},
    {"gbk", "GBK"},
    {"gb18030", "GB18030"},
    {"gb180302000", "GB18030"},
    {"big5", "BIG5"},
    {"cnbig5", "BIG5"},
    {"big5tw", "BIG5"},
    {"mactradchinese", "BIG5"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"hkscs", "BIG5-HKSCS"},
    {"koi8", "KOI8-R"},
    {"koi8r", "KOI8-R"},
    {"koi", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"koi8ru", "KOI8-U"},
    {"koi8t", "KOI8-T"},
    {"tis620", "TIS-620"},
    {"tis6200", "TIS-620"},
    {"tis62025290", "TIS-620"},
    {"tis62025291", "TIS-620"},
    {"isoir166", "TIS-620"},
    {"hproman8", "HP-ROMAN8"},
    {"roman8", "HP-ROMAN8"},
    {"r8", "HP-ROMAN8"},
    {"cp1051", "HP-ROMAN8"},
    {"ibm1051", "HP-ROMAN8"},
    {"ptcp154", "PT154"},
    {"pt154", "PT154"},
    {"cp154", "PT154"},
    {"cyrillicasian", "PT154"},
    {"kz1048", "RK1048"},
    {"strk10482002", "RK1048"},
    {"cpgr", "IBM869"},
    {"cpis", "IBM861"},
    {"ibm039", "IBM037"},
    {"ebcdiccpbe", "IBM500"},
    {"ebcdiccpch", "IBM500"},
    {"ebcdiccpca", "IBM037"},
    {"ebcdiccpnl", "IBM037"},
    {"ebcdiccpus", "IBM037"},
    {"ebcdiccpwt", "IBM037"},
    {"ebcdiccphe", "IBM424"},
};

/* Those that are followed by a number: "iso8859_15", "windows-1252". */
static const char *const numbered[][2] = {
    {"iso8859", "ISO-8859-%s"},
    {"8859", "ISO-8859-%s"},
    {"isolatin", "LATIN%s"},
    {"windows", "CP%s"},
    {"ibm", "CP%s"},
    {"cp", "CP%s"},
    {"ms", "CP%s"},
    {"dos", "CP%s"},
    {"utf16", "UTF-16%s"},
    {"utf32", "UTF-32%s"},
    {"utf7", "UTF-7%s"},
    {"isoir", "ISO-IR-%s"},
    {"iso2022jp", "ISO-2022-JP-%s"},
    {"", "CP%s"},
};

static void make_key(const char *name, char key[MAX_KEY])
{
    size_t size = 0;

    for (; *name && size < MAX_KEY - 1; name++)
        if (isalnum((unsigned char)*name))
            key[size++] = (char)tolower((unsigned char)*name);
    key[size] = '\0';
}

/* "iso_8859-1:1987" is told by its number alone. */
static void drop_year(char key[MAX_KEY])
{
    static const char prefix[] = "iso8859";
    size_t const size = strlen(key), head = sizeof prefix - 1;

    if (size <= head + 4 || strncmp(key, prefix, head) != 0) return;
    if (strncmp(key + size - 4, "19", 2) == 0 ||
        strncmp(key + size - 4, "20", 2) == 0)
        key[size - 4] = '\0';
}

static int iconv_knows(const char *name)
{
    iconv_t const converter = iconv_open("UTF-8", name);

    if (converter == (iconv_t)-1) return 0;
    iconv_close(converter);
    return 1;
}

/* The name if iconv knows it, else NULL; takes it. */
static char *known(char *name)
{
    if (iconv_knows(name)) return name;
    free(name);
    return NULL;
}

static char *find_numbered(const char *key)
{
    for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++) {
        size_t const size = strlen(numbered[i][0]);
        size_t const head = strcspn(numbered[i][1], "%");
        const char *rest = key + size;
        if (strncmp(key, numbered[i][0], size) != 0) continue;
        if (strspn(rest, "0123456789") != strlen(rest) &&
            strcmp(rest, "le") != 0 && strcmp(rest, "be") != 0)
            continue;
        while (*rest == '0') rest++; /* "ibm037" is tried below */
        char *found =
            known(cli_format("%.*s%s", (int)head, numbered[i][1], key + size));
        if (!found)
            found =
                known(cli_format("%.*s%s", (int)head, numbered[i][1], rest));
        if (!found && *rest) found = known(cli_format("IBM%s", key + size));
        if (found) return found;
    }
    return NULL;
}

char *cli_encoding_find(const char *name)
{
    char buffer[MAX_KEY];
    const char *key = buffer;

    make_key(name, buffer);
    drop_year(buffer);
    for (;;) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcmp(key, names[i][0]) == 0)
                return known(cli_format("%s", names[i][1]));
        if (*key && iconv_knows(name)) return cli_format("%s", name);
        char *const found = *key ? find_numbered(key) : NULL;
        if (found) return found;
        /* "x-sjis", "csBig5" */
        if (*key == 'x')
            key++;
        else if (strncmp(key, "cs", 2) == 0)
            key += 2;
        else
            return NULL;
    }
}
