#!/bin/sh
# Measures what each stage of a search with a ranker brings on a judged collection:
# trains a model a preset and seed, searches with all stages, with each off in turn
# and with none, and writes a table, and the figures of each query, to a folder.
#
#   SIAMESE=path/to/siamese SPLIT=folder OUT=folder [PART=valid] [SEEDS="1 2 3"]
#   [PRESETS="default small"] [VARIANTS="all none ..."] [THREADS=2] [PAIRS=no]
#   [TRAIN="--set ..."] [SLIPS="seed kind ..."] [POINTS=yes] [RESAMPLES=2000]
#   stages.sh
#
# SPLIT is as quality.sh has it; judged_collections.py makes others. PAIRS=no trains on
# the titles alone. Models stay in OUT and are taken from there by a later run, of another
# PART for example: choose by valid, test is for the last figures alone. What a
# variant leaves out is said to the search, so that all are of one model.
#
# SLIPS="7 drop swap" measures on queries with slips of these kinds, made by slips.awk
# with the seed 7, with and without the correction of spelling, and the queries as
# they were beside them. Figures of the queries that were changed alone stand in
# lines of their own.
#
# POINTS=yes measures the searches with more and more stages, and the time of a query
# by siamese bench stages, on the model of the last seed: OUT/PART/points.tsv is what
# stages_plot.awk draws.
#
# OUT/PART/table.md: a line a preset and variant, mean over the seeds and in brackets
# the largest less the smallest; behind it the differences to all stages, in brackets
# the standard error of their paired bootstrap. OUT/PART/PRESET.SEED.VARIANT.tsv: each
# query's figures.
set -eu

siamese=${SIAMESE:?SIAMESE names the command}
split=${SPLIT:?SPLIT names the folder of the judged collection}
out=${OUT:?OUT names the folder for models and figures}
part=${PART:-valid}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
queries=$split/queries.$part.tsv
figures=$out/$part
mkdir -p "$figures"

# flags VARIANT: of siamese search
flags() {
    case $1 in
    all | slips | no_learned) ;;
    none) echo "--spelling off --feedback off --rerank off" ;;
    no_spelling | slips_no_spelling) echo "--spelling off" ;;
    no_feedback) echo "--feedback off" ;;
    no_rerank) echo "--rerank off" ;;
    only_spelling) echo "--feedback off --rerank off" ;;
    only_feedback) echo "--spelling off --rerank off" ;;
    only_rerank) echo "--spelling off --feedback off" ;;
    *)
        echo "stages.sh: there is no variant '$1'" >&2
        exit 2
        ;;
    esac
}

# trained PRESET SEED: OUT/PRESET.SEED.siamese, with its index
trained() {
    file=$out/$1.$2
    [ -f "$file.siamese" ] && return
    data="--data $split/train.csv"
    [ "${PAIRS:-}" != no ] || data=
    # shellcheck disable=SC2086
    "$siamese" train --quiet --json --threads "${THREADS:-2}" --preset "$1" \
        --seed "$2" $data --catalogue "$split/items.csv" --model "$file.part" \
        ${TRAIN:-} >"$file.json"
    "$siamese" index --quiet --threads "${THREADS:-2}" --model "$file.part" \
        --data "$split/items.csv" --out "$file.part"
    mv "$file.part" "$file.siamese"
}

# measure PRESET SEED VARIANT QUERIES: searches them as a host does, and measures
# that run by the judgements of the part
measure() {
    to=$figures/$1.$2.$3
    file=$out/$1.$2.siamese
    if [ "$3" = no_learned ]; then # the ranker's option, and no request's
        "$siamese" index --quiet --model "$file" --data "$split/items.csv" \
            --set ranker.learned=0 --out "$out/no_learned.siamese"
        file=$out/no_learned.siamese
    fi
    # shellcheck disable=SC2046
    cut -f2 "$4" | "$siamese" search --quiet --threads "${THREADS:-2}" \
        --model "$file" -k 100 --format trec $(flags "$3") |
        awk -v queries="$4" '
            BEGIN {
                while ((getline line <queries) > 0) {
                    split(line, cells, "\t")
                    qid[++count] = cells[1]
                }
            }
            { $1 = qid[$1]; print }' >"$to.run"
    "$siamese" eval --quiet --json --run "$to.run" --items "$split/items.csv" \
        --queries "$split/queries.$part.tsv" --qrels "$split/qrels.$part.txt" \
        --ks 10,100 --slices no_shared_token --per-query "$to.tsv" >"$to.json"
    rm "$to.run"
}

variants=${VARIANTS:-all no_spelling no_feedback no_learned no_rerank none}
if [ -n "${SLIPS:-}" ]; then
    LC_ALL=C awk -f "$here/slips.awk" -v seed="${SLIPS%% *}" \
        -v kinds="${SLIPS#* }" -v changed="$figures/slips.qids" \
        "$queries" >"$figures/slips.tsv"
    variants="all no_spelling slips slips_no_spelling"
fi
[ -z "${POINTS:-}" ] || variants="none only_rerank no_feedback all"
for preset in ${PRESETS:-default small}; do
    for seed in ${SEEDS:-1 2 3}; do
        trained "$preset" "$seed"
        for variant in $variants; do
            case $variant in
            slips*) measure "$preset" "$seed" "$variant" "$figures/slips.tsv" ;;
            *) measure "$preset" "$seed" "$variant" "$queries" ;;
            esac
        done
    done
    for variant in $variants; do
        for seed in ${SEEDS:-1 2 3}; do
            echo "$preset $variant $seed $figures/$preset.$seed.$variant"
        done
    done
done >"$figures/runs.txt"
table() {
    awk -f "$here/stages_table.awk" -v resamples="${RESAMPLES:-2000}" "$@" \
        "$figures/runs.txt"
}

# points PRESET: a line for each variant, mean recalls over the seeds and the median
# time: of the scan, and what each further stage adds to it
points() {
    cut -f2 "$queries" | "$siamese" bench stages --quiet -k 100 \
        --model "$out/$1.$seed.siamese" >"$figures/$1.times.json"
    awk -v preset="$1" -v times="$figures/$1.times.json" '
        function number(line, key) {
            return match(line, "\"" key "\": *[-0-9.e+]+") ? \
                substr(line, RSTART + length(key) + 3, \
                       RLENGTH - length(key) - 3) + 0 : 0
        }
        function stage(name) {
            return number(substr(told, index(told, "\"" name "\"")), "us_median")
        }
        BEGIN { getline told <times }
        $1 == preset {
            getline line <($4 ".json")
            ten[$2] += number(line, "recall@10")
            hundred[$2] += number(line, "recall@100")
            runs[$2]++
        }
        END {
            count = split("none only_rerank no_feedback all", variant, " ")
            split("cosines|+ words|+ spelling|+ feedback", stages, "|")
            split("scan rerank spelling feedback", added, " ")
            for (i = 1; i <= count; i++) {
                v = variant[i]
                us += stage(added[i])
                printf "%s\t%s\t%.4f\t%.4f\t%.1f\n", preset, stages[i],
                    ten[v] / runs[v], hundred[v] / runs[v], us
            }
        }' "$figures/runs.txt"
}
if [ -n "${POINTS:-}" ]; then
    for preset in ${PRESETS:-default small}; do points "$preset"; done |
        tee "$figures/points.tsv"
elif [ -n "${SLIPS:-}" ]; then
    {
        table -v base=slips
        printf '\nThe changed queries alone:\n\n'
        table -v base=slips -v only="$figures/slips.qids"
    } >"$figures/slips.md"
    cat "$figures/slips.md"
else
    table >"$figures/table.md"
    cat "$figures/table.md"
fi
