/*
 * iam - what the files of `faaswatch iam` share.
 */
#ifndef CLI_IAM_H
#define CLI_IAM_H

#include "base/buf.h"
#include "cli/cli.h"
#include "iam/report.h"
#include "iam/subject.h"

/* What was loaded: knowledge from the program, subjects from files. */
struct iam_work {
    struct arena arena;
    struct iam_catalog *catalog;
    struct iam_knowledge knowledge;
};
void iam_work_release(struct iam_work *w);

/* A subject and what is said about it. */
struct iam_said {
    const struct iam_subject *subject;
    struct iam_report report;
};

/* A principal before and after. One of the two may be missing: it is new, or gone. */
struct iam_change {
    const struct iam_said *before;
    const struct iam_said *after;
};

/* enum cli_status; has said what is wrong. */
int iam_work_init(struct iam_work *w);
/* Read a file, or all .json files below a directory. What cannot be read is warned about and noted
 * in out->problems. CLI_DONE unless there is no memory. */
int iam_read(struct iam_work *w, struct str path, struct iam_subjects *out);
/* Once all files are read: what the roles of members give. */
int iam_resolve(struct iam_work *w, struct iam_subjects *s);
int iam_say(struct iam_work *w, const struct iam_subject *s, struct iam_said *out);

void iam_check_text(struct buf *out, const struct iam_said *said, size_t count);
void iam_check_json(struct buf *out, const struct iam_said *said, size_t count,
                    const struct iam_subjects *from);
void iam_diff_text(struct buf *out, const struct iam_change *changes, size_t count,
                   const struct iam_catalog *c);
void iam_diff_json(struct buf *out, const struct iam_change *changes, size_t count,
                   const struct iam_catalog *c);

/* The way of that path, or NULL. */
const struct iam_way *iam_said_way(const struct iam_said *said, const struct iam_path *p);
/* Does a subject of another provider than AWS list this permission? NULL: nothing. */
bool iam_said_lists(const struct iam_said *said, struct str permission);
/* Was the action allowed? A missing side allowed nothing. */
bool iam_said_allows(const struct iam_said *said, size_t action);

#endif
