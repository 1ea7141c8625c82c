#!/bin/sh
# What bash completes, by its own machinery: the words as bash splits them in,
# what the function of src/completion/siamese.bash offers out. zsh's side is
# tests/terminal/zsh.sh.
script=$PWD/src/completion/siamese.bash
. "$(dirname "$0")/harness.inc"

command -v bash >/dev/null || {
    echo "completion: there is no bash" >&2
    finish
}

# offers WORD...: one a line, in order; the last word is the one that is typed.
offers() {
    bash --norc -c '
        . "$1" && shift
        COMP_WORDS=(siamese "$@") COMP_CWORD=$#
        _siamese 2>/dev/null
        printf "%s\n" "${COMPREPLY[@]}"' offers "$script" "$@" | sort
}

# is_offered NAME EXPECTED WORD...: exactly that, words between blanks.
is_offered() {
    name=completion__$1 expected=$2
    shift 2
    got=$(offers "$@" | tr '\n' ' ')
    if [ "$got" = "$expected " ]; then
        passed "$name"
    else
        echo "# $got"
        failed "$name"
    fi
}

touch a.siamese b.siamese items.csv items.csv.gz notes.txt x.npy
mkdir folder

is_offered verbs 'embed eval export' e
check completion__every_verb sh -c '
    "$SIAMESE" --help | sed -n "s/^  \([a-z]*\)  .*/\1/p" | sort >.verbs
    [ -s .verbs ]'
offers '' | grep -v '^help$' >.offered
check completion__offers_each_verb cmp .verbs .offered
for verb in $(cat .verbs); do
    "$SIAMESE" "$verb" --help=all |
        sed -n 's/^  \(--*[a-z][a-z-]*\).*/\1/p' | sort -u >.options
    offers "$verb" - >.offered
    check "completion__offers_each_option_of_$verb" cmp .options .offered
done
rm -f .verbs .options .offered

is_offered help_takes_verbs 'train' help tr
is_offered options '--table-precision --text-column --threads' train --t
is_offered one_letter '-k' search -k
is_offered words_of_a_value 'csv json table trec tsv' search --format ''
is_offered words_behind_an_equals_sign 'table trec tsv' \
    search --format = t
is_offered words_of_a_setting_with_an_option 'epoch' train --metrics e
is_offered presets 'default notebook small' train --preset ''
is_offered models 'a.siamese b.siamese folder' search --model ''
is_offered files_of_data 'folder items.csv items.csv.gz' train --data ''
is_offered any_file_where_none_ends_so 'notes.txt' train --data n
is_offered arguments_that_are_files 'a.siamese b.siamese folder' info ''
is_offered arguments_that_are_words 'search serve stages' bench s
is_offered files_or_words 'train' train --sentencepiece tr
is_offered folders 'folder' export --parameters ''
is_offered settings 'max_bytes= max_steps= max_tokens=' train --set max_
is_offered a_setting_of_a_kind 'load.map= load.max_bytes=' \
    search --set load.ma
is_offered words_of_a_choice 'auto bounded float' search --set scan = ''
is_offered words_of_a_choice_of_a_kind 'bounded' search --set search.scan = b
is_offered pages_of_help 'all settings' train --help = ''
is_offered nothing_for_a_query '' search --model a.siamese de

# ---- by keys at a terminal ----

# makes NAME KEYS LINE: Tab behind the keys makes the line of them.
makes() {
    printf 'wait ready>\nsend %s\\t\\x01echo "[\\x05]"\\r\nwait [%s]\r\n' \
        "$2" "$3" >script
    printf 'wait ready>\nsend exit\\r\n' >>script
    check "completion__$1" env PS1='ready> ' TERM=xterm "$PTY" 200x50 \
        bash --noprofile --rcfile rc -i <script
}
printf 'PATH=%s:$PATH\n. %s\nPS1="ready> "\n' "$(dirname "$SIAMESE")" \
    "$script" >rc
makes a_typed_verb 'siamese emb' 'siamese embed '
makes a_typed_option 'siamese train --relev' 'siamese train --relevance-column '
makes a_typed_word 'siamese search --format=tr' 'siamese search --format=trec '
makes a_typed_file 'siamese search --model a' 'siamese search --model a.siamese '
makes a_typed_folder 'siamese export --parameters fo' \
    'siamese export --parameters folder/'
makes a_typed_setting 'siamese train --set shuffle_b' \
    'siamese train --set shuffle_buffer='
makes its_typed_word 'siamese search --set scan=bou' \
    'siamese search --set scan=bounded '
touch 'a file.csv'
makes a_name_with_a_blank 'siamese train --data a\\ f' \
    'siamese train --data a\\ file.csv '
finish
