#!/bin/sh
# What zsh completes, by its own machinery at a pseudo-terminal: the keys are
# typed, and the line that zsh makes of them is what is looked at. bash's side is
# tests/cli/completion.sh.
functions=$PWD/src/completion
. "$PWD/tests/cli/harness.inc"
: "${PTY:?names the terminal}"
export TERM=xterm LC_ALL=C.UTF-8
PATH=$(dirname "$SIAMESE"):$PATH
mkdir home && touch a.siamese b.siamese items.csv notes.txt && mkdir folder
cat >home/.zshrc <<END
fpath=($functions \$fpath)
autoload -Uz compinit && compinit -u -d $work/dump
unsetopt beep prompt_cr prompt_sp
setopt no_list_ambiguous no_auto_menu
PS1='ready> '
END

# makes NAME KEYS LINE: Tab behind the keys makes the line of them, and a blank
# that zsh takes back when something else follows.
makes() {
    printf 'wait ready>\nsend %s\\t\\x01echo "[\\x05]"\\r\nwait [%s]\r\n' \
        "$2" "$3" >script
    printf 'wait ready>\nsend \\x04\n' >>script
    check "zsh__$1" env ZDOTDIR="$work/home" "$PTY" 200x50 zsh -i <script
}
# lists NAME KEYS WORD...: Tab behind the keys shows the words.
lists() {
    name=$1 keys=$2
    shift 2
    {
        printf 'wait ready>\nsend %s\\t\n' "$keys"
        printf 'wait %s\n' "$@"
        printf 'send \\x15exit\\r\n'
    } >script
    check "zsh__$name" env ZDOTDIR="$work/home" "$PTY" 200x50 zsh -i <script
}

makes a_verb 'siamese emb' 'siamese embed'
lists verbs_with_what_they_do 'siamese e' embed 'write the vectors' eval export
makes an_option 'siamese train --relev' 'siamese train --relevance-column'
makes a_word 'siamese search --format tr' 'siamese search --format trec'
makes a_word_behind_an_equals_sign 'siamese search --format=tr' \
    'siamese search --format=trec'
makes a_preset 'siamese train --preset note' 'siamese train --preset notebook'
makes a_file_by_its_ending 'siamese search --model a' \
    'siamese search --model a.siamese'
lists files_by_their_endings 'siamese train --data ' folder items.csv
makes an_argument 'siamese info b' 'siamese info b.siamese'
makes a_workload 'siamese bench st' 'siamese bench stages'
makes a_setting 'siamese train --set shuffle_b' \
    'siamese train --set shuffle_buffer='
makes a_word_of_a_setting 'siamese search --set scan=bou' \
    'siamese search --set scan=bounded'
makes the_help_of_a_verb 'siamese help tra' 'siamese help train'
makes a_page_of_help 'siamese train --help=al' 'siamese train --help=all'
finish
