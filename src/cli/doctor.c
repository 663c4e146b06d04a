#include "cli/doctor.h"

#include <jansson.h>
#include <libdeflate.h>
#include <openssl/crypto.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <yaml.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

void doctor_libraries(struct buf *out)
{
    /* Asked for by length first: pcre2 gives no bound for its version's text. */
    char pcre2[64] = "unknown";
    int need = pcre2_config(PCRE2_CONFIG_VERSION, NULL);
    if (need > 0 && (size_t)need <= sizeof(pcre2)) {
        (void)pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    }
    buf_printf(out,
               "libraries   jansson %s, libyaml %s, libdeflate %s, zlib %s, zstd %s, libzip %s\n",
               jansson_version_str(), yaml_get_version_string(), LIBDEFLATE_VERSION_STRING,
               zlibVersion(), ZSTD_versionString(), zip_libzip_version());
    buf_printf(out, "            pcre2 %s, %s\n", pcre2, OpenSSL_version(OPENSSL_VERSION));
}
