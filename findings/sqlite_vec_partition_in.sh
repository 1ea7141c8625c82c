#!/bin/sh
# What: of a table with a partition key sqlite-vec gives k results for each value
#   that an "in" names, one partition after the other: six rows for k = 3, the third
#   of them farther than the fourth. The same "in" on an ordinary column, or the
#   same rows by ">=", gives the three nearest. A value that no row has costs
#   nothing, so that the number of rows follows the data. LIMIT is no way out: with
#   this "in" the search is refused, for want of the LIMIT that it has.
# Versions: sqlite-vec 0.1.9 and apsw 3.54.1.0 (SQLite 3.54.1) of PyPI.
# For us: a filter `shop in (1, 2)` is one bitmap, and k results come back, the best
#   of both (docs/index.md, Which results). A host that compares the two sorts by
#   distance and cuts at k itself.
# Guess: k = 3 are the three nearest of all rows that pass.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: sqlite-vec==0.1.9 apsw==3.54.1.0

found=$("$dir/env/bin/python" - <<'END'
import apsw
import sqlite_vec

db = apsw.Connection(':memory:')
db.enable_load_extension(True)
db.load_extension(sqlite_vec.loadable_path())
db.execute('create virtual table items using vec0(vector float[1], '
           'shop integer partition key, kind integer)')
for row in range(1, 9):
    db.execute('insert into items(rowid, vector, shop, kind) values(?, ?, ?, ?)',
               (row, f'[{row}]', row % 2, row % 2))
for condition in ('shop = 1', 'shop >= 0', 'kind in (0, 1)', 'shop in (0, 1)',
                  'shop in (0, 7)', 'shop in (0, 1) limit 3', 'shop = 1 limit 3'):
    k = '' if 'limit' in condition else 'k = 3 and '
    try:
        rows = db.execute('select rowid from items where vector match ? and '
                          + k + condition, ('[0]',)).fetchall()
        print(condition, [row for row, in rows])
    except apsw.SQLError as error:
        print(condition, str(error).removesuffix('.'))
END
)
echo "$found"
[ "$found" = "shop = 1 [1, 3, 5]
shop >= 0 [1, 2, 3]
kind in (0, 1) [1, 2, 3]
shop in (0, 1) [2, 4, 6, 1, 3, 5]
shop in (0, 7) [2, 4, 6]
shop in (0, 1) limit 3 A LIMIT or 'k = ?' constraint is required on vec0 knn queries
shop = 1 limit 3 [1, 3, 5]" ]
