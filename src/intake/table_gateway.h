/*
 * table_gateway - lines of API Gateway's access logs that are no JSON: CLF, CSV and XML as the console
 * offers them, of REST and of HTTP APIs.
 */
#ifndef INTAKE_TABLE_GATEWAY_H
#define INTAKE_TABLE_GATEWAY_H

#include "base/str.h"

/* In the order of the columns that table_shapes.c names. */
enum gateway_field {
    GATEWAY_IP,
    GATEWAY_CALLER,
    GATEWAY_USER,
    GATEWAY_TIME,
    GATEWAY_METHOD,
    GATEWAY_PATH,
    GATEWAY_STATUS,
    GATEWAY_ID,
    GATEWAY_FIELDS
};

/* The fields of a line; "" what it does not tell. False: it is no such line. */
bool table_gateway_split(struct str line, struct str f[GATEWAY_FIELDS]);

#endif
