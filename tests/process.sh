#!/bin/sh
# process.sh -- how every command behaves as a process: full disk, closed pipe, missing and odd files, signals,
# locale, threads, memory and system-call failures. Rows P* of the catalogue of bad inputs.
set -u
here=$(cd "${srcdir:-.}/tests" && pwd)
tilseq=${TILSEQ:-$(pwd)/tilseq}
export LC_ALL=C
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-process-XXXXXX")
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
failed=0 n=0
tab=$(printf '\t')
sanitized=no
nm "$tilseq" 2>/dev/null | grep -q __asan_init && sanitized=yes

say() { echo "process: $*"; failed=$((failed + 1)); }

# $code, $work/err, $work/stdout of one run; $1 is the command line, words quoted as for the shell
run() {
    eval "set -- $1"
    timeout 60 "$tilseq" "$@" >"$work/stdout" 2>"$work/err"
    code=$?
    n=$((n + 1))
}

expect() {      # what, codes (a|b), command line
    run "$3"
    case "|$2|" in *"|$code|"*) ;; *) say "$1: exit $code, wanted $2: $3: $(tail -n 1 "$work/err")" ;; esac
}

nothing_left() {    # what; the finished steps of a run stay for the next one
    [ "$kind" != steps ] || return 0
    left=$(ls -A "$work/out")
    [ -z "$left" ] || say "$1: left $left: $line"
}

fresh() { rm -rf "$work/out"; mkdir "$work/out"; }

checksum() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum 2>/dev/null) | sha256sum; }

for_each_command() {
    fresh
    plain=$(printf '%s' "$line" | sed "s|OUT|$work/out/result|g; s|IN/|$here/cli/data/|g")
    expect "plain run" 0 "$plain"
    before=$(checksum "$work/out")

    # P29, P08: the same bytes at any thread count, in any locale and time zone
    for more in '-@ 4' '-@ 3'; do
        fresh; run "$plain $more"
        [ "$(checksum "$work/out")" = "$before" ] || say "P29: other bytes with $more: $line"
    done
    fresh; LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo OMP_NUM_THREADS=7 OPENBLAS_NUM_THREADS=3 run "$plain"
    [ "$(checksum "$work/out")" = "$before" ] || say "P08: other bytes in another locale: $line"

    # P19, P20: threads and options
    for bad in '-@ 0' '-@ -1' '-@ abc' '--nosuchoption' '--threads'; do
        fresh; expect "P19/P20 $bad" 2 "$plain $bad"; nothing_left "P20"
    done
    fresh; expect "P19 many threads" 0 "$plain -@ 99999"

    # P03, P11: places that cannot be written, inputs that cannot be read
    fresh; : >"$work/out/file"
    expect "P03 a file where a folder should be" 4 \
        "$(printf '%s' "$line" | sed "s|OUT|$work/out/file/result|g; s|IN/|$here/cli/data/|g")"
    fresh
    case $line in
        *IN/*)
            expect "P11 missing input" 4 "$(printf '%s' "$line" | sed "s|OUT|$work/out/result|g; s|IN/|$work/nosuch/|g")"
            nothing_left P11
            grep -q nosuch "$work/err" || say "P11: the missing file is not named: $line"
            mkdir -p "$work/folders"
            for f in "$here"/cli/data/*; do mkdir -p "$work/folders/$(basename "$f")"; done
            expect "P11 input is a folder" 4 "$(printf '%s' "$line" | sed "s|OUT|$work/out/result|g; s|IN/|$work/folders/|g")"
            nothing_left P11 ;;
    esac

    # P02: the full device
    if [ "$kind" = file ] && [ -w /dev/full ]; then
        fresh
        expect "P02 /dev/full" 4 "$(printf '%s' "$line" | sed "s|OUT|/dev/full|g; s|IN/|$here/cli/data/|g")"
    fi

    # P09: odd names
    odd="$work/odd é ' name"
    mkdir -p "$odd"
    cp "$here"/cli/data/* "$odd"
    fresh
    quoted=$(printf '%s' "$odd/" | sed "s/'/'\\\\''/g")
    (cd "$work/out" && eval "set -- $(printf '%s' "$line" | sed "s|OUT|result|g; s|IN/\([A-Za-z_.]*\)|'$(printf '%s' "$quoted" | sed 's/[\\&|]/\\&/g')\1'|g")" &&
        "$tilseq" "$@" >/dev/null 2>"$work/err") || say "P09 odd names: $line: $(tail -n 1 "$work/err")"

    # P16: every allocation that fails ends in 0 or 4, never a signal, and leaves nothing
    [ $sanitized = no ] && [ -f "$work/fail_malloc.so" ] && failing_memory
    [ $sanitized = no ] && [ -f "$work/fail_io.so" ] && failing_calls
}

# Allocation n fails, for n = 1, 2, ... ever farther apart, until the run succeeds.
failing_memory() {
    for mode in once sticky; do
        at=1 misses=0
        while [ $at -lt 2000000 ]; do
            fresh
            eval "set -- $plain"
            if [ $mode = once ]; then
                OOM_AT=$at OOM_ONCE=1 LD_PRELOAD=$work/fail_malloc.so timeout 60 "$tilseq" "$@" -@ 1 >/dev/null 2>"$work/err"
            else
                OOM_AT=$at LD_PRELOAD=$work/fail_malloc.so timeout 60 "$tilseq" "$@" -@ 1 >/dev/null 2>"$work/err"
            fi
            code=$?
            n=$((n + 1))
            case $code in
                0) misses=$((misses + 1)); [ $mode = once ] && [ $misses -lt 6 ] || break ;;
                4) nothing_left "P16 $mode $at" ;;
                *) say "P16: allocation $at failing ($mode): exit $code: $line: $(tail -n 1 "$work/err")"; break ;;
            esac
            at=$((at + 1 + at / 6))
        done
    done
}

failing_calls() {
    for what in write:28 write:5 close:5 fsync:5 rename:28 open:24 read:5; do
        for at in 1 2 3 5 9; do
            fresh
            eval "set -- $plain"
            FAIL_CALL=${what%:*} FAIL_ERRNO=${what#*:} FAIL_AT=$at LD_PRELOAD=$work/fail_io.so \
                timeout 60 "$tilseq" "$@" -@ 1 >/dev/null 2>"$work/err"
            code=$?
            n=$((n + 1))
            case $code in
                0) [ "$(checksum "$work/out")" = "$before" ] || say "P17: call $at of $what failing: other results: $line" ;;
                3|4) nothing_left "P17 $what $at" ;;
                *) say "P17: call $at of $what failing: exit $code: $line: $(tail -n 1 "$work/err")" ;;
            esac
        done
    done
}

for name in fail_malloc fail_io; do
    ${CC:-cc} -O1 -shared -fPIC "$here/process/$name.c" -o "$work/$name.so" -ldl 2>/dev/null || true
done

"$tilseq" index -q -t "$here/cli/data/transcripts.fa" -o "$work/made/index" || say "no index"
"$tilseq" run -q "$here/cli/data/samples.tsv" --counts "$here/cli/data/counts.tsv" --pair patient --time time \
    -g "$here/cli/data/sets.gmt" -o "$work/made/run" || say "no run"
for s in a b; do
    "$tilseq" count -q -s unstranded -a "$here/cli/data/genes.gtf" --sample-names $s -o "$work/made/$s.tsv" "$here/cli/data/reads.sam" ||
        say "no counts"
done

while IFS="$tab" read -r kind line; do
    case $kind in '#'*|'') continue ;; esac
    line=$(printf '%s' "$line" | sed "s|MADE/|$work/made/|g")
    "$tilseq" "${line%% *}" --help >/dev/null 2>&1 || continue
    for_each_command
done <"$here/process/COMMANDS"

# P04: a closed pipe ends the run quietly
"$tilseq" norm --help >/dev/null 2>&1 && {
    { "$tilseq" norm "$here/cli/data/counts.tsv" --to cpm 2>"$work/err"; echo $? >"$work/code"; } | true
    case $(cat "$work/code") in 0|4|141) ;; *) say "P04: exit $(cat "$work/code")" ;; esac
    # P12: an output that is an input
    cp "$here/cli/data/counts.tsv" "$work/both.tsv"
    expect P12 2 "norm '$work/both.tsv' -o '$work/both.tsv'"
    cmp -s "$here/cli/data/counts.tsv" "$work/both.tsv" || say "P12: the input was touched"
    # P10: FIFO and stdin give the same as the file
    run "norm '$here/cli/data/counts.tsv' --no-provenance"; cp "$work/stdout" "$work/want"
    mkfifo "$work/fifo"; cat "$here/cli/data/counts.tsv" >"$work/fifo" &
    run "norm '$work/fifo' --no-provenance"; cmp -s "$work/want" "$work/stdout" || say "P10: FIFO"
    "$tilseq" norm - --no-provenance <"$here/cli/data/counts.tsv" >"$work/stdout" 2>/dev/null
    cmp -s "$work/want" "$work/stdout" || say "P10: stdin"
    # P13: a memory limit is told, not crashed into
    (ulimit -v 1000000; "$tilseq" norm "$here/cli/data/counts.tsv" >/dev/null 2>"$work/err"); code=$?
    case $code in 0|4|127) ;; *) [ $sanitized = yes ] || say "P13: exit $code: $(tail -n 1 "$work/err")" ;; esac
    # P05: a signal leaves nothing and an older result untouched
    fresh; echo old >"$work/out/result"
    mkfifo "$work/slow"; sleep 5 >"$work/slow" & sleeper=$!
    "$tilseq" norm "$work/slow" -o "$work/out/result" >/dev/null 2>&1 & victim=$!
    sleep 0.5; kill -TERM $victim; wait $victim; code=$?; kill $sleeper 2>/dev/null
    [ $code = 143 ] || say "P05: exit $code after SIGTERM"
    [ "$(cat "$work/out/result")" = old ] && [ "$(ls -A "$work/out")" = result ] || say "P05: something was left"
}
echo "$n runs"
[ $n -gt 0 ] && [ $failed -eq 0 ]
