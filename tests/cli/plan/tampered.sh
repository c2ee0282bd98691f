# twenty ways to do other than was planned: each is refused or marked
cp $DATA/samples.tsv $DATA/counts.tsv $DATA/sets.gmt .
tilseq plan samples.tsv --design '~ time + arm' -c arm:B:A -g sets.gmt --min-size 2 -q -o plan.yaml
sum=$(sha256sum plan.yaml | cut -d' ' -f1)
n=0
caught() { n=$((n + 1)); echo "$n $1: caught"; }
missed() { n=$((n + 1)); echo "$n $1: MISSED"; }
# the plan is changed: the digest tells
edit() {    # what, sed words
    sed "$2" plan.yaml >changed.yaml
    cmp -s plan.yaml changed.yaml && { missed "$1 (not changed)"; return; }
    tilseq run samples.tsv --counts counts.tsv --plan changed.yaml --plan-sha256 $sum -q -o out >/dev/null 2>&1
    [ $? = 3 ] && [ ! -e out ] && caught "$1" || missed "$1"
}
edit 'another contrast' 's/arm:B:A/time:on:pre/'
edit 'another design' 's/~ time + arm/~ arm/'
edit 'another engine' 's/  method: .*/  method: "voom"/'
edit 'another FDR' 's/alpha: 0.1/alpha: 0.2/'
edit 'another filter' 's/filter: "auto"/filter: "none"/'
edit 'samples left out' 's/exclude: \[\]/exclude: ["sample=S1"]/'
edit 'a reference' 's/reference: \[\]/reference: ["arm=B"]/'
edit 'a seed' 's/seed: 1/seed: 2/'
edit 'a blank' 's/$/ /'
edit 'a comment' 's/^# .*//'
# without the digest of the plan
refused() { # what, sed words
    sed "$2" plan.yaml >changed.yaml
    tilseq run samples.tsv --counts counts.tsv --plan changed.yaml -q -o out >/dev/null 2>&1
    [ $? = 3 ] && [ ! -e out ] && caught "$1" || missed "$1"
}
refused 'an unknown key' 's/method:/methods:/'
refused 'a key twice' 's/^  seed: .*/&\n  seed: 3/'
refused 'a digest of the sets' 's/sets-sha256: ./sets-sha256: x/'
refused 'no digest of the sets' '/sets-sha256/d'
cp sets.gmt kept.gmt && sed 1d kept.gmt >sets.gmt
refused 'other sets of that name' ''
cp kept.gmt sets.gmt
# the words are others: done and marked
marked() {  # what, words
    what=$1; shift
    rm -rf out
    tilseq run samples.tsv --counts counts.tsv --plan plan.yaml "$@" -q -o out >/dev/null 2>&1
    [ "$(sed 1d out/not_planned.tsv | wc -l)" -ge 1 ] && grep -q '"not_planned"' out/run.json &&
        [ "$(sed 1d out/questions.tsv | cut -f2 | sort -u | tr '\n' ' ')" != 'yes ' ] && caught "$what" || missed "$what"
}
marked 'a further contrast' -c time:on:pre
marked 'another engine typed' --method voom
marked 'samples typed away' --exclude sample=S1
mkdir elsewhere && sed 1d sets.gmt >elsewhere/sets.gmt
marked 'other sets typed' -g elsewhere/sets.gmt
# the record is changed
sed 's/"command": "tilseq run [^"]*"/"command": "tilseq run"/' out/run.json >changed.json && cp changed.json out/run.json
tilseq run samples.tsv --counts counts.tsv --plan plan.yaml -o out 2>&1 | grep -q 'trail was changed' && caught 'the trail' || missed 'the trail'
