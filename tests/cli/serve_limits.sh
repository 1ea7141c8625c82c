#!/bin/sh
# siamese serve among clients that are slow, too many, or send what nobody asked
# for: each is told, and the others are served meanwhile.
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/harness.inc"
. "$tests/serve.inc"

printf 'secret\n' >token
serve --token-file token --timeout 1 --max-body 2000 --max-connections 16 \
    --workers 2

others_are_served() {
    ask GET '/search?q=oak+desk&k=2'
    answers "$1" 200 '"rank": 2'
}

# beside NAME [HOW NUMBER]: NAME.request is sent while others are; told NAME
# awaits what comes of it.
beside() {
    which=$1
    shift
    $HTTP_CLIENT "$port" "$@" <"$which.request" >"$which.answer" \
        2>"$which.sent" &
    echo $! >"$which.client"
}
told() {
    wait "$(cat "$1.client")"
    mv "$1.answer" .answer
    mv "$1.sent" .sent
    answers "serve__$1" "$2" "$3"
}
# It closed, and not long after the time.
in_time() {
    check "serve__$1_ends" sh -c "sed -n 's/.*closed after \([0-9]*\) ms/\1/p' \
        .sent | awk '{ ok = \$1 >= 900 && \$1 < 6000 } END { exit !ok }'"
}
items() {
    printf 'POST /items HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s\r\n%s\r\n\r\n' \
        'Content-Type: application/json' "Authorization: Bearer $1" "$2"
}

printf 'GET /search?q=desk HTTP/1.1\r\nHost: localhost\r\nX-Slow: %01000d\r\n\r\n' 1 \
    >a_slow_request.request
beside a_slow_request every 50
printf 'GET /search?q=desk HTTP/1.1\r\nHost: local' \
    >half_a_request.request
beside half_a_request hold 20
printf 'GET /sea' >half_a_line.request
beside half_a_line hold 20
{
    items secret 'Content-Length: 200'
    printf '{"add": ['
} >half_a_body.request
beside half_a_body hold 20
items secret 'Content-Length: 1073741824' \
    >a_body_of_1_gb.request
beside a_body_of_1_gb flood 1073741824
items secret 'Transfer-Encoding: chunked' \
    >chunks_of_1_gb.request
beside chunks_of_1_gb chunks 1073741824
items wrong 'Content-Length: 1073741824' >no_token_for_1_gb.request
beside no_token_for_1_gb flood 1073741824
others_are_served serve__slow_ones_harm_nobody
told a_slow_request 408 '{"error": "the request did not come in time"}'
in_time a_slow_request
told half_a_request 408 'did not come in time'
in_time half_a_request
told half_a_line 408 'did not come in time'
told half_a_body 408 'did not come in time'
told a_body_of_1_gb 413 'more bytes than this server takes'
told chunks_of_1_gb 413 'more bytes than this server takes'
told no_token_for_1_gb 413 'more bytes than this server takes'
items secret "$(printf 'Content-Length: 1073741824\r\nExpect: 100-continue')" |
    raw hold 5
answers serve__a_body_of_1_gb_that_asks_first 413 'more bytes than this server'
items secret 'Content-Length: 99999999999999999999999999' | raw hold 5
check serve__a_length_above_all_numbers grep -q '^HTTP/1.1 4' .answer
printf '%02100d' 0 | ask POST /items 'Authorization: Bearer secret' \
    'Content-Type: application/json'
answers serve__a_body_above_the_limit 413 'more bytes'
printf '%02000d' 0 | ask POST /items 'Authorization: Bearer secret' \
    'Content-Type: application/json'
answers serve__a_body_at_the_limit 400 'the body is not JSON'
printf '{"add": [{"id": "9", "title": "chunked desk"}]}' >body
{
    items secret "$(printf 'Connection: close\r\nTransfer-Encoding: chunked')"
    printf '%x\r\n' "$(wc -c <body)" && cat body && printf '\r\n0\r\n\r\n'
} | raw
answers serve__chunks_within_the_limit 200 '"added": 1'

ask GET "/search?q=$(printf '%06000d' 0)"
answers serve__a_target_too_long 414 'the address has more than'
for junk in 'GARBAGE\r\n\r\n' '\r\n\r\n\r\n' 'GET\r\n\r\n' '\000\001\002\377' \
    'GET / HTTP/9.9\r\n\r\n' 'GET / HTTP/1.1\r\nHost\r\n\r\n' \
    'GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n' \
    'GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n' 'GET / HTTP/1.1\r\n\r\n'; do
    printf "$junk" | raw hold 5
done
others_are_served serve__junk_harms_nobody
# By eight at once, since each waits a little for what may be no request at all.
junk=250
[ -z "${SIAMESE_TEST_LONG:-}" ] || junk=125000
clients=
for seed in 1 2 3 4 5 6 7 8; do
    $HTTP_CLIENT "$port" junk "$junk" "$seed" </dev/null >/dev/null &
    clients="$clients $!"
done
all_end_well() { for client in $clients; do wait "$client" || return 1; done; }
check serve__much_junk all_end_well
others_are_served serve__much_junk_harms_nobody

# More connections than it takes, which say nothing; then they are over.
held=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    printf '' | $HTTP_CLIENT "$port" hold 20 >/dev/null 2>&1 &
    held="$held $!"
done
sleep 0.3
ask GET '/search?q=desk'
answers serve__too_many_connections 503 'more connections than this server'
check serve__says_when_to_come_again grep -q '^Retry-After: 1' .answer
for client in $held; do wait "$client"; done
others_are_served serve__silent_ones_make_way

# What is in flight at the end: half a body, whose other half comes after the
# signal.
printf '{"add": [{"id": "8", "title": "late desk"}]}' >body
items secret "$(printf 'Connection: close\r\nContent-Length: %s' \
    "$(wc -c <body)")" >late.request
cat body >>late.request
beside late until go
while ! grep -q connected late.sent; do sleep 0.1; done
sleep 0.3
kill -TERM "$server"
sleep 0.2
: >go
told late 200 '"added": 1'
wait "$server"
check serve__ends_with_0_then [ $? -eq 0 ]
check serve__listens_no_more sh -c "! $HTTP_CLIENT $port </dev/null 2>/dev/null"
finish
