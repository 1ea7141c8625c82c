/* stemmer_probe.c: a stemmer in, a fingerprint of what it does out. For
 * text_maker. */
#include "text/stemmer_probe.h"

#include <string.h>

#include "common/hash.h"
#include "text/stemmer.h"

/* Made words of each language. Any list will do, so long as it never changes
 * and comes by the rules: they look at endings, and at vowels before them. */
enum { MADE_WORDS = 1500 };

/* Words on which releases of the English stemmer are known to have differed,
 * and the families around them. */
#define ENGLISH_WORDS                                                          \
    "organic organ organization organs organism organise internal intern "     \
    "internals internally interns university universe universal universally "  \
    "universities paste pasted past pastes pasting pastel general generate "   \
    "generally generic generous communication commune community communism "    \
    "arsenal arsenic skis skies dying lying tying idly gently ugly early "     \
    "only singly sky news howe atlas cosmos bias andes inning outing canning " \
    "herring earring proceed exceed succeed evening evenings eyeing added "    \
    "egged erred offed inned hopping hoping agreed feed bleed emergency "      \
    "emerge emergent emerald analogy analogous geologist geology theologies "  \
    "apologist apologize lateral later latest native nativity nationally "     \
    "national relational conditional valency hesitancy digitizer conformably " \
    "radically differently vilely analogously vietnamization predication "     \
    "operator feudalism decisiveness hopefulness callousness formality "       \
    "sensitivity sensibility triplicate formative formalize electricity "      \
    "electrical hopeful goodness revival allowance inference airliner "        \
    "adjustable defensible irritant replacement adjustment dependent "         \
    "adoption homologous effective bowdlerize probate rate cease controlling " \
    "rolling "                                                                 \
    "ties ties' tied dies died sprayed spraying y's boyish youth sayings "     \
    "knack knackered kneeling marked misses gas gaps kiwis this consign "      \
    "consistory consolingly consumption knives shelves stimuli addenda "       \
    "lights lighted ladder ladders 3rd 3's o'clock children's"

/* In the order of SM_STEMMER_NAMES. */
static const struct {
    const char *letters, *endings, *words;
} probes[] = {
    {"", "", ""},
    {"ا ب ت ث ج ح د ر س ش ع ف ق ك ل م ن ه و ي",
     "ات ان ون ين ها هم كم نا ة ي ه تان تين ية وا تم كما", ""},
    {"ա բ գ դ ե ի լ կ հ մ ն ո պ ս տ ր ու",
     "եր ներ ների ում ով ից ությամբ ություն ական ել ալ ացնել վում ած ող", ""},
    {"a b d e g i k l m n o r s t u z",
     "ak ek aren en ari etan etako tik rik tasun keta garri tzen tu ko la", ""},
    {"a à b c d e é i l m n o ò p r s t u ç",
     "s es ment ció cions ar ava aven ist isme itat able íssim et eta ada ant",
     ""},
    {"a b d e f g i k l m n o r s t u æ ø å",
     "e en er erne ernes ede et heden hed lig els løst eres ende s ig", ""},
    {"a b d e f g i k l m n o r s t u v z ij ee aa",
     "en e s heden heid ing baar lijk ig end eren tje je isch isme teit erij"
     " ge eert ieel iteit",
     ""},
    {"a b c d e f g h i k l m n o p r s t u v y",
     "s es ed ing ly edly ingly ation ational ness fulness ousness ive ity ize "
     "er al ical ogist ism ment eed y ies 's ogi li ance ent ion e",
     ENGLISH_WORDS},
    {"a e h i j k l m n o p r s t u v y ä ö",
     "ssa ssä sta stä lla llä lle n t ni si nsa ko kin in iin den tta mme ja "
     "impi isten",
     ""},
    {"a b c d e é i l m n o p q r s t u ou",
     "s es e ement ements ance ence atrice ation logie eux euse ité ive ai ait "
     "ions eront issant isse able isme iste er ez",
     "l'ami qu'elle d'organe hiboux bijoux genoux"},
    {"a b d e f g h i k l m n o r s t u ä ö ü ß",
     "e em en er ern es s st est ung heit keit ig ik isch lich end in innen "
     "erin erinnen et",
     ""},
    {"α β γ δ ε η ι κ λ μ ν ο π ρ σ τ υ ω",
     "ος ου οι ων ους α ας ες ης ω εις ει ουμε ετε ουν μα ματα ματος ισμος "
     "ικος ακι ησα ησαμε",
     ""},
    {"क ख ग च ज ट ड त द न प ब म र ल व स ह ा ि",
     "ों ें ी ियां ता ती ते ना ने नी कर ाएगा ूंगी ाओं ाई", ""},
    {"a á b d e é f g i k l m n o ö r s t u ü",
     "k ok ek nak nek ban ben ból ből val vel hoz hez ja je am em unk ünk jaik "
     "eitek kal okat",
     ""},
    {"a b d e g h i j k l m n o p r s t u",
     "kan an i nya lah kah ku mu pun kannya annya", ""},
    {"a á b c d e é f g h i í l m n o ó r s t u",
     "acht aí anna adh aigh eoir éir íocht ta tha ófar imid", ""},
    {"a b c d e f g i l m n o p r s t u v",
     "o a i e mente azione azioni ità ivo iva abile ismo ista ando endo are "
     "ere "
     "ire ato uta erebbe assimo gli glielo mi",
     "divano divani dell'uomo l'amico"},
    {"a b d e ė g i j k l m n o p r s š t u ū v ž",
     "as is us ys ai ams uose ose imas ėjo ome ite iau ti damas ingas umas",
     ""},
    {"क ख ग च ज ट ड त द न प ब म र ल व स ह ा ि",
     "हरू लाई ले को का की मा बाट संग एको एका ने छ छन् इन्", ""},
    {"a b d e f g i k l m n o r s t u æ ø å",
     "e en er ene ens et ede ende a as heten het lig leg else este s ers", ""},
    {"a b c d e f g h i k l m n o p r s t u v y",
     "s es ed ing ly ation ational ness fulness ousness ive ity ize er al ical "
     "ism ment eed y ies ance ent ion e logi",
     ENGLISH_WORDS},
    {"a á b c d e é f g i l m n o p r s t u ã õ ç",
     "o a os as mente ação ações idade ivo iva ável ismo ista ando endo ar er "
     "ir"
     " ava asse eria ência logia",
     ""},
    {"a ă â b c d e f g i l m n o p r s ș t ț u",
     "a e i ul ului le lor ilor ele ată ație itate iv abil ism ist ând ea are "
     "eau eam isem ează",
     ""},
    {"а б в г д е ж з и к л м н о п р с т у ы я",
     "а ы ов ами ого ему ый ая ие ся сь ла ли ть ешь ют вший ость остью ейше "
     "ение ениями нн ь ё",
     ""},
    {"a b c č ć d đ e g i j k l m n o p r s š t u v z ž",
     "a e i om ima ama og oj iti ati ski ost ovi ica ije ijeg anje ujem", ""},
    {"a á b c d e é f g i l m n ñ o p r s t u",
     "o a os as mente ación aciones idad ivo iva able ismo ista ando iendo ar "
     "er"
     " ir aba ase ería encia logía se selo arlos",
     ""},
    {"a b d e f g i k l m n o r s t u v ä ö å",
     "a ar arna en er erna ens het heten hetens ade ande e ast lig els löst s "
     "ern fullt",
     ""},
    {"க ச ட த ந ப ம ய ர ல வ ள ண ா ி ு",
     "கள் களை ஐ ஆல் க்கு உடன் இன் உம் ஆன் ஆர் ஓம் கிற", ""},
    {"a b c ç d e g ğ ı i k l m n o ö r s ş t u ü y z",
     "lar ler ları leri da de dan den nın nin ı i ım im mız miz ca ce dır dir "
     "ken ymış ydı",
     "Ankara'da istanbul'dan türkiye'nin"},
    {"א ב ג ד ה ו ז ח ט י כ ל מ נ ס ע פ ק ר ש ת",
     "ן ען ער עס ט סט לעך ונג קייט הייט יש עלע ען דיק", ""},
};

/* ---- words ---- */

static size_t count_words(const char *list)
{
    size_t count = *list != 0;
    for (; *list; list++) count += *list == ' ';
    return count;
}

/* Adds word `number` of the list to the text, if it has room. */
static void append(char text[SM_PROBE_WORD_SIZE], const char *list,
                   size_t number)
{
    for (; number > 0; number--) list += strcspn(list, " ") + 1;
    size_t const size = strcspn(list, " ");
    size_t const used = strlen(text);
    if (size >= SM_PROBE_WORD_SIZE - used) return;
    memcpy(text + used, list, size);
    text[used + size] = '\0';
}

static size_t draw(uint64_t *state, size_t below)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): no list is empty */
    return (size_t)(sm_hash_mix(*state) >> 32) % below;
}

bool sm_stemmer_probe_word(int32_t language, size_t number,
                           char word[SM_PROBE_WORD_SIZE])
{
    if (language < 1 || (size_t)language >= sizeof probes / sizeof *probes)
        return false;
    const char *const words = probes[language].words;
    size_t const known = count_words(words);
    word[0] = '\0';
    if (number < known) return append(word, words, number), true;
    if (number >= known + MADE_WORDS) return false;
    uint64_t state = number - known;
    const char *const letters = probes[language].letters;
    const char *const endings = probes[language].endings;
    size_t const all = count_words(letters), ends = count_words(endings);
    size_t const length = 1 + draw(&state, 6);
    for (size_t i = 0; i < length; i++)
        append(word, letters, draw(&state, all));
    for (size_t more = 1; more; more = draw(&state, 3) == 0)
        append(word, endings, draw(&state, ends));
    return true;
}

sm_status sm_stemmer_fingerprint(int32_t language, uint64_t *out)
{
    sm_status status = SIAMESE_OK;
    sm_stemmer *stemmer = NULL;
    uint64_t hash = SM_HASH_START;
    char word[SM_PROBE_WORD_SIZE];
    SM_TRY(sm_stemmer_create(&stemmer, language));
    for (size_t i = 0; sm_stemmer_probe_word(language, i, word); i++) {
        const char *stem;
        size_t size;
        SM_TRY(sm_stemmer_stem(stemmer, word, strlen(word), &stem, &size));
        hash = sm_hash_bytes(hash, stem, size);
        hash = sm_hash_bytes(hash, "", 1);
    }
    *out = hash ? hash : 1;
out:
    sm_stemmer_free(stemmer);
    return status;
}
