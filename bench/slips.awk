# slips.awk: makes slips of the keyboard in queries, one in one query of so
# many, the same ones for the same seed; for measures of what the correction of
# spelling brings.
#
#   LC_ALL=C awk -f slips.awk -v seed=1 [-v every=5] [-v kinds="drop swap"]
#   [-v changed=FILE] queries.tsv >slipped.tsv
#
# Queries are lines of id TAB text in UTF-8. A slip is in a word of at least
# four letters without a digit: drop leaves a letter out, double types one
# twice, swap two neighbours in each other's place, near the key beside the
# letter's on a QWERTY keyboard (of other letters: swap). The ids of changed
# queries go to the file. Choose settings by one seed and some kinds, report
# others.
BEGIN {
    FS = OFS = "\t"
    if (seed == "") seed = 1
    if (every == "") every = 5
    if (kinds == "") kinds = "drop double swap near"
    kind_count = split(kinds, kind, " ")
    for (i = 1; i <= kind_count; i++)
        if (kind[i] !~ /^(drop|double|swap|near)$/) {
            print "slips.awk: there is no kind " kind[i] >"/dev/stderr"
            exit failed = 2
        }
    split("qwertyuiop asdfghjkl zxcvbnm", row, " ")
    for (r = 1; r <= 3; r++)
        for (i = 1; i < length(row[r]); i++) {
            a = substr(row[r], i, 1); b = substr(row[r], i + 1, 1)
            beside[a] = beside[a] b; beside[b] = beside[b] a
        }
    for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i
    state = seed % 2147483647
    if (state == 0) state = 1
    for (i = 0; i < 16; i++) draw(2) # seeds beside each other begin alike
}

# 0 .. bound - 1, by the generator of Park and Miller (minimal standard)
function draw(bound) {
    state = state * 48271 % 2147483647
    return int(state / 2147483647 * bound)
}

# letters[1 ..] of a word; 0: it is none to slip in
function read_letters(word,    i, n, c) {
    if (word ~ /[0-9]/ || word !~ /^[A-Za-z\200-\377]+$/) return 0
    for (i = 1; i <= length(word); i++) {
        c = substr(word, i, 1)
        if (n && code[c] >= 128 && code[c] < 192) letters[n] = letters[n] c
        else letters[++n] = c
    }
    return n
}

function slip(word,    n, at, how, i, to, keys, out) {
    n = read_letters(word)
    how = kind[draw(kind_count) + 1]
    at = draw(how == "swap" ? n - 1 : n) + 1
    keys = beside[tolower(letters[at])]
    if (how == "near" && keys == "") {
        how = "swap"
        if (at == n) at--
    }
    # two letters that are the same: another place, or nothing is changed
    for (i = 1; how == "swap" && letters[at] == letters[at + 1] && i < n; i++)
        at = at % (n - 1) + 1
    for (i = 1; i <= n; i++) {
        to = letters[i]
        if (i == at && how == "drop") to = ""
        if (i == at && how == "double") to = to to
        if (i == at && how == "near")
            to = substr(keys, draw(length(keys)) + 1, 1)
        if (i == at && how == "swap") {
            to = letters[i + 1] to
            i++
        }
        out = out to
    }
    return out
}

{
    count = split($2, words, " ")
    fit = 0
    for (w = 1; w <= count; w++)
        if (read_letters(words[w]) >= 4) place[++fit] = w
    is_chosen = draw(every) == 0 # drawn for each, fit or not
    if (is_chosen && fit) {
        w = place[draw(fit) + 1]
        words[w] = slip(words[w])
        text = words[1]
        for (i = 2; i <= count; i++) text = text " " words[i]
        if (text != $2 && changed != "") print $1 >changed
        $2 = text
    }
    print $1, $2
}

END { if (failed) exit failed }
