#!/bin/sh
# The package of Python: the source distribution and the wheel are built, the
# wheel is installed into an environment of its own, and tests, examples and
# notebook run there. The packages of the tests go into a folder of build/.
set -u
top=$PWD
package=$top/bindings/python
venv=$top/build/venv-python
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL PYTHONPATH
CC=${CC:-gcc}

check() {
    name=$1
    shift
    "$@" >"$dir/log" 2>&1 || { sed 's/^/# /' "$dir/log" && printf 'not '; }
    echo "ok python__$name"
}

check the_wheel_is_built sh bindings/python/tools/wheel.sh "$dir/dist"
wheel=$(echo "$dir"/dist/*.whl)

holds() {
    python3 -m zipfile -l "$wheel" >"$dir/list" && cat "$dir/list" &&
        for file in libsiamese/lib/libsiamese.so.0 libsiamese/py.typed \
            libsiamese/page/report_map.html libsiamese/page/report_map.js \
            licenses/LICENSE licenses/THIRD-PARTY-NOTICES libgomp; do
            grep -q "$file" "$dir/list" || return 1
        done
}
check the_wheel_holds_library_and_licences holds
check the_wheel_is_for_every_python_and_glibc_2_34 \
    expr "$wheel" : '.*-py3-none-manylinux_2_[0-9]*_[a-z0-9_]*\.whl$'
check the_wheel_is_under_4_mb [ "$(wc -c <"$wheel")" -lt 4000000 ]

prepared() {
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" || return 1
    "$venv/bin/pip" install -q --disable-pip-version-check \
        -r "$package/tests/requirements.txt" &&
        "$venv/bin/pip" install -q --disable-pip-version-check \
            --force-reinstall --no-deps "$wheel" &&
        "$venv/bin/pip" install -q --disable-pip-version-check \
            "${wheel}[keras,faiss,progress,map,plot]"
}
check the_wheel_installs prepared

# Beside the checkout's sources, which must not be what is imported.
cd "$dir" || exit 1
check it_is_the_wheel_that_is_tested "$venv/bin/python" -c '
import libsiamese, sys
assert libsiamese.__file__.startswith(sys.prefix), libsiamese.__file__
maps = open("/proc/self/maps").read()
assert "site-packages/libsiamese/lib/libsiamese.so.0" in maps
assert "pyarrow" not in sys.modules and "sklearn" not in sys.modules'

"$venv/bin/python" -m pytest -q -p no:cacheprovider "$package/tests" \
    >"$dir/pytest" 2>&1
status=$?
sed 's/^/# /' "$dir/pytest"
check tests_pass [ $status -eq 0 ]

# as_in_c EXAMPLE.c EXAMPLE.py
as_in_c() {
    "$CC" -std=c99 -I"$top/include" -o "$dir/example" "$top/examples/$1" \
        -L"$top/build" -lsiamese &&
        LD_LIBRARY_PATH=$top/build "$dir/example" >"$dir/c.txt" &&
        "$venv/bin/python" "$top/examples/05_python/$2" >"$dir/python.txt" &&
        cat "$dir/python.txt" && cmp "$dir/c.txt" "$dir/python.txt"
}
check the_model_gives_the_bits_of_c \
    as_in_c 01_train_and_search.c train_and_search.py
check the_parts_give_the_bits_of_c as_in_c 01_by_parts.c by_parts.py

ten_lines() {
    lines=$(grep -c '^[^"]' "$top/examples/05_python/first_lines.py")
    echo "$lines lines"
    [ "$lines" -le 10 ] &&
        "$venv/bin/python" "$top/examples/05_python/first_lines.py" \
            >"$dir/first" && cat "$dir/first" &&
        grep -q 'red velvet sofa' "$dir/first" &&
        [ "$(tail -n 1 "$dir/first")" = 'oak writing desk' ]
}
check the_first_ten_lines_run ten_lines

notebook() {
    "$CC" -std=c11 -D_GNU_SOURCE -O2 -o "$dir/catalogue" \
        "$top"/examples/demo/*.c &&
        "$dir/catalogue" --seed 7 --out "$dir" &&
        SIAMESE_ENCODING=utf-8 "$venv/bin/python" \
            "$package/tests/run_notebook.py" \
            "$package/notebooks/product_search.ipynb"
}
check the_notebook_runs notebook

# Straight from the checkout, as a developer does it.
from_checkout() {
    python3 -m venv "$dir/venv" &&
        "$dir/venv/bin/pip" install -q --disable-pip-version-check "$package" &&
        "$dir/venv/bin/python" -c 'import libsiamese; libsiamese.Vocab()'
}
check pip_install_builds_from_the_checkout from_checkout
