#include "../../../tests/unit/context/load.h"

#define HEAD                                                                                       \
    "id,type,state,approval,approved_at,approver,start,end,created_at,assignee,resources,text\n"
#define ROW                                                                                        \
    "CHG0031337,normal,implement,approved,2026-11-19T15:00Z,lee@example.com,2026-11-20T09:00Z,"    \
    "2026-11-20T11:00Z,2026-11-18T10:00Z,ana@example.com,\"pay-checkout; "                         \
    "pay-*\",\"Deploy\n4.2\"\n"

static void test_canonical_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_CHANGES, "a/changes.csv", NULL, HEAD ROW);
    assert_int_equal(c->changes.len, 1);
    const struct change *ch = &c->changes.at[0];
    same(ch->id, "CHG0031337");
    assert_int_equal(ch->type, CHANGE_NORMAL);
    assert_int_equal(ch->state, CHANGE_IMPLEMENT);
    assert_int_equal(ch->approval, APPROVAL_GIVEN);
    at_time(ch->approved_us, "2026-11-19T15:00:00Z");
    at_time(ch->start_us, "2026-11-20T09:00:00Z");
    at_time(ch->end_us, "2026-11-20T11:00:00Z");
    at_time(ch->created_us, "2026-11-18T10:00:00Z");
    assert_true(ch->updated_us == TIME_NONE);
    same(ch->approver, "lee@example.com");
    same(ch->assignee, "ana@example.com");
    assert_int_equal(ch->resources.len, 2);
    same(ch->resources.at[1], "pay-*");
    same(ch->text, "Deploy\n4.2");
    same(ch->origin, "a/changes.csv:2");
    assert_true(c->given[CONTEXT_CHANGES]);
    assert_false(c->partial[CONTEXT_CHANGES]);
    at_time(c->newest_us[CONTEXT_CHANGES], "2026-11-19T15:00:00Z");
}

static void test_servicenow_csv(void **state)
{
    (void)state;
    static const char text[] =
        "\"Number\",\"Type\",\"State\",\"Approval\",\"Approval set\",\"Planned start date\","
        "\"Planned end date\",\"Created\",\"Assigned to\",\"Assignment group\",\"Configuration "
        "item\",\"Short description\",\"Description\",\"Risk\"\r\n"
        "\"CHG0000001\",\"Emergency\",\"Closed\",\"Approved\",\"2026-11-20 10:00:00\","
        "\"2026-11-20 09:00:00\",\"2026-11-20 11:00:00\",\"2026-11-20 08:00:00\",\"Ana Ruiz\","
        "\"pay-team\",\"pay-checkout\",\"Fix it\",\"Say \"\"hi\"\"\",\"Low\"\r\n";
    CLEANUP(done)
    struct context *c =
        loaded(CONTEXT_CHANGES, "list.csv", "timezone: {changes: \"+01:00\"}", text);
    const struct change *ch = &c->changes.at[0];
    assert_int_equal(ch->type, CHANGE_EMERGENCY);
    assert_int_equal(ch->state, CHANGE_CLOSED);
    at_time(ch->start_us, "2026-11-20T08:00:00Z");
    at_time(ch->approved_us, "2026-11-20T09:00:00Z");
    same(ch->group, "pay-team");
    same(ch->text, "Fix it;Say \"hi\"");
    same(ch->resources.at[0], "pay-checkout");
    assert_int_equal(c->notes.len, 1);
    same(c->notes.at[0], "list.csv: columns not used: Risk");

    refused(CONTEXT_CHANGES, "list.csv", NULL, text, ERR_SCHEMA, "list.csv|timezone:|changes");
    /* The zone of the file goes before that of the kind. */
    CLEANUP(done)
    struct context *d = loaded(CONTEXT_CHANGES, "x/list.csv",
                               "timezone: {changes: \"+01:00\", list.csv: UTC}", text);
    at_time(d->changes.at[0].start_us, "2026-11-20T09:00:00Z");
}

static void test_mapped_columns(void **state)
{
    (void)state;
    static const char text[] = "Nr;Status;Freigabe;Beginn;Ende\n"
                               "7;Closed;yes;2026-11-20 09:00Z;2026-11-20 10:00Z\n";
    refused(CONTEXT_CHANGES, "c.csv", NULL, text, ERR_SCHEMA,
            "c.csv|id|Nr, Status, Freigabe|columns:|changes.id");
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_CHANGES, "c.csv",
                               "columns:\n  changes:\n    id: Nr\n    approval: [Approval, "
                               "Freigabe]\n    start: beginn\n  changes.end: Ende\n",
                               text);
    same(c->changes.at[0].id, "7");
    assert_int_equal(c->changes.at[0].approval, APPROVAL_GIVEN);
    at_time(c->changes.at[0].end_us, "2026-11-20T10:00:00Z");
}

static void test_bad_rows(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *reason;
    } rows[] = {
        {",normal,closed,approved,,,2026-11-20T09:00Z,2026-11-20T10:00Z,,,,\n", "no id"},
        {"C1,normal,closed,approved,,,20/11/2026,2026-11-20T10:00Z,,,,\n", "start: '20/11/2026'"},
        {"C1,normal,closed,approved,,,2026-11-20T11:00Z,2026-11-20T10:00Z,,,,\n", "ends before"},
        {"C1,normal\n", "2 fields"},
        {"\"C1\"x,normal,closed,approved,,,,,,,,\n", "closing quote"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[1024];
        (void)snprintf(text, sizeof(text), "%s%s%s", HEAD, rows[i].row, ROW);
        CLEANUP(done) struct context *c = loaded(CONTEXT_CHANGES, "changes.csv", NULL, text);
        assert_int_equal(c->changes.len, 1); /* the good row after it */
        skipped_row(c, CONTEXT_CHANGES, 2, rows[i].reason);
    }
}

#define SN_ALL                                                                                     \
    "{\"result\":[{\"number\":{\"display_value\":\"CHG1\",\"value\":\"CHG1\"},"                    \
    "\"type\":{\"display_value\":\"Standard\",\"value\":\"standard\"},"                            \
    "\"state\":{\"display_value\":\"Implement\",\"value\":\"-1\"},"                                \
    "\"approval\":{\"display_value\":\"Approved\",\"value\":\"approved\"},"                        \
    "\"approval_set\":{\"display_value\":\"2026-11-19 16:00:00\",\"value\":\"2026-11-19 "          \
    "15:00:00\"},"                                                                                 \
    "\"start_date\":{\"display_value\":\"2026-11-20 10:00:00\",\"value\":\"2026-11-20 "            \
    "09:00:00\"},"                                                                                 \
    "\"end_date\":{\"display_value\":\"2026-11-20 12:00:00\",\"value\":\"2026-11-20 11:00:00\"},"  \
    "\"std_change_producer_version\":{\"display_value\":\"Deploy function\",\"value\":\"x\"},"     \
    "\"cmdb_ci\":{\"display_value\":\"pay-checkout\",\"value\":"                                   \
    "\"0c43f7d5c6112275019e9a3b8f2d9a11\"},"                                                       \
    "\"assigned_to\":{\"display_value\":\"Ana "                                                    \
    "Ruiz\",\"value\":\"46d44a1ec611227501e9a3b8f2d9a112\"},"                                      \
    "\"short_description\":{\"display_value\":\"Deploy\",\"value\":\"Deploy\"},"                   \
    "\"description\":{\"display_value\":\"4.2\",\"value\":\"4.2\"}}]}"

#define SN_RAW                                                                                     \
    "{\"result\":[{\"number\":\"CHG2\",\"type\":\"normal\",\"state\":\"3\",\"approval\":"          \
    "\"rejected\","                                                                                \
    "\"start_date\":\"\",\"end_date\":\"\",\"work_start\":\"2026-11-20 09:00:00\","                \
    "\"work_end\":\"2026-11-20 10:00:00\",\"sys_created_on\":\"2026-11-18 10:00:00\","             \
    "\"cmdb_ci\":{\"link\":\"https://x/api/1\",\"value\":\"0c43f7d5c6112275019e9a3b8f2d9a11\"},"   \
    "\"assigned_to\":{\"link\":\"https://x/api/2\",\"value\":"                                     \
    "\"46d44a1ec611227501e9a3b8f2d9a112\"},"                                                       \
    "\"assigned_to.email\":\"ana@example.com\",\"u_lambda\":\"pay-refund\"}]}"

static void test_servicenow_json(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_CHANGES, "sn.json", NULL, SN_ALL);
    const struct change *ch = &c->changes.at[0];
    same(ch->id, "CHG1");
    assert_int_equal(ch->type, CHANGE_STANDARD);
    assert_int_equal(ch->state, CHANGE_IMPLEMENT);
    at_time(ch->start_us, "2026-11-20T09:00:00Z");
    at_time(ch->approved_us, "2026-11-19T15:00:00Z");
    same(ch->assignee, "Ana Ruiz");
    same(ch->resources.at[0], "pay-checkout");
    same(ch->template, "Deploy function");
    same(ch->text, "Deploy\n4.2");
    same(ch->origin, "sn.json#1");

    /* Raw: sys_ids name nothing, a mail beside the reference counts, actual times stand in. */
    CLEANUP(done)
    struct context *d =
        loaded(CONTEXT_CHANGES, "sn.json", "columns: {changes.resources: u_lambda}", SN_RAW);
    const struct change *raw = &d->changes.at[0];
    assert_int_equal(raw->state, CHANGE_CLOSED);
    assert_int_equal(raw->approval, APPROVAL_REJECTED);
    at_time(raw->start_us, "2026-11-20T09:00:00Z");
    same(raw->assignee, "ana@example.com");
    assert_int_equal(raw->resources.len, 1);
    same(raw->resources.at[0], "pay-refund");
}

static void test_servicenow_display_dates_need_a_zone(void **state)
{
    (void)state;
    static const char text[] =
        "{\"result\":[{\"number\":\"CHG2\",\"state\":\"Closed\",\"approval\":\"Approved\","
        "\"start_date\":\"2026-11-20 09:00:00\",\"end_date\":\"2026-11-20 10:00:00\"}]}";
    refused(CONTEXT_CHANGES, "sn.json", NULL, text, ERR_SCHEMA, "sn.json|timezone:");
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_CHANGES, "sn.json", "timezone: \"+02:00\"", text);
    at_time(c->changes.at[0].start_us, "2026-11-20T07:00:00Z");
    refused(CONTEXT_CHANGES, "sn.json", NULL,
            "{\"result\":[{\"number\":\"CHG2\",\"sys_id\":\"1\",\"state\":\"3\"}]}", ERR_SCHEMA,
            "approval|sysparm_fields");
}

#define JIRA_FIELDS                                                                                \
    "\"issuetype\":{\"name\":\"[System] Change\"},\"status\":{\"name\":\"Rolled "                  \
    "out\",\"statusCategory\":{\"key\":\"done\"}},\"summary\":\"Deploy checkout\","                \
    "\"description\":{\"type\":\"doc\",\"version\":1,\"content\":[{\"type\":\"paragraph\","        \
    "\"content\":[{\"type\":\"text\",\"text\":\"Layer \"},{\"type\":\"text\",\"text\":"            \
    "\"metrics\"}]},{\"type\":\"bulletList\",\"content\":[{\"type\":\"listItem\",\"content\":[{"   \
    "\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"one\"}]}]}]}]},"            \
    "\"assignee\":{\"accountId\":\"5b\",\"emailAddress\":\"ana@example.com\"},"                    \
    "\"reporter\":{\"displayName\":\"Bo Lind\"},\"labels\":[\"pay-checkout\"],"                    \
    "\"components\":[{\"name\":\"payments\"}],\"created\":\"2026-11-18T10:00:00.000+0000\","       \
    "\"updated\":\"2026-11-20T11:00:00.000+0100\","                                                \
    "\"customfield_1\":\"2026-11-20T09:00:00.000+0000\","                                          \
    "\"customfield_2\":\"2026-11-20T11:00:00.000+0000\","                                          \
    "\"customfield_3\":{\"value\":\"Emergency\"},"                                                 \
    "\"customfield_4\":[{\"id\":\"1\",\"finalDecision\":\"approved\",\"completedDate\":{"          \
    "\"iso8601\":\"2026-11-19T15:00:00+0000\"},\"approvers\":[{\"approver\":{\"emailAddress\":"    \
    "\"lee@example.com\"},\"approverDecision\":\"approved\"}]}]"

#define JIRA_NAMES                                                                                 \
    "\"names\":{\"customfield_1\":\"Change start date\",\"customfield_2\":\"Change completion "    \
    "date\",\"customfield_3\":\"Change type\"}"

static void check_jira(const struct context *c, bool emergency)
{
    assert_int_equal(c->changes.len, 1);
    const struct change *ch = &c->changes.at[0];
    same(ch->id, "OPS-123");
    assert_int_equal(ch->type, emergency ? CHANGE_EMERGENCY : CHANGE_NORMAL);
    assert_int_equal(ch->state, CHANGE_CLOSED);
    assert_int_equal(ch->approval, APPROVAL_GIVEN);
    at_time(ch->approved_us, "2026-11-19T15:00:00Z");
    same(ch->approver, "lee@example.com");
    at_time(ch->start_us, "2026-11-20T09:00:00Z");
    at_time(ch->updated_us, "2026-11-20T10:00:00Z");
    same(ch->assignee, "ana@example.com");
    same(ch->requester, "Bo Lind");
    same(ch->resources.at[0], "pay-checkout");
    same(ch->resources.at[1], "payments");
    assert_true(str_starts(ch->text, STR("Deploy checkout\nLayer metrics\none")));
}

static void test_jira(void **state)
{
    (void)state;
    static const char mapped[] =
        "columns: {changes.start: customfield_1, changes.end: customfield_2}";
    CLEANUP(done)
    struct context *one = loaded(CONTEXT_CHANGES, "j.json", mapped,
                                 "{\"key\":\"OPS-123\",\"fields\":{" JIRA_FIELDS "}}");
    check_jira(one, false);
    CLEANUP(done)
    struct context *search =
        loaded(CONTEXT_CHANGES, "j.json", NULL,
               "{\"issues\":[{\"key\":\"OPS-123\",\"fields\":{" JIRA_FIELDS "}}]," JIRA_NAMES "}");
    check_jira(search, true);
    CLEANUP(done)
    struct context *list = loaded(CONTEXT_CHANGES, "j.json", mapped,
                                  "[{\"key\":\"OPS-123\",\"fields\":{" JIRA_FIELDS "}}]");
    check_jira(list, false);
    refused(CONTEXT_CHANGES, "j.json", NULL, "{\"key\":\"OPS-123\",\"fields\":{" JIRA_FIELDS "}}",
            ERR_SCHEMA, "expand=names|columns:|changes.start");
}

static void test_jira_rejected(void **state)
{
    (void)state;
    CLEANUP(done)
    struct context *c = loaded(
        CONTEXT_CHANGES, "j.json",
        "columns: {changes.start: customfield_1, changes.end: customfield_2}",
        "{\"key\":\"OPS-1\",\"fields\":{\"status\":{\"name\":\"Declined\"},\"customfield_1\":null,"
        "\"customfield_2\":null,\"customfield_9\":[{\"finalDecision\":\"approved\"},"
        "{\"finalDecision\":\"declined\"}]}}");
    assert_int_equal(c->changes.at[0].approval, APPROVAL_REJECTED);
    assert_int_equal(c->changes.at[0].state, CHANGE_CANCELLED);
    assert_true(c->changes.at[0].start_us == TIME_NONE);
}

#define GITHUB                                                                                     \
    "[{\"id\":42,\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"ref\":\"main\","           \
    "\"environment\":\"prod\",\"creator\":{\"login\":\"ana\"},\"description\":\"checkout\","       \
    "\"created_at\":\"2026-11-20T09:00:00Z\",\"updated_at\":\"2026-11-20T09:05:00Z\","             \
    "\"url\":\"https://api.github.com/repos/acme/pay/deployments/42\","                            \
    "\"statuses\":[{\"state\":\"inactive\",\"created_at\":\"2026-11-21T09:00:00Z\"},"              \
    "{\"state\":\"success\",\"created_at\":\"2026-11-20T09:05:00Z\"},"                             \
    "{\"state\":\"in_progress\",\"created_at\":\"2026-11-20T09:01:00Z\"}],"                        \
    "\"reviews\":[{\"state\":\"CHANGES_REQUESTED\",\"user\":{\"login\":\"lee\"},"                  \
    "\"submitted_at\":\"2026-11-19T14:00:00Z\"},{\"state\":\"APPROVED\",\"user\":{\"login\":"      \
    "\"lee\"},\"submitted_at\":\"2026-11-19T15:00:00Z\"},{\"state\":\"COMMENTED\",\"user\":{"      \
    "\"login\":\"bo\"},\"submitted_at\":\"2026-11-19T16:00:00Z\"}]}]"

static void test_github(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_CHANGES, "gh.json", NULL, GITHUB);
    const struct change *ch = &c->changes.at[0];
    same(ch->id, "acme/pay/deployments/42");
    same(ch->repository, "acme/pay");
    same(ch->commit, "0123456789abcdef0123456789abcdef01234567");
    same(ch->environment, "prod");
    same(ch->assignee, "ana");
    assert_int_equal(ch->state, CHANGE_CLOSED);
    at_time(ch->start_us, "2026-11-20T09:00:00Z");
    at_time(ch->end_us, "2026-11-20T09:05:00Z");
    assert_int_equal(ch->approval, APPROVAL_GIVEN);
    at_time(ch->approved_us, "2026-11-19T15:00:00Z");
    same(ch->approver, "lee");

    CLEANUP(done)
    struct context *d = loaded(CONTEXT_CHANGES, "gh.json", NULL,
                               "[{\"id\":1,\"sha\":\"a\",\"environment\":\"prod\",\"created_at\":"
                               "\"2026-11-20T09:00:00Z\"},{\"id\":2,\"sha\":\"b\",\"environment\":"
                               "\"prod\",\"created_at\":\"soon\"}]");
    assert_int_equal(d->changes.at[0].approval, APPROVAL_UNKNOWN);
    assert_int_equal(d->changes.at[0].state, CHANGE_SCHEDULED);
    skipped_row(d, CONTEXT_CHANGES, 0, "record 2: created_at");
}

static void test_wrong_files(void **state)
{
    (void)state;
    static const char formats[] = "ServiceNow|Jira|GitHub|CSV";
    refused(CONTEXT_CHANGES, "x.json", NULL, "{\"Records\":[]}", ERR_SCHEMA, formats);
    refused(CONTEXT_CHANGES, "x.json", NULL, "[{\"a\":1}]", ERR_SCHEMA, formats);
    refused(CONTEXT_CHANGES, "x.json", NULL, "{\"result\":", ERR_SYNTAX, "x.json:1|not JSON");
    refused(CONTEXT_CHANGES, "x.json", NULL, "{\"result\":[],\"result\":[]}", ERR_SYNTAX,
            "duplicate");
    refused(CONTEXT_CHANGES, "x.csv", NULL, "", ERR_SCHEMA, "x.csv|header|empty");
    refused(CONTEXT_CHANGES, "x.csv", NULL, "just words\n", ERR_SCHEMA, "just words|columns:");
    CLEANUP(done) struct context *c = loaded(CONTEXT_CHANGES, "x.json", NULL, "{\"result\":[]}");
    assert_int_equal(c->changes.len, 0);
}

static void test_later_update_counts(void **state)
{
    (void)state;
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_CHANGES, "x.csv", NULL,
                               "id,state,approval,start,end,updated_at\n"
                               "C1,closed,approved,,,2026-11-20T12:00Z\n"
                               "C2,closed,approved,,,\n"
                               "c1,implement,approved,,,2026-11-20T10:00Z\n");
    assert_int_equal(c->changes.len, 2);
    assert_int_equal(c->changes.at[0].state, CHANGE_CLOSED);
    assert_int_equal(c->notes.len, 1);
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_CHANGES, "c.csv", NULL, HEAD ROW ROW);
    torture(CONTEXT_CHANGES, "sn.json", "columns: {changes.resources: u_lambda}", SN_RAW);
    torture(CONTEXT_CHANGES, "gh.json", NULL, GITHUB);
    torture(CONTEXT_CHANGES, "j.json", NULL,
            "{\"issues\":[{\"key\":\"OPS-123\",\"fields\":{" JIRA_FIELDS "}}]," JIRA_NAMES "}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_csv),
        cmocka_unit_test(test_servicenow_csv),
        cmocka_unit_test(test_mapped_columns),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_servicenow_json),
        cmocka_unit_test(test_servicenow_display_dates_need_a_zone),
        cmocka_unit_test(test_jira),
        cmocka_unit_test(test_jira_rejected),
        cmocka_unit_test(test_github),
        cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_later_update_counts),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
