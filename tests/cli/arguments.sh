#!/bin/sh
# Arguments: help, suggestions and the three exit states.
verbs=$(sed -n 's/^ *X(\([a-z]*\)).*/\1/p' src/verbs/cmd_verbs.h)
. "$(dirname "$0")/harness.inc"

check arguments__help_lists_every_verb "$SIAMESE" --help
for verb in $verbs; do
    grep -q "^  $verb " .out || failed "arguments__help_lists_$verb"
done
for verb in $verbs; do
    check "arguments__${verb}_has_help" "$SIAMESE" "$verb" --help
    grep -q "^usage: siamese $verb" .out || failed "arguments__usage_of_$verb"
    ! awk 'length > 80' .out | grep -q . && [ "$(wc -l <.out)" -le 40 ] ||
        failed "arguments__help_of_${verb}_is_a_screen"
    grep -q '^example$' .out || failed "arguments__example_of_$verb"
    cp .out screen
    for page in settings all; do
        check "arguments__${verb}_has_all_help_$page" \
            "$SIAMESE" "$verb" --help=$page
        ! awk 'length > 80' .out | grep -q . ||
            failed "arguments__help_${page}_of_${verb}_fits_80_columns"
        cp .out $page
    done
    # Each option is on the screen or on the page of the rest, and on the whole.
    check "arguments__screen_and_rest_of_${verb}_are_all" sh -c '
        options() { sed -n "s/^  \(--*[a-z][a-z-]*\).*/\1/p" "$@" | sort; }
        options screen settings >parts && options all >whole &&
        [ -s whole ] && cmp parts whole'
done
rm -f screen settings all parts whole
fails arguments__help_of_no_page 2 'all or settings is expected' \
    "$SIAMESE" train --help=nothing
"$SIAMESE" train --help >.one && "$SIAMESE" help train >.two
check arguments__help_verb_is_verb_help cmp .one .two
rm -f .one .two
check arguments__version "$SIAMESE" --version

fails arguments__no_verb_is_usage 2 'usage: siamese VERB' "$SIAMESE"
fails arguments__unknown_verb_suggests 2 "did you mean 'train'?" \
    "$SIAMESE" trian
fails arguments__unknown_option_suggests 2 'did you mean --model?' \
    "$SIAMESE" search --modle x
fails arguments__unknown_option_without_neighbour 2 'no option --zzzzzz' \
    "$SIAMESE" search --zzzzzz x
fails arguments__missing_option 2 '--model FILE is missing' \
    "$SIAMESE" search desk
fails arguments__missing_value 2 'the value is missing' \
    "$SIAMESE" train --data
fails arguments__flag_takes_no_value 2 'takes no value' \
    "$SIAMESE" train --json=1
fails arguments__count_is_a_number 2 'ten: a whole number from 0 on' \
    "$SIAMESE" search --model m -k ten
fails arguments__count_is_one_that_there_is 2 'is more than' \
    "$SIAMESE" search --model m -k 99999999999999999999
fails arguments__stray_argument 2 "'extra' is not understood" \
    "$SIAMESE" train extra

judged_pairs 40 >pairs.csv
train="$SIAMESE train --preset notebook --data pairs.csv --model m.siamese"
fails arguments__unknown_setting_lists_all 2 'learning_rate' \
    $train --set no_such_thing=1
fails arguments__unknown_setting_suggests 2 "did you mean 'learning_rate'" \
    $train --set learning_rat=1
fails arguments__setting_without_value 2 'name=value is expected' \
    $train --set epochs
fails arguments__setting_of_wrong_value 2 "'minus' is not" \
    $train --set batch_size=minus
fails arguments__setting_of_another_verb 2 "no option 'learning_rate'" \
    "$SIAMESE" search --model m --set learning_rate=1 desk
# Every setting that the help tells of arrives, at its default.
"$SIAMESE" train --help=settings | sed -n 's/^  \([a-z]*\.[a-z_0-9]*=[^ ]*\).*/\1/p' \
    >settings
check arguments__help_has_settings_of_each_kind sh -c '
    for kind in vocab field tower trainer save load; do
        grep -q "^$kind\\." settings || exit 1
    done'
check arguments__every_setting_arrives $train --quiet \
    $(sed 's/^/--set /' settings)
check arguments__every_setting_is_told_as_it_was_set sh -c '
    '"$SIAMESE"' info m.siamese >told &&
    grep "^\(vocab\|tower\|trainer\)\." settings | grep -v "=1e-" |
        sed "s/^[a-z]*\.//" |
    while read -r setting; do grep -qF " $setting" told || {
        echo "$setting"; exit 1; } || exit 1; done'
check arguments__a_list_arrives sh -c "
    $train --quiet --set ngrams=1-3 --set encoder=bag &&
    $SIAMESE info m.siamese | grep -q 'ngrams=1[-,]'"
check arguments__a_name_of_two_kinds_reaches_both sh -c "
    $train --quiet --set seed=77 && $SIAMESE info m.siamese >told &&
    [ \$(grep -c 'seed=77' told) -eq 2 ]"
check arguments__a_kind_can_be_named sh -c "
    $train --quiet --set tower.seed=78 && $SIAMESE info m.siamese >told &&
    [ \$(grep -c 'seed=78' told) -eq 1 ]"
rm -f settings told m.siamese
fails arguments__unknown_preset_lists_presets 2 'default, small, notebook' \
    $train --preset defualt
check arguments__help_lists_presets sh -c "
    $SIAMESE train --help=settings | grep -q '^  notebook .*vocab.max_tokens=1000\|^  default '"

fails arguments__unknown_on_bad_row 2 'fail or skip' \
    $train --on-bad-row ignore
fails arguments__stdout_is_taken_once 2 'takes standard output' \
    "$SIAMESE" train --data pairs.csv --model - --json
finish
