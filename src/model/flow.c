#include "model/flow.h"

const char *flow_kind_name(enum flow_kind k)
{
    static const char *const names[FLOW_KIND_MAX_] = {
        [FLOW_CONNECTION] = "connection",
        [FLOW_DNS] = "dns",
        [FLOW_TLS] = "tls",
        [FLOW_QUIC] = "quic",
        [FLOW_HTTP] = "http",
        [FLOW_ALERT] = "alert",
        [FLOW_ANOMALY] = "anomaly",
        [FLOW_FILE] = "file",
        [FLOW_NOTICE] = "notice",
    };
    return (unsigned)k < FLOW_KIND_MAX_ ? names[k] : "unknown";
}
