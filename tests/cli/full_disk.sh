#!/bin/sh
# Outputs that cannot be taken: standard output closed, full, or a pipe that nobody
# reads, under each verb that prints; files on a disk that is full, beyond the
# largest size, in a folder that may not be written. The status is not 0, stderr
# says why, the old file stays, and nothing is left beside it.
. "$(dirname "$0")/harness.inc"

judged_pairs 200 >pairs.csv
"$SIAMESE" train --data pairs.csv --model t.siamese $small --epochs 1
"$SIAMESE" index --model t.siamese --data pairs.csv --out m.siamese --quiet

# ---- standard output ----

# Runs a command with a pipe as standard output whose other end is closed.
nobody() {
    rm -f pipe && mkfifo pipe
    sh -c 'exec 3<>pipe 4>pipe 3<&-; exec "$@" >&4' sh "$@"
}

says() { # WORDS
    grep -q "cannot write standard output: $1" err || bad="$bad '$1'"
}

unheard() { # NAME ARGUMENTS...
    name=$1 bad=
    shift
    touch pipe err
    before=$(ls)
    "$SIAMESE" "$@" >&- 2>err
    [ $? -eq 1 ] || bad="$bad closed"
    says 'Bad file descriptor'
    "$SIAMESE" "$@" >/dev/full 2>err
    [ $? -eq 1 ] || bad="$bad full"
    says 'No space left on device'
    (trap '' PIPE; nobody "$SIAMESE" "$@") 2>err
    [ $? -eq 1 ] || bad="$bad SIGPIPE-ignored"
    says 'Broken pipe'
    rm -f x.*
    nobody "$SIAMESE" "$@" 2>err
    [ $? -eq 141 ] || bad="$bad SIGPIPE"
    rm -f x.siamese x.npy
    [ "$before" = "$(ls)" ] || bad="$bad leaves: $(ls)"
    [ -z "$bad" ] || echo "# not as expected:$bad"
    if [ -z "$bad" ]; then passed "unheard__$name"; else
        failed "unheard__$name"
    fi
}

unheard usage --help
unheard version --version
unheard help train --help
unheard train train --data pairs.csv --model x.siamese $small --epochs 1 --json
unheard index index --model t.siamese --data pairs.csv --out x.siamese --json \
    --quiet
unheard embed embed --model t.siamese --text desk --quiet
unheard embed_json embed --model t.siamese --data pairs.csv --out x.npy --json \
    --quiet
unheard eval eval --model m.siamese --judged pairs.csv --json --quiet
unheard search search --model m.siamese --quiet desk
unheard export export --model t.siamese --vocab - --quiet
unheard export_of_a_model export --model t.siamese --finished - --quiet
unheard info info m.siamese
unheard vocab vocab --model m.siamese --quiet
unheard bench bench vocab --data pairs.csv --quiet
# The first file to be opened would have the number of a closed standard output.
check unheard__no_file_has_what_is_printed sh -c "
    $SIAMESE search --model m.siamese --format trec desk --quiet >run.want &&
    cp m.siamese same.siamese &&
    ! $SIAMESE search --model m.siamese --format trec desk --quiet >&- 2>&1 &&
    cmp m.siamese same.siamese"

# ---- a disk that takes no more ----

cp t.siamese big.siamese
stays() {
    cmp -s t.siamese big.siamese || failed "$1__the_old_file_stays"
}
limited() { # BLOCKS COMMAND...: of 512 bytes, that a file may have
    (ulimit -f "$1" && shift && exec "$@")
}
for blocks in 1 9 17; do
    fails "large__index_$blocks" 1 'File too large' limited "$blocks" "$SIAMESE" \
        index --model t.siamese --data pairs.csv --out big.siamese --quiet
    stays "large__index_$blocks"
    fails "large__train_$blocks" 1 'File too large' limited "$blocks" "$SIAMESE" \
        train --data pairs.csv --model big.siamese $small --epochs 1
    stays "large__train_$blocks"
done
fails large__embed 1 'cannot write v.npy: File too large' limited 1 "$SIAMESE" \
    embed --model t.siamese --data pairs.csv --out v.npy --quiet
fails large__run 1 'cannot write run.txt: File too large' limited 1 "$SIAMESE" \
    eval --model m.siamese --judged pairs.csv --write-run run.txt --quiet

# As root: a small file system, and one that is only read; as nobody, who may not
# write here. Else the folder of another is without its right to be written.
disk() { # OPTIONS SCRIPT: in disk/, with $s the command and .. in $w
    unshare -m sh -c "mount -t tmpfs -o $1 tmpfs '$work/disk' || exit 99
        cp t.siamese disk/old.siamese && $2"
}
mkdir disk
if [ "$(id -u)" -eq 0 ] && disk size=1m true 2>/dev/null; then
    for verb in index train; do
        case $verb in
        index) args="--model t.siamese --out disk/old.siamese --quiet" ;;
        train) args="--model disk/old.siamese $small --epochs 1" ;;
        esac
        for room in 0 4 16; do # kB left
            check "disk__${verb}_with_$room" disk size=1m "
                dd if=/dev/zero of=disk/rest bs=1k count=2000 2>/dev/null
                dd if=/dev/zero of=disk/rest bs=1k count=\$((\$(stat -c %s \
                    disk/rest) / 1024 - $room)) 2>/dev/null
                ! '$SIAMESE' $verb --data pairs.csv $args 2>err &&
                grep -q 'No space left on device' err &&
                cmp t.siamese disk/old.siamese &&
                [ \"\$(ls -A disk)\" = \"\$(printf 'old.siamese\nrest')\" ] &&
                rm disk/rest && '$SIAMESE' $verb --data pairs.csv $args"
        done
        check "disk__${verb}_on_one_that_is_read" disk size=4m "
            mount -o remount,ro disk &&
            ! '$SIAMESE' $verb --data pairs.csv $args 2>err &&
            grep -q 'Read-only file system' err &&
            cmp t.siamese disk/old.siamese"
    done
else
    echo '# no file systems of its own: a limit of size stood for a full disk'
fi
chmod 755 . && cp t.siamese disk/old.siamese && chmod 555 disk
as_other=
[ "$(id -u)" -ne 0 ] || as_other="setpriv --reuid=65534 --regid=65534 --clear-groups"
case $as_other in ?*) $as_other "$SIAMESE" --version >/dev/null 2>&1 ||
    as_other=none ;; esac
if [ "$as_other" != none ]; then
    fails folder__that_may_not_be_written 1 'Permission denied' $as_other \
        "$SIAMESE" embed --model t.siamese --data pairs.csv --out disk/v.npy
    fails folder__of_a_model 1 'disk/old.siamese' $as_other "$SIAMESE" index \
        --model t.siamese --data pairs.csv --out disk/old.siamese
    check folder__the_old_file_stays cmp t.siamese disk/old.siamese
fi
chmod 755 disk
finish
