#include "CCurl.h"

#include <stdlib.h>
#include <string.h>

struct ccurl_transfer {
    const uint8_t *bytes;
    size_t length;
    size_t sent;
    int (*should_stop)(void *);
    void *context;
    enum ccurl_stage stage;
    enum ccurl_stage refusal_stage;
    char refusal[128];
    char error[CURL_ERROR_SIZE];
};

CURLcode ccurl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

CURLcode ccurl_set_string(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

CURLcode ccurl_set_list(CURL *curl, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(curl, option, list);
}

ccurl_transfer *ccurl_transfer_new(const uint8_t *bytes, size_t length, int (*should_stop)(void *), void *context) {
    ccurl_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    transfer->bytes = bytes;
    transfer->length = length;
    transfer->should_stop = should_stop;
    transfer->context = context;
    return transfer;
}

void ccurl_transfer_free(ccurl_transfer *transfer) { free(transfer); }

static size_t give(char *buffer, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    size_t room = size * count;
    size_t rest = transfer->length - transfer->sent;
    size_t now = rest < room ? rest : room;
    if (now) memcpy(buffer, transfer->bytes + transfer->sent, now);
    transfer->sent += now;
    return now;
}

/* libcurl hands every reply line of the server to the header callback. */
static size_t hear(char *line, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    size_t length = size * count;
    if (length >= 3 && (line[0] == '4' || line[0] == '5')) {
        size_t kept = length < sizeof transfer->refusal - 1 ? length : sizeof transfer->refusal - 1;
        memcpy(transfer->refusal, line, kept);
        transfer->refusal[kept] = 0;
        transfer->refusal_stage = transfer->stage;
    }
    return length;
}

static int begins(const char *data, size_t size, const char *verb) {
    size_t length = strlen(verb);
    return size >= length && memcmp(data, verb, length) == 0;
}

/* Only the verb of an outgoing command is looked at: what follows AUTH is a password and stays where it is. */
static int watch(CURL *curl, curl_infotype type, char *data, size_t size, void *context) {
    ccurl_transfer *transfer = context;
    (void)curl;
    if (type != CURLINFO_HEADER_OUT) return 0;
    if (begins(data, size, "MAIL ")) transfer->stage = CCURL_MAIL;
    else if (begins(data, size, "RCPT ")) transfer->stage = CCURL_RCPT;
    else if (begins(data, size, "DATA")) transfer->stage = CCURL_DATA;
    else if (begins(data, size, "AUTH ")) transfer->stage = CCURL_AUTH;
    return 0;
}

static int ask(void *context, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un) {
    ccurl_transfer *transfer = context;
    (void)dt, (void)dn, (void)ut, (void)un;
    return transfer->should_stop ? transfer->should_stop(transfer->context) : 0;
}

/* The server's replies are observed above; nothing of them may reach stdout, libcurl's default sink. */
static size_t discard(char *data, size_t size, size_t count, void *context) {
    (void)data, (void)context;
    return size * count;
}

#define SET(option, value)                                               \
    do {                                                                 \
        CURLcode code = curl_easy_setopt(curl, option, value);           \
        if (code != CURLE_OK) return code;                               \
    } while (0)

CURLcode ccurl_attach(CURL *curl, ccurl_transfer *transfer) {
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, give);
    SET(CURLOPT_READDATA, transfer);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)transfer->length);
    SET(CURLOPT_HEADERFUNCTION, hear);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, discard);
    SET(CURLOPT_DEBUGFUNCTION, watch);
    SET(CURLOPT_DEBUGDATA, transfer);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_XFERINFOFUNCTION, ask);
    SET(CURLOPT_XFERINFODATA, transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_ERRORBUFFER, transfer->error);
    return CURLE_OK;
}

const char *ccurl_error(const ccurl_transfer *transfer) { return transfer->error; }
const char *ccurl_refusal(const ccurl_transfer *transfer) { return transfer->refusal; }
enum ccurl_stage ccurl_refusal_stage(const ccurl_transfer *transfer) { return transfer->refusal_stage; }

long ccurl_response_code(CURL *curl) {
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

int ccurl_was_sent(CURL *curl) {
    long size = 0;
    return curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &size) == CURLE_OK && size > 0;
}
