#!/bin/bash
set -euo pipefail
autoreconf -fi
./configure --prefix="$PREFIX" --with-serial-blas=no
make -j"${CPU_COUNT:-2}"
make install
