/*
 * text - Zeek's texts. In a table a backslash is doubled and bytes that would be in the way are
 * \xHH; in JSON a text is what JSON says.
 */
#ifndef SOURCE_ZEEK_TEXT_H
#define SOURCE_ZEEK_TEXT_H

#include "source/net.h"

/*
 * The text of a string or number. Of a table, decoded: \\ and \xHH. Where the bytes above 0x7f would
 * be no UTF-8, their escapes stay as they are: Zeek writes the same into its JSON.
 */
struct str zeek_text(struct net *n, struct json_view v);

#endif
