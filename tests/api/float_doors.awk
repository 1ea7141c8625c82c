# Every argument of a public function by which real numbers come in, as a line
# XX(FUNCTION_ARGUMENT), or XX(FUNCTION_ARGUMENT_MEMBER) for those of a struct:
# test_float_doors.c has a row for each of them, or does not compile. Options are
# tried by test_float_options.c, which finds them by describing them.
#
# usage: awk -f float_doors.awk include/siamese/*.h

function last_word(text) {
    sub(/[^a-z0-9_]*$/, "", text)
    sub(/.*[^a-z0-9_]/, "", text)
    return text
}

# The struct that a declaration points to, and the host fills in; or "".
function struct_of(text) {
    if (text !~ /const siamese_[a-z_]+ \*/ || text ~ /_options \*/) return ""
    sub(/.*const siamese_/, "", text)
    sub(/ .*/, "", text)
    return text
}

function is_numbers(text) {
    return text ~ /const (float|double) \*/ || text ~ /^ *(float|double) [a-z_]+$/
}

# The names of what a struct holds, its own structs' too, behind `prefix`.
function print_members(name, prefix,    member, i, count, of) {
    count = split(body[name], member, ";")
    for (i = 1; i <= count; i++) {
        of = struct_of(member[i])
        if (is_numbers(member[i]))
            print "XX(" prefix "_" last_word(member[i]) ")"
        else if (of in body)
            print_members(of, prefix "_" last_word(member[i]))
    }
}

{ text = text " " $0 }

END {
    while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\//))
        text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
    gsub(/ +/, " ", text)
    rest = text
    while (match(rest, /struct siamese_[a-z_]+ \{[^}]*\}/)) {
        one = substr(rest, RSTART + 15, RLENGTH - 16)
        rest = substr(rest, RSTART + RLENGTH)
        name = one
        sub(/ .*/, "", name)
        sub(/^[^{]*\{/, "", one)
        body[name] = one
    }
    while (match(text, /SIAMESE_API [^;]*;/)) {
        one = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        match(one, /siamese_[a-z0-9_]+\(/)
        name = substr(one, RSTART + 8, RLENGTH - 9)
        if (name ~ /_get$/) continue
        sub(/^[^(]*\(/, "", one)
        sub(/\).*/, "", one)
        count = split(one, argument, ",")
        for (i = 1; i <= count; i++) {
            of = struct_of(argument[i])
            if (is_numbers(argument[i]))
                print "XX(" name "_" last_word(argument[i]) ")"
            else if (of in body)
                print_members(of, name "_" last_word(argument[i]))
        }
    }
}
