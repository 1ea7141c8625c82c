#!/bin/sh
# An index in four shards on Dask's workers, beside one index, also when workers
# are killed.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

check the_package_installs python_is_ready
python tests/cluster/dask_shards.py "$dir" "$PWD/docs/scaling.md"
