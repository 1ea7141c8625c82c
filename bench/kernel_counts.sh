#!/bin/sh
# Instructions an element of the hot kernels at each level that a program built
# for another machine has, counted by qemu-user with a plugin: where speed cannot
# be measured, how much there is to do. Nothing else of the process counts: of
# each kernel, 21 calls less one, over 20. First a loop of known length, which
# must come out at two instructions a turn.
#
# usage: kernel_counts.sh EMULATOR PLUGIN PROGRAM
set -eu
emulator=$1 plugin=$2 program=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() {
    $emulator -plugin "$plugin" "$program" "$@" 2>"$work/said" &&
        sed -n 's/^instructions //p' "$work/said" | grep . || {
        echo "kernel_counts: $emulator -plugin $plugin failed:" >&2
        cat "$work/said" >&2
        exit 1
    }
}

$emulator "$program" | while read -r level kernel elements; do
    one=$(count "$level" "$kernel" 1) && more=$(count "$level" "$kernel" 21) ||
        exit 1
    echo "$level $kernel $elements $((more - one))"
done >"$work/counts"

awk '
    { each = $4 / 20 / $3 }
    $2 == "loop" {
        off = each - 2
        if (off < 0 || off > 0.02) {
            print "kernel_counts: the known loop has " each \
                " instructions a turn, not 2" >"/dev/stderr"
            exit wrong = 1
        }
    }
    !($1 in seen) { seen[$1] = 1; levels[++n] = $1 }
    !($2 in known) { known[$2] = 1; kernels[++m] = $2 }
    { of[$1, $2] = each }
    END {
        if (wrong || !m) exit 1
        line = "kernel"
        for (l = 1; l <= n; l++) line = line "\t" levels[l]
        for (l = 2; l <= n; l++) line = line "\t" levels[l] "/" levels[1]
        print line
        for (k = 1; k <= m; k++) {
            line = kernels[k]
            for (l = 1; l <= n; l++)
                line = line sprintf("\t%.3f", of[levels[l], kernels[k]])
            for (l = 2; l <= n; l++)
                line = line sprintf("\t%.2f", of[levels[l], kernels[k]] / \
                    of[levels[1], kernels[k]])
            print line
        }
    }' "$work/counts"
