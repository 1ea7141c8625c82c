#!/bin/sh
# siamese serve: its routes, what they refuse, items that come and go, reloads
# and ends.
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/harness.inc"
. "$tests/serve.inc"

fails serve__without_a_model 2 '--model FILE is missing' "$SIAMESE" serve
fails serve__without_items 1 'no items to find' sh -c "
    $SIAMESE train --data pairs.csv --model t.siamese $small --epochs 1 &&
    $SIAMESE serve --model t.siamese; s=\$?; rm -f t.siamese; exit \$s"
fails serve__no_such_file 1 'none.siamese' "$SIAMESE" serve --model none.siamese
fails serve__an_address_in_words 2 'in numbers' \
    "$SIAMESE" serve --model m.siamese --bind localhost
fails serve__a_port_out_of_range 2 'from 0 to 65535' \
    "$SIAMESE" serve --model m.siamese --port 70000
fails serve__a_limit_out_of_range 2 '--timeout 0' \
    "$SIAMESE" serve --model m.siamese --timeout 0
: >empty
fails serve__a_file_without_a_token 1 'a token is expected' \
    "$SIAMESE" serve --model m.siamese --token-file empty
rm empty

printf 'secret\n' >token
serve --token-file token --max-k 50 --max-query 40
check serve__prints_its_address grep -qx 'http://127.0.0.1:[1-9][0-9]*/' address
fails serve__a_port_that_is_taken 1 "port $port of 127.0.0.1 is taken" \
    "$SIAMESE" serve --model m.siamese --port "$port"

# ---- what it answers ----

gets serve__search 200 '{"query": "oak desk", "results": [{"rank": 1, "id": "' \
    '/search?q=oak%20desk&k=3'
"$SIAMESE" search --model m.siamese -k 3 --json 'oak desk' >found
same() {
    for member in id score title; do
        for file in found .answer; do
            tr '{' '\n' <$file | sed -n "s/.*\"$member\": \([^,}]*\)[,}].*/\1/p" \
                >".$file.list"
        done
        cmp ".found.list" "..answer.list" && [ -s .found.list ] || return 1
    done
}
check serve__finds_what_search_finds same
check serve__says_how_long_it_took grep -q '"us": [0-9]' .answer
gets serve__plus_is_a_space 200 '"query": "oak desk"' '/search?q=oak+desk'
gets serve__characters_of_any_script 200 '"query": "dépôt 机"' \
    '/search?q=d%C3%A9p%C3%B4t+%E6%9C%BA'
gets serve__markup_stays_text 200 '<b>markup</b> & more' '/search?q=markup&k=50'
gets serve__how_to_search 200 '"rank": 1,' \
    '/search?q=desk&k=1&exact=1&dedupe=1&spelling=off'
gets serve__explains_words 200 \
    '"words": [{"text": "desk", "tokens": 1, "unknown": 0}, {"text": "xyzzy", "tokens": 1, "unknown": 1}]' \
    '/search?q=desk+xyzzy&explain=1'
gets serve__vector 200 '"side": "query", "dim": 8, "vector": [' '/encode?q=desk'
"$SIAMESE" embed --model m.siamese --text 'desk' --side item | tr -s ' \n' '\n\n' |
    head -1 >first
ask GET '/encode?q=desk&side=item'
near() {
    sed -n 's/.*"vector": \[\([^,]*\),.*/\1/p' .answer |
        awk -v e="$(cat first)" '{ d = $1 - e; exit !(d < 1e-5 && d > -1e-5) }'
}
check serve__encodes_as_embed_does near
gets serve__health 200 '{"status": "ok", ' /healthz
gets serve__page 200 '<!doctype html>' /
check serve__page_may_ask_its_own_address_alone grep -q \
    "^Content-Security-Policy: default-src 'none'; script-src 'self'; " .answer
gets serve__style 200 'text/css' /page.css
gets serve__script 200 'text/javascript' /page.js
ask HEAD '/search?q=desk'
check serve__head_has_no_body sh -c "
    head -1 .answer | grep -q ' 200 ' && [ \$(grep -c results .answer) -eq 0 ]"

# ---- what it refuses ----

refuses serve__no_query 400 'q: the text is missing' /search
refuses serve__an_empty_query 400 'q: the text is empty' '/search?q='
refuses serve__a_query_of_spaces 400 'q: the text is empty' '/search?q=+%20'
refuses serve__a_query_twice 400 'q: is given twice' '/search?q=a&q=b'
refuses serve__a_query_too_long 414 'q: has 41 bytes, more than the 40' \
    "/search?q=$(printf '%041d' 0)"
refuses serve__not_utf8 400 'q: byte 0xe9 at place 4 is not UTF-8' \
    '/search?q=caf%E9'
refuses serve__cut_utf8 400 'q: byte 0xe6 at place 1' '/search?q=%E6%9C'
refuses serve__a_nul 400 'q: has a NUL byte' '/search?q=a%00b'
refuses serve__half_a_percent 400 'q: two hexadecimal digits' '/search?q=a%2'
refuses serve__no_percent 400 'q: two hexadecimal digits' '/search?q=%zz'
for k in 0 -1 abc 1e3 '' 3.5; do
    refuses "serve__k_of_'$k'" 400 'k: a whole number from 1 to 50' \
        "/search?q=a&k=$k"
done
refuses serve__k_above_the_limit 400 'k: 51 is more than the 50' '/search?q=a&k=51'
refuses serve__k_above_all_numbers 400 'k: 99999999999999999999' \
    '/search?q=a&k=99999999999999999999999999'
refuses serve__no_such_parameter 400 'K: there is no such parameter' \
    '/search?q=a&K=3'
refuses serve__which_parameters_there_are 400 \
    'K: there is no such parameter here; there are: q model side"' \
    '/encode?q=a&K=3'
refuses serve__nprobe_above_lists 400 'nprobe' '/search?q=a&nprobe=9999'
refuses serve__no_second_model 400 'model: there is one' \
    '/search?q=a&model=compare'
refuses serve__no_such_side 400 'side: query or item' '/encode?q=a&side=b'
refuses serve__no_such_path 404 'there is nothing at this path' /nothing
refuses serve__no_path_upwards 404 'there is nothing' /../etc/passwd
ask DELETE '/search?q=a'
answers serve__no_such_method 405 '{"error": "/search takes GET, HEAD'
check serve__says_which_methods grep -q '^Allow: GET, HEAD' .answer
gets serve__items_are_posted 405 'Allow: POST' /items

refuses serve__a_foreign_host 403 'Host: evil.example is not' /healthz \
    'Host: evil.example:80'
refuses serve__a_foreign_address 403 'Host: 192.0.2.1 is not' /healthz \
    'Host: 192.0.2.1'
refuses serve__a_host_of_nothing 400 'Host: a name' /healthz 'Host: :80'
gets serve__localhost 200 ok /healthz 'Host: LOCALHOST:1'
gets serve__ipv6_loopback 200 ok /healthz 'Host: [::1]:8080'
refuses serve__a_foreign_origin 403 'Origin: pages of http://evil.example' \
    '/search?q=a' 'Origin: http://evil.example'
refuses serve__an_origin_of_nobody 403 'Origin: pages of null' '/search?q=a' \
    'Origin: null'
gets serve__its_own_origin 200 ok /healthz "Origin: http://127.0.0.1:$port"
refuses serve__a_foreign_page 403 'Sec-Fetch-Site' '/search?q=a' \
    'Sec-Fetch-Site: cross-site'
gets serve__a_link_to_its_page 200 doctype / 'Sec-Fetch-Site: cross-site'

# ---- items ----

# change NAME STATUS TEXT BODY [HEADER ...]
change() {
    name=$1 status=$2 text=$3 body=$4
    shift 4
    printf %s "$body" | ask POST /items 'Content-Type: application/json' "$@"
    answers "$name" "$status" "$text"
}
key='Authorization: Bearer secret'
change serve__without_the_token 401 'Bearer and the token' '{"remove": []}'
check serve__asks_for_the_token grep -q '^WWW-Authenticate: Bearer' .answer
change serve__with_another_token 401 'this is not the token' '{"remove": []}' \
    'Authorization: Bearer secreu'
change serve__with_a_longer_token 401 'this is not the token' '{"remove": []}' \
    'Authorization: Bearer secretsecret'
printf '{}' | ask POST /items "$key" 'Content-Type: text/plain'
answers serve__not_json_by_type 415 'application/json is expected'
change serve__not_json 400 'the body is not JSON: line 1' '{"add": [}' "$key"
change serve__no_body 400 'the body is not JSON' '' "$key"
change serve__not_utf8_in_json 400 'the body is not JSON' \
    "{\"add\": [{\"id\": \"$(printf '\351')\"}]}" "$key"
change serve__neither_of_both 422 'neither add nor remove' '{}' "$key"
change serve__another_member 422 'update: there is no such member' \
    '{"update": []}' "$key"
change serve__no_array 422 'add: an array is expected' '{"add": {}}' "$key"
change serve__an_item_without_a_title 422 'add: element 1: an object with id' \
    '{"add": [{"id": 1, "title": "x"}, {"id": 2}]}' "$key"
change serve__no_such_column 422 "no column 'price'" \
    '{"add": [{"id": 1, "title": "x", "columns": {"price": 1}}]}' "$key"
change serve__an_id_of_nothing 422 'remove: element 0: the id' \
    '{"remove": [true]}' "$key"
items=$(ask GET /healthz && sed 's/.*"items": \([0-9]*\).*/\1/' .answer | tail -1)
change serve__adds 200 "{\"added\": 2, \"removed\": 0, \"items\": $((items + 2))}" \
    '{"add": [{"id": "new1", "title": "oak desk deluxe"}, {"id": 77001, "title": "lamp"}]}' \
    "$key"
gets serve__finds_what_was_added 200 '"id": "new1"' '/search?q=oak+desk&k=50'
change serve__replaces 200 "\"items\": $((items + 2))" \
    '{"add": [{"id": "new1", "title": "oak desk of old"}]}' "$key"
gets serve__finds_what_replaced_it 200 'oak desk of old' '/search?q=oak+desk&k=50'
change serve__removes 200 "{\"added\": 0, \"removed\": 2, \"items\": $items}" \
    '{"remove": ["new1", 77001, "never there"]}' "$key"
gets serve__what_it_refused_changed_nothing 200 "\"items\": $items" /healthz

gets serve__metrics 200 'siamese_http_requests_total{route="/search",status="200"} ' \
    /metrics
check serve__counts_errors grep -q \
    '^siamese_http_errors_total{route="/items"} 1[0-9]' .answer
check serve__counts_items grep -qx "siamese_items{model=\"m\"} $items" .answer
whole_histogram() {
    tr -d '\r' <.answer | awk '
        /^siamese_http_request_duration_seconds_bucket.route="\/search"/ {
            if ($2 < last) bad = 1
            last = $2; n++
        }
        /_count.route="\/search"/ { count = $2 }
        END { exit bad || n != 14 || last != count || count < 5 }'
}
check serve__histogram_adds_up whole_histogram

# ---- another file in its place, and the end ----

until_logged() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
        grep -q "$1" served && return 0
        sleep 0.1
    done
    return 1
}
cp m.siamese whole.siamese
printf 'no model' >m.new && mv m.new m.siamese
kill -HUP "$server"
check serve__a_bad_file_is_told until_logged 'not reloaded, the model of before'
gets serve__a_bad_file_leaves_the_old_one 200 '"rank": 1' '/search?q=desk'
head -c 3000 whole.siamese >m.new && mv m.new m.siamese
kill -HUP "$server"
sed '$d' pairs.csv >fewer.csv
"$SIAMESE" index --model whole.siamese --data fewer.csv --out m.new --quiet &&
    mv m.new m.siamese
kill -HUP "$server"
check serve__reloads until_logged 'reloaded m.siamese: .* generation 1'
gets serve__serves_the_new_one 200 "\"items\": $((items - 1)), \"dim\": 8, \"generation\": 1" \
    /healthz
gets serve__counts_reloads 200 'siamese_reloads_total{result="failed"} ' \
    /metrics
stop TERM
check serve__sigterm_ends_with_0 [ "$ended" -eq 0 ]
check serve__logs_requests grep -qE \
    '^[0-9-]*T[0-9:]*Z GET /search 200 [0-9]+ bytes [0-9]+ us$' served
check serve__logs_no_query sh -c '! grep -q oak served'
mv whole.siamese m.siamese

serve --compare m.siamese --quiet --max-k 5 --host shop.example,shop
gets serve__two_models 200 '"model": "m", ' '/search?q=desk&model=compare'
gets serve__a_name_of_its_own 200 ok /healthz 'Host: Shop.Example:443'
refuses serve__a_longer_name 403 'Host: shop.example.org is' /healthz \
    'Host: shop.example.org'
refuses serve__items_without_token_file 405 '/items takes POST' /items
change serve__nobody_may_change_items 403 'without --token-file' '{}' "$key"
gets serve__k_by_default_is_no_more_than_allowed 200 '"rank": 5' '/search?q=desk'
stop INT
check serve__sigint_ends_with_0 [ "$ended" -eq 0 ]
check serve__quiet_is_quiet [ ! -s served ]
finish
