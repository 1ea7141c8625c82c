#!/bin/sh
# The recipe of docs/scaling.md for Spark, on two cores of this machine.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

check the_package_installs python_is_ready
python tests/cluster/spark_bulk.py "$dir" "$PWD/docs/scaling.md"
