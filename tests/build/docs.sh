#!/bin/sh
# The documentation against what it documents.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# A paragraph of declarations begins with a comment; what each kind of handle
# or options has is documented once, in options.h.
report docs__every_function_has_a_comment "$(
    awk -v RS= '/SIAMESE_API / && !/^ *\/\*/ && !/^#/' include/siamese/*.h |
        tr '\n' ' ' | grep -oE '\bsiamese_[a-z_0-9]+ ?\(' | tr -d ' (' |
        grep -vE '_options_(init|set|get|describe)$|_free$')"

report docs__every_status_code_is_explained "$(
    sed -n 's/^ *XX(\(E_[A-Z_]*\), \(-[0-9]*\),.*/\1 | \2/p' \
        include/siamese/base.h | while read -r code bar number; do
        grep -q "^| .SIAMESE_$code. | $number |" docs/errors.md ||
            echo "$code $number"
    done)"

report docs__every_handle_has_a_thread_rule "$(
    sed -n 's/^typedef struct siamese_\([a-z]*\) siamese_[a-z]*;/\1/p' \
        include/siamese/*.h | while read -r handle; do
        grep -q "^| $handle |" docs/threads.md || echo "$handle"
    done)"

# threads.md: each function stands in the row of its handle or of none, by name
# or by a pattern, and where it says "at once" the handle is const. Handles that
# lock themselves have rules of their own.
report docs__every_function_has_a_thread_rule "$(
    cat include/siamese/*.h | tr '\n' ' ' | tr -s ' ' |
        grep -oE 'siamese_[a-z0-9_]+\([^;]*\);' >"$work/declared"
    sed -n 's/^ *siamese_\([a-z0-9_]*\);$/\1/p' lib/siamese.map |
        grep -v '_options_[a-z]*$' >"$work/exported"
    awk -F'|' '
        function named(list, name,   i, n, w, words) {
            n = split(list, words, "`")
            for (i = 2; i <= n; i += 2) {
                w = words[i]
                if (w == name) return 1
                if (w ~ /^X_/) {
                    if (name ~ ("_" substr(w, 3) "$")) return 1
                } else if (w ~ /\*$/ &&
                           index(name, substr(w, 1, length(w) - 1)) == 1)
                    return 1
            }
            return 0
        }
        FILENAME ~ /declared$/ {
            declaration[substr($0, 9, index($0, "(") - 9)] = $0
            next
        }
        FILENAME ~ /threads.md$/ {
            if (NF == 5) {
                gsub(/ /, "", $2)
                any[$2] = $3; alone[$2] = $4
            }
            next
        }
        {
            handle = $0
            while (handle != "" && !(handle in any))
                sub(/(^|_)[a-z0-9]*$/, "", handle)
            rest = substr($0, length(handle) + 2)
            if ($0 ~ /^checkpoint_(save|write)$/) { handle = "bundle"; rest = $0 }
            constant = declaration[$0] ~ ("const siamese_" handle " ")
            if (handle ~ /^(index|items|searcher|model)$/ && rest != "create")
                next
            if (handle != "" && named(any[handle], rest)) {
                if (!constant && handle != "trainer") print $0 ": not const"
            } else if (handle != "" && named(alone[handle], rest)) {
                if (constant) print $0 ": const"
            } else if (!named(any["none"], $0) && !named(alone["none"], $0))
                print $0 ": not in docs/threads.md"
        }' "$work/declared" docs/threads.md "$work/exported")"

# The comment of each function ends with the same rule in a word: any or one.
report docs__headers_say_the_thread_rule_of_threads_md "$(
    awk -v RS= '/SIAMESE_API / && !/^#/ {
        rule = match($0, /Threads: (any|one)/) ? substr($0, RSTART + 9, 3) : "-"
        gsub(/\/\*[^\/]*\*\//, "")
        while (match($0, /siamese_[a-z0-9_]+\(/)) {
            print substr($0, RSTART + 8, RLENGTH - 9), rule
            $0 = substr($0, RSTART + RLENGTH)
        }
    }' include/siamese/*.h >"$work/rules"
    awk -F'|' '
        function has(list, name, whole,   i, n, words, w) {
            n = split(list, words, "`")
            for (i = 2; i <= n; i += 2) {
                w = words[i]
                if (w == name || (w ~ /^X_/ && whole ~ ("_" substr(w, 3) "$")) ||
                    (w ~ /\*$/ && index(name, substr(w, 1, length(w) - 1)) == 1))
                    return 1
            }
            return 0
        }
        FILENAME ~ /threads.md$/ {
            if (NF == 5) { gsub(/ /, "", $2); one[$2] = $4 }
            next
        }
        {
            split($0, word, " ")
            name = handle = word[1]
            sub(/_options_[a-z]*$/, "", handle)
            while (handle != "" && !(handle in one))
                sub(/(^|_)[a-z0-9]*$/, "", handle)
            rest = handle == "" ? name : substr(name, length(handle) + 2)
            if (handle == "") handle = "none"
            wanted = has(one[handle], rest, name) ? "one" : "any"
            if (word[2] != wanted)
                print name ": Threads: " word[2] ", not " wanted
        }' docs/threads.md "$work/rules")"

# Functions and files that a page names are there.
report docs__names_of_functions_exist "$(
    grep -ohE '\bsiamese_[a-z_]+\b' README.md docs/*.md examples/README.md |
        sort -u | while read -r name; do
        grep -qh "\b$name\b" include/siamese/*.h || echo "$name"
    done | grep -v '^siamese_X_\|_$')"

# A test may be named without its folder.
report docs__tests_that_pages_name_exist "$(
    grep -oE '\btest_[a-z0-9_]+\.(c|py|sh)\b' README.md CONTRIBUTING.md \
        docs/*.md examples/README.md | while IFS=: read -r page file; do
        [ -n "$(find tests bench examples -name "$file")" ] ||
            echo "$page: $file"
    done)"

report docs__links_lead_somewhere "$(
    for page in README.md CONTRIBUTING.md SECURITY.md docs/*.md examples/README.md; do
        grep -oE '\]\([^)#:]+\)' "$page" | tr -d ']()' |
            while read -r target; do
                [ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
            done
    done)"

# A row of one table that stands in another has other columns.
report docs__rows_have_their_tables_columns "$(
    awk '
        FNR == 1 { columns = code = 0 }
        /^```/ { code = !code }
        !/^\|/ || code { columns = 0; next }
        {
            row = $0
            gsub(/\\\|/, "", row)
            count = gsub(/\|/, "", row)
            if (!columns) columns = count
            if (count != columns) print FILENAME ":" FNR ": " $0
        }' README.md CHANGELOG.md docs/*.md examples/README.md)"

# The table that make platforms fills, from rows in a folder: one in place of
# another, one new, and all others as they were.
report docs__runs_are_a_table_that_make_platforms_fills "$(
    runs() {
        sed -n '/^<!-- runs: begin -->$/,/^<!-- runs: end -->$/p' "$1" |
            grep '^| '
    }
    way='| (platform|[^|]+, [a-z0-9_]+) | [^|]+ | (way|run|emulated|compiled|read)'
    way=$(echo "$way" | sed 's/ | / [|] /g; s/^| /[|] /')
    runs docs/platforms.md | grep -vE "^$way [|] [^|]+ [|]\$"
    mkdir "$work/rows"
    {
        printf '%s\n' before '<!-- runs: begin -->' '| a | b | run | 1 |' \
            '| a | b | read | 2 |' '<!-- runs: end -->' after
    } >"$work/page.md"
    echo '| a | b | run | 3 |' >"$work/rows/1.row"
    echo '| c | b | run | 4 |' >"$work/rows/2.row"
    sh tools/platform_table.sh "$work/page.md" "$work/rows"
    printf '%s\n' before '<!-- runs: begin -->' '| a | b | run | 3 |' \
        '| a | b | read | 2 |' '| c | b | run | 4 |' '<!-- runs: end -->' \
        after | diff - "$work/page.md")"

# The table that make reliability fills, from what tests left in a folder: counts
# of a test are added up, builds with the same count are one row, rows of what
# was not run stay while they are of the same release and system.
report docs__counts_are_a_table_that_make_reliability_fills "$(
    root=$PWD tab=$(printf '\t')
    mkdir "$work/counted" && cd "$work/counted" || exit
    printf 'faults\t1200\nfaults\t34\n' >counts
    for way in '' asan:; do
        sh "$root/tools/reliability_record.sh" 'make check' "${way}api/a" counts
    done
    echo "faults${tab}7" >counts
    sh "$root/tools/reliability_record.sh" 'make check-long' tsan:api/a counts
    sh "$root/tools/reliability_record.sh" 'make check' api/b counts
    sh "$root/tools/reliability_record.sh" 'make check' api/b
    commit=$(cut -f6 build/reliability/make_check_plain_api_a.tsv)
    head='| what | count | test | result | command | commit |'
    line='|---|---|---|---|---|---|'
    old='| faults | 5 | api/a | passed: plain | make check | 0 |'
    other='| files | 6 | api/c | passed: plain | make check | 0 |'
    for release in 'one:' 'two:'; do
        printf '%s\n' before '<!-- runs: begin -->' "$release" '' "$head" \
            "$line" "$old" "$other" '<!-- runs: end -->' after >page.md
        sh "$root/tools/reliability_table.sh" page.md build/reliability one:
        {
            printf '%s\n' before '<!-- runs: begin -->' one: '' "$head" "$line"
            printf '| faults | %s | api/a | passed: %s | make %s | %s |\n' \
                1,234 'ASan+UBSan, plain' check "$commit" \
                7 TSan check-long "$commit"
            [ $release = two: ] || echo "$other"
            printf '%s\n' '<!-- runs: end -->' after
        } | diff - page.md
    done)"

# Each count is explained outside the table, and is of a test that there is.
report docs__every_count_of_reliability_is_explained "$(
    page=docs/reliability.md
    grep -rhoE '^[^*]*reliability_count\("[^"]+"' tests --include='*.c' |
        sed 's/.*("//; s/"//' | sort -u | while read -r what; do
        grep -v '^|' $page | tr '\n' ' ' | grep -qF "\`$what\`" ||
            echo "$what: not explained"
    done
    sed -n '/^<!-- runs: begin -->$/,/^<!-- runs: end -->$/p' $page |
        grep '^| ' | awk -F' *[|] *' 'NR > 1 { print $4 }' | sort -u |
        while read -r test; do
            set -- tests/"$test".sh tests/"${test%/*}/test_${test#*/}".c \
                tests/"$test".c tests/"$test"/list.txt
            [ -e "$1" ] || [ -e "$2" ] || [ -e "$3" ] || [ -e "$4" ] ||
                echo "no test $test"
        done)"

# A star stands for some files, as in lib/nn/*.c.
report docs__files_that_pages_name_exist "$(
    for page in README.md CONTRIBUTING.md SECURITY.md docs/*.md; do
        grep -oE '`(lib|src|include|tests|tools|mk|bench)/[A-Za-z0-9_./*-]+`' \
            "$page" | grep -vE 'NAME|MODULE|LEVEL|[/_]X\.' | tr -d '`' |
            sort -u | while read -r path; do
            for file in $path; do
                [ -e "$file" ] || echo "$page: $path"
                break
            done
        done
    done)"

report docs__map_is_of_this_tree "$(
    sh tools/map.sh | cmp -s - docs/architecture.svg ||
        echo 'docs/architecture.svg is not of this tree: make map')"

report docs__list_of_files_is_of_this_tree "$(
    sh tools/file_list.sh | cmp -s - docs/files.md ||
        echo 'docs/files.md is not of this tree: make map')"

report docs__help_has_every_target "$({
    sed -n 's/^\([a-z][a-z-]*\):.*/\1/p' Makefile mk/*.mk
    sed -n 's/^SUITES := //p' mk/suites.mk | tr ' ' '\n' | sed 's/^/check-/'
} | sort -u | grep -vxE \
    'all|library|command|manual|setup-check|suite|no-compiler|native|runs-here|kernel-counts|long-[a-z]*|[a-z]*-run' |
    while read -r target; do
        sed -n '/^#/!q; p' Makefile | grep -qwe "$target" || echo "$target"
    done)"

# Each option has a row that names a test there is.
report docs__every_trainer_option_is_in_the_table "$(
    table=$(grep '^| `[a-z]' docs/training.md | awk -F'|' 'NF == 7')
    sed -n 's/^    {"\([a-z_0-9]*\)", SM_OPTION.*/\1/p' \
        lib/train/trainer_options.c | while read -r option; do
        echo "$table" | cut -d'|' -f2 | grep -q "\`$option\`" ||
            echo "$option"
    done
    echo "$table" | cut -d'|' -f6 | grep -oE '[a-z_0-9]{4,}' | sort -u |
        while read -r name; do
            grep -rqE "static void $name\(" tests || echo "no test $name"
        done)"

report docs__every_tower_option_is_on_its_page "$(
    sed -n 's/^    {"\([a-z_0-9]*\)", SM_OPTION.*/\1/p' lib/tower/*.c |
        sort -u | while read -r option; do
        grep '^|' docs/towers.md | grep -q "\`$option\`" || echo "$option"
    done)"

report docs__changelog_has_this_version "$(
    version=$(sed -n 's/.*SIAMESE_VERSION_STRING "\(.*\)".*/\1/p' \
        include/siamese/version.h)
    grep -q "^## $version\b" CHANGELOG.md || echo "$version")"
