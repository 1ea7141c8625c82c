#!/bin/sh
# What: FTS5's options that save space rank alike as long as the table keeps its
#   texts. Without them (content='') detail=none and detail=column make every rank
#   0, so that results come by rowid, and columnsize=0 takes all texts as equally
#   long: the short title loses its lead. No statement fails.
# Versions: SQLite 3.54.1, in apsw 3.54.1.0 of PyPI; SQLite 3.40.1 of Debian 12
#   ranks the same.
# For us: examples/06_hybrid.c keeps both defaults; docs/hybrid.md says why a host
#   with its texts elsewhere has to.
# Guess: detail=none loses phrases alone, and columnsize=0 is refused or slower.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: apsw==3.54.1.0

found=$("$dir/env/bin/python" - <<'END'
import apsw

titles = ['red sofa bed with oak legs and a loose cover', 'sofa', 'red sofa',
          'oak desk', 'brass tap', 'garden hose', 'red lamp', 'kitchen tap']
for options in ('', ',detail=none', ',columnsize=0', ",content=''",
                ",content='',detail=none", ",content='',detail=column",
                ",content='',columnsize=0"):
    db = apsw.Connection(':memory:')
    db.execute(f'create virtual table t using fts5(title{options})')
    db.executemany('insert into t(rowid, title) values(?, ?)',
                   enumerate(titles, 1))
    hits = db.execute('select rowid, -rank from t where t match ? '
                      'order by rank', ('sofa',))
    print(options, *(f'{row}:{max(score, 0):.2f}' for row, score in hits))
END
)
echo "$found"
[ "$found" = " 2:0.62 3:0.52 1:0.22
,detail=none 2:0.62 3:0.52 1:0.22
,columnsize=0 2:0.62 3:0.52 1:0.22
,content='' 2:0.62 3:0.52 1:0.22
,content='',detail=none 1:0.00 2:0.00 3:0.00
,content='',detail=column 1:0.00 2:0.00 3:0.00
,content='',columnsize=0 1:1.01 2:1.01 3:1.01" ]
