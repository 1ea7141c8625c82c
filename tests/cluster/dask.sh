#!/bin/sh
# Bulk embedding on Dask: a million titles on two worker processes, what columns
# and outputs may be, and what is said where Dask is missing.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

check the_package_installs python_is_ready
python tests/cluster/dask_bulk.py "$dir" "$PWD/docs/scaling.md"
python tests/cluster/dask_columns.py "$dir"
