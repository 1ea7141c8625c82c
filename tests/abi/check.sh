#!/bin/sh
# tools/abi_check.sh: the library of this tree passes, and so does one that has
# grown; one that a released program could be wrong with does not, and is told
# why. The variants are built of changed copies of the headers, with functions
# that do nothing: an ABI is declarations.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
CC=${CC:-gcc}

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

report abi__this_library_is_compatible "$(
    sh tools/abi_check.sh build/libsiamese.so >"$work/log" 2>&1 ||
        cat "$work/log")"

# A fresh copy of headers and map in $work/variant.
copy() {
    rm -rf "$work/variant"
    mkdir "$work/variant"
    cp -R include lib/siamese.map "$work/variant"
}

# A library of the copy's headers: every function, empty, under the map's names.
soname=libsiamese.so.0
build() {
    cat >"$work/bodies.awk" <<'AWK'
BEGIN { print "#include <siamese/siamese.h>"
    for (i = 1; i < ARGC; i++) read_header(ARGV[i])
    exit }
function on_header(f, c) { }
function on_banner(t) { }
function on_note(c) { }
function on_end(f) { }
function on_macro(n, v, c) { }
function on_group(comment, count,    g) {
    for (g = 1; g <= count; g++) if (kind[g] == "function") {
        sub(/;$/, "", code[g])
        print code[g] (code[g] ~ /^void / ? " { }" : " { return 0; }")
    }
}
AWK
    awk -f tools/headers.awk -f "$work/bodies.awk" \
        "$work"/variant/include/siamese/*.h >"$work/variant/bodies.c" &&
        "$CC" -g -w -shared -fPIC -Wl,-soname,"$soname" \
            -Wl,--version-script="$work/variant/siamese.map" \
            -I"$work/variant/include" -o "$work/variant/libsiamese.so" \
            "$work/variant/bodies.c"
}

# edit HEADER SED_SCRIPT: the copy must have changed by it.
edit() {
    file=$work/variant/$1
    cp "$file" "$work/before"
    sed -i "$2" "$file"
    ! cmp -s "$file" "$work/before" || echo "no change by: $2"
}
header() { edit "include/siamese/$1" "$2"; }

check() {
    sh tools/abi_check.sh "$work/variant/libsiamese.so" \
        "$work/variant/include" >"$work/log" 2>&1
}

# passes NAME EDIT...: each an argument list of edit in quotes.
passes() {
    name=$1
    shift
    report "abi__passes_$name" "$(
        copy
        for change in "$@"; do eval "$change"; done
        build 2>&1 || echo 'it does not compile'
        check || cat "$work/log")"
}

# fails NAME WORDS EDIT...: what it says has the words.
fails() {
    name=$1 words=$2
    shift 2
    report "abi__finds_$name" "$(
        copy
        for change in "$@"; do eval "$change"; done
        build 2>&1 || echo 'it does not compile'
        if check; then
            echo 'it passes'
        elif ! grep -qe "$words" "$work/log"; then
            cat "$work/log"
        fi)"
}

passes an_unchanged_copy
passes a_new_function \
    'header index.h "s/^SIAMESE_API size_t siamese_index_count(.*/&\nSIAMESE_API size_t siamese_index_bytes(const siamese_index *index);/"' \
    'edit siamese.map "s/siamese_trainer_forget_cancel;/& siamese_index_bytes;/"'
passes an_appended_member \
    'header index.h "s/^} siamese_index_info;/    size_t bytes;\n&/"'
passes an_appended_member_of_a_callback_s_struct \
    'header trainer.h "s/^} siamese_progress;/    double power;\n&/"'
passes a_new_constant \
    'header index.h "s/SIAMESE_METRIC_COSINE = 1/&, SIAMESE_METRIC_L2 = 2/"'
passes another_name_of_a_parameter \
    'header index.h "s/const int64_t \*ids/const int64_t *keys/"'
passes another_comment \
    'header index.h "s/the number of lists/how many lists there are/"'

fails a_function_that_is_gone 'siamese_index_count is gone' \
    'header index.h "/^SIAMESE_API size_t siamese_index_count/d"' \
    'edit siamese.map "/siamese_index_count;/d"'
fails a_function_that_is_no_longer_exported 'siamese_index_count' \
    'edit siamese.map "/siamese_index_count;/d"'
fails a_function_under_another_version 'siamese_index_count' \
    'edit siamese.map "/siamese_index_count;/d; s/siamese_trainer_forget_cancel;/& siamese_index_count;/"'
fails another_type_of_an_argument 'siamese_index_create' \
    'header index.h "s/siamese_index \*\*out, size_t dim/siamese_index **out, uint32_t dim/"'
fails another_number_of_arguments 'siamese_index_count' \
    'header index.h "s/siamese_index_count(const siamese_index \*index)/siamese_index_count(const siamese_index *index, int32_t live)/"'
fails another_order_of_arguments 'siamese_id_filter_create' \
    'header index.h "/siamese_id_filter_create(/,/;/{s/int32_t mode/const int64_t *ids_/; s/const int64_t \*ids,/int32_t mode,/}"'
fails another_result 'siamese_index_count' \
    'header index.h "s/^SIAMESE_API size_t siamese_index_count/SIAMESE_API int32_t siamese_index_count/"'
fails an_argument_of_a_callback_that_changed 'siamese_write_fn\|siamese_checkpoint_write' \
    'header bundle.h "s/(\*siamese_write_fn)(void \*user, const void \*data, size_t size)/(*siamese_write_fn)(void *user, const void *data, int32_t size)/"'
fails a_member_that_is_gone 'siamese_index_options.seed is gone' \
    'header index.h "/^    uint64_t seed;/d"'
fails a_member_with_another_name 'siamese_index_options.seed is gone' \
    'header index.h "s/^    uint64_t seed;/    uint64_t start;/"'
fails a_member_put_between 'stands where siamese_index_options.nprobe\|stands where nprobe' \
    'header index.h "/^typedef struct siamese_index_options/,/^}/s/^    size_t nprobe;/    size_t bits;\n&/"'
fails a_member_put_into_a_gap 'stands where' \
    'header tower.h "s/^    int32_t mask_zero;/    int32_t mask_one;\n&/"'
fails members_that_changed_places 'stands where' \
    'header index.h "/^typedef struct siamese_index_info/,/^}/{s/size_t nlist;/size_t other;/; s/size_t nprobe;/size_t nlist;/; s/size_t other;/size_t nprobe;/}"'
fails another_type_of_a_member 'min_score' \
    'header index.h "s/^    double min_score;/    float min_score;/"'
fails another_size_of_a_member 'topk' \
    'header trainer_options.h "s/SIAMESE_TOPK_COUNT = 5/SIAMESE_TOPK_COUNT = 6/"'
fails a_text_that_grew 'siamese_text has grown' \
    'header base.h "s/^} siamese_text;/    int32_t language;\n&/"'
fails another_value_of_a_constant 'SIAMESE_METRIC_COSINE is no longer 1' \
    'header index.h "s/SIAMESE_METRIC_COSINE = 1/SIAMESE_METRIC_COSINE = 2/"'
fails another_number_of_a_status_code 'SIAMESE_E_IO is no longer -7' \
    'header base.h "s/XX(E_IO, -7/XX(E_IO, -77/"'
fails a_constant_that_is_gone 'SIAMESE_METRIC_COSINE' \
    'header index.h "s/, SIAMESE_METRIC_COSINE = 1//"'
soname=libsiamese.so.1
fails another_soname SONAME

# Without what the types are read from it says so, and does not pass.
report abi__is_not_compared_without_debugging_information "$(
    soname=libsiamese.so.0
    copy && build && strip -g "$work/variant/libsiamese.so"
    check && echo 'it passes'
    grep -q 'no debugging information' "$work/log" || cat "$work/log")"
