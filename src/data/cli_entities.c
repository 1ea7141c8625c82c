/* cli_entities.c: a text in, the same with its character references decoded
 * out. For cli_csv, search and eval. */
#include "data/cli_entities.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum {
    LONGEST_NAME = 8,
    MOST_DIGITS = 8,
    LONGEST = MOST_DIGITS + 2 /* # x, then the digits */
};
_Static_assert(LONGEST_NAME <= LONGEST, "a name is no longer than a number");

typedef struct named {
    char name[LONGEST_NAME + 1];
    uint16_t code_point;
} named;

/* HTML 4.01, chapter 24, and XML's apos; in the order of strcmp. */
static const named names[] = {
    {"AElig", 198},    {"Aacute", 193},  {"Acirc", 194},    {"Agrave", 192},
    {"Alpha", 913},    {"Aring", 197},   {"Atilde", 195},   {"Auml", 196},
    {"Beta", 914},     {"Ccedil", 199},  {"Chi", 935},      {"Dagger", 8225},
    {"Delta", 916},    {"ETH", 208},     {"Eacute", 201},   {"Ecirc", 202},
    {"Egrave", 200},   {"Epsilon", 917}, {"Eta", 919},      {"Euml", 203},
    {"Gamma", 915},    {"Iacute", 205},  {"Icirc", 206},    {"Igrave", 204},
    {"Iota", 921},     {"Iuml", 207},    {"Kappa", 922},    {"Lambda", 923},
    {"Mu", 924},       {"Ntilde", 209},  {"Nu", 925},       {"OElig", 338},
    {"Oacute", 211},   {"Ocirc", 212},   {"Ograve", 210},   {"Omega", 937},
    {"Omicron", 927},  {"Oslash", 216},  {"Otilde", 213},   {"Ouml", 214},
    {"Phi", 934},      {"Pi", 928},      {"Prime", 8243},   {"Psi", 936},
    {"Rho", 929},      {"Scaron", 352},  {"Sigma", 931},    {"THORN", 222},
    {"Tau", 932},      {"Theta", 920},   {"Uacute", 218},   {"Ucirc", 219},
    {"Ugrave", 217},   {"Upsilon", 933}, {"Uuml", 220},     {"Xi", 926},
    {"Yacute", 221},   {"Yuml", 376},    {"Zeta", 918},     {"aacute", 225},
    {"acirc", 226},    {"acute", 180},   {"aelig", 230},    {"agrave", 224},
    {"alefsym", 8501}, {"alpha", 945},   {"amp", 38},       {"and", 8743},
    {"ang", 8736},     {"apos", 39},     {"aring", 229},    {"asymp", 8776},
    {"atilde", 227},   {"auml", 228},    {"bdquo", 8222},   {"beta", 946},
    {"brvbar", 166},   {"bull", 8226},   {"cap", 8745},     {"ccedil", 231},
    {"cedil", 184},    {"cent", 162},    {"chi", 967},      {"circ", 710},
    {"clubs", 9827},   {"cong", 8773},   {"copy", 169},     {"crarr", 8629},
    {"cup", 8746},     {"curren", 164},  {"dArr", 8659},    {"dagger", 8224},
    {"darr", 8595},    {"deg", 176},     {"delta", 948},    {"diams", 9830},
    {"divide", 247},   {"eacute", 233},  {"ecirc", 234},    {"egrave", 232},
    {"empty", 8709},   {"emsp", 8195},   {"ensp", 8194},    {"epsilon", 949},
    {"equiv", 8801},   {"eta", 951},     {"eth", 240},      {"euml", 235},
    {"euro", 8364},    {"exist", 8707},  {"fnof", 402},     {"forall", 8704},
    {"frac12", 189},   {"frac14", 188},  {"frac34", 190},   {"frasl", 8260},
    {"gamma", 947},    {"ge", 8805},     {"gt", 62},        {"hArr", 8660},
    {"harr", 8596},    {"hearts", 9829}, {"hellip", 8230},  {"iacute", 237},
    {"icirc", 238},    {"iexcl", 161},   {"igrave", 236},   {"image", 8465},
    {"infin", 8734},   {"int", 8747},    {"iota", 953},     {"iquest", 191},
    {"isin", 8712},    {"iuml", 239},    {"kappa", 954},    {"lArr", 8656},
    {"lambda", 955},   {"lang", 9001},   {"laquo", 171},    {"larr", 8592},
    {"lceil", 8968},   {"ldquo", 8220},  {"le", 8804},      {"lfloor", 8970},
    {"lowast", 8727},  {"loz", 9674},    {"lrm", 8206},     {"lsaquo", 8249},
    {"lsquo", 8216},   {"lt", 60},       {"macr", 175},     {"mdash", 8212},
    {"micro", 181},    {"middot", 183},  {"minus", 8722},   {"mu", 956},
    {"nabla", 8711},   {"nbsp", 160},    {"ndash", 8211},   {"ne", 8800},
    {"ni", 8715},      {"not", 172},     {"notin", 8713},   {"nsub", 8836},
    {"ntilde", 241},   {"nu", 957},      {"oacute", 243},   {"ocirc", 244},
    {"oelig", 339},    {"ograve", 242},  {"oline", 8254},   {"omega", 969},
    {"omicron", 959},  {"oplus", 8853},  {"or", 8744},      {"ordf", 170},
    {"ordm", 186},     {"oslash", 248},  {"otilde", 245},   {"otimes", 8855},
    {"ouml", 246},     {"para", 182},    {"part", 8706},    {"permil", 8240},
    {"perp", 8869},    {"phi", 966},     {"pi", 960},       {"piv", 982},
    {"plusmn", 177},   {"pound", 163},   {"prime", 8242},   {"prod", 8719},
    {"prop", 8733},    {"psi", 968},     {"quot", 34},      {"rArr", 8658},
    {"radic", 8730},   {"rang", 9002},   {"raquo", 187},    {"rarr", 8594},
    {"rceil", 8969},   {"rdquo", 8221},  {"real", 8476},    {"reg", 174},
    {"rfloor", 8971},  {"rho", 961},     {"rlm", 8207},     {"rsaquo", 8250},
    {"rsquo", 8217},   {"sbquo", 8218},  {"scaron", 353},   {"sdot", 8901},
    {"sect", 167},     {"shy", 173},     {"sigma", 963},    {"sigmaf", 962},
    {"sim", 8764},     {"spades", 9824}, {"sub", 8834},     {"sube", 8838},
    {"sum", 8721},     {"sup", 8835},    {"sup1", 185},     {"sup2", 178},
    {"sup3", 179},     {"supe", 8839},   {"szlig", 223},    {"tau", 964},
    {"there4", 8756},  {"theta", 952},   {"thetasym", 977}, {"thinsp", 8201},
    {"thorn", 254},    {"tilde", 732},   {"times", 215},    {"trade", 8482},
    {"uArr", 8657},    {"uacute", 250},  {"uarr", 8593},    {"ucirc", 251},
    {"ugrave", 249},   {"uml", 168},     {"upsih", 978},    {"upsilon", 965},
    {"uuml", 252},     {"weierp", 8472}, {"xi", 958},       {"yacute", 253},
    {"yen", 165},      {"yuml", 255},    {"zeta", 950},     {"zwj", 8205},
    {"zwnj", 8204}};

/* What &#128; to &#159; mean in the pages that have them: HTML, "numeric
 * character reference end state". 0: nothing. */
static const uint16_t windows_1252[32] = {
    8364, 0,    8218, 402,  8222, 8230, 8224, 8225, 710,  8240, 352,
    8249, 338,  0,    381,  0,    0,    8216, 8217, 8220, 8221, 8226,
    8211, 8212, 732,  8482, 353,  8250, 339,  0,    382,  376};

int cli_entities_are_decoded(const char *name)
{
    if (!name || strcmp(name, CLI_ENTITIES_DECODE) == 0) return 1;
    if (strcmp(name, CLI_ENTITIES_KEEP) == 0) return 0;
    cli_usage_error("--entities %s: decode or keep is expected", name);
}

/* ------------------------------------------------------------------------- */
/* One reference                                                             */
/* ------------------------------------------------------------------------- */

static int by_name(const void *key, const void *entry)
{
    return strcmp(key, ((const named *)entry)->name);
}

/* The character of a name; 0: it is none. */
static uint32_t of_name(const char *text, size_t size)
{
    char name[LONGEST_NAME + 1] = "";

    if (size == 0 || size > LONGEST_NAME) return 0;
    memcpy(name, text, size);
    const named *const found = bsearch(
        name, names, sizeof names / sizeof *names, sizeof *names, by_name);
    return found ? found->code_point : 0;
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return (unsigned)(c - 'A') + 10;
    return 16;
}

/* A text may hold white space, but no other control character and no half of
 * a surrogate pair. */
static uint32_t as_text(uint32_t c)
{
    if (c >= 128 && c < 160) return windows_1252[c - 128];
    if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 127 ||
        (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
        return 0;
    return c;
}

/* The character of the digits behind &#; 0: it is none. */
static uint32_t of_number(const char *text, size_t size)
{
    int const is_hex = size > 0 && (*text == 'x' || *text == 'X');
    unsigned const base = is_hex ? 16 : 10;
    size_t const begin = is_hex ? 1 : 0;
    uint32_t value = 0;

    if (size == begin || size - begin > MOST_DIGITS) return 0;
    for (size_t i = begin; i < size; i++) {
        unsigned const digit = digit_of(text[i]);
        if (digit >= base) return 0;
        value = value * base + digit;
        if (value > 0x10ffff) return 0;
    }
    return as_text(value);
}

/* UTF-8 (RFC 3629); gives its bytes. */
static size_t put(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t const bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = bytes; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(leads[bytes] | c);
    return bytes;
}

/* ------------------------------------------------------------------------- */
/* A text                                                                    */
/* ------------------------------------------------------------------------- */

/* The character of the reference at text[0], an &, and its bytes; 0: none. */
static uint32_t read_reference(const char *text, size_t size, size_t *bytes)
{
    size_t const seen = size - 1 < LONGEST + 1 ? size - 1 : LONGEST + 1;
    const char *const end = memchr(text + 1, ';', seen);

    if (!end) return 0;
    size_t const inner = (size_t)(end - text) - 1;
    *bytes = inner + 2;
    return inner > 0 && text[1] == '#' ? of_number(text + 2, inner - 1)
                                       : of_name(text + 1, inner);
}

size_t cli_entities_decode(char *text, size_t size)
{
    const char *from = size > 0 ? memchr(text, '&', size) : NULL;
    char *to = from ? text + (from - text) : NULL;

    if (!from) return size;
    while (from < text + size) {
        size_t bytes = 0;
        uint32_t const c =
            *from == '&'
                ? read_reference(from, (size_t)(text + size - from), &bytes)
                : 0;
        if (c == 0) {
            *to++ = *from++;
            continue;
        }
        to += put(c, to);
        from += bytes;
    }
    return (size_t)(to - text);
}

siamese_text cli_entities_copy(siamese_text text, int decodes)
{
    char *const copy = cli_alloc(text.size + 1, 1);

    if (text.size > 0) memcpy(copy, text.data, text.size);
    size_t const size =
        decodes ? cli_entities_decode(copy, text.size) : text.size;
    copy[size] = '\0';
    return (siamese_text){copy, size};
}
