#include "engine/permissions.h"

#include "iam/subject.h"
#include "model/content.h"
#include "sys/file.h"

static struct str content(const char *path)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, path) == 0) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    return STR_EMPTY;
}

static enum err_code add_dump(struct iam_book *book, struct str path, struct err *err)
{
    CLEANUP(buf_free) struct buf text = {.max = IAM_DUMP_BYTES_MAX};
    enum err_code rc = file_read(path, &text, err);
    return rc ? rc : iam_book_add(book, path, buf_str(&text), err);
}

enum err_code permissions_load(const struct triage_options *o, struct iam_book **out,
                               struct err *err)
{
    struct iam_book *book = NULL;
    *out = NULL;
    if (o->iam.len == 0) {
        return ERR_OK;
    }
    enum err_code rc = iam_book_new(content("iam/actions.tsv"), content("iam/paths.tsv"),
                                    content("iam/targets.tsv"), &book, err);
    for (size_t i = 0; rc == ERR_OK && i < o->iam.len; i++) {
        rc = add_dump(book, o->iam.at[i], err);
    }
    if (rc != ERR_OK) {
        iam_book_free(book);
        return rc;
    }
    *out = book;
    return ERR_OK;
}
