/* fuzz_pairs.c -- paired designs of any sample sheet: columns patient, time and arm where it has
 * them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include <tilseq/design.h>

#include "io/text/sheet_tsv.h"
#include "design/rank.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int kind = 0; kind < 4; kind++) {
        til_ctx_t ctx = TIL_CTX_INIT;
        til_typing_t typing = { .drop_na = kind > 1 };
        til_pairing_t pairing = { .pair = "patient",
                                  .time = "time",
                                  .arm = kind % 2 == 0 ? "arm" : NULL,
                                  .is_trend = kind == 3 };
        til_asked_t asked = { .pairing = &pairing, .typing = &typing };
        til_questions_t questions;
        til_sheet_t sheet;
        til_text_t text;
        if (til_text_from_bytes(&ctx, "fuzz", data, size, &text) != TIL_OK) return 0;
        if (til_sheet_read(&ctx, &text, false, &sheet) == TIL_OK) {
            if (til_questions_build(&ctx, &sheet, &asked, &questions) == TIL_OK) {
                /* a paired design is of full rank by construction */
                if (til_rank_require(&ctx, &questions.questions[0].design) == TIL_EINPUT &&
                    kind != 3)
                    __builtin_trap();
                til_questions_clear(&questions);
            }
            til_sheet_clear(&sheet);
        }
        til_text_clear(&text);
    }
    return 0;
}
