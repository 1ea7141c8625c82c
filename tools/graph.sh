#!/bin/sh
# Which file of a folder needs which: lines "FILE FILE WHAT". A file is its .c
# and its .h together and has no ending here; WHAT is the header, or the
# function or variable, by which the first needs the second.
#
# usage: graph.sh includes FOLDER
#        graph.sh symbols FOLDER OBJECTS     OBJECTS/FOLDER holds the .o files
#        graph.sh defined FOLDER OBJECTS     lines "FILE NAME": what others see
set -eu
folder=$2

sources() {
    find "$folder" -type f \( -name '*.[ch]' -o -name '*.cpp' \) | sort
}
# Of the sources there are: a build folder may hold those of former ones.
names() {
    sources | while read -r source; do
        object=$1/${source%.*}.o
        [ "${source%.h}" != "$source" ] || [ ! -f "$object" ] || echo "$object"
    done | xargs -r "${NM:-nm}" -gA | sed "s|^$1/||; s|\.o:|:|"
}

case $1 in
includes)
    sources | awk -v folder="$folder" '
        function stem(path) { sub(/\.[a-z]+$/, "", path); return path }
        { files[NR] = $0; is_there[$0] = 1 }
        END {
            for (i = 1; i <= NR; i++)
                while ((getline line < files[i]) > 0) {
                    if (line !~ /^ *# *include *["<]/) continue
                    split(line, part, /["<>]/)
                    path = folder "/" part[2]
                    if (!(path in is_there)) {
                        path = files[i]
                        sub(/[^\/]*$/, part[2], path)
                    }
                    if (path in is_there && stem(path) != stem(files[i]))
                        print stem(files[i]), stem(path), part[2]
                }
        }'
    ;;
symbols)
    names "$3" | awk '
        {
            file = $0
            sub(/:.*/, "", file)
            if ($(NF - 1) ~ /^[TDBRVW]$/) home[$NF] = file
            else if ($(NF - 1) ~ /U$/) { from[++n] = file; used[n] = $NF }
        }
        END {
            for (i = 1; i <= n; i++)
                if (used[i] in home && home[used[i]] != from[i])
                    print from[i], home[used[i]], used[i]
        }' | sort -u
    ;;
defined)
    names "$3" | sed -n 's/:.* [TDBR] / /p'
    ;;
esac
