#!/bin/sh
# What README.md and docs/ show in Python, taken from the pages and run against
# an installed library and the package of bindings/. numpy comes from PyPI into
# a folder of build/, and stays there.
set -u
here=$(pwd)
venv=$here/build/venv-pages
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    "$@" >"$dir/log" 2>&1 || { sed 's/^/# /' "$dir/log" && printf 'not '; }
    echo "ok pages__$name"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
export PATH="$prefix/bin:$PATH"

has_numpy() {
    "$venv/bin/python" -c 'import numpy' 2>/dev/null && return 0
    rm -rf "$venv"
    python3 -m venv "$venv" && "$venv/bin/pip" install -q \
        --disable-pip-version-check numpy
}
check numpy_is_there has_numpy

# The blocks in a language of a page, one behind the other.
blocks() { # LANGUAGE PAGE
    awk -v fence="\`\`\`$1" '/^```/ { on = $0 == fence; next } on' "$here/$2"
}
python() {
    PYTHONPATH=$here/bindings/python/src "$venv/bin/python" "$@"
}
page() { # PAGE: its program in Python, behind what is on standard input
    { cat && blocks python "$1"; } >page.py && [ -s page.py ] &&
        python page.py >printed.txt && cat printed.txt
}
cd "$dir" || exit 1

says_red_sofa() {
    page README.md </dev/null && [ "$(cat printed.txt)" = 'red sofa' ]
}
check readme_in_python says_red_sofa

# The first blocks of the tutorial make its data.
blocks sh docs/tutorial.md | sed '/^siamese/,$d' >data.sh
learns_every_night() {
    sh -e data.sh && page docs/tutorial.md </dev/null && diff - printed.txt <<END
red couch: red velvet sofa
bureau: 0 hits
bureau: walnut bureau
escritoire: walnut bureau
wrong answers: 0
END
}
check tutorial_in_python learns_every_night
opens_mapped() {
    page docs/index.md </dev/null && [ "$(cat printed.txt)" = 'red velvet sofa' ]
}
check index_that_stays_in_its_file opens_mapped

migrates() {
    page docs/migration.md <<END || return 1
import csv
def column(path, name):
    return [row[name] for row in csv.DictReader(open(path))]
queries, titles = column("log.csv", "query"), column("log.csv", "title")
all_titles = column("items.csv", "title")
ids = [int(id) for id in column("items.csv", "id")]
END
    [ "$(grep -c '^\[10[34], 10[34]\]$' printed.txt)" -eq 2 ]
}
check migration_in_python migrates

# The vector of "desk" has the bits of the command. The exporter of Keras's
# weights writes what `siamese import` reads: its model is one with the methods
# that it calls, and the weights of that model.
is_the_notebook() {
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 -o catalogue \
        "$here"/examples/demo/*.c && ./catalogue --seed 7 --out . &&
        siamese train --quiet --preset notebook --data train.csv \
            --encoding ISO-8859-1 --model m.siamese &&
        siamese embed --quiet --model m.siamese --text desk >desk.txt &&
        siamese export --model m.siamese --parameters there \
            --vocab there/vocab.txt &&
        page docs/notebook.md </dev/null && cmp desk.txt printed.txt &&
        cat >>page.py <<'END' && python page.py >printed.txt &&
class Layer:
    def __init__(self, *names):
        self.names = names
    def get_weights(self):
        return [np.load(f"there/{name}.npy") for name in self.names]
    def get_vocabulary(self):
        return open("there/vocab.txt", encoding="utf-8").read().split("\n")[:-1]
class Keras:
    layers = [Layer(), Layer("embedding"), Layer(
        "fw_kernel", "fw_recurrent", "fw_bias",
        "bw_kernel", "bw_recurrent", "bw_bias")]
export_keras(Keras, "exported")
END
        siamese import --quiet --parameters exported \
            --vocab exported/vocab.txt --model imported.siamese &&
        siamese embed --quiet --model imported.siamese --text desk |
        cmp desk.txt -
}
check notebook_in_python is_the_notebook
exports_in_15_lines() {
    [ "$(sed -n '/^import os$/,/get_vocabulary/p' page.py | wc -l)" -eq 15 ]
}
check exporter_has_15_lines exports_in_15_lines
