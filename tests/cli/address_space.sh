#!/bin/sh
# Each verb in a process that may not grow: under `ulimit -v`, from ample down to
# where the command cannot even be loaded, it writes the right bits or fails with
# a line on stderr. The old file stays; no signal and no time-out ends it.
. "$(dirname "$0")/harness.inc"

# A sanitizer needs all of the address space.
if nm -D "$SIAMESE" 2>/dev/null | grep -q '__asan_init\|__tsan_init'; then
    passed space__cannot_be_limited_here
    finish
fi
judged_pairs 200 >pairs.csv
"$SIAMESE" train --data pairs.csv --model t.siamese $small --epochs 1
"$SIAMESE" index --model t.siamese --data pairs.csv --out m.siamese --quiet
ran=0 refused=0

limited() { # KILOBYTES COMMAND...
    # shellcheck disable=SC3045  # each Linux's sh has it
    (ulimit -v "$1" && shift && exec timeout 60 "$@")
}

shrink() { # VERB OUTPUT ARGUMENTS...: the output is a file, or - for printed
    verb=$1 output=$2 bad=
    shift 2
    "$SIAMESE" "$verb" "$@" >printed.want 2>/dev/null || bad=' without a limit'
    [ "$output" = - ] || mv "$output" file.want
    kb=4000000 worked=0
    unloaded=0
    while [ "$unloaded" -lt 3 ]; do
        [ "$output" = - ] || cp t.siamese "$output"
        limited "$kb" "$SIAMESE" "$verb" "$@" >printed 2>err
        status=$?
        file=t.siamese
        case $status in
        0) ran=$((ran + 1)) worked=$((worked + 1)) file=file.want
            cmp -s printed printed.want || bad="$bad $kb:printed" ;;
        1) refused=$((refused + 1)) # of ours, or ends in a line of the system's
            grep -q "^siamese $verb: " err || bad="$bad $kb:silent" ;;
        127) unloaded=$((unloaded + 1))
            grep -q 'shared' err || bad="$bad $kb:loader" ;;
        *) if limited "$kb" "$SIAMESE" --version >/dev/null 2>&1; then
                bad="$bad $kb:status-$status"
            else # a static constructor of FAISS's throws before main
                unloaded=$((unloaded + 1))
            fi ;;
        esac
        [ "$output" = - ] || cmp -s "$output" "$file" || bad="$bad $kb:file"
        # finer where the command is loaded and has little more
        if [ "$kb" -gt 120000 ]; then kb=$((kb / 2)); else kb=$((kb * 29 / 30)); fi
        [ "$kb" -gt 4000 ] || unloaded=3
    done
    [ "$worked" -gt 0 ] || bad="$bad never-works"
    [ "$(ls | wc -l)" -le 8 ] || bad="$bad leaves: $(ls)"
    if [ -z "$bad" ]; then passed "space__$verb"; else
        echo "# not as expected:$bad"
        failed "space__$verb"
    fi
}

shrink train x.siamese --data pairs.csv --model x.siamese $small --epochs 1 \
    --threads 2
rm -f x.siamese
shrink index x.siamese --model t.siamese --data pairs.csv --out x.siamese \
    --quiet --threads 2 --nlist 4
rm -f x.siamese
shrink embed x.npy --model t.siamese --data pairs.csv --out x.npy --quiet
rm -f x.npy
shrink search - --model m.siamese --quiet 'red desk'
shrink vocab - --model m.siamese --quiet
shrink info - m.siamese
shrink export x.txt --model t.siamese --vocab x.txt --quiet
echo "# $ran ran, $refused had no memory"
[ -z "${RELIABILITY:-}" ] ||
    printf 'calls that had no address space\t%s\n' "$refused" >>"$RELIABILITY"
finish
