#!/bin/sh
# untracked.sh -- building and testing leave nothing in the tree that git would show.
cd "${srcdir:-.}" || exit 99
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || exit 77
left=$(git status --porcelain --untracked-files=normal | grep '^??')
[ -z "$left" ] || { echo "untracked files were left:"; echo "$left"; exit 1; }
