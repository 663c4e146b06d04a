#include "tests/unit/source/net_fixture.h"

extern const struct source_ops source_suricata_fast;

/* A line as intake lays it out: the same members, which JSON can spell too. */
#define LINE(time, proto, from, to)                                                                \
    "{\"timestamp\":\"" time "\",\"alert\":{\"gid\":\"1\",\"signature_id\":\"366\",\"rev\":\"1\"," \
    "\"signature\":\"PING\",\"category\":\"Misc\",\"severity\":\"3\"},\"proto\":\"" proto          \
    "\"," from "," to "}"
#define FROM      "\"src_ip\":\"10.0.0.5\",\"src_port\":\"50000\""
#define TO        "\"dest_ip\":\"192.0.2.1\",\"dest_port\":\"80\""
#define BACK_FROM "\"src_ip\":\"192.0.2.1\",\"src_port\":\"80\""
#define BACK_TO   "\"dest_ip\":\"10.0.0.5\",\"dest_port\":\"50000\""
#define REST      " sig=PING sid=366 category=Misc severity=3"

static const struct {
    const char *text, *want;
} cases[] = {
    {LINE("11/20/2026-09:12:00.123456", "TCP", FROM, TO),
     "alert 2026-11-20T09:12:00.123456Z 10.0.0.5|50000>192.0.2.1|80 proto=tcp" REST},
    {LINE("21/12/28-12:55:38.765402", "TCP", BACK_FROM, BACK_TO),
     "alert 2021-12-28T12:55:38.765402Z 10.0.0.5|50000>192.0.2.1|80 proto=tcp" REST},
    {LINE("12/28-12:55:38.765402", "ICMP", "\"src_ip\":\"2001:db8::1\"",
          "\"dest_ip\":\"2001:db8::2\""),
     "alert  2001:db8::1|0>2001:db8::2|0 proto=icmp" REST},
    {LINE("13/45/2026-09:12:00", "065", "\"src_ip\":\"x\"", "\"dest_port\":\"y\""),
     "alert  ?|0>?|0 proto=065" REST},
};

static void test_cases(void **state)
{
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_suricata_fast);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(net_probe(&f, cases[i].text), 0); /* JSON is EVE */
        f.json.table = true;
        struct event e = net_event(&f, cases[i].text);
        net_expect(&e, cases[i].want);
        net_squeeze(&f, cases[i].text, cases[i].want);
        f.json.table = false;
    }
    net_fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
