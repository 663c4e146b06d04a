/*
 * The arithmetic of an answer, sentence by sentence of how answers are made and what the items
 * weigh.
 */
#include "subject_test.h"

static struct playbook *book;

static int set_up(void **state)
{
    (void)state;
    book = shipped_playbook();
    return book == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    playbook_free(book);
    return 0;
}

/* ---- the items, one row each ---- */

static void none(struct sx *x)
{
    sx_match(x, MATCH_M0, false);
}
static void none_elsewhere(struct sx *x)
{
    sx_match(x, MATCH_M0, false);
    x->s.change_required = false;
}
static void m1(struct sx *x)
{
    sx_match(x, MATCH_M1, false);
}
static void m2(struct sx *x)
{
    sx_match(x, MATCH_M2, false);
}
static void m3(struct sx *x)
{
    sx_match(x, MATCH_M3, false);
}
static void m4(struct sx *x)
{
    sx_match(x, MATCH_M4, false);
}
static void contradicted(struct sx *x)
{
    sx_match(x, MATCH_MR, false);
}
static void no_records(struct sx *x)
{
    x->states[NEED_CHANGES] = COVERAGE_ABSENT;
}
static void stale_records(struct sx *x)
{
    m4(x);
    x->states[NEED_CHANGES] = COVERAGE_LATE;
}
static void late_logs(struct sx *x)
{
    m4(x);
    x->states[NEED_LOGS] = COVERAGE_LATE;
}
static void unresolved(struct sx *x)
{
    m4(x);
    x->actor.resolved = false;
}
static void nobody(struct sx *x)
{
    m4(x);
    x->event.actor = NULL;
}
static void leaver(struct sx *x)
{
    m4(x);
    x->s.person = &x->person;
    x->person.status = PERSON_TERMINATED;
    x->person.terminated_us = SX_TIME - TIME_DAY_US;
}
static void left_afterwards(struct sx *x)
{
    leaver(x);
    x->person.terminated_us = SX_TIME + TIME_DAY_US;
}
static void leaver_shared(struct sx *x)
{
    leaver(x);
    x->actor.shared = true;
}
static void inactive(struct sx *x)
{
    none(x);
    x->s.person = &x->person;
    x->person.status = PERSON_INACTIVE;
}
static void inactive_approved(struct sx *x)
{
    inactive(x);
    m4(x);
}
static void left_without_date(struct sx *x)
{
    m4(x);
    x->s.person = &x->person;
    x->person.status = PERSON_TERMINATED;
}
static void on_leave(struct sx *x)
{
    m4(x);
    x->s.person = &x->person;
    x->s.on_leave = true;
}
static void on_leave_on_call(struct sx *x)
{
    on_leave(x);
    x->s.on_call = true;
}
static void break_glass(struct sx *x)
{
    m4(x);
    x->s.break_glass = true;
}
static void odd_hours(struct sx *x)
{
    m2(x);
    x->s.person = &x->person;
    x->s.outside_hours = true;
}
static void odd_hours_approved(struct sx *x)
{
    odd_hours(x);
    m4(x);
}
static struct attr came_in_attrs[] = {{ATTR_RISK, STR_INIT("risk high")}};
static struct event came_in = {.source = STR_INIT("okta.system"),
                               .address = STR_INIT("203.0.113.9"),
                               .attrs = came_in_attrs,
                               .attr_count = 1};
static void from_new_network(struct sx *x)
{
    m4(x);
    x->s.came_in = true;
    x->s.way = (struct way_in){.sign_in = &came_in, .new_network = true};
}
static void far_away(struct sx *x)
{
    m2(x);
    x->s.came_in = true;
    x->s.way = (struct way_in){.sign_in = &came_in, .from = &came_in, .km = 9000};
}
static void without_mfa(struct sx *x)
{
    m4(x);
    x->s.came_in = true;
    x->s.way = (struct way_in){.sign_in = &came_in, .mfa = WAY_MFA_NO};
}
static void risky(struct sx *x)
{
    m4(x);
    x->s.came_in = true;
    x->s.way = (struct way_in){.sign_in = &came_in, .risky = true};
}
static void ci_token(struct sx *x)
{
    m2(x);
    x->s.person = &x->person;
    x->s.ci_token = true;
    x->person.status = PERSON_TERMINATED;
    x->person.terminated_us = SX_TIME - TIME_DAY_US;
}
static void unusual_work(struct sx *x)
{
    m2(x);
    x->s.person = &x->person;
    x->s.work = WORK_UNUSUAL;
}
static void unusual_work_approved(struct sx *x)
{
    unusual_work(x);
    m4(x);
}
static void usual_work(struct sx *x)
{
    m2(x);
    x->s.person = &x->person;
    x->s.work = WORK_USUAL;
}
static void outside_window(struct sx *x)
{
    m4(x);
    x->change.end_us = SX_TIME - TIME_HOUR_US;
    x->match.window = WINDOW_OUTSIDE;
}
static void in_grace(struct sx *x)
{
    m4(x);
    x->change.end_us = SX_TIME - 20 * TIME_MINUTE_US;
    x->match.window = WINDOW_GRACE;
}
static void frozen(struct sx *x)
{
    m4(x);
    x->s.frozen = true;
}
static void frozen_emergency(struct sx *x)
{
    frozen(x);
    x->change.type = CHANGE_EMERGENCY;
}
static void exposure(struct sx *x)
{
    m4(x);
    (void)sx_finding(x, "D14", Q1, SEVERITY_HIGH);
}
static void exposure_named(struct sx *x)
{
    exposure(x);
    sx_match(x, MATCH_M3, true);
}
static void exposure_without(struct sx *x)
{
    none(x);
    (void)sx_finding(x, "D14", Q1, SEVERITY_HIGH);
}
static void exposure_twice(struct sx *x)
{
    exposure_without(x);
    (void)sx_finding(x, "D16", Q1, SEVERITY_HIGH);
    (void)sx_finding(x, "D18", Q1, SEVERITY_CRITICAL);
}
static void exposure_refused(struct sx *x)
{
    exposure_without(x);
    x->event.outcome = OUTCOME_DENIED;
}
static void unknown_code(struct sx *x)
{
    m4(x);
    (void)sx_finding(x, "D04", Q1, SEVERITY_HIGH);
}
static void unknown_code_emergency(struct sx *x)
{
    unknown_code(x);
    x->change.type = CHANGE_EMERGENCY;
}
static void foreign_rule(struct sx *x)
{
    m4(x);
    (void)sx_finding(x, "D14", Q1, SEVERITY_HIGH);
    x->detections[0].ours = false;
}
static void pipeline(struct sx *x)
{
    none(x);
    x->actor.pipeline = true;
    x->s.build = &x->build;
    x->s.pipeline_proved = true;
}
static void pipeline_needs_ticket(struct sx *x)
{
    pipeline(x);
    x->s.ticket_required = true;
}
static void pipeline_identity(struct sx *x)
{
    pipeline(x);
    x->s.pipeline_proved = false;
    x->s.build = NULL;
}
static void pipeline_no_builds(struct sx *x)
{
    pipeline(x);
    x->states[NEED_BUILDS] = COVERAGE_ABSENT;
}
static void pipeline_outside(struct sx *x)
{
    pipeline(x);
    x->s.outside_ci = true;
}
static void pipeline_layer(struct sx *x)
{
    pipeline(x);
    (void)sx_finding(x, "D07", Q1, SEVERITY_MEDIUM);
}
static void pipeline_handler(struct sx *x)
{
    pipeline(x);
    (void)sx_finding(x, "D10", Q1, SEVERITY_MEDIUM);
}
static void no_people(struct sx *x)
{
    m4(x);
    x->states[NEED_PEOPLE] = COVERAGE_ABSENT;
}
static void not_listed(struct sx *x)
{
    m4(x);
    x->s.person = NULL;
}
static void odd_status(struct sx *x)
{
    m4(x);
    x->person.status_word = STR("Gekuendigt");
}
static void not_listed_pipeline(struct sx *x)
{
    pipeline(x);
    x->s.person = NULL;
    x->states[NEED_PEOPLE] = COVERAGE_ABSENT;
}
static void undated(struct sx *x)
{
    m4(x);
    x->event.time_us = TIME_NONE;
}
static void habit(struct sx *x)
{
    none(x);
    x->s.changed_before = 6;
    x->s.owner = x->s.on_call = x->s.same_way = true;
}
static void habit_alone(struct sx *x)
{
    no_records(x);
    x->s.changed_before = 60;
    x->s.owner = x->s.on_call = x->s.same_way = true;
}
static void refused_before(struct sx *x)
{
    m2(x);
    x->s.denied_before = 4;
}
static void refused_change(struct sx *x)
{
    none(x);
    x->event.outcome = OUTCOME_DENIED;
}
static void call(struct sx *x)
{
    x->event.kind = EVENT_INVOKE;
}
static void call_process(struct sx *x)
{
    call(x);
    x->s.process = &x->process;
}
static void call_process_not_given(struct sx *x)
{
    call_process(x);
    x->states[NEED_PROCESSES] = COVERAGE_ABSENT;
}
static void call_leaver(struct sx *x)
{
    call_process(x);
    x->s.person = &x->person;
    x->person.status = PERSON_TERMINATED;
    x->person.terminated_us = SX_TIME - 1;
}
static void admin(struct sx *x)
{
    x->event.kind = EVENT_IDENTITY;
    none(x);
    (void)sx_finding(x, "D54", Q2, SEVERITY_HIGH);
    x->s.grants_admin = x->s.function_role = true;
}
static void admin_named(struct sx *x)
{
    admin(x);
    sx_match(x, MATCH_M3, true);
}
static void admin_not_named(struct sx *x)
{
    admin(x);
    sx_match(x, MATCH_M4, false);
}
static void admin_other_role(struct sx *x)
{
    admin(x);
    x->s.function_role = false;
}
static void admin_refused(struct sx *x)
{
    admin(x);
    x->event.outcome = OUTCOME_DENIED;
}
static void trust(struct sx *x)
{
    none(x);
    (void)sx_finding(x, "D58", Q2, SEVERITY_HIGH);
}
static void trust_named(struct sx *x)
{
    trust(x);
    sx_match(x, MATCH_M4, true);
}
static void boundary(struct sx *x)
{
    none(x);
    (void)sx_finding(x, "D59", Q2, SEVERITY_HIGH);
}
static void other_key(struct sx *x)
{
    none(x);
    (void)sx_finding(x, "D63", Q2, SEVERITY_HIGH);
}
static void other_login(struct sx *x)
{
    none(x);
    (void)sx_finding(x, "D114", Q2, SEVERITY_HIGH);
}
static void off_platform(struct sx *x)
{
    sx_match(x, MATCH_M4, true);
    sx_finding(x, "D61", Q2, SEVERITY_CRITICAL)->confidence = 0.95;
}
/* What somebody said: about which question, and that it counts. */
static void word(struct sx *x, enum question question, bool legitimate)
{
    static struct word said;
    said = (struct word){.question = question,
                         .legitimate = legitimate,
                         .who = STR("grace@example.com"),
                         .channel = STR("phone"),
                         .role = "owner"};
    x->s.words = &said;
    x->s.word_count = 1;
}
static void vendor_writes(struct sx *x)
{
    m2(x);
    x->s.vendor_writes = &x->vendor;
}
static void vendor_writes_named(struct sx *x)
{
    sx_match(x, MATCH_M3, true);
    x->s.vendor_writes = &x->vendor;
}
static void meant(struct sx *x)
{
    m2(x);
    word(x, Q1, true);
}
static void not_meant(struct sx *x)
{
    m2(x);
    word(x, Q1, false);
}
static void meant_without_record(struct sx *x)
{
    none(x);
    word(x, Q1, true);
}
static void meant_rights(struct sx *x)
{
    word(x, Q2, true);
}
static void no_rights(struct sx *x)
{
    word(x, Q2, false);
}
static void meant_address(struct sx *x)
{
    word(x, Q3, true);
}
static void no_address(struct sx *x)
{
    word(x, Q3, false);
}
static void meant_traffic(struct sx *x)
{
    word(x, Q4, true);
}
static void no_traffic(struct sx *x)
{
    word(x, Q4, false);
}
static void refused_word(struct sx *x)
{
    static struct word said = {.question = Q1, .role = "", .refused = "it has expired"};
    m2(x);
    x->s.words = &said;
    x->s.word_count = 1;
}
static void usual_rights(struct sx *x)
{
    none(x);
    x->s.usual = (struct subject_usual){
        .permissions_known = true, .nothing_new = true, .within_known = true, .use_days = 14};
}
static void usual_rights_short(struct sx *x)
{
    usual_rights(x);
    x->s.usual.use_days = 13;
}
static void clean(struct sx *x)
{
    (void)sx_address(x, "203.0.113.5");
}
static void clean_no_alerts(struct sx *x)
{
    clean(x);
    x->states[NEED_ALERTS] = COVERAGE_ABSENT;
}
static void clean_stale_feeds(struct sx *x)
{
    clean(x);
    x->states[NEED_INTEL] = COVERAGE_LATE;
}
static void set_aside(struct sx *x)
{
    struct subject_address *at = sx_address(x, "8.8.8.8");
    at->aside = STR("entry 8.8.8.8 of bad.txt, set aside: public resolver");
    at->aside_itself = true;
}
static void range_set_aside(struct sx *x)
{
    set_aside(x);
    x->s.addresses[0].aside_itself = false;
}
static void own(struct sx *x)
{
    sx_address(x, "203.0.113.5")->own = true;
    x->states[NEED_INTEL] = x->states[NEED_ALERTS] = COVERAGE_ABSENT;
}
static void hosting(struct sx *x)
{
    sx_address(x, "203.0.113.5")->range = STR("AMAZON EC2");
    x->states[NEED_INTEL] = COVERAGE_ABSENT;
}
static void hosting_of_ci(struct sx *x)
{
    hosting(x);
    x->actor.pipeline = true;
}
static void listed_control(struct sx *x)
{
    (void)sx_listed(x, INTEL_SCANNER, 70);
}
static void listed_control_doubt(struct sx *x)
{
    (void)sx_listed(x, INTEL_SCANNER, 69);
}
static void listed_control_refused(struct sx *x)
{
    (void)sx_listed(x, INTEL_C2, 90);
    x->event.outcome = OUTCOME_DENIED;
}
static void listed_caller_c2(struct sx *x)
{
    call(x);
    (void)sx_listed(x, INTEL_C2, 70);
}
static void listed_caller_scanner(struct sx *x)
{
    call(x);
    (void)sx_listed(x, INTEL_SCANNER, 95);
}
static void listed_caller_doubt(struct sx *x)
{
    call(x);
    (void)sx_listed(x, INTEL_MALWARE, 40);
}
static void listed_caller_faint(struct sx *x)
{
    call(x);
    (void)sx_listed(x, INTEL_MALWARE, 39);
}
static void listed_shared(struct sx *x)
{
    (void)sx_listed(x, INTEL_C2, 95);
    x->hit.shared = true;
}
static void listed_shared_name(struct sx *x)
{
    listed_shared(x);
    x->hit.best.kind = INTEL_HOST;
}
static void tor_caller(struct sx *x)
{
    call(x);
    (void)sx_listed(x, INTEL_ANONYMISER, 90);
}
static void tor_control(struct sx *x)
{
    (void)sx_listed(x, INTEL_ANONYMISER, 90);
}
static void incident(struct sx *x)
{
    sx_address(x, "203.0.113.5")->alert = &x->alert;
}
static void incident_function(struct sx *x)
{
    (void)sx_address(x, "203.0.113.5");
    x->s.alert = &x->alert;
}
static void seen_before(struct sx *x)
{
    sx_address(x, "203.0.113.5")->before = true;
    x->states[NEED_INTEL] = COVERAGE_ABSENT;
}
static void spike(struct sx *x)
{
    call(x);
    (void)sx_finding(x, "D46", Q4, SEVERITY_HIGH);
}
static void spike_approved(struct sx *x)
{
    spike(x);
    m3(x);
}
static void beacon(struct sx *x)
{
    call(x);
    (void)sx_finding(x, "D49", Q4, SEVERITY_HIGH);
}
static void beacon_sure(struct sx *x)
{
    beacon(x);
    x->findings[0].confidence = 0.9;
}
static void mining(struct sx *x)
{
    call(x);
    (void)sx_finding(x, "D107", Q4, SEVERITY_HIGH);
}
static void egress(struct sx *x)
{
    call_process(x);
    (void)sx_finding(x, "D51", Q4, SEVERITY_CRITICAL);
}
static void traffic_process(struct sx *x)
{
    call_process(x);
    (void)sx_finding(x, "D39", Q4, SEVERITY_MEDIUM);
}
static void inside_band(struct sx *x)
{
    call(x);
    x->s.usual = (struct subject_usual){.rate_known = true, .rate_inside = true, .days = 20};
}

#define SUSPICIOUS VERDICT_SUSPICIOUS
#define LEGITIMATE VERDICT_LEGITIMATE
#define UNKNOWN    VERDICT_UNKNOWN

static const struct {
    const char *what;
    void (*make)(struct sx *x);
    enum part part;
    int score;
    enum verdict verdict;
    const char *item; /* is there and unexplained; "-x": is not; "~x": is there, explained */
} rows[] = {
    /* Q1: records. */
    {"no record", none, PART_CHANGE, 12, SUSPICIOUS, "change.none"},
    {"no record elsewhere", none_elsewhere, PART_CHANGE, 3, UNKNOWN, "change.none_elsewhere"},
    {"M1", m1, PART_CHANGE, 0, UNKNOWN, "change.m1"},
    {"M2", m2, PART_CHANGE, -4, UNKNOWN, "change.m2"},
    {"M3", m3, PART_CHANGE, -20, LEGITIMATE, "change.m3"},
    {"M4", m4, PART_CHANGE, -25, LEGITIMATE, "change.m4"},
    {"MR is hard", contradicted, PART_CHANGE, 25, SUSPICIOUS, "change.contradicts"},
    {"no data is not no record", no_records, PART_CHANGE, 0, UNKNOWN, "-change.none"},
    {"stale records forbid", stale_records, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"late logs leave it to E12", late_logs, PART_CHANGE, -25, LEGITIMATE, "change.m4"},
    {"an unresolved actor forbids", unresolved, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"nobody named forbids", nobody, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"a refused change is not a change", refused_change, PART_CHANGE, 0, UNKNOWN, "-change.none"},
    /* Q1: builds and habit. */
    {"build of a reviewed commit", pipeline, PART_CHANGE, -20, LEGITIMATE, "~change.none"},
    {"unless a ticket is required", pipeline_needs_ticket, PART_CHANGE, -8, UNKNOWN, "change.none"},
    {"a pipeline's name proves nothing", pipeline_identity, PART_CHANGE, 12, SUSPICIOUS,
     "pipeline.identity"},
    {"builds not given", pipeline_no_builds, PART_CHANGE, -20, UNKNOWN, "pipeline.proved"},
    {"a proved build, brought from outside CI", pipeline_outside, PART_CHANGE, -12, UNKNOWN,
     "actor.outside_ci"},
    {"a proved build, but a layer over it", pipeline_layer, PART_CHANGE, 0, UNKNOWN,
     "pipeline.identity"},
    {"a proved build, but another handler", pipeline_handler, PART_CHANGE, 0, UNKNOWN,
     "pipeline.identity"},
    {"people not given", no_people, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"a person whom nobody lists", not_listed, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"a status that nobody knows", odd_status, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"a pipeline needs no person", not_listed_pipeline, PART_CHANGE, -20, LEGITIMATE,
     "pipeline.proved"},
    {"an event without a time", undated, PART_CHANGE, -25, UNKNOWN, "change.m4"},
    {"habit lowers", habit, PART_CHANGE, 8, SUSPICIOUS, "habit"},
    {"habit never authorises", habit_alone, PART_CHANGE, -4, UNKNOWN, "habit"},
    {"refused before", refused_before, PART_CHANGE, -1, UNKNOWN, "way.denied_before"},
    /* Q1: nature, code. */
    {"nature not named bars", exposure, PART_CHANGE, -19, UNKNOWN, "nature.exposure"},
    {"nature named is explained", exposure_named, PART_CHANGE, -20, LEGITIMATE, "~nature.exposure"},
    {"nature without record", exposure_without, PART_CHANGE, 18, SUSPICIOUS, "nature.exposure"},
    {"one group counts once", exposure_twice, PART_CHANGE, 22, SUSPICIOUS, "nature.control"},
    {"what was refused is moot", exposure_refused, PART_CHANGE, 0, UNKNOWN, "-nature.exposure"},
    {"unknown code bars", unknown_code, PART_CHANGE, -17, UNKNOWN, "code.unknown"},
    {"but in an emergency", unknown_code_emergency, PART_CHANGE, -25, LEGITIMATE, "~code.unknown"},
    {"foreign rules carry no weight", foreign_rule, PART_CHANGE, -25, LEGITIMATE,
     "-nature.exposure"},
    /* Q1: people and time. */
    {"nothing explains a leaver", leaver, PART_CHANGE, 0, SUSPICIOUS, "person.terminated"},
    {"who leaves tomorrow is here", left_afterwards, PART_CHANGE, -25, LEGITIMATE,
     "-person.terminated"},
    {"a shared account is nobody", leaver_shared, PART_CHANGE, -25, LEGITIMATE,
     "-person.terminated"},
    {"inactive without a date", inactive, PART_CHANGE, 18, SUSPICIOUS, "person.inactive"},
    {"inactive bars", inactive_approved, PART_CHANGE, -19, UNKNOWN, "person.inactive"},
    {"left without a date is not hard", left_without_date, PART_CHANGE, -19, UNKNOWN,
     "person.inactive"},
    {"on leave bars", on_leave, PART_CHANGE, -17, UNKNOWN, "person.leave"},
    {"on leave but on call", on_leave_on_call, PART_CHANGE, -22, LEGITIMATE,
     "person.leave_on_call"},
    {"break glass bars", break_glass, PART_CHANGE, -17, UNKNOWN, "person.break_glass"},
    {"odd hours", odd_hours, PART_CHANGE, 0, UNKNOWN, "time.hours"},
    {"a record explains odd hours", odd_hours_approved, PART_CHANGE, -25, LEGITIMATE,
     "~time.hours"},
    {"a new network bars", from_new_network, PART_CHANGE, -19, UNKNOWN, "login.network"},
    {"two places at once", far_away, PART_CHANGE, 4, UNKNOWN, "login.travel"},
    {"no second factor", without_mfa, PART_CHANGE, -22, LEGITIMATE, "login.no_mfa"},
    {"a risk of the provider bars", risky, PART_CHANGE, -19, UNKNOWN, "login.risk"},
    {"a leaver's key in CI is posture", ci_token, PART_CHANGE, -4, UNKNOWN, "person.ci_token"},
    {"not their kind of work", unusual_work, PART_CHANGE, 0, UNKNOWN, "person.unusual_work"},
    {"a record explains it", unusual_work_approved, PART_CHANGE, -25, LEGITIMATE,
     "~person.unusual_work"},
    {"usual work clears nothing", usual_work, PART_CHANGE, -4, UNKNOWN, "-person.unusual_work"},
    {"outside the window bars", outside_window, PART_CHANGE, -19, UNKNOWN, "time.window"},
    {"half an hour of grace", in_grace, PART_CHANGE, -25, LEGITIMATE, "-time.window"},
    {"a freeze bars", frozen, PART_CHANGE, -17, UNKNOWN, "time.freeze"},
    {"but not an emergency", frozen_emergency, PART_CHANGE, -25, LEGITIMATE, "~time.freeze"},
    /* Q1: use. */
    {"a call nobody explains", call, PART_USE, 0, UNKNOWN, "-process.explains"},
    {"a process explains", call_process, PART_USE, -15, LEGITIMATE, "process.explains"},
    {"not without the list", call_process_not_given, PART_USE, -15, UNKNOWN, "process.explains"},
    {"not a leaver's call", call_leaver, PART_USE, 10, SUSPICIOUS, "person.terminated"},
    /* Q2. */
    {"admin on a function's role", admin, PART_PERMISSIONS, 25, SUSPICIOUS, "grant.admin"},
    {"unless named", admin_named, PART_PERMISSIONS, -20, LEGITIMATE, "~grant.admin"},
    {"a record that does not name it", admin_not_named, PART_PERMISSIONS, 25, SUSPICIOUS,
     "grant.admin"},
    {"admin on another role", admin_other_role, PART_PERMISSIONS, 10, SUSPICIOUS,
     "grant.escalation"},
    {"a refused grant grants nothing", admin_refused, PART_PERMISSIONS, 0, UNKNOWN, "-grant.admin"},
    {"trust to the outside", trust, PART_PERMISSIONS, 25, SUSPICIOUS, "grant.trust"},
    {"trust that is named", trust_named, PART_PERMISSIONS, -20, LEGITIMATE, "~grant.trust"},
    {"boundary removed", boundary, PART_PERMISSIONS, 10, SUSPICIOUS, "grant.boundary"},
    {"key for another", other_key, PART_PERMISSIONS, 10, SUSPICIOUS, "grant.principal"},
    {"login for another", other_login, PART_PERMISSIONS, 10, SUSPICIOUS, "grant.principal"},
    {"nothing explains off-platform use", off_platform, PART_PERMISSIONS, 5, SUSPICIOUS,
     "use.off_platform"},
    {"a reader that writes", vendor_writes, PART_CHANGE, 6, UNKNOWN, "vendor.writes"},
    {"a reader that writes as the record names", vendor_writes_named, PART_CHANGE, -20, LEGITIMATE,
     "change.m3"},
    {"it was meant", meant, PART_CHANGE, -8, UNKNOWN, "attest.reason"},
    {"it was not meant", not_meant, PART_CHANGE, 8, SUSPICIOUS, "attest.no_reason"},
    {"a word makes nothing less than suspicious", meant_without_record, PART_CHANGE, 12, SUSPICIOUS,
     "attest.reason"},
    {"a refused word", refused_word, PART_CHANGE, -4, UNKNOWN, "change.m2"},
    {"rights meant", meant_rights, PART_PERMISSIONS, -4, UNKNOWN, "attest.permissions"},
    {"rights not meant", no_rights, PART_PERMISSIONS, 12, SUSPICIOUS, "attest.no_permissions"},
    {"a known address", meant_address, PART_ADDRESSES, -4, UNKNOWN, "attest.addresses"},
    {"nobody's address", no_address, PART_ADDRESSES, 12, SUSPICIOUS, "attest.no_addresses"},
    {"traffic meant", meant_traffic, PART_TRAFFIC, -4, UNKNOWN, "attest.traffic"},
    {"traffic not meant", no_traffic, PART_TRAFFIC, 12, SUSPICIOUS, "attest.no_traffic"},
    {"rights as usual", usual_rights, PART_PERMISSIONS, -15, LEGITIMATE, "use.within_known"},
    {"history too short", usual_rights_short, PART_PERMISSIONS, -6, UNKNOWN, "use.known_actions"},
    /* Q3. */
    {"no feed knows it", clean, PART_ADDRESSES, -18, LEGITIMATE, "clean.feeds"},
    {"no alerts given", clean_no_alerts, PART_ADDRESSES, 0, UNKNOWN, "-clean.feeds"},
    {"stale feeds", clean_stale_feeds, PART_ADDRESSES, 0, UNKNOWN, "-clean.feeds"},
    {"a listing that was set aside is told", set_aside, PART_ADDRESSES, 0, UNKNOWN, "listed.aside"},
    {"and no feed knows it is not said", set_aside, PART_ADDRESSES, 0, UNKNOWN, "-clean.feeds"},
    {"a whole range that was set aside", range_set_aside, PART_ADDRESSES, -18, LEGITIMATE,
     "listed.aside"},
    {"own addresses suffice", own, PART_ADDRESSES, -15, LEGITIMATE, "own.all"},
    {"hosting network", hosting, PART_ADDRESSES, 2, UNKNOWN, "network.hosting"},
    {"hosting of CI", hosting_of_ci, PART_ADDRESSES, 0, UNKNOWN, "-network.hosting"},
    {"control plane from a listed address", listed_control, PART_ADDRESSES, 25, SUSPICIOUS,
     "listed.control_plane"},
    {"listed with less confidence", listed_control_doubt, PART_ADDRESSES, 8, SUSPICIOUS,
     "listed.control_plane_doubt"},
    {"refused: listed all the same", listed_control_refused, PART_ADDRESSES, 12, SUSPICIOUS,
     "listed.sure"},
    {"caller of command and control", listed_caller_c2, PART_ADDRESSES, 25, SUSPICIOUS,
     "listed.two_way"},
    {"scanner at the door", listed_caller_scanner, PART_ADDRESSES, 12, SUSPICIOUS, "listed.sure"},
    {"caller listed in doubt", listed_caller_doubt, PART_ADDRESSES, 6, UNKNOWN, "listed.doubt"},
    {"caller listed faintly", listed_caller_faint, PART_ADDRESSES, 0, UNKNOWN, "-listed.doubt"},
    {"a shared range lowers", listed_shared, PART_ADDRESSES, 3, UNKNOWN, "listed.shared"},
    {"unless the name matches", listed_shared_name, PART_ADDRESSES, 25, SUSPICIOUS,
     "listed.control_plane"},
    {"visitor through Tor", tor_caller, PART_ADDRESSES, 6, UNKNOWN, "network.anonymiser"},
    {"credentials through Tor", tor_control, PART_ADDRESSES, 31, SUSPICIOUS,
     "listed.control_plane"},
    {"open incident on the address", incident, PART_ADDRESSES, 12, SUSPICIOUS, "alert.open"},
    {"open incident on the function", incident_function, PART_ADDRESSES, 12, SUSPICIOUS,
     "alert.open"},
    {"in an escalated case before", seen_before, PART_ADDRESSES, 10, SUSPICIOUS, "alert.before"},
    /* Q4. */
    {"spike that no process explains", spike, PART_TRAFFIC, 8, SUSPICIOUS, "rate.no_process"},
    {"a record explains a spike", spike_approved, PART_TRAFFIC, 0, UNKNOWN, "~rate.no_process"},
    {"beacon", beacon, PART_TRAFFIC, 8, SUSPICIOUS, "shape.beacon"},
    {"beacon, sure", beacon_sure, PART_TRAFFIC, 12, SUSPICIOUS, "shape.beacon_sure"},
    {"mining", mining, PART_TRAFFIC, 10, SUSPICIOUS, "runtime.mining"},
    {"egress to a listed host is hard", egress, PART_TRAFFIC, 10, SUSPICIOUS, "egress.listed"},
    {"a process explains the caller", traffic_process, PART_TRAFFIC, -15, LEGITIMATE,
     "~peers.caller"},
    {"inside the band", inside_band, PART_TRAFFIC, -15, LEGITIMATE, "rate.band"},
};

static const struct weighed *find(const struct weighing *w, const char *id)
{
    for (size_t i = 0; i < w->len; i++) {
        if (str_eq(w->at[i].item.id, str_of(id))) {
            return &w->at[i];
        }
    }
    return NULL;
}

static bool item_fits(const struct weighing *w, const char *want)
{
    if (want[0] == '-') {
        const struct weighed *it = find(w, want + 1);
        return it == NULL || it->moot;
    }
    if (want[0] == '~') {
        const struct weighed *it = find(w, want + 1);
        return it != NULL && it->explained && it->item.weight == 0 && it->item.explained_by.len > 0;
    }
    return weighing_has_id(w, str_of(want));
}

static void test_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sx x;
        sx_init(&x);
        rows[i].make(&x);
        struct weighing w = sx_weigh(&x, book, rows[i].part);
        if (w.score != rows[i].score || w.verdict != rows[i].verdict ||
            !item_fits(&w, rows[i].item)) {
            for (size_t k = 0; k < w.len; k++) {
                print_message("  %+d of %+d %.*s%s%s\n", w.at[k].item.weight,
                              w.at[k].item.weight_full, STR_ARG(w.at[k].item.text),
                              w.at[k].explained ? " (explained)" : "",
                              w.at[k].moot ? " (moot)" : "");
            }
            fail_msg("%s: score %d %s, wanted %d %s with %s", rows[i].what, w.score,
                     verdict_name(w.verdict), rows[i].score, verdict_name(rows[i].verdict),
                     rows[i].item);
        }
        weighing_release(&w);
        sx_free(&x);
    }
}

/* Each item the engine makes is weighed by some row above, and each item of the playbook that
 * has no refs is made. */
static void test_every_made_item_is_made(void **state)
{
    (void)state;
    for (size_t k = 0; k < book->item_count; k++) {
        const struct playbook_item *it = &book->items[k];
        bool seen = it->ref_count > 0 || str_eq(it->id, STR("code.same"));
        for (size_t i = 0; i < ARRAY_LEN(rows) && !seen; i++) {
            struct sx x;
            sx_init(&x);
            rows[i].make(&x);
            struct weighing w = sx_weigh(&x, book, rows[i].part);
            for (size_t n = 0; n < w.len; n++) {
                seen |= w.at[n].def == it;
            }
            weighing_release(&w);
            sx_free(&x);
        }
        if (!seen) {
            fail_msg("no row makes %.*s", STR_ARG(it->id));
        }
    }
}

static void test_findings_explained(void **state)
{
    (void)state;
    static const struct {
        const char *ref;
        bool ours;
        enum match_class class;
        bool names, explained;
    } cases[] = {
        {"D14", true, MATCH_M4, true, true},    {"D14", true, MATCH_M4, false, false},
        {"D14", true, MATCH_M2, true, false},   {"D02", true, MATCH_M3, false, true},
        {"D02", true, MATCH_M0, false, false},  {"D04", true, MATCH_M4, false, false},
        {"D42", true, MATCH_M4, true, false},   {"D999", true, MATCH_M3, false, true},
        {"D999", true, MATCH_M2, false, false}, {"", false, MATCH_M4, false, false},
        {"", false, MATCH_M4, true, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct sx x;
        sx_init(&x);
        struct finding *f = sx_finding(&x, cases[i].ref, Q1, SEVERITY_HIGH);
        x.detections[0].ours = cases[i].ours;
        sx_match(&x, cases[i].class, cases[i].names);
        if (finding_explained_at(book, f, &x.s) != cases[i].explained) {
            fail_msg("row %zu: %s", i, cases[i].ref);
        }
        sx_free(&x);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct sx x;
        struct weighing w;
        sx_init(&x);
        exposure_named(&x);
        weighing_init(&w, book, &x.s, PART_CHANGE, &x.arena);
        mem_torture(n);
        weighing_collect(&w);
        weighing_sum(&w);
        mem_torture(0);
        bool failed = w.failed;
        weighing_release(&w);
        sx_free(&x);
        if (!failed) {
            assert_true(n > 1);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_every_made_item_is_made),
        cmocka_unit_test(test_findings_explained),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
