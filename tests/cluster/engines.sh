#!/bin/sh
# The engines are there, and nothing of them is in the library or is imported
# with the package.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

check the_package_installs python_is_ready

both_ranks_run() {
    # shellcheck disable=SC2016  # each rank's shell reads it
    ranks 2 sh -c 'echo "$OMPI_COMM_WORLD_RANK of $OMPI_COMM_WORLD_SIZE"' |
        sort >"$dir/ranks"
    cat "$dir/ranks"
    printf '0 of 2\n1 of 2\n' | cmp - "$dir/ranks"
}
check open_mpi_runs_two_ranks both_ranks_run

needs_no_engine() {
    readelf -d build/libsiamese.so | grep NEEDED
    ! readelf -d build/libsiamese.so | grep NEEDED | grep -iE 'mpi|python|jvm'
}
check the_library_needs_no_engine needs_no_engine

imports_no_engine() {
    (cd "$dir" && "$venv/bin/python" -c '
import sys
import libsiamese
assert libsiamese.__file__.startswith(sys.prefix), libsiamese.__file__
engines = {"dask", "distributed", "pyspark", "pyarrow", "pandas"}
assert not engines & set(sys.modules), engines & set(sys.modules)')
}
check the_package_imports_no_engine imports_no_engine
