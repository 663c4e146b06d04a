/*
 * fields - the indices of the paths in fields.def, as source_ops.fields has them.
 */
#ifndef SOURCE_CLOUDTRAIL_FIELDS_H
#define SOURCE_CLOUDTRAIL_FIELDS_H

enum ct_field {
#define CT_FIELD(id, path) CT_##id,
#include "source/cloudtrail/fields.def"
#undef CT_FIELD
    CT_FIELD_MAX_
};

#endif
