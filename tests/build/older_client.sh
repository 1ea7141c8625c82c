#!/bin/sh
# Programs and libraries of different versions: a host that was compiled with the
# headers of a released version, whose structs are shorter, runs with this
# library and gets what one of today gets; a host of today that needs what an
# older library lacks is told so at its start.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CC=${CC:-gcc}
library=$(dirname "${SIAMESE:-build/siamese}")

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# compile OUTPUT HEADERS SOURCE
compile() {
    "$CC" -std=c11 -Wall -Wextra -Werror -I"$2" -o "$1" "$3" -L"$library" \
        -lsiamese 2>&1
}
run() { LD_LIBRARY_PATH=$library "$1" >"$1.out" 2>"$1.sizes" || cat "$1".*; }

report older_client__today_s_runs "$(
    compile "$dir/today" include tests/build/hosts/older_client.c &&
        run "$dir/today")"

for kept in tests/files/v*/include; do
    version=${kept#tests/files/}
    version=${version%%/*}
    client=$dir/$version

    report "older_client__of_${version}_gets_the_same" "$(
        compile "$client" "$kept" tests/build/hosts/older_client.c &&
            run "$client" && cmp "$client.out" "$dir/today.out" 2>&1
        [ "$(wc -l <"$client.out")" -eq 3 ] || cat "$client.out")"

    # Or the test above would say nothing.
    report "older_client__of_${version}_has_shorter_structs" "$(
        paste -d' ' "$client.sizes" "$dir/today.sizes" | awk '
            { for (i = 1; i <= NF / 2; i++)
                  if ($i >= $(i + NF / 2)) print "struct " i ": " $0 }')"

    report "older_client__of_${version}_needs_no_later_symbols" "$(
        readelf -V "$client" | grep -o 'SIAMESE_[0-9.]*' | sort -u |
            grep -vx "SIAMESE_\(0\|${version#v}\)")"
done

# A library that has nothing of what came after 0.1.
mkdir "$dir/old"
echo 'const char *siamese_version(void);
const char *siamese_version(void) { return "0.1.0"; }' >"$dir/old.c"
echo 'SIAMESE_0 { global: siamese_version; local: *; };' >"$dir/old.map"
echo '#include <siamese/siamese.h>
int main(void)
{
    return siamese_version()[0] == 0 || siamese_trainer_forget_cancel(NULL) == 0;
}' >"$dir/new.c"
report newer_client__is_told_what_an_older_library_lacks "$(
    "$CC" -shared -fPIC -Wl,-soname,libsiamese.so.0 \
        -Wl,--version-script="$dir/old.map" -o "$dir/old/libsiamese.so.0" \
        "$dir/old.c" && compile "$dir/new" include "$dir/new.c" && {
        run "$dir/new"
        LD_LIBRARY_PATH=$dir/old "$dir/new" >"$dir/log" 2>&1 && echo 'it runs'
        grep -q "version .SIAMESE_0\.2' not found" "$dir/log" ||
            cat "$dir/log"
    })"
