#!/bin/sh
# Builds each example, and the program in README.md, through pkg-config against
# a library that was installed into a temporary prefix; runs them; compares what
# C++ prints with what C prints, byte for byte (other languages:
# tests/bindings). Nothing is downloaded, and nothing is written outside a
# temporary folder.
set -u
here=$(pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CC=${CC:-gcc} CXX=${CXX:-g++}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    if "$@"; then echo "ok examples__$name"; else echo "not ok examples__$name"; fi
}
skip() {
    echo "ok examples__$1 # SKIP $2"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
export PATH="$prefix/bin:$PATH"
cp -R examples "$dir/examples"
cd "$dir/examples" || exit 1

c_build() { # PROGRAM SOURCE FLAGS ...
    program=$1 source=$2
    shift 2
    "$CC" -std=c99 -D_GNU_SOURCE -Wall -Wextra -Werror -pthread \
        -o "$program" "$source" "$@"
}
shared() { pkg-config --cflags --libs siamese; }

are_short() {
    long=$(find . -path ./demo -prune -o -type f -exec wc -l {} \; |
        awk '$1 >= ($2 ~ /06_hybrid/ ? 360 : $2 ~ /07_mpi/ ? 105 :
            $2 ~ /08_sharded/ ? 240 : 80)')
    [ -z "$long" ] || { echo "$long" && return 1; }
}
check are_under_80_lines are_short

# ---- C ----

finds_the_right_family() { # SOURCE ARGUMENTS ...
    c_build "$dir/01" "$1" $(shared) || return 1
    shift
    "$dir/01" "$@" >"$dir/01.txt" && cat "$dir/01.txt" &&
        [ "$(wc -l <"$dir/01.txt")" -eq 9 ] &&
        awk 'NR == 2 && $1 !~ /^10[01]$/ || NR == 5 && $1 !~ /^10[45]$/ ||
            NR == 8 && $1 !~ /^10[23]$/ { bad = 1 } END { exit bad }' \
            "$dir/01.txt"
}
check 01_train_and_search finds_the_right_family 01_train_and_search.c \
    "$dir/shop.siamese"
check 01_by_parts finds_the_right_family 01_by_parts.c

same_as_c() {
    "$@" >"$dir/other.txt" && cmp "$dir/01.txt" "$dir/other.txt"
}

# A library folder without the shared one, so that the linker takes the other.
links_statically() {
    mkdir "$dir/static" && cp "$prefix/lib/libsiamese.a" "$dir/static" &&
        c_build "$dir/01s" 01_by_parts.c $(pkg-config \
            --define-variable=libdir="$dir/static" --static --cflags --libs \
            siamese) &&
        ! readelf -d "$dir/01s" | grep -q 'NEEDED.*libsiamese' &&
        same_as_c "$dir/01s"
}
check 01_static_link_gives_the_same_bits links_statically

# What the command trains and exports, the example imports.
imports() {
    {
        echo product_uid,product_title,search_term,relevance
        for i in 1 2 3 4 5 6 7 8; do
            echo "1,oak writing desk,wooden desk,3"
            echo "2,brass kitchen faucet,kitchen tap,3"
        done
    } >"$dir/pairs.csv"
    siamese train --quiet --preset notebook --data "$dir/pairs.csv" \
        --model "$dir/m.siamese" --metrics none &&
        mkdir "$dir/exported" &&
        siamese export --model "$dir/m.siamese" --parameters "$dir/exported" &&
        siamese export --model "$dir/m.siamese" \
            --vocab "$dir/exported/vocab.txt" &&
        siamese embed --model "$dir/m.siamese" --text 'Oak desk' \
            >"$dir/embed.txt" &&
        "$dir/02" "$dir/exported" 'Oak desk' >"$dir/02.txt" &&
        cmp "$dir/embed.txt" "$dir/02.txt"
}
check 02_builds c_build "$dir/02" 02_import_and_encode.c $(shared)
if [ -x "$prefix/bin/siamese" ]; then
    check 02_encodes_as_the_model_it_imports imports
else
    skip 02_encodes_as_the_model_it_imports "no command in this build"
fi
refuses_a_folder_without_weights() {
    ! "$dir/02" "$dir" desk 2>"$dir/error" && grep -q vocab.txt "$dir/error"
}
check 02_says_what_is_missing refuses_a_folder_without_weights

never_sees_half_an_add() {
    c_build "$dir/03" 03_search_while_adding.c $(shared) && "$dir/03" &&
        [ "$("$dir/03")" = '4000 vectors, 0 searches saw half an add' ]
}
check 03_search_while_adding never_sees_half_an_add

goes_on_to_the_same_bits() {
    c_build "$dir/04" 04_progress_and_cancel.c $(shared) &&
        [ "$("$dir/04")" = 'same bits' ]
}
check 04_progress_and_cancel goes_on_to_the_same_bits

# 06 on the demo's shop: the model learns from its training queries, the others
# are searched in four ways.
searches_in_four_ways() {
    "$CC" -std=c11 -D_GNU_SOURCE -O2 -o "$dir/catalogue" demo/*.c &&
        mkdir "$dir/shop" && "$dir/catalogue" --seed 7 --out "$dir/shop" &&
        cd "$dir/shop" &&
        siamese train --quiet --data train.csv --model m.siamese \
            --set hash_buckets=20000 --set embedding_dim=64 --epochs 1 &&
        "$dir/06" m.siamese items.csv '50ft "hose' '%' >four.txt &&
        [ "$(grep -c 'Hose' four.txt)" -ge 12 ] &&
        "$dir/06" -q queries.tsv -o shop m.siamese items.csv &&
        "$dir/06" -w 2 -d 50 -k 200 -q queries.tsv -o all m.siamese items.csv
}
figure() {
    siamese eval --quiet --run "shop.$1" --items items.csv \
        --queries queries.tsv --qrels qrels.txt |
        sed "s/.*\"$2\": \([0-9.]*\).*/\1/"
}
# Fused, not worse than the better of both, but for a hair.
fuses_to_gain() {
    for at in recall@10 recall@100; do
        echo "$at" "$(figure fts5 $at)" "$(figure siamese $at)" \
            "$(figure weighted $at)" "$(figure rrf $at)"
    done | tee figures.txt &&
        awk '{ best = $2 > $3 ? $2 : $3 }
            $4 < best - 0.01 || $5 < best - 0.02 { bad = 1 }
            END { exit bad || NR != 2 }' figures.txt
}
# The sums once more, from the runs of the two searches.
fuses_by_the_formula() {
    awk 'FNR == 1 { file++ }
        file < 3 {
            if (!(($1, file) in best)) best[$1, file] = $5
            if ($4 == 50) last[$1, file] = $5
            score[$1, $3, file] = $5
            rank[$1, $3, file] = $4
        }
        file > 2 {
            q = $1; d = $3; sum = 0
            for (f = 1; f <= 2; f++) {
                if (!((q, d, f) in score)) continue
                if (file == 4) sum += 1 / (60 + rank[q, d, f])
                else sum += (score[q, d, f] - last[q, f]) * \
                    (f == 1 ? 1 / best[q, f] : 2)
            }
            if (sum - $5 > 1e-9 || $5 - sum > 1e-9) bad = 1
            if ($4 > 1 && $5 > above) bad = 1
            above = $5; lines++
        }
        END { exit bad || lines < 10000 }' \
        all.fts5 all.siamese all.weighted all.rrf
}
if ! pkg-config --exists sqlite3; then
    skip 06_hybrid "no sqlite3.pc; the package libsqlite3-dev has it"
elif [ ! -x "$prefix/bin/siamese" ]; then
    skip 06_hybrid "no command in this build"
else
    check 06_builds c_build "$dir/06" 06_hybrid.c \
        $(pkg-config --cflags --libs siamese sqlite3)
    check 06_searches_in_four_ways searches_in_four_ways
    cd "$dir/shop" || exit 1
    check 06_fuses_to_gain fuses_to_gain
    check 06_fuses_by_the_formula fuses_by_the_formula
    cd "$dir/examples" || exit 1
fi

# ---- C++ ----

in_cpp() {
    "$CXX" -std=c++17 -Wall -Wextra -Werror -o "$dir/cpp" \
        05_cpp/train_and_search.cpp $(shared) && same_as_c "$dir/cpp"
}
check 05_cpp_gives_the_bits_of_c in_cpp

# ---- README.md ----

# The blocks in a language of a page, one behind the other.
blocks() { # LANGUAGE PAGE
    awk -v fence="\`\`\`$1" '/^```/ { on = $0 == fence; next } on' "$here/$2"
}

# The program, by the very line that README.md gives for building it.
mkdir "$dir/readme" && cd "$dir/readme" || exit 1
blocks c README.md >first.c
sed -n 's/^\(cc .*first\.c.*\)$/\1/p' "$here/README.md" >build.sh
stays_true() {
    [ -s first.c ] && [ "$(wc -l <build.sh)" -eq 1 ] &&
        [ "$(wc -l <first.c)" -le 20 ] && sh -e build.sh && ./first |
        tee first.txt && grep -q '^couch: red sofa, ' first.txt
}
check readme_program_builds_and_runs stays_true

in_cpp_too() {
    blocks cpp README.md >first.cpp && [ -s first.cpp ] &&
        [ "$(wc -l <first.cpp)" -le 12 ] &&
        "$CXX" -std=c++17 -Wall -Wextra -Werror -o first_cpp first.cpp \
            $(shared) && [ "$(./first_cpp)" = 'red sofa' ]
}
check readme_program_in_cpp in_cpp_too

# The tour of the command, line by line as it stands there.
sed -n '/^<!-- tour -->$/,/^<!-- end -->$/p' "$here/README.md" |
    sed -n '/^```sh$/,/^```$/p' | grep -v '^```' >tour.sh
tours() {
    [ -s tour.sh ] || return 1
    sh -e tour.sh >tour.txt 2>&1 || { cat tour.txt && return 1; }
    grep -q '^1.1.*oak writing desk$' tour.txt &&
        grep -q '^1.2.*red velvet sofa$' tour.txt
}

# ---- docs/ ----

# All blocks of a page in C as one program, then all its commands in order;
# what they print goes to printed.txt, and the program's compiler warns of
# nothing.
runs() { # PAGE PROGRAM
    blocks sh "$1" >commands.sh && [ -s commands.sh ] || return 1
    if [ -n "${2:-}" ]; then
        blocks c "$1" >"$2" && [ -s "$2" ] && "$CC" -std=gnu11 -Wall -Wextra \
            -Werror -fsyntax-only "$2" $(pkg-config --cflags siamese) ||
            return 1
    fi
    sh -e commands.sh >printed.txt 2>messages.txt ||
        { cat printed.txt messages.txt && return 1; }
}

found() { # NUMBER PATTERN: so many lines of what was printed
    [ "$(grep -cE "$2" printed.txt)" -eq "$1" ] || { cat printed.txt && false; }
}

# The program prints what the page says that it prints.
learns_every_night() {
    runs docs/tutorial.md shop.c && found 1 '^1.103.*red velvet sofa$' &&
        found 1 '^1.106.*steel bathroom faucet$' && found 1 '"recall@1": 1\.0' &&
        found 2 '^1.109.*walnut bureau$' &&
        awk '/^```/ { on = !on } !on && sub(/^    /, "")' \
            "$here/docs/tutorial.md" >said.txt && [ -s said.txt ] &&
        tail -n "$(wc -l <said.txt)" printed.txt | diff said.txt -
}

# What docs/index.md shows of a file whose vectors stay in it, on the tutorial's.
opens_mapped() {
    blocks c docs/index.md >large.c && c_build large large.c $(shared) &&
        [ "$(./large)" = 'red velvet sofa' ]
}
opens_mapped_in_cpp() {
    blocks cpp docs/index.md >large.cpp && "$CXX" -std=c++17 -Wall -Wextra \
        -Wpedantic -Werror -o large-cpp large.cpp $(shared) &&
        [ "$(./large-cpp)" = 'red velvet sofa' ]
}

# Its ids are integers, where the command's own are texts.
reads_what_c_saved() {
    echo 109 >ids.txt &&
        siamese search --quiet --model night.siamese --include-ids ids.txt \
            --format trec "red couch" >trec.txt &&
        grep -q '^1 Q0 109 1 ' trec.txt && [ "$(wc -l <trec.txt)" -eq 1 ] &&
        siamese search --quiet --model night.siamese --exclude-ids ids.txt \
            --format json bureau >json.txt && grep -q '"id": "10[1-8]"' json.txt &&
        ! grep -q '"id": "109"' json.txt &&
        siamese eval --quiet --model night.siamese --judged judged.csv \
            --metrics recall --ks 1 | grep -q '"recall@1": 1\.0'
}

# By the command, in C, and imported from exported weights: the same numbers.
# Without the file of the notebook, on the demo's shop, which has its columns.
is_the_notebook() {
    "$CC" -std=c11 -D_GNU_SOURCE -O2 -o catalogue "$dir"/examples/demo/*.c &&
        ./catalogue --seed 7 --out . >catalogue.txt &&
        siamese train --quiet --preset notebook --data train.csv \
            --encoding ISO-8859-1 --model old.siamese &&
        mkdir exported && siamese export --model old.siamese \
            --parameters exported --vocab exported/vocab.txt &&
        runs docs/notebook.md notebook.c && found 3 '^-?[0-9.e-]+( [0-9.e-]+){15}$' &&
        [ "$(grep -E '^-?[0-9.e-]+ ' printed.txt | sort -u | wc -l)" -eq 1 ]
}

migrates() {
    runs docs/migration.md && found 2 '^1.10[34].*sofa$' &&
        [ -s vectors.npy ] && [ -s items.faiss ]
}

if [ -x "$prefix/bin/siamese" ]; then
    check readme_tour_of_the_command tours
    mkdir "$dir/tutorial" "$dir/notebook" && cd "$dir/tutorial" || exit 1
    check tutorial_learns_every_night learns_every_night
    check tutorial_command_reads_what_c_saved reads_what_c_saved
    check index_that_stays_in_its_file opens_mapped
    check index_that_stays_in_its_file_in_cpp opens_mapped_in_cpp
    check migration_from_other_libraries migrates
    cd "$dir/notebook" || exit 1
    check notebook_cell_by_cell is_the_notebook
else
    skip readme_tour_of_the_command "no command in this build"
    skip tutorial_learns_every_night "no command in this build"
    skip tutorial_command_reads_what_c_saved "no command in this build"
    skip index_that_stays_in_its_file "no command in this build"
    skip index_that_stays_in_its_file_in_cpp "no command in this build"
    skip migration_from_other_libraries "no command in this build"
    skip notebook_cell_by_cell "no command in this build"
fi
