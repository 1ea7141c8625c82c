#!/bin/sh
# What: fastparquet reads a column of half floats as bytes and cuts zero bytes off
#   their ends: 0 comes back as b'', the smallest half as one byte. Nothing is
#   raised; its own type for such a column is "object". polars and DuckDB read
#   numbers, though DuckDB refuses the same halves from Arrow's memory.
# Versions: fastparquet 2026.9.0, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1,
#   pandas 3.1.1 and numpy 2.4.6 of PyPI.
# For us: vectors come and go as floats of 32 bits; a host that keeps embeddings as
#   halves in Parquet widens them before it writes, or reads with something else.
# Guess: each of them reads halves as floats of 16 or 32 bits, or refuses them.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: fastparquet==2026.9.0 pyarrow==26.0.1 polars==2.1.0 \
    duckdb==2.0.1 pandas==3.1.1 numpy==2.4.6
cd "$dir"

found=$("$dir/env/bin/python" - <<'END'
import duckdb
import fastparquet
import numpy
import polars
import pyarrow
import pyarrow.parquet

halves = numpy.array([1, 0, 2**-24], 'float16')
halves_of_arrow = pyarrow.table({'h': halves})
pyarrow.parquet.write_table(halves_of_arrow, 'h.parquet')
print('polars', polars.read_parquet('h.parquet')['h'].to_list())
print('duckdb', duckdb.sql("select list(h) from 'h.parquet'").fetchall()[0][0])
frame = fastparquet.ParquetFile('h.parquet').to_pandas()
print('fastparquet', frame['h'].dtype, frame['h'].to_list())
try:
    print('arrow', duckdb.sql('select list(h) from halves_of_arrow').fetchall()[0][0])
except duckdb.NotImplementedException:
    print('arrow: not implemented')
END
)
echo "$found"
[ "$found" = "polars [1.0, 0.0, 5.960464477539063e-08]
duckdb [1.0, 0.0, 5.960464477539063e-08]
fastparquet object [b'\\x00<', b'', b'\\x01']
arrow: not implemented" ]
