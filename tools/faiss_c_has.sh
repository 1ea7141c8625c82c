#!/bin/sh
# Prints "#define SM_HAVE_faiss_X 1" for each function of the FAISS C API that
# the libfaiss_c given by its link flags defines; nothing without flags.
#
# usage: faiss_c_has.sh CXX NM [LINK FLAGS]
set -eu
cxx=$1 nm=$2 flags=${3-}

echo '/* Made by tools/faiss_c_has.sh: what libfaiss_c provides. */'
[ -n "$flags" ] || exit 0

list_symbols() {
    case $1 in
    *.so*) $nm -D --defined-only "$1" ;;
    *) $nm --defined-only "$1" ;;
    esac 2>/dev/null | awk 'NF >= 3 { print $NF }'
}

find_library() {
    # -Wl,--trace names the files that the linker opens for the flags.
    echo 'int main(void) { return 0; }' |
        $cxx -shared -fPIC -Wl,--trace -x c++ - -x none $flags -o /dev/null |
        grep -o '/[^() ]*faiss_c[^() ]*'
}

for word in $flags; do
    case $word in
    /*.a | /*.so*) list_symbols "$word" ;;
    -l*faiss_c*) find_library | while read -r file; do
        list_symbols "$file"
    done ;;
    esac
done | grep '^faiss_[A-Za-z0-9_]*$' | sort -u | sed 's/.*/#define SM_HAVE_& 1/'
