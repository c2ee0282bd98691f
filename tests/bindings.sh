#!/bin/sh
# bindings.sh -- the R and Python packages on a simulated trial, where R and Python with pandas and pytest are.
set -u
here=$(cd "${srcdir:-.}" && pwd)
TILSEQ=${TILSEQ:-$(pwd)/tilseq}
export TILSEQ
work=$(mktemp -d "${TMPDIR:-/tmp}/tilseq-bindings-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0 ran=0

if command -v Rscript >/dev/null 2>&1; then
    ran=1
    cp -R "$here/bindings/r" "$work/r" && mkdir "$work/lib" && cd "$work" || exit 1
    R CMD INSTALL -l "$work/lib" r >log 2>&1 && R_LIBS="$work/lib" Rscript r/tests/trial.R >log 2>&1 ||
        { cat log; failed=1; }
else
    echo "bindings: R is not here: its package is not tested"
fi
python=
for candidate in python3 /usr/bin/python3; do
    [ -n "$python" ] || ! $candidate -c 'import pandas, pytest' 2>/dev/null || python=$candidate
done
if [ -n "$python" ]; then
    ran=1
    PYTHONPATH="$here/bindings/python" PYTHONDONTWRITEBYTECODE=1 $python -m pytest -q -p no:cacheprovider \
        "$here/bindings/python/tests" >"$work/log" 2>&1 || { cat "$work/log"; failed=1; }
else
    echo "bindings: Python with pandas and pytest is not here: its package is not tested"
fi
[ $ran = 1 ] || exit 77
exit $failed
