#!/bin/sh
# Measures the library and its peers in turn on this machine and prints the
# ratios; `make bench-peers`.
#
#   SIAMESE=path/to/siamese [DATA=train.csv] [ENCODING=ISO-8859-1] [RUNS=3]
#   [ROWS="train query"] [EPOCHS=n] [OUT=file.json] [PEERS=folder]
#   [PYTHON=python3.11] [PEERS_TF=venv] [PEERS_TORCH=venv] [PEERS_STATIC=venv]
#   [PEERS_ONNX=venv] [PEERS_FAISS=venv] peers.sh
#
# Peers are Python packages from PyPI in virtual environments of their own, made
# in the folder PEERS when a row first needs one; PEERS_TF, PEERS_TORCH and so on name
# ones there are already. A peer that cannot be installed is skipped. Both sides run in
# turn, a process each: ours, peer, ours, peer; a figure is the median of RUNS.
set -eu
. "$(dirname "$0")/rows.inc"
folder=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/siamese-peers}
runs=${RUNS:-3}
note() { echo "$*" >&2; }

# ---- virtual environments ----

# python_for NAME: an interpreter that its packages have wheels for.
python_for() {
    range="(3, 11) <= v < (3, 14)"
    [ "$1" != tensorflow ] || range="(3, 9) <= v < (3, 12)"
    for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11 \
        python3.10 python3.9; do
        "$python" -c "import sys, venv; v = sys.version_info[:2]
sys.exit(not ($range))" 2>/dev/null && echo "$python" && return
    done
    return 1
}

# install NAME: makes $folder/NAME of requirements-NAME.txt, unless it is there.
install() {
    place=$folder/$1 list=$here/requirements-$1.txt
    ! cmp -s "$list" "$place/installed.txt" || return 0
    python=$(python_for "$1") || {
        note "$1: no Python that it has packages for (PYTHON= names one)"
        return 1
    }
    note "$1: installing into $place"
    mkdir -p "$folder"
    {
        "$python" -m venv --clear "$place" &&
            "$place/bin/pip" install -r "$list" &&
            if [ "$1" = tensorflow ]; then
                "$place/bin/pip" install --no-deps \
                    tensorflow-recommenders==0.7.3
            fi
    } >"$folder/$1.log" 2>&1 || {
        note "$1: not installed, see $folder/$1.log"
        return 1
    }
    cp "$list" "$place/installed.txt"
}

# python_of KIND: its virtual environment's interpreter in $python.
python_of() {
    case $1 in
    tensorflow)
        given=${PEERS_TF:-} venv=tensorflow modules=tensorflow_recommenders ;;
    torch) given=${PEERS_TORCH:-} venv=torch modules=torch ;;
    static)
        given=${PEERS_STATIC:-} venv=static modules=sentence_transformers ;;
    onnx) given=${PEERS_ONNX:-} venv=search modules=onnx,onnxruntime ;;
    faiss) given=${PEERS_FAISS:-} venv=search modules=faiss ;;
    esac
    [ -n "$given" ] || {
        install "$venv" || return 1
        given=$folder/$venv
    }
    python=$given/bin/python
    TF_CPP_MIN_LOG_LEVEL=3 "$python" -c "import $modules" 2>"$work/error" || {
        note "$1: $given lacks $modules: $(tail -n 1 "$work/error")"
        return 1
    }
}

# ---- one run ----

# stages ROW...: what TensorFlow has to time for these rows.
stages() {
    for row in "$@"; do
        case $row in
        train*) echo train ;;
        topk*) echo topk ;;
        encode*) echo encode ;;
        *) echo "$row" ;;
        esac
    done | sort -u | paste -sd, -
}

# peer NAME PYTHON ROW...: the peer's side once, as JSON.
peer() {
    name=$1 python=$2
    shift 2
    pairs="$DATA --encoding $encoding --threads 2"
    wide="--embed 64 --units 64 --length 16"
    case $name in
    tensorflow | tensorflow_topk)
        "$python" "$here/tensorflow_notebook.py" $pairs \
            --stages "$(stages "$@")" ;;
    tensorflow_wide)
        "$python" "$here/tensorflow_notebook.py" $pairs $wide --batch 1024 \
            --vocab 20000 --stages "$(stages "$@")" ;;
    torch_*) "$python" "$here/torch_train.py" $pairs "${name#torch_}" ;;
    static)
        epochs=$(field epochs <"$work/judged.$(cat "$work/$1.n")")
        "$python" "$here/static_embedding.py" "$work/split" "$work/theirs" \
            --threads 2 --epochs "$epochs" && recalls "$work/theirs" ;;
    onnx_one) "$python" "$here/onnx_encode.py" --threads 1 ;;
    onnx) "$python" "$here/onnx_encode.py" --threads 2 ;;
    onnx_wide)
        "$python" "$here/onnx_encode.py" --threads 2 $wide --vocab 20001 ;;
    faiss | faiss_two)
        threads=1
        [ "$name" = faiss ] || threads=2
        "$python" "$here/faiss_search.py" "$work/base.npy" \
            "$work/query.npy" --threads $threads ;;
    esac
}

# ---- all runs ----

: >"$work/skipped"
for name in $(for row in $(selected); do column "$row" 6; done |
    awk '!seen[$0]++'); do
    rows=
    for row in $(selected); do
        [ "$(column "$row" 6)" != "$name" ] || rows="$rows $row"
    done
    python=
    if [ "$name" != - ] && ! python_of "${name%%_*}"; then
        echo "$rows: its peer is not there" >>"$work/skipped"
        continue
    fi
    for run in $(seq "$runs"); do
        note "$name, run $run:$rows"
        for row in $rows; do
            ours "$row" >>"$work/$row.ours"
        done
        [ -z "$python" ] || {
            if peer "$name" "$python" $rows >"$work/peer" 2>"$work/error"; then
                cat "$work/peer" >>"$work/$name.peer"
            else
                note "$name failed: $(tail -n 1 "$work/error")"
            fi
        }
    done
done

# ---- the table ----

figures() { # ROW: name|ours|peer|ratio
    row=$1 name=$(column "$1" 6)
    one=$(field "$(column "$row" 5)" <"$work/$row.ours" | median)
    two=-
    [ ! -s "$work/$name.peer" ] ||
        two=$(field "$(column "$row" 7)" <"$work/$name.peer" | median)
    awk -v row="$row" -v a="$one" -v b="$two" -v sense="$(column "$row" 4)" '
        BEGIN {
            ratio = "-"
            if (b != "-" && a > 0 && b > 0)
                ratio = sprintf("%.3g", sense == "more" ? a / b : b / a)
            if (ratio ~ /e/) ratio = sprintf("%.0f", ratio)
            print row "|" a "|" b "|" ratio
        }'
}
for row in $(selected); do
    [ ! -s "$work/$row.ours" ] || figures "$row"
done >"$work/figures"

# A number of few digits: 123,456  12.3
short() {
    awk -v x="$1" 'BEGIN {
        if (x == "-" || x < 1000) { print x == "-" ? x : sprintf("%.3g", x); exit }
        n = sprintf("%.0f", x)
        while (length(n) > 3) {
            tail = "," substr(n, length(n) - 2) tail
            n = substr(n, 1, length(n) - 3)
        }
        print n tail
    }'
}
line='| %-54s | %9s | %9s | %6s | %8s | %4s | %-9s |\n'
# shellcheck disable=SC2059
{
    printf "$line" work ours peer ratio 'at least' goal unit
    echo '|---|---|---|---|---|---|---|'
    while IFS='|' read -r row one two ratio; do
        printf "$line" "$(column "$row" 2)" "$(short "$one")" "$(short "$two")" \
            "$ratio" "$(column "$row" 8)" "$(column "$row" 9)" \
            "$(column "$row" 3)"
    done <"$work/figures"
}
cat "$work/skipped"
echo
machine_line
echo "peers: $(sed -n 's/.*"peer": *"\([^"]*\)".*/\1/p' "$work"/*.peer \
    2>/dev/null | sort -u | paste -sd';' -); median of $runs runs"

# ---- the same as JSON ----

list() { # FILE KEY: [1, 2, 3]
    [ ! -f "$1" ] || field "$2" <"$1" | paste -sd, -
}
[ -z "${OUT:-}" ] || {
    echo "{\"machine\": \"$(machine_line)\", \"runs\": $runs, \"rows\": ["
    while IFS='|' read -r row one two ratio; do
        [ "$row" = "$(head -n 1 "$work/figures" | cut -d'|' -f1)" ] || echo ,
        name=$(column "$row" 6)
        printf '{"row": "%s", "unit": "%s", "ours": [%s], "peer": [%s], ' \
            "$row" "$(column "$row" 3)" \
            "$(list "$work/$row.ours" "$(column "$row" 5)")" \
            "$(list "$work/$name.peer" "$(column "$row" 7)")"
        printf '"version": "%s", "ratio": %s, "at_least": %s, "goal": %s}' \
            "$(sed -n 's/.*"peer": *"\([^"]*\)".*/\1/p' "$work/$name.peer" \
                2>/dev/null | head -n 1)" \
            "$ratio" "$(column "$row" 8)" "$(column "$row" 9)" |
            sed 's/: -\([,}]\)/: null\1/g'
    done <"$work/figures"
    echo ']}'
} >"$OUT"
