/* knowledge - what iam tests share: the content, loaded. */
#ifndef TESTS_IAM_KNOWLEDGE_H
#define TESTS_IAM_KNOWLEDGE_H

#include "iam/report.h"

struct str test_content(const char *path);
/* Loaded once; never freed before the end. */
const struct iam_knowledge *test_knowledge(void);
void test_knowledge_free(void);
/* A file below the source directory; fails the test when absent. Lives in `a`. */
struct str test_file(struct arena *a, const char *path);

#endif
