#include "../../../tests/unit/context/load.h"

#define HEAD                                                                                       \
    "id,other_ids,name,job_family,department,groups,manager,status,terminated_at,leave_start,"     \
    "leave_end,on_call,hours,time_zone\n"

static const char people[] =
    HEAD "ana@example.com,E1001;ana.r,Ana "
         "Ruiz,Developer,Payments,pay-team;all,lee@example.com,active,,2026-12-24,2027-01-02,"
         "2026-11-16/2026-11-22;2026-11-30T08:00Z/2026-11-30T20:00Z,09:00-17:30,+01:00\n"
         "bo@example.com,,Bo Lind,,,,,,2026-10-31,,,,,\n"
         "cy@example.com,,Cy Ott,,,,,,,,,,,\n"
         "cy@other.example,,Cy Ott,,,,,On leave,,,,,,\n";

static int64_t at(const char *text)
{
    int64_t us;
    assert_true(time_parse_rfc3339(str_of(text), &us));
    return us;
}

static void test_canonical_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PEOPLE, "people.csv", NULL, people);
    assert_int_equal(c->people.len, 4);
    const struct person *p = &c->people.at[0];
    same(p->id, "ana@example.com");
    same(p->other_ids.at[1], "ana.r");
    same(p->groups.at[0], "pay-team");
    same(p->manager, "lee@example.com");
    assert_int_equal(p->status, PERSON_ACTIVE);
    assert_int_equal(p->hours_from, 9);
    assert_int_equal(p->hours_to, 18);
    assert_true(p->zone_us == TIME_HOUR_US);
    assert_true(p->terminated_us == TIME_NONE);
    same(p->origin, "people.csv:2");

    /* The last day counts whole; no zone: UTC. */
    assert_int_equal(c->people.at[1].status, PERSON_TERMINATED);
    at_time(c->people.at[1].terminated_us, "2026-11-01T00:00:00Z");
    assert_int_equal(c->people.at[2].status, PERSON_STATUS_UNKNOWN);
    assert_int_equal(c->people.at[2].hours_from, -1);
    /* "On leave" without dates says nothing about when. */
    assert_int_equal(c->people.at[3].status, PERSON_STATUS_UNKNOWN);
    same(c->people.at[3].status_word, "On leave");
    same(c->people.at[2].status_word, "");
}

static void test_leave_and_on_call(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PEOPLE, "people.csv", NULL, people);
    static const struct {
        const char *time;
        bool leave, call;
    } rows[] = {
        /* Days begin and end at midnight in +01:00; spans of on-call dates are in UTC. */
        {"2026-12-23T22:59:59Z", false, false}, {"2026-12-23T23:00:00Z", true, false},
        {"2027-01-02T22:59:59Z", true, false},  {"2027-01-02T23:00:00Z", false, false},
        {"2026-11-16T00:00:00Z", false, true},  {"2026-11-22T23:59:59Z", false, true},
        {"2026-11-23T00:00:00Z", false, false}, {"2026-11-30T20:00:00Z", false, false},
        {"2026-11-30T08:00:00Z", false, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (person_on_leave(&c->people.at[0], at(rows[i].time)) != rows[i].leave ||
            person_on_call(&c->people.at[0], at(rows[i].time)) != rows[i].call) {
            fail_msg("at %s", rows[i].time);
        }
    }
    assert_false(person_on_leave(&c->people.at[0], TIME_NONE));
}

static void test_hr_headers(void **state)
{
    (void)state;
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_PEOPLE, "hr.csv", NULL,
                               "Employee ID,Work Email,Job Title,Employment Status,Termination "
                               "Date,Leave Start,Leave End,Salary,Reason\n"
                               "E7,Dee@Example.com,Engineer,Active,,2026-11-01,2026-11-05,1,x\n"
                               "E7,dee@example.com,Engineer,Active,,2026-12-01,2026-12-05,1,x\n"
                               "E8,ed@example.com,Engineer,Terminated,,,,1,x\n");
    /* A row a leave: one person, two leaves. The same mail in another case is the same person. */
    assert_int_equal(c->people.len, 2);
    assert_int_equal(c->people.at[0].leave.len, 2);
    same(c->people.at[0].job_family, "Engineer");
    assert_int_equal(c->people.at[1].status, PERSON_TERMINATED);
    assert_true(c->people.at[1].terminated_us == TIME_NONE);
    assert_int_equal(c->notes.len, 1);
    same(c->notes.at[0], "hr.csv: columns not used: Salary, Reason");
}

static void test_bad_rows(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *reason;
    } rows[] = {
        {",,,,,,,active,,,,,,\n", "no id"},
        {"x,,,,,,,,2026-13-01,,,,,\n", "terminated_at"},
        {"x,,,,,,,,,2026-11-05,2026-11-01,,,\n", "leave ends before"},
        {"x,,,,,,,,,,,monday,,\n", "on_call: 'monday' is no span"},
        {"x,,,,,,,,,,,,late,\n", "hours: 'late'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), "%s%sok@example.com,,,,,,,active,,,,,,\n", HEAD,
                       rows[i].row);
        CLEANUP(done) struct context *c = loaded(CONTEXT_PEOPLE, "p.csv", NULL, text);
        assert_int_equal(c->people.len, 1);
        skipped_row(c, CONTEXT_PEOPLE, 2, rows[i].reason);
    }
    refused(CONTEXT_PEOPLE, "p.csv", NULL, "who,what\nx,y\n", ERR_SCHEMA, "p.csv|id|who, what");
    refused(CONTEXT_PEOPLE, "p.csv", NULL, "id,on_call\nx,2026-11-16 08:00/2026-11-16 20:00\n",
            ERR_SCHEMA, "timezone:|people");
}

#define SCIM_USER                                                                                  \
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"id\":\"2819c223\","           \
    "\"userName\":\"ana@example.com\",\"displayName\":\"Ana Ruiz\",\"title\":\"Developer\","       \
    "\"active\":true,\"emails\":[{\"value\":\"ana.ruiz@example.com\",\"primary\":true}],"          \
    "\"groups\":[{\"value\":\"g1\",\"display\":\"pay-team\"},{\"value\":\"g2\"}],"                 \
    "\"password\":\"t1meMa$heen\","                                                                \
    "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"employeeNumber\":"          \
    "\"701984\",\"department\":\"Payments\",\"manager\":{\"value\":\"26\",\"displayName\":"        \
    "\"Lee\"}}}"

static void test_scim(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":1,"
        "\"Resources\":[" SCIM_USER "]}",
        "[" SCIM_USER "]",
        SCIM_USER,
        "\xef\xbb\xbf" SCIM_USER "\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        CLEANUP(done) struct context *c = loaded(CONTEXT_PEOPLE, "scim.json", NULL, shapes[i]);
        assert_int_equal(c->people.len, 1);
        const struct person *p = &c->people.at[0];
        same(p->id, "ana@example.com");
        same(p->name, "Ana Ruiz");
        same(p->department, "Payments");
        same(p->manager, "Lee");
        same(p->groups.at[0], "pay-team");
        same(p->groups.at[1], "g2");
        assert_int_equal(p->other_ids.len, 3);
        assert_int_equal(p->status, PERSON_ACTIVE);
    }
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_PEOPLE, "scim.json", NULL,
                               "[{\"userName\":\"x\",\"active\":false},{\"userName\":\"\"}]");
    assert_int_equal(c->people.at[0].status, PERSON_INACTIVE);
    skipped_row(c, CONTEXT_PEOPLE, 0, "record 2: the person has no id");
    CLEANUP(done)
    struct context *none = loaded(CONTEXT_PEOPLE, "scim.json", NULL, "{\"totalResults\":0}");
    assert_int_equal(none->people.len, 0);
    refused(CONTEXT_PEOPLE, "x.json", NULL, "{\"users\":[]}", ERR_SCHEMA, "x.json|SCIM|CSV");
}

static void test_who_is_it(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PEOPLE, "people.csv", NULL, people);
    static const struct {
        const char *root;
        enum identity_kind kind;
        bool shared;
        int want; /* index, -1 nobody */
    } rows[] = {
        {"Ana@Example.COM", IDENTITY_SSO, false, 0},
        {"arn:aws:iam::111122223333:user/ana.r", IDENTITY_USER, false, 0},
        {"arn:aws:iam::111122223333:user/dev/bo", IDENTITY_USER, false, 1},
        {"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123/ana@example.com",
         IDENTITY_SSO, false, 0},
        {"e1001", IDENTITY_SSO, false, 0},
        /* A role's name is nobody, a shared account is nobody, two people are nobody. */
        {"arn:aws:iam::111122223333:role/ana.r", IDENTITY_ROLE, false, -1},
        {"ana@example.com", IDENTITY_USER, true, -1},
        {"arn:aws:iam::111122223333:user/cy", IDENTITY_USER, false, -1},
        {"Ana Ruiz", IDENTITY_USER, false, -1},
        {"repo:acme/pay:ref:refs/heads/main", IDENTITY_FEDERATED, false, -1},
        {"", IDENTITY_USER, false, -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct actor actor = {.root = str_of(rows[i].root),
                              .kind = rows[i].kind,
                              .shared = rows[i].shared,
                              .resolved = true};
        const struct person *p = context_person(c, &actor);
        if (p != (rows[i].want < 0 ? NULL : &c->people.at[rows[i].want])) {
            fail_msg("%s: %.*s", rows[i].root, STR_ARG(p == NULL ? STR("nobody") : p->id));
        }
    }
    struct actor stranger = {.root = STR("arn:aws:iam::999988887777:user/ana.r"),
                             .kind = IDENTITY_USER};
    assert_null(context_person(c, &stranger));
    assert_ptr_equal(context_person_named(c, STR("ana ruiz")), &c->people.at[0]);
    assert_ptr_equal(context_person_named(c, STR("bo@example.com")), &c->people.at[1]);
    assert_null(context_person_named(c, STR("Cy Ott"))); /* two of that name */
    assert_null(context_person_named(c, STR("")));
    assert_null(context_person(c, NULL));
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_PEOPLE, "p.csv", NULL, people);
    torture(CONTEXT_PEOPLE, "s.json", NULL, SCIM_USER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_csv), cmocka_unit_test(test_leave_and_on_call),
        cmocka_unit_test(test_hr_headers),    cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_scim),          cmocka_unit_test(test_who_is_it),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
