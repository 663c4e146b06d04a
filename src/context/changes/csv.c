/* Canonical CSV; the usual spellings cover ServiceNow's list exports (labels and field names). */
#include "context/changes/changes_priv.h"

enum {
    ID,
    TYPE,
    STATE,
    APPROVAL,
    APPROVED_AT,
    APPROVER,
    START,
    END,
    CREATED_AT,
    UPDATED_AT,
    ASSIGNEE,
    GROUP,
    REQUESTER,
    RESOURCES,
    SERVICE,
    TEXT,
    REPOSITORY,
    COMMIT,
    TEMPLATE,
    ENVIRONMENT,
    HASHES,
    COLUMNS
};
_Static_assert((int)COLUMNS == (int)CHANGES_COLUMNS, "the header says how many");

const struct column changes_columns[] = {
    [ID] = {"id", "number|change_id|change_number|key|ticket", true, false},
    [TYPE] = {"type", "change_type|chg_type", false, false},
    [STATE] = {"state", "status", true, false},
    [APPROVAL] = {"approval", "approval_status|approval_state|approved", true, false},
    [APPROVED_AT] = {"approved_at", "approval_set|approval_date|approved_on|approval_time", false,
                     false},
    [APPROVER] = {"approver", "approved_by|approver_email", false, false},
    [START] = {"start", "planned_start_date|start_date|planned_start|start_time|window_start", true,
               false},
    [END] = {"end", "planned_end_date|end_date|planned_end|end_time|window_end", true, false},
    [CREATED_AT] = {"created_at", "sys_created_on|created|opened_at|opened|created_on", false,
                    false},
    [UPDATED_AT] = {"updated_at", "sys_updated_on|updated|updated_on|last_modified", false, false},
    [ASSIGNEE] = {"assignee", "assigned_to|implementer|assigned_to.email", false, false},
    [GROUP] = {"group", "assignment_group|team", false, false},
    [REQUESTER] = {"requester", "requested_by|opened_by|reporter|created_by", false, false},
    [RESOURCES] = {"resources", "resource|configuration_item|cmdb_ci|affected_cis|functions|labels",
                   false, true},
    [SERVICE] = {"service", "business_service|affected_service", false, false},
    [TEXT] = {"text",
              "short_description|summary|title|description|implementation_plan|justification|"
              "details",
              false, true},
    [REPOSITORY] = {"repository", "repo", false, false},
    [COMMIT] = {"commit", "commit_sha|sha|revision", false, false},
    [TEMPLATE] = {"template", "std_change_producer_version|standard_change_template|model", false,
                  false},
    [ENVIRONMENT] = {"environment", "env", false, false},
    [HASHES] = {"hashes", "hash|code_sha256|artefact_hash|artifact_hash", false, true},
};

static enum err_code read_times(struct reader *r, const struct row *row, struct change *ch,
                                struct err *err)
{
    const struct {
        unsigned column;
        int64_t *to;
    } times[] = {
        {APPROVED_AT, &ch->approved_us}, {START, &ch->start_us},        {END, &ch->end_us},
        {CREATED_AT, &ch->created_us},   {UPDATED_AT, &ch->updated_us},
    };
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        enum err_code rc =
            reader_time(r, changes_columns[times[i].column].name, row->cell[times[i].column],
                        ZONE_NEEDED, times[i].to, NULL, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_texts(struct reader *r, const struct row *row, struct change *ch,
                                struct err *err)
{
    const struct {
        unsigned column;
        struct str *to;
    } texts[] = {
        {ID, &ch->id},
        {APPROVER, &ch->approver},
        {ASSIGNEE, &ch->assignee},
        {GROUP, &ch->group},
        {REQUESTER, &ch->requester},
        {SERVICE, &ch->service},
        {TEXT, &ch->text},
        {REPOSITORY, &ch->repository},
        {COMMIT, &ch->commit},
        {TEMPLATE, &ch->template},
        {ENVIRONMENT, &ch->environment},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        enum err_code rc = reader_keep(r, row->cell[texts[i].column], texts[i].to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_hashes(struct reader *r, struct str cell, struct change *ch,
                                 struct err *err)
{
    struct str piece;
    while (cell_cut(&cell, &piece)) {
        struct str hash;
        enum err_code rc = reader_hash(r, "hashes", piece, &hash, err);
        if (rc != ERR_OK) {
            return rc;
        }
        if (!VEC_PUSH(&ch->hashes, hash)) {
            return reader_nomem(r, err);
        }
    }
    return ERR_OK;
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct change ch = {
        .type = change_type_of(row->cell[TYPE]),
        .approval = approval_of(row->cell[APPROVAL]),
    };
    enum err_code rc = change_state_of(r, row->cell[STATE], &ch.state, err);
    if (rc == ERR_OK && str_ieq(str_trim(row->cell[STATE]), STR("rejected"))) {
        ch.approval = APPROVAL_REJECTED;
    }
    if (rc == ERR_OK) {
        rc = read_times(r, row, &ch, err);
    }
    if (rc == ERR_OK) {
        rc = read_texts(r, row, &ch, err);
    }
    if (rc == ERR_OK) {
        rc = reader_add_all(r, &ch.resources, row->cell[RESOURCES], err);
    }
    if (rc == ERR_OK) {
        rc = read_hashes(r, row->cell[HASHES], &ch, err);
    }
    if (rc != ERR_OK) {
        change_release(&ch);
        return rc;
    }
    return change_add(r, &ch, err);
}

enum err_code changes_read_csv(struct reader *r, struct str text, struct err *err)
{
    static const struct table table = {changes_columns, COLUMNS, read_row};
    return table_read_csv(r, &table, text, err);
}
