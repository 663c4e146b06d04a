/*
 * Any bytes: the three variants of the scanner must agree with each other, the ways of scanning
 * must agree, and jansson must agree on what is JSON and what it says.
 */
#include <stdint.h>
#include <stdio.h>

#include "codec/json_contract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct contract contract;
    static bool open;
    if (!open) { /* learned keys stay from input to input, as they do from record to record */
        contract_open(&contract);
        open = true;
    }
    const char *wrong = contract_check(&contract, (const char *)data, size);
    if (wrong != NULL) {
        (void)fprintf(stderr, "fuzz_json: %s\n", wrong);
        abort();
    }
    return 0;
}
