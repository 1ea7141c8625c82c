#!/bin/sh
# Files as bytes: packed, in other encodings, no text at all.
. "$(dirname "$0")/harness.inc"

printf '1 Q0 1 1 1.0 x\n' >run.txt
eval="$SIAMESE eval --run run.txt --relevant 1 --write-queries queries"
printf 'product_id,query,relevance\n1,caf\303\251 table,3\n' >utf8.csv
printf 'caf\303\251 table\n' >expected
# reads NAME COMMAND...: finds the one query.
reads() {
    name=$1
    shift
    "$@" >.out 2>.err
    cut -f2 queries >got 2>/dev/null
    rm -f queries
    if cmp -s expected got; then passed "$name"; else failed "$name"; fi
}

# ---- gzip ----
gzip -c utf8.csv >one.gz
reads reading__gzip $eval --judged one.gz
head -n 1 utf8.csv | gzip -c >parts.gz
tail -n 1 utf8.csv | gzip -c >>parts.gz
reads reading__gzip_of_several_members $eval --judged parts.gz
head -c 100 /dev/zero >>parts.gz
reads reading__gzip_padded_with_nul $eval --judged parts.gz
reads reading__gzip_on_stdin sh -c "cat one.gz | $eval --judged -"
gzip -c run.txt >run.gz
reads reading__gzip_of_other_files "$SIAMESE" eval --run run.gz --relevant 1 \
    --judged utf8.csv --write-queries queries
head -c 40 one.gz >cut.gz
fails reading__gzip_cut 1 'cut.gz: the gzip file is damaged: it ends in' \
    $eval --judged cut.gz
{ head -c 30 one.gz; printf '\377\377\377\377'; tail -c +35 one.gz; } >bad.gz
fails reading__gzip_damaged 1 'bad.gz: the gzip file is damaged' \
    $eval --judged bad.gz
cat one.gz utf8.csv >behind.gz
fails reading__gzip_with_more_behind_it 1 'the gzip file is damaged' \
    $eval --judged behind.gz

# ---- encodings ----
for e in UTF-16 UTF-32; do
    iconv -f UTF-8 -t $e utf8.csv >$e.csv
    reads "reading__${e}_by_its_mark" $eval --judged $e.csv
    { printf '\357\273\277' | iconv -f UTF-8 -t ${e}BE
      iconv -f UTF-8 -t ${e}BE utf8.csv; } >$e.be
    reads "reading__${e}_of_the_other_end" $eval --judged $e.be
done
for e in UTF-16LE UTF-16BE; do
    iconv -f UTF-8 -t $e utf8.csv >$e.csv
    fails "reading__${e}_without_a_mark" 1 "--judged-encoding $e" \
        $eval --judged $e.csv
    reads "reading__${e}_named" $eval --judged $e.csv --judged-encoding $e
done
iconv -f UTF-8 -t UTF-16 utf8.csv | gzip -c >both.gz
reads reading__both $eval --judged both.gz
iconv -f UTF-8 -t ISO-8859-1 utf8.csv >latin1.csv
for e in latin-1 latin_1 L1 iso8859_1 ISO-8859-1 iso_8859-1:1987 cp1252 \
    windows-1252 x-cp1252 1252 Windows_1252 iso-8859-15 latin9; do
    reads "reading__$e" $eval --judged latin1.csv --judged-encoding $e
done
printf '\357\273\277' | cat - utf8.csv >signed.csv
for e in utf-8-sig utf_8_sig UTF8 utf_8 U8 unicode-1-1-utf-8; do
    reads "reading__$e" $eval --judged signed.csv --judged-encoding $e
done
fails reading__no_such_encoding 2 '--judged-encoding latin-99: no such' \
    $eval --judged latin1.csv --judged-encoding latin-99
# Python's codecs and WHATWG's labels that glibc has the encoding of
all="ascii 646 us-ascii big5 big5-tw csbig5 big5hkscs cp437 437 ibm437 cp850
cp866 ibm866 cp932 ms932 mskanji cp949 uhc cp950 cp1250 windows-1250 cp1251
cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp eucjp ujis euc_jis_2004
euc_jisx0213 euc_kr euckr korean ks_c_5601-1987 gb2312 chinese gbk 936 gb18030
iso2022_jp iso2022_kr iso8859_2 latin2 L2 iso8859_3 iso8859_4 iso8859_5 cyrillic
iso8859_6 arabic iso8859_7 greek iso8859_8 hebrew iso8859_9 latin5 iso8859_10
iso8859_13 iso8859_14 iso8859_16 latin10 johab koi8_r koi8-r koi8_u koi8_t
mac_roman macintosh macroman x-mac-roman mac_cyrillic x-mac-cyrillic shift_jis
sjis x-sjis ms_kanji windows-31j shift_jisx0213 shift_jis_2004 utf_16 utf-16le
utf_16_be utf_32 utf_32_le utf_7 windows-874 dos-874 tis-620 ptcp154 cp037
ibm500 cp1140 x-gbk latin 8859 iso_8859_1_1987 iso_8859-16_2001 iso_ir_100
iso_ir_226 ansi_x3_4_1968 iso646_us ecma_118 iso-8859-8-i csiso88596e asmo_708
ebcdic_cp_us iso2022_jp_2 ks_c_5601-1989 iso-10646-ucs-2 x_mac_japanese cp1051"
# one that is unknown ends with status 2, before the file is looked at
for e in $all; do
    "$SIAMESE" eval --run run.txt --judged no.csv --judged-encoding "$e" \
        >.out 2>.err
    [ $? -eq 1 ] || failed "reading__knows_$e"
done
passed reading__knows_names_of_python_and_the_web

# ---- no text ----
refused() {
    printf "$3" >"$1"
    fails "reading__$1" 1 "$1 is $2" $eval --judged "$1"
}
refused p.parquet 'a parquet file' 'PAR1\25\4\25'
gzip -c utf8.csv | gzip -c >twice.gz
fails reading__twice.gz 1 'twice.gz is packed by gzip twice' $eval \
    --judged twice.gz
refused b.xlsx 'a zip archive' 'PK\3\4\24\0'
refused b.xls 'a file of Microsoft Office' '\320\317\021\340\241'
refused f.feather 'an Arrow (Feather) file' 'ARROW1\0\0'
refused d.db 'an SQLite database' 'SQLite format 3\0'
refused z.bz2 'packed by bzip2' 'BZh91AY&SY\0'
refused z.xz 'packed by xz' '\3757zXZ\0'
refused z.zst 'packed by zstd' '\50\265\57\375\4'
refused v.npy 'a .npy file' '\223NUMPY\1\0'
printf 'PAR1,product_id,query,relevance\n0,1,caf\303\251 table,3\n' >text.csv
reads reading__a_text_may_begin_with_such_letters $eval --judged text.csv

# ---- advice: an option of the verb, and of that file ----
printf 'qid\tcaf\351\n' >latin1.tsv
printf 'q 0 caf\351 1\n' >latin1.qrels
printf 'q 0 1 1\n' >qrels
hint='e.g. ISO-8859-1: '
iconv='the file must be UTF-8: iconv -f ISO-8859-1 -t UTF-8'
fails reading__hint_for_judged 1 "$hint--judged-encoding" \
    $eval --judged latin1.csv
fails reading__hint_for_train 1 "$hint--train-encoding" \
    $eval --judged utf8.csv --train latin1.csv
fails reading__hint_for_items 1 "$hint--encoding" $eval --judged utf8.csv \
    --items latin1.csv --item-column query
fails reading__hint_for_queries 1 "$hint--queries-encoding" "$SIAMESE" eval \
    --run run.txt --queries latin1.tsv --qrels qrels
fails reading__hint_for_qrels 1 "$iconv" "$SIAMESE" eval --run run.txt \
    --qrels latin1.qrels
fails reading__hint_for_runs 1 "$iconv" "$SIAMESE" eval --run latin1.qrels \
    --qrels qrels
printf '\n[UNK]\ncaf\351\n' >lines
mkdir p
"$SIAMESE" train $small --data utf8.csv --item-column query --model m
"$SIAMESE" index --quiet --data utf8.csv --item-column query --model m --out m
"$SIAMESE" export --quiet --model m --parameters p --vocab v
fails reading__hint_for_ids 1 "$iconv" "$SIAMESE" search --model m desk \
    --include-ids lines
fails reading__hint_for_a_vocabulary 1 "$iconv" "$SIAMESE" import \
    --parameters p --vocab lines --model n
fails reading__hint_for_data 1 "$hint--encoding" "$SIAMESE" train $small \
    --data latin1.csv --model n
fails reading__hint_for_a_catalogue 1 "$hint--catalogue-encoding" \
    "$SIAMESE" train $small --data utf8.csv --item-column query \
    --catalogue latin1.csv --model n
finish
