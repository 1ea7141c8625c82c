#!/bin/sh
# The documentation against what it documents.
set -u

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# A paragraph of declarations begins with a comment; what each kind of handle
# or options has is documented once, at the top of the header.
report docs__every_function_has_a_comment "$(
    awk -v RS= '/SIAMESE_API/ && !/^ *\/\*/' include/siamese/siamese.h |
        tr '\n' ' ' | grep -oE '\bsiamese_[a-z_0-9]+ ?\(' | tr -d ' (' |
        grep -vE '_options_(init|set|get|describe)$|_free$')"

report docs__every_status_code_is_explained "$(
    sed -n 's/^ *XX(\(E_[A-Z_]*\), \(-[0-9]*\),.*/\1 | \2/p' \
        include/siamese/siamese.h | while read -r code bar number; do
        grep -q "^| .SIAMESE_$code. | $number |" docs/errors.md ||
            echo "$code $number"
    done)"

report docs__every_handle_has_a_thread_rule "$(
    sed -n 's/^typedef struct siamese_\([a-z]*\) siamese_[a-z]*;/\1/p' \
        include/siamese/siamese.h | while read -r handle; do
        grep -q "^| $handle |" docs/threads.md || echo "$handle"
    done)"

# Functions and files that a page names are there.
report docs__names_of_functions_exist "$(
    grep -ohE '\bsiamese_[a-z_]+\b' README.md docs/*.md examples/README.md |
        sort -u | while read -r name; do
        grep -q "\b$name\b" include/siamese/siamese.h || echo "$name"
    done | grep -v '^siamese_X_\|_$')"

report docs__links_lead_somewhere "$(
    for page in README.md docs/*.md examples/README.md; do
        grep -oE '\]\([^)#:]+\)' "$page" | tr -d ']()' |
            while read -r target; do
                [ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
            done
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

report docs__changelog_has_this_version "$(
    version=$(sed -n 's/.*SIAMESE_VERSION "\(.*\)".*/\1/p' \
        include/siamese/version.h)
    grep -q "^## $version\b" CHANGELOG.md || echo "$version")"
