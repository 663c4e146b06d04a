#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tests/unit/report/fixture.h"

void fixture_write_with(const struct report_ops *ops, struct fixture *f,
                        const struct report_options *o, struct buf *out)
{
    struct err err = {0};
    if (ops->write(fixture_result(f), o, out, &err) != ERR_OK) {
        fail_msg("%s: %s", ops->name, err.msg);
    }
}

void fixture_write(const struct report_ops *ops, struct fixture *f, struct buf *out)
{
    struct report_options o = fixture_options(f);
    fixture_write_with(ops, f, &o, out);
}

void fixture_check_memory(const struct report_ops *ops)
{
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    struct report_options o = fixture_options(f);
    CLEANUP(buf_free) struct buf whole = {0};
    CLEANUP(buf_free) struct buf again = {0};
    fixture_write(ops, f, &whole);
    fixture_write(ops, f, &again);
    assert_true(str_eq(buf_str(&whole), buf_str(&again)));
    bool done = false;
    unsigned long step = 1;
    for (unsigned long n = 1; !done; n += step) {
        CLEANUP(buf_free) struct buf out = {0};
        struct err err = {0};
        mem_torture(n);
        enum err_code code = ops->write(fixture_result(f), &o, &out, &err);
        mem_torture(0);
        assert_true(code == ERR_OK || code == ERR_NOMEM);
        assert_true((code == ERR_OK) == (err.code == ERR_OK));
        /* Either all of it, or an error: never a report with a hole. */
        if (code == ERR_OK && !str_eq(buf_str(&out), buf_str(&whole))) {
            fail_msg("%s: another report when allocation %lu fails", ops->name, n);
        }
        done = code == ERR_OK;
        step = n < 400 ? 1 : 37;
    }
}

void fixture_check_secrets(const struct report_ops *ops)
{
    for (size_t i = 0; fixture_canaries[i].text != NULL; i++) {
        CLEANUP(buf_free) struct buf tail = {0};
        buf_printf(&tail, " %s ", fixture_canaries[i].text);
        CLEANUP(fixture_done) struct fixture *f = fixture_new(buf_str(&tail));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(ops, f, &out);
        size_t at = str_find(buf_str(&out), str_of(fixture_canaries[i].secret));
        if (at != SIZE_MAX) {
            struct str near = str_head(str_from(buf_str(&out), at > 120 ? at - 120 : 0), 240);
            fail_msg("%s: secret %s of \"%s\" in: %.*s", ops->name, fixture_canaries[i].secret,
                     fixture_canaries[i].text, STR_ARG(near));
        }
    }
}

void fixture_check_visible(const struct report_ops *ops)
{
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(ops, f, &out);
        assert_true(utf8_fault(buf_str(&out)) == SIZE_MAX);
        struct str rest = buf_str(&out);
        uint32_t code;
        while (utf8_next(&rest, &code)) {
            if (code != '\n' && utf8_is_unsafe(code)) {
                size_t at = out.len - rest.len;
                struct str near = str_head(str_from(buf_str(&out), at > 80 ? at - 80 : 0), 100);
                fail_msg("%s: U+%04X gets through (text %zu): %.*s", ops->name, (unsigned)code, i,
                         STR_ARG(near));
            }
        }
    }
}

int fixture_run(const char *command, struct str text, struct buf *out)
{
    char path[] = "/tmp/faaswatch-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.ptr, text.len), (ssize_t)text.len);
    close(fd);
    CLEANUP(buf_free) struct buf line = {0};
    struct str rest = str_of(command);
    size_t at = str_find(rest, STR("%s"));
    assert_true(at != SIZE_MAX);
    buf_add(&line, str_head(rest, at));
    buf_add_cstr(&line, path);
    buf_add(&line, str_from(rest, at + 2));
    FILE *f = popen(line.ptr, "r");
    assert_non_null(f);
    int c;
    while ((c = fgetc(f)) != EOF) {
        buf_addc(out, (char)c);
    }
    int status = pclose(f);
    unlink(path);
    return status;
}
