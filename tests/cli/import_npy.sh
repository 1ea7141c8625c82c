#!/bin/sh
# siamese import: weights in every form in which numpy saves real numbers, and what
# is no such file.
. "$(dirname "$0")/harness.inc"

# octal ORDER HEX...: the bytes of numbers written from the highest on, as printf
# takes them, < the other way round.
octal() {
    order=$1
    shift
    for number; do echo "$number"; done | awk -v order="$order" '{
        n = length($1)
        for (i = 1; i < n; i += 2) {
            at = order == "<" ? n - i : i
            high = index("0123456789abcdef", substr($1, at, 1)) - 1
            low = index("0123456789abcdef", substr($1, at + 1, 1)) - 1
            printf "\\%03o", 16 * high + low
        } }'
}
# file HEADER BYTES [MAJOR [WIDTH]]: p/embedding.npy; the header is padded to WIDTH.
file() {
    mkdir -p p
    width=${4:-117}
    size=$((width + 1))
    long=''
    if [ "${3:-1}" -gt 1 ]; then
        long="$(printf '\\%03o\\%03o' $((size / 65536 % 256)) 0)"
    fi
    {
        printf '\223NUMPY'
        printf "\\00${3:-1}\\000"
        printf "$(printf '\\%03o\\%03o' $((size % 256)) $((size / 256 % 256)))"
        printf "$long"
        printf "%-${width}s\n" "$1"
        printf "$2"
    } >p/embedding.npy
}
# header TYPE [FORTRAN [SHAPE]]
header() {
    echo "{'descr': '$1', 'fortran_order': ${2:-False}, \
'shape': ${3:-(3, 2)}, }"
}
printf '\n[UNK]\n' >vocab.txt
import="$SIAMESE import --parameters p --vocab vocab.txt --set encoder=bag"
# gives NAME: p is the model that want.npy is exported from.
gives() {
    if $import --model m.siamese >.out 2>.err &&
        "$SIAMESE" export --model m.siamese --parameters q >>.out 2>>.err &&
        cmp q/embedding.npy want.npy >>.out 2>&1; then
        passed "$1"
    else
        failed "$1"
    fi
}

# 0 1 2 3 5 100 of each type
one_byte='00 01 02 03 05 64'
two='0000 0001 0002 0003 0005 0064'
four='00000000 00000001 00000002 00000003 00000005 00000064'
eight="$(for n in $four; do printf '00000000%s ' $n; done)"
f2='0000 3c00 4000 4200 4500 5640'
f4='00000000 3f800000 40000000 40400000 40a00000 42c80000'
f8="$(for n in 00000 3ff00 40000 40080 40140 40590; do
    printf '%s00000000000 ' $n; done)"
file "$(header '<f4')" "$(octal '<' $f4)"
$import --model m.siamese 2>/dev/null &&
    "$SIAMESE" export --model m.siamese --parameters q
mv q/embedding.npy want.npy
check import_npy__numbers_arrive sh -c "
    tail -c 24 want.npy | od -An -tx4 | tr -d '\n' |
        grep -qx ' *$(echo $f4 | sed 's/ / */g') *'"
for order in '<' '>'; do
    file "$(header "${order}f2")" "$(octal "$order" $f2)"
    gives "import_npy__f2_$order"
    file "$(header "${order}f4")" "$(octal "$order" $f4)"
    gives "import_npy__f4_$order"
    file "$(header "${order}f8")" "$(octal "$order" $f8)"
    gives "import_npy__f8_$order"
    for kind in i u; do
        file "$(header "$order${kind}2")" "$(octal "$order" $two)"
        gives "import_npy__${kind}2_$order"
        file "$(header "$order${kind}4")" "$(octal "$order" $four)"
        gives "import_npy__${kind}4_$order"
        file "$(header "$order${kind}8")" "$(octal "$order" $eight)"
        gives "import_npy__${kind}8_$order"
    done
done
file "$(header '|i1')" "$(octal '<' $one_byte)"
gives import_npy__i1
file "$(header '|u1')" "$(octal '<' $one_byte)"
gives import_npy__u1
if [ "$(uname -m)" = x86_64 ]; then
    long=$(for n in 00000 3fff8 40008 4000c 4001a 4005c8; do
        printf '000000000000%s' $n
        printf '%0*d ' $((20 - ${#n})) 0
    done)
    file "$(header '<f16')" "$(octal '<' $long)"
    gives import_npy__long_double
fi

# ---- headers ----

file "$(header '<f4' False '(3L, 2L)')" "$(octal '<' $f4)"
gives import_npy__python_2
file "$(header '<f4')" "$(octal '<' $f4)" 2
gives import_npy__format_2
file "$(header '<f4')" "$(octal '<' $f4)" 3
gives import_npy__format_3
file "$(header '<f4')" "$(octal '<' $f4)" 1 20000
gives import_npy__long_header
file "$(header '<f4')" "$(octal '<' $f4)" 2 100000
gives import_npy__longer_header
file '{"shape":(3,2),"fortran_order":False,"descr":"<f4"}' "$(octal '<' $f4)"
gives import_npy__other_order_and_quotes
columns=$(echo $f4 | awk '{ print $1, $3, $5, $2, $4, $6 }')
file "$(header '<f4' True)" "$(octal '<' $columns)"
gives import_npy__by_columns
file "$(header '>f4' True)" "$(octal '>' $columns)"
gives import_npy__by_columns_big_endian
file "$(header '|b1')" '\000\001\001\000\001\000'
$import --model m.siamese >.out 2>.err &&
    "$SIAMESE" export --model m.siamese --parameters q
check import_npy__bools sh -c "
    tail -c 24 q/embedding.npy | od -An -tx4 | tr -d ' \n' |
        grep -qx 000000003f8000003f800000000000003f80000000000000"
file "$(header '<i8')" "$(octal '<' ffffffffffffffff 8000000000000000 $eight |
    head -c 192)"
$import --model m.siamese >.out 2>.err &&
    "$SIAMESE" export --model m.siamese --parameters q
check import_npy__below_zero sh -c "
    tail -c 24 q/embedding.npy | head -c 8 | od -An -tx4 | tr -d ' \n' |
        grep -qx bf800000df000000"

# just above the middle of two floats, which a double would take for the middle
# (2^60 + 2^36 + 1, 2^63 + 2^39 + 1); and above float32's greatest, but nearer to it
rounds() {
    name=$1 want=$2
    file "$(header "$3")" "$(octal '<' $4 $eight | head -c 192)"
    $import --model m.siamese >.out 2>.err &&
        "$SIAMESE" export --model m.siamese --parameters q
    check "$name" sh -c "
        tail -c 24 q/embedding.npy | head -c 4 | od -An -tx4 | grep -q $want"
}
rounds import_npy__integers_are_rounded_once 5d800001 '<i8' 1000001000000001
rounds import_npy__unsigned_ones_too 5f000001 '<u8' 8000008000000001
rounds import_npy__and_the_greatest 7f7fffff '<f8' 47efffffe1000000

# ---- what is no such file ----

# bad NAME TEXT HEADER BYTES [MAJOR]
bad() {
    name=$1 text=$2
    shift 2
    file "$@"
    fails "$name" 1 "p/embedding.npy: $text" $import --model bad.siamese
}
sound=$(octal '<' $f4)
bad import_npy__out_of_range 'number 1 is 1e+300, which is out of float32' \
    "$(header '<f8')" "$(octal '<' 0000000000000000 7e37e43c8800759c $f8 |
        head -c 192)"
for type in '<c8' '|O' '<U3' '|S4' '<M8[D]' '<f3' '<f' '' '<<f4' '<f44'; do
    bad "import_npy__numbers_of_type_$type" 'its numbers are ' \
        "$(header "$type")" "$sound"
done
bad import_npy__structured 'its elements have several numbers' \
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3, 2), }" \
    "$sound"
for header in '' '{' '{}' '{, }' "{'descr'}" "{'descr': '<f4'}" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2" \
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 2)}" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3 2)}" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (6)}" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2)}" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3,, 2)}" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)} x" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'more': 1}" \
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, \
'shape': (3, 2)}"; do
    bad "import_npy__header_${header:-empty}" 'its header is not one that' \
        "$header" "$sound"
done
big=18446744073709551615
for shape in "($big, 2)" "(4294967296, 4294967296)" "(99999999999999999999,)" \
    "(0, $big)"; do
    bad "import_npy__shape_$shape" 'its shape is too large' \
        "$(header '<f4' False "$shape")" "$sound"
done
bad import_npy__five_axes 'it has more than 4 axes' \
    "$(header '<f4' False '(1, 1, 1, 3, 2)')" "$sound"
bad import_npy__too_few_numbers '24 bytes of numbers, its header says 48' \
    "$(header '<f8')" "$sound"
bad import_npy__too_many_numbers '24 bytes of numbers, its header says 12' \
    "$(header '<f2')" "$sound"
bad import_npy__one_number 'its shape must be (tokens + 1, embedding_dim)' \
    "$(header '<f4' False '()')" '\000\000\200\077'
bad import_npy__format_4 'its format is 4.0; 1.0, 2.0 and 3.0 are known' \
    "$(header '<f4')" "$sound" 4
file "$(header '<f4')" "$sound"
for size in 0 5 9 11 60; do
    head -c $size p/embedding.npy >"cut" && mv "cut" p/embedding.npy
    if $import --model bad.siamese >.out 2>.err || ! grep -qE \
        'not a .npy file|ends too early' .err; then
        failed "import_npy__cut_at_$size"
    else
        passed "import_npy__cut_at_$size"
    fi
    file "$(header '<f4')" "$sound"
done
finish
