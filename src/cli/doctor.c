#include "cli/doctor.h"

#include <jansson.h>
#include <libdeflate.h>
#include <openssl/crypto.h>
#include <yaml.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

void doctor_libraries(struct buf *out)
{
    buf_printf(out,
               "libraries   jansson %s, libyaml %s, libdeflate %s, zlib %s, zstd %s, libzip %s\n",
               jansson_version_str(), yaml_get_version_string(), LIBDEFLATE_VERSION_STRING,
               zlibVersion(), ZSTD_versionString(), zip_libzip_version());
    buf_printf(out, "            %s\n", OpenSSL_version(OPENSSL_VERSION));
}
