/*
 * Access logs of API Gateway as text: the three forms that the console offers besides JSON. Their
 * lines look much like those of any web server, so all of what they hold must be what it should be.
 */
#include "intake/table_gateway.h"

#include "base/ip.h"

enum { CSV_REST = 10, CSV_HTTP = 8, CSV_MAX = 12, UUID_LEN = 36, TIME_LEN = 26 };

/* "20/Nov/2026:09:12:00 +0000" */
static bool is_time(struct str s)
{
    return s.len == TIME_LEN && s.ptr[2] == '/' && s.ptr[6] == '/' && s.ptr[11] == ':' &&
           s.ptr[20] == ' ' && chr_is_digit(s.ptr[0]) && chr_is_digit(s.ptr[25]);
}

/* "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", or "JKJaXmPLvHcESHA=" of HTTP APIs. */
static bool is_request_id(struct str s)
{
    bool uuid = s.len == UUID_LEN;
    bool short_one = s.len >= 12 && s.len <= 20 && s.ptr[s.len - 1] == '=';
    for (size_t i = 0; i < s.len && (uuid || short_one); i++) {
        char c = chr_lower(s.ptr[i]);
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = chr_is_digit(c) || (c >= 'a' && c <= 'f');
        bool letter = chr_is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '=';
        uuid = uuid && (dash ? c == '-' : hex);
        short_one = short_one && letter;
    }
    return uuid || short_one;
}

static bool is_word(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < 'A' || s.ptr[i] > 'Z') {
            return false;
        }
    }
    return s.len >= 3 && s.len <= 10;
}

/* Is each field what it should be? "GET /pay" of an HTTP API is told as "/pay". */
static bool is_call(struct str f[GATEWAY_FIELDS])
{
    struct ip ip;
    uint64_t status;
    struct str path = f[GATEWAY_PATH];
    if (str_starts(path, f[GATEWAY_METHOD]) && path.len > f[GATEWAY_METHOD].len + 1 &&
        path.ptr[f[GATEWAY_METHOD].len] == ' ') {
        f[GATEWAY_PATH] = str_from(path, f[GATEWAY_METHOD].len + 1);
    }
    return ip_parse(f[GATEWAY_IP], &ip) && is_time(f[GATEWAY_TIME]) && is_word(f[GATEWAY_METHOD]) &&
           f[GATEWAY_PATH].len > 0 && f[GATEWAY_STATUS].len == 3 &&
           str_u64(f[GATEWAY_STATUS], &status) && is_request_id(f[GATEWAY_ID]);
}

/* What stands before `mark`, which is passed over. */
static bool cut(struct str *rest, struct str mark, struct str *out)
{
    size_t at = str_find(*rest, mark);
    if (at == SIZE_MAX) {
        return false;
    }
    *out = str_head(*rest, at);
    *rest = str_from(*rest, at + mark.len);
    return true;
}

/* IP CALLER USER [TIME] "METHOD PATH PROTOCOL" STATUS LENGTH ID EXTENDED-ID */
static bool split_clf(struct str line, struct str f[GATEWAY_FIELDS])
{
    struct str rest = line;
    struct str request;
    struct str unused;
    if (!str_cut(&rest, ' ', &f[GATEWAY_IP]) || !str_cut(&rest, ' ', &f[GATEWAY_CALLER]) ||
        !cut(&rest, STR(" ["), &f[GATEWAY_USER]) || !cut(&rest, STR("] \""), &f[GATEWAY_TIME]) ||
        !cut(&rest, STR("\" "), &request) || !str_cut(&rest, ' ', &f[GATEWAY_STATUS]) ||
        !str_cut(&rest, ' ', &unused) || !str_cut(&rest, ' ', &f[GATEWAY_ID])) {
        return false;
    }
    size_t last = str_rchr(request, ' ');
    return last != SIZE_MAX && str_cut(&request, ' ', &f[GATEWAY_METHOD]) &&
           last > f[GATEWAY_METHOD].len &&
           (f[GATEWAY_PATH] = str_head(request, last - f[GATEWAY_METHOD].len - 1)).len > 0;
}

/* REST: IP,CALLER,USER,TIME,METHOD,PATH,PROTOCOL,STATUS,LENGTH,ID; HTTP: without CALLER and USER.
 * Both may have the extended id behind it. */
static bool split_csv(struct str line, struct str f[GATEWAY_FIELDS])
{
    struct str part[CSV_MAX];
    struct str rest = line;
    size_t n = 0;
    while (n < CSV_MAX && str_cut(&rest, ',', &part[n])) {
        n++;
    }
    bool rest_api = n == CSV_REST || n == CSV_REST + 1;
    if (!rest_api && n != CSV_HTTP && n != CSV_HTTP + 1) {
        return false;
    }
    const struct str *at = &part[rest_api ? 3 : 1];
    f[GATEWAY_IP] = part[0];
    f[GATEWAY_CALLER] = rest_api ? part[1] : STR_EMPTY;
    f[GATEWAY_USER] = rest_api ? part[2] : STR_EMPTY;
    f[GATEWAY_TIME] = at[0];
    f[GATEWAY_METHOD] = at[1];
    f[GATEWAY_PATH] = at[2];
    f[GATEWAY_STATUS] = at[4];
    f[GATEWAY_ID] = at[6];
    return true;
}

static bool element(struct str line, struct str open, struct str close, struct str *out)
{
    struct str before;
    *out = STR_EMPTY;
    return cut(&line, open, &before) && cut(&line, close, out);
}

/* <request id="ID"> <ip>IP</ip> … </request> */
static bool split_xml(struct str line, struct str f[GATEWAY_FIELDS])
{
    if (!str_starts(line, STR("<request id=\"")) || !str_ends(line, STR("</request>")) ||
        !element(line, STR("<ip>"), STR("</ip>"), &f[GATEWAY_IP]) ||
        !element(line, STR("<requestTime>"), STR("</requestTime>"), &f[GATEWAY_TIME]) ||
        !element(line, STR("<httpMethod>"), STR("</httpMethod>"), &f[GATEWAY_METHOD]) ||
        !element(line, STR("<status>"), STR("</status>"), &f[GATEWAY_STATUS]) ||
        !element(line, STR("id=\""), STR("\""), &f[GATEWAY_ID])) {
        return false;
    }
    (void)element(line, STR("<caller>"), STR("</caller>"), &f[GATEWAY_CALLER]);
    (void)element(line, STR("<user>"), STR("</user>"), &f[GATEWAY_USER]);
    return element(line, STR("<resourcePath>"), STR("</resourcePath>"), &f[GATEWAY_PATH]) ||
           element(line, STR("<routeKey>"), STR("</routeKey>"), &f[GATEWAY_PATH]);
}

bool table_gateway_split(struct str line, struct str f[GATEWAY_FIELDS])
{
    for (size_t i = 0; i < GATEWAY_FIELDS; i++) {
        f[i] = STR_EMPTY;
    }
    line = str_trim(line);
    bool split = line.len > 0 && line.ptr[0] == '<'      ? split_xml(line, f)
                 : str_find(line, STR(" [")) != SIZE_MAX ? split_clf(line, f)
                                                         : split_csv(line, f);
    return split && is_call(f);
}
