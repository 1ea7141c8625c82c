# siamese.bash: completion of the command siamese for bash, which finds this file
# under its name when it is installed; or: . src/completion/siamese.bash
#
# The command itself says what there is: siamese [VERB] --help=completion, lines
# as src/shell/cli_completion.h has them. It is asked once a verb and shell.

declare -A _siamese_known

# The lines of a verb, or the verbs, into $lines.
_siamese_ask() {
    local key="$1 $2"

    if [[ -z ${_siamese_known[$key]+x} ]]; then
        # shellcheck disable=SC2086 # no verb is no argument
        _siamese_known[$key]=$("$1" $2 --help=completion 2>/dev/null)
    fi
    lines=${_siamese_known[$key]}
}

# Those of the words between bars that begin with $2.
_siamese_words() {
    local words word

    IFS='|' read -ra words <<<"$1"
    for word in "${words[@]}"; do
        [[ $word == "$2"* ]] && COMPREPLY+=("$prefix$word")
    done
}

# Folders, and files that end as one of the words of $1 says; any file where no
# such one is.
_siamese_files() {
    local suffix path found=()

    while IFS= read -r path; do
        [[ -d $path ]] && continue
        for suffix in $1; do
            [[ $path == *."$suffix" ]] && found+=("$path") && break
        done
    done < <(compgen -f -- "$2")
    [[ ${#found[@]} -gt 0 ]] || mapfile -t found < <(compgen -f -- "$2")
    mapfile -t -O "${#found[@]}" found < <(compgen -d -- "$2")
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
        [[ ${#found[@]} -eq 0 ]] || printf '%s\n' "${found[@]}" | sort -u)
    compopt -o filenames 2>/dev/null
}

# What the value of --set may be: a name, and behind its = one of its words.
_siamese_settings() {
    local name kind detail

    while IFS=$'\t' read -r name kind detail _; do
        [[ $name == [a-z]*= ]] || continue
        if [[ $1 == *=* ]]; then
            [[ $name == "${1%%=*}=" || ${name#*.} == "${1%%=*}=" ]] &&
                [[ $kind == words ]] && _siamese_words "$detail" "${1#*=}"
        elif [[ $1 == *.* ]]; then
            [[ $name == "$1"* ]] && COMPREPLY+=("$name")
        else
            [[ ${name#*.} == "$1"* ]] && COMPREPLY+=("${name#*.}")
            [[ -n $1 && $name == "$1"* ]] && COMPREPLY+=("${name%%.*}.")
        fi
    done <<<"$lines"
    mapfile -t COMPREPLY < <(
        [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}" | sort -u)
    [[ $1 == *=* ]] || compopt -o nospace 2>/dev/null
}

# What the value of an option, or an argument (":"), may be.
_siamese_values() {
    local name kind detail

    while IFS=$'\t' read -r name kind detail _; do
        [[ $name == "$1" ]] || continue
        case $kind in
        words | joined) _siamese_words "$detail" "$2" ;;
        files) _siamese_files "$detail" "$2" ;;
        folder)
            mapfile -t COMPREPLY < <(compgen -d -- "$2")
            compopt -o filenames 2>/dev/null
            ;;
        esac
    done <<<"$lines"
}

_siamese() {
    local lines words=() name kind i current verb='' option='' value joined='' prefix=''

    # bash takes = for a word of its own; here a word is what blanks end.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        if ((i > 1)) && [[ ${COMP_WORDS[i]} == = || ${words[-1]} == *= &&
            ${COMP_WORDS[i - 1]} == = ]]; then
            words[-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
        fi
    done
    current=${words[-1]}
    COMPREPLY=()
    ((${#words[@]} < 3)) || verb=${words[1]}
    if [[ $verb == help ]]; then
        ((${#words[@]} == 3)) || return 0
        verb=
    fi
    _siamese_ask "${words[0]}" "$verb"
    if ((${#words[@]} > 3)); then
        option=${words[-2]}
    fi
    # What stands before the = is none of what bash replaces, unless it is told so.
    [[ $COMP_WORDBREAKS == *=* ]] || prefix=${current%"${current##*=}"}
    value=$current
    if [[ $current == --*=* ]]; then # --format=json
        option=${current%%=*} value=${current#*=} joined=1
    fi
    while IFS=$'\t' read -r name kind _; do
        [[ $name == "$option" && $kind != flag ]] || continue
        [[ $kind != joined || -n $joined ]] || continue
        if [[ $option == --set ]]; then
            _siamese_settings "$value"
        else
            _siamese_values "$option" "$value"
        fi
        return 0
    done <<<"$lines"
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(cut -f1 <<<"$lines" |
            grep '^-' | sort -u)" -- "$current")
        return 0
    fi
    _siamese_values : "$current"
}

complete -F _siamese siamese
