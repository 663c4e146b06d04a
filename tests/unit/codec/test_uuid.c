#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/uuid.h"

/* Expected values are those of Python's uuid.uuid5. */
static void test_known(void **state)
{
    (void)state;
    static const uint8_t dns[UUID_BYTES] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                            0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    char out[UUID_TEXT];
    assert_true(uuid_of(dns, STR("python.org"), out));
    assert_string_equal(out, "886313e1-3b8a-5372-9b90-0c9aee199e5d");
    assert_true(uuid_of(uuid_space_stix, STR("{\"value\":\"198.51.100.3\"}"), out));
    assert_string_equal(out, "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
    assert_true(uuid_of(uuid_space_own, STR(""), out));
    assert_int_equal(str_of(out).len, 36);
}

static void test_memory(void **state)
{
    (void)state;
    char out[UUID_TEXT];
    mem_torture(1);
    assert_false(uuid_of(uuid_space_own, STR("x"), out));
    mem_torture(0);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
