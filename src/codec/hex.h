/*
 * hex - bytes as lower-case hexadecimal digits.
 */
#ifndef CODEC_HEX_H
#define CODEC_HEX_H

#include <stddef.h>

/* Two digits a byte into out[2 * count]; no NUL. */
void hex_write(const void *bytes, size_t count, char *out);

#endif
