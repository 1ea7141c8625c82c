#!/bin/sh
# Makes the private copy of libblis.a that goes into the library: its ways out
# of the library renamed, and without the kernels of processors that others
# serve as well (4 MB).
#
# usage: embed_blis.sh AR OBJCOPY LIBBLIS OUTPUT
set -eu
ar=$1 objcopy=$2 input=$3 output=$4

cp "$input" "$output.new"
$objcopy --redefine-syms=lib/math/blis_host.redefine "$output.new"

# Each pair: an architecture and the one whose kernels it runs as well: Xeon
# Phi and Excavator have AVX2 and FMA, the other Bulldozers AVX, Penryn neither.
for pair in knl:haswell excavator:haswell steamroller:sandybridge \
    piledriver:sandybridge bulldozer:sandybridge penryn:generic; do
    from=${pair%:*} to=${pair#*:}
    members="bli_cntx_init_$from.o bli_cntx_${from}_ref.o"
    [ "$($ar t "$input" $members 2>/dev/null | wc -l)" -eq 2 ] || continue
    $ar d "$output.new" $members
    $objcopy --redefine-sym "bli_cntx_init_$from=bli_cntx_init_$to" \
        --redefine-sym "bli_cntx_init_${from}_ref=bli_cntx_init_${to}_ref" \
        --redefine-sym "bli_cntx_init_${from}_ind=bli_cntx_init_${to}_ind" \
        "$output.new"
done

mv -f "$output.new" "$output"
