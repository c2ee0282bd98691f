#!/bin/sh
# cli.sh -- all command-line cases (see run_cli.sh).
exec sh "${srcdir:-.}/tests/run_cli.sh"
