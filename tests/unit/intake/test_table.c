/* Text tables: what becomes a record with which members, and what every byte was. */
#include "intake/table.h"
#include "intake_test.h"

/* Columns that "sources" ask for. */
static const char *const columns[] = {
    "_path",
    "ts",
    "uid",
    "=id.orig_h",
    "id_resp_h",
    "n",
    "flag",
    "list",
    "counts",
    "srcaddr",
    "dstaddr",
    "action",
    "version",
    "account-id",
    "c-ip",
    "cs-uri-stem",
    "cs(User-Agent)",
    "elb",
    "request",
    "user_agent",
    "client:port",
    "a",
    "b",
    "c",
    "eventName",
    "alert.signature",
    "alert.signature_id",
    "alert.severity",
    "alert.category",
    "src_ip",
    "src_port",
    "dest_ip",
    "dest_port",
    "proto",
    "timestamp",
    "ip",
    "httpMethod",
    "resourcePath",
    "status",
    "requestId",
};

#define CLF  "[20/Nov/2026:09:12:00 +0000]"
#define UUID "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

struct world {
    struct json_paths *paths;
    struct json_scanner *scanner;
    unsigned slot[ARRAY_LEN(columns)];
    struct intake *intake;
    struct account acc;
    struct buf out; /* a line a record: name=value;… */
};

static void show(struct buf *out, const char *name, struct json_view v)
{
    static const char *const kinds[] = {"", "", "#", "#", "#", "#", "#", "#"};
    buf_printf(out, "%s=%s%.*s;", name, kinds[v.kind], (int)v.len, v.ptr);
}

static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    struct world *w = arg;
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (json_has(r->json, w->slot[i])) {
            any = true;
            assert_false(r->json->table && r->json->view[w->slot[i]].escaped);
            show(&w->out, columns[i], r->json->view[w->slot[i]]);
        }
    }
    buf_addc(&w->out, '\n');
    assert_int_equal(r->raw.len, r->origin.length);
    *reason = "no column of ours";
    return any ? INTAKE_TAKEN : INTAKE_UNRECOGNISED;
}

static void world_init(struct world *w, const struct intake_limits *limits)
{
    *w = (struct world){.paths = json_paths_new()};
    assert_non_null(w->paths);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct str name = str_of(columns[i]);
        struct str key = str_from(name, 1);
        bool literal = name.ptr[0] == '=';
        assert_int_equal(literal ? json_paths_add(w->paths, &key, 1, &w->slot[i], NULL)
                                 : json_paths_add_dotted(w->paths, name, &w->slot[i], NULL),
                         ERR_OK);
    }
    w->scanner = json_scanner_new(w->paths, json_variant_best());
    w->intake = intake_new(limits == NULL ? &intake_limits_default : limits);
    assert_non_null(w->scanner);
    assert_non_null(w->intake);
}

static void world_free(struct world *w)
{
    account_free(&w->acc);
    buf_free(&w->out);
    intake_free(w->intake);
    json_scanner_free(w->scanner);
    json_paths_free(w->paths);
}

static void run(struct world *w, struct str text, const char *what)
{
    struct intake_sink sink = {.arg = w, .record = take};
    account_free(&w->acc);
    w->acc = (struct account){0};
    buf_reset(&w->out);
    assert_int_equal(intake_bytes(w->intake, text, 0, w->scanner, &sink, &w->acc, NULL), ERR_OK);
    check_account(&w->acc, what);
}

#define ZEEK                                                                                       \
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"   \
    "#open\t2025-07-21-00-00-00\n"                                                                 \
    "#fields\tts\tuid\tid.orig_h\tx\tn\tflag\tlist\tcounts\n"                                      \
    "#types\ttime\tstring\taddr\tstring\tcount\tbool\tset[string]\tvector[count]\n"
#define VPC                                                                                        \
    "2 123456789012 eni-1235b8ca123456789 10.0.0.5 192.0.2.1 20641 443 6 20 4249 1763626320 "      \
    "1763626380 ACCEPT OK"
#define ALB                                                                                        \
    "https 2026-11-20T09:12:00.186641Z app/my-alb/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 "    \
    "0.086 0.048 0.037 200 200 0 57 \"GET https://a.example:443/ HTTP/1.1\" \"curl \\x227\" "      \
    "ECDHE TLSv1.2 arn:aws:t \"Root=1\" \"a.example\" \"arn:c\" 1 2026-11-20T09:12:00.086000Z "    \
    "\"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\""
#define ELB                                                                                        \
    "2026-11-20T09:12:00.943695Z my-lb 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 " \
    "200 0 29 \"GET http://a:80/ HTTP/1.1\" \"curl/7.38.0\" - -"
#define FAST                                                                                       \
    "11/20/2026-09:12:00.123456  [**] [1:2009187:4] ET X [a] [**] [Classification: Web Attack] "   \
    "[Priority: 3] {TCP} 192.0.2.1:80 -> 10.0.0.5:56068"

static const struct {
    const char *what, *text, *records;
    uint64_t skipped, unrecognised;
} cases[] = {
    {"zeek: kinds by #types",
     ZEEK "1.5\tC1\t10.0.0.5\ty\t12\tT\ta,b\t1,2\n1.6\tC2\t10.0.0.6\ty\t0\tF\tx\t3\n",
     "_path=conn;ts=#1.5;uid=C1;=id.orig_h=10.0.0.5;n=#12;flag=#true;list=#[\"a\",\"b\"];"
     "counts=#[1,2];\n"
     "_path=conn;ts=#1.6;uid=C2;=id.orig_h=10.0.0.6;n=#0;flag=#false;list=#[\"x\"];counts=#[3];\n",
     0, 0},
    {"zeek: unset, empty, escapes, odd kinds",
     ZEEK "-\t(empty)\t\\x2d\ty\tx1\tmaybe\t(empty)\t-\n"
          "01\ta\\\\b\"c\t-\ty\t-5\tT\t-,(empty),\\x2c\t1,x,-\n",
     "_path=conn;uid=;=id.orig_h=\\x2d;n=x1;flag=maybe;list=#[];\n"
     "_path=conn;ts=01;uid=a\\\\b\"c;n=#-5;flag=#true;list=#[null,\"\",\"\\\\x2c\"];"
     "counts=#[1,\"x\",null];\n",
     0, 0},
    {"zeek: what is a number",
     "#fields\tn\tuid\n#types\tcount\tstring\n0\t-\n-0.5\t-\n1e9\t-\n1.5E-3\t-\n00\t-\n.5\t-\n5.\t-"
     "\n"
     "1e\t-\n+1\t-\n0x1\t-\nnan\t-\n1 \t-\n--1\t-\n",
     "n=#0;\nn=#-0.5;\nn=#1e9;\nn=#1.5E-3;\nn=00;\nn=.5;\nn=5.;\nn=1e;\nn=+1;\nn=0x1;\nn=nan;\n"
     "n=1 ;\nn=--1;\n",
     0, 0},
    {"zeek: a bad line costs itself",
     ZEEK
     "1\tC1\t1\ty\t1\tT\ta\t1\n1\tC2\n1\tC3\t1\ty\t1\tT\ta\t1\tmore\n1\tC4\xff\t1\ty\t1\tT\ta\t1"
     "\n1\tC5\t1\ty\t1\tT\ta\t1",
     "_path=conn;ts=#1;uid=C1;=id.orig_h=1;n=#1;flag=#true;list=#[\"a\"];counts=#[1];\n"
     "_path=conn;ts=#1;uid=C5;=id.orig_h=1;n=#1;flag=#true;list=#[\"a\"];counts=#[1];\n",
     3, 0},
    {"zeek: several headers, crlf, blank lines",
     "#separator \\x09\r\n#path\ta\r\n#fields\tts\tuid\r\n1\tC1\r\n\r\n#close\t2025\r\n"
     "#separator \\x7c\n#unset_field|*\n#path|b\n#fields|uid|ts\n*|C2\n2|-\n#close|2025\n",
     "_path=a;ts=1;uid=C1;\n_path=b;ts=C2;\n_path=b;ts=-;uid=2;\n", 0, 0},
    {"zeek: a path that is not UTF-8 is told, and its table goes without",
     "#separator \\x09\n#path\te\xffs\n#fields\tts\tuid\n1\tC1\n", "ts=1;uid=C1;\n", 1, 0},
    {"zeek: a first field that is empty, and one that is a comma", "#fields\tuid\tts\n\t1\n,\t2\n",
     "ts=1;uid=;\nts=2;uid=,;\n", 0, 0},
    {"zeek: a column twice, the first counts", "#fields\tuid\tts\tuid\nA\t1\tB\n", "ts=1;uid=A;\n",
     0, 0},
    {"zeek: only columns nobody asked for", "#fields\tx\ty\nA\t1\n", "\n", 0, 1},
    {"zeek behind other text, and JSON behind zeek",
     "hello\nthere\n#separator "
     "\\x09\n#fields\tts\tuid\n1\tC1\n{\"eventName\":\"A\"}\n{\"eventName\":"
     "\"B\"}\n",
     "ts=1;uid=C1;\neventName=A;\neventName=B;\n", 1, 0},
    {"JSON before zeek", "{\"eventName\":\"A\"}\n#fields\tts\tuid\n1\tC1\n",
     "eventName=A;\nts=1;uid=C1;\n", 0, 0},
    {"zeek cut out with a header line",
     "ts\tuid\tn\textra\n1\tC1\t2\ty\nts\tuid\tn\textra\n2\t-\t3\ty\n",
     "ts=1;uid=C1;n=2;\nts=2;n=3;\n", 0, 0},

    {"vpc: version 2 needs no header", VPC "\n" VPC "\n",
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=ACCEPT;version=2;account-id=123456789012;\n"
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=ACCEPT;version=2;account-id=123456789012;\n",
     0, 0},
    {"vpc: own format with its header",
     "version srcaddr dstaddr action vpc-id\n5 10.0.0.5 192.0.2.1 REJECT vpc-1\n5 - - - vpc-1\n5 "
     "10.0.0.5\n",
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=REJECT;version=5;\nversion=5;\n", 1, 0},
    {"vpc behind other text", "some text\n" VPC "\nmore text\n" VPC "\n",
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=ACCEPT;version=2;account-id=123456789012;\n"
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=ACCEPT;version=2;account-id=123456789012;\n",
     2, 0},
    {"vpc in a payload of CloudWatch",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"logEvents\":[{\"id\":\"1\","
     "\"message\":\"" VPC
     "\"},{\"id\":\"2\",\"message\":\"START RequestId\"},{\"id\":\"3\",\"message\":\"" VPC
     "\\n\"}]}",
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=ACCEPT;version=2;account-id=123456789012;\n"
     "\n" /* the line between, which has no column of ours */
     "srcaddr=10.0.0.5;dstaddr=192.0.2.1;action=ACCEPT;version=2;account-id=123456789012;\n",
     0, 1},
    {"csv with quotes",
     "srcaddr,dstaddr,\"action\",note\n10.0.0.5,\"a,b\",\"say \"\"x\"\"\",\n\"10.0.0.6\",-,,\"\"\n"
     "10.0.0.7,\"open,x,y\n",
     "srcaddr=10.0.0.5;dstaddr=a,b;action=say \"x\";\nsrcaddr=10.0.0.6;dstaddr=-;action=;\n", 1, 0},
    {"a first line of few names is no header", "a,b\n1,2\n", "", 1, 0},
    {"a first line of other names is no header", "a b c d e f g\n1 2 3 4 5 6 7\n", "", 1, 0},
    {"no header behind other text", "text\na\tb\tc\n1\t2\t3\n", "", 1, 0},

    {"w3c between tabs",
     "#Version: 1.0\n#Fields: date c-ip cs-uri-stem "
     "cs(User-Agent)\n2026-11-20\t192.0.2.7\t/a\tcurl%20x\n"
     "2026-11-20\t192.0.2.8\t-\t-\n",
     "c-ip=192.0.2.7;cs-uri-stem=/a;cs(User-Agent)=curl%20x;\nc-ip=192.0.2.8;\n", 0, 0},
    {"w3c between blanks",
     "#Software: IIS\n#Version: 1.0\n#Date: 2026\n#Fields: date c-ip cs-uri-stem\n2026 192.0.2.7 "
     "\"/a b\"\n"
     "#Remark: x\n2026 192.0.2.8\n",
     "c-ip=192.0.2.7;cs-uri-stem=/a b;\n", 1, 0},

    {"alb", ALB "\n" ALB " TID_1 later\n",
     "elb=app/my-alb/50dc6c495c0c9188;request=GET https://a.example:443/ HTTP/1.1;"
     "user_agent=curl \\x227;client:port=192.0.2.7:2817;\n"
     "elb=app/my-alb/50dc6c495c0c9188;request=GET https://a.example:443/ HTTP/1.1;"
     "user_agent=curl \\x227;client:port=192.0.2.7:2817;\n",
     0, 0},
    {"elb", ELB "\n",
     "elb=my-lb;request=GET http://a:80/ "
     "HTTP/1.1;user_agent=curl/7.38.0;client:port=192.0.2.7:2817;"
     "\n",
     0, 0},

    {"API Gateway: CLF of REST and HTTP APIs",
     "198.51.100.7 - - " CLF " \"GET /pay/{id} HTTP/1.1\" 200 57 " UUID " JKJaXmPLvHcESHA=\n"
     "2001:db8::7 - - " CLF " \"POST POST /pay HTTP/1.1\" 403 57 JKJaXmPLvHcESHA= x=\n",
     "ip=198.51.100.7;httpMethod=GET;resourcePath=/pay/{id};status=200;requestId=" UUID ";\n"
     "ip=2001:db8::7;httpMethod=POST;resourcePath=/pay;status=403;requestId=JKJaXmPLvHcESHA=;\n",
     0, 0},
    {"API Gateway: CSV of REST and HTTP APIs",
     "198.51.100.7,-,-,20/Nov/2026:09:12:00 +0000,GET,/pay,HTTP/1.1,200,57," UUID ",JKJa=\n"
     "198.51.100.7,20/Nov/2026:09:12:00 +0000,GET,GET /pay,HTTP/1.1,200,57,JKJaXmPLvHcESHA=\n",
     "ip=198.51.100.7;httpMethod=GET;resourcePath=/pay;status=200;requestId=" UUID ";\n"
     "ip=198.51.100.7;httpMethod=GET;resourcePath=/pay;status=200;requestId=JKJaXmPLvHcESHA=;\n",
     0, 0},
    {"API Gateway: XML",
     "<request id=\"" UUID "\"> <ip>198.51.100.7</ip> <caller>-</caller> <requestTime>20/Nov/2026"
     ":09:12:00 +0000</requestTime> <httpMethod>GET</httpMethod> <routeKey>GET /pay</routeKey> "
     "<status>200</status> </request>\n",
     "ip=198.51.100.7;httpMethod=GET;resourcePath=/pay;status=200;requestId=" UUID ";\n", 0, 0},
    {"API Gateway: other web servers' lines",
     "198.51.100.7 - - " CLF " \"GET /pay HTTP/1.1\" 200 57\n"
     "198.51.100.7 - - " CLF " \"GET /pay HTTP/1.1\" 200 57 \"-\" \"Mozilla\"\n"
     "<request id=\"" UUID "\"> <ip>x</ip> </request>\n"
     "1,2,3,4,5,6,7,8,9," UUID ",11\n",
     "", 1, 0},
    {"API Gateway in a payload of CloudWatch",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"logEvents\":[{\"id\":\"1\","
     "\"message\":\""
     "198.51.100.7,20/Nov/2026:09:12:00 +0000,GET,$default,HTTP/1.1,200,57,JKJaXmPLvHcESHA=\"}]}",
     "ip=198.51.100.7;httpMethod=GET;resourcePath=$default;status=200;requestId=JKJaXmPLvHcESHA=;"
     "\n",
     0, 0},
    {"fast.log", FAST "\n",
     "alert.signature=ET X [a];alert.signature_id=2009187;alert.severity=3;alert.category=Web "
     "Attack;"
     "src_ip=192.0.2.1;src_port=80;dest_ip=10.0.0.5;dest_port=56068;proto=TCP;"
     "timestamp=11/20/2026-09:12:00.123456;\n",
     0, 0},
    {"fast.log: six, icmp, dropped, cut",
     "21/12/28-12:55:38.765402 [**] [1:366:11] PING [**] [Priority: 3] {ICMP} 2001:db8::35 -> "
     "2001:db8::88\n"
     "11/20/2026-09:12:00.1  [Drop] [**] [1:5:1] X [**] [Priority: 1] {UDP} 2001:db8::35:53 -> "
     "2001:db8::88:5353\n"
     "11/20/2026-09:12:00.1  [**] [1:5:1] X -> \n",
     "alert.signature=PING;alert.signature_id=366;alert.severity=3;src_ip=2001:db8::35;"
     "dest_ip=2001:db8::88;proto=ICMP;timestamp=21/12/28-12:55:38.765402;\n"
     "alert.signature=X;alert.signature_id=5;alert.severity=1;src_ip=2001:db8::35;src_port=53;"
     "dest_ip=2001:db8::88;dest_port=5353;proto=UDP;timestamp=11/20/2026-09:12:00.1;\n",
     1, 0},
};

static void test_cases(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        run(&w, str_of(cases[i].text), cases[i].what);
        if (!str_eq(buf_str(&w.out), str_of(cases[i].records)) ||
            w.acc.skipped.len != cases[i].skipped ||
            w.acc.unrecognised.len != cases[i].unrecognised) {
            for (size_t k = 0; k < w.acc.skipped.len; k++) {
                printf("  skipped at %llu: %s\n", (unsigned long long)w.acc.skipped.at[k].offset,
                       w.acc.skipped.at[k].reason);
            }
            fail_msg("%s\n got %.*s\nwant %s(%zu skipped, %zu unrecognised)", cases[i].what,
                     STR_ARG(buf_str(&w.out)), cases[i].records, w.acc.skipped.len,
                     w.acc.unrecognised.len);
        }
    }
    world_free(&w);
}

/* Cut anywhere: bytes add up, and what was whole before the cut is there all the same. */
static void test_cut(void **state)
{
    (void)state;
    struct world w;
    CLEANUP(buf_free) struct buf all = {0};
    world_init(&w, NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        run(&w, str_of(cases[i].text), cases[i].what);
        buf_reset(&all);
        buf_add(&all, buf_str(&w.out));
        for (size_t n = 0; n < strlen(cases[i].text); n += n % 97 == 96 ? 1 : 7) {
            run(&w, str_make(cases[i].text, n), cases[i].what);
            size_t last =
                str_rchr(str_head(buf_str(&w.out), w.out.len == 0 ? 0 : w.out.len - 1), '\n');
            struct str whole = str_head(buf_str(&w.out), last == SIZE_MAX ? 0 : last + 1);
            assert_true(str_starts(buf_str(&all), whole));
        }
    }
    world_free(&w);
}

/* Large tables come in windows, at whatever byte these end. */
static void test_streamed(void **state)
{
    (void)state;
    struct world whole;
    struct world parts;
    struct intake_limits limits = intake_limits_default;
    limits.whole_bytes = 512;
    limits.record_bytes = 2048;
    world_init(&whole, NULL);
    world_init(&parts, &limits);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(buf_free) struct buf text = {0};
        while (text.len < 20000) {
            buf_add_cstr(&text, cases[i].text);
            buf_addc(&text, '\n');
        }
        run(&whole, buf_str(&text), cases[i].what);
        CLEANUP(buf_free) struct buf packed = {0};
        add_gzip(&packed, buf_str(&text));
        run(&parts, buf_str(&packed), cases[i].what);
        assert_true(str_eq(buf_str(&whole.out), buf_str(&parts.out)));
        assert_int_equal(whole.acc.skipped_bytes, parts.acc.skipped_bytes);
        assert_int_equal(whole.acc.framing_bytes, parts.acc.framing_bytes);
    }
    world_free(&whole);
    world_free(&parts);
}

static void test_limits(void **state)
{
    (void)state;
    struct world w;
    struct intake_limits limits = intake_limits_default;
    limits.record_bytes = 256 * 1024;
    world_init(&w, &limits);

    /* columns */
    for (int n = TABLE_COLUMNS_MAX - 1; n <= TABLE_COLUMNS_MAX; n++) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_add_cstr(&text, "#fields\tuid");
        for (int i = 0; i < n; i++) {
            buf_printf(&text, "\tx%d", i);
        }
        buf_add_cstr(&text, "\nC1");
        for (int i = 0; i < n; i++) {
            buf_add_cstr(&text, "\t-");
        }
        run(&w, buf_str(&text), "columns");
        assert_int_equal(w.acc.records, n < TABLE_COLUMNS_MAX ? 1 : 0);
        assert_int_equal(w.acc.skipped.len, n < TABLE_COLUMNS_MAX ? 0 : 2);
    }

    /* the header's length */
    CLEANUP(buf_free) struct buf text = {0};
    buf_add_cstr(&text, "#fields\tuid\t");
    for (int i = 0; i < TABLE_HEADER_MAX; i++) {
        buf_addc(&text, 'x');
    }
    buf_add_cstr(&text, "\nC1\t-\n#fields\tuid\tx\nC2\t-\n");
    run(&w, buf_str(&text), "header");
    assert_int_equal(w.acc.records, 1);

    /* a line longer than a record may be costs itself */
    buf_reset(&text);
    buf_add_cstr(&text, "#fields\tuid\tx\nC1\t-\nC2\t");
    for (int i = 0; i < 300 * 1024; i++) {
        buf_addc(&text, 'x');
    }
    buf_add_cstr(&text, "\nC3\t-\n");
    run(&w, buf_str(&text), "line");
    assert_true(str_eq(buf_str(&w.out), STR("uid=C1;\nuid=C3;\n")));
    assert_int_equal(w.acc.skipped.len, 1);

    /* so many bad lines that not all can be told */
    buf_reset(&text);
    buf_add_cstr(&text, "#fields\tuid\tx\n");
    for (int i = 0; i < 5000; i++) {
        buf_add_cstr(&text, "C1\n");
    }
    run(&w, buf_str(&text), "many");
    assert_true(w.acc.skipped.len < 1000);
    world_free(&w);
}

static void test_memory(void **state)
{
    enum { MOST = 60 }; /* more than any case needs */
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (unsigned long n = 1; n <= MOST; n++) {
            struct world w;
            world_init(&w, NULL);
            w.out.max = 1; /* no memory of the test's own */
            struct intake_sink sink = {.arg = &w, .record = take};
            buf_reserve(&w.out, 1);
            mem_torture(n);
            enum err_code rc =
                intake_bytes(w.intake, str_of(cases[i].text), 0, w.scanner, &sink, &w.acc, NULL);
            mem_torture(0);
            assert_true(rc == ERR_OK || rc == ERR_NOMEM);
            if (rc == ERR_OK) {
                check_account(&w.acc, cases[i].what);
            }
            world_free(&w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),    cmocka_unit_test(test_cut),
        cmocka_unit_test(test_streamed), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
