#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/hex.h"

static void writes_two_digits_a_byte(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0x00, 0x0f, 0xa5, 0xff};
    char out[] = "----------";
    hex_write(bytes, sizeof(bytes), out);
    assert_string_equal(out, "000fa5ff--");
    hex_write(bytes, 0, out);
    assert_string_equal(out, "000fa5ff--");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_two_digits_a_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
