#include "CCurl.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct ccurl_exchange {
    int (*allows)(void *, const uint8_t *, size_t, uint16_t);
    void *context;
    uint8_t *body;
    size_t length;
    size_t capacity;
    size_t most_body;
    char *headers;
    size_t headers_length;
    size_t most_headers;
    int was_refused;
    int was_too_large;
    int (*head)(void *);
    int (*piece)(void *, const uint8_t *, size_t);
    int (*should_stop)(void *);
    void *relay;
    int has_head;
};

ccurl_exchange *ccurl_exchange_new(size_t most_headers, size_t most_body,
                                   int (*allows)(void *, const uint8_t *, size_t, uint16_t), void *context) {
    ccurl_exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) return NULL;
    exchange->most_headers = most_headers;
    exchange->most_body = most_body;
    exchange->allows = allows;
    exchange->context = context;
    exchange->headers = malloc(most_headers ? most_headers : 1);
    if (!exchange->headers) {
        free(exchange);
        return NULL;
    }
    return exchange;
}

void ccurl_exchange_free(ccurl_exchange *exchange) {
    if (!exchange) return;
    free(exchange->headers);
    free(exchange->body);
    free(exchange);
}

static size_t take_body(char *data, size_t size, size_t count, void *context) {
    ccurl_exchange *exchange = context;
    size_t added = size * count;
    if (exchange->piece) {
        return exchange->piece(exchange->relay, (const uint8_t *)data, added) ? added : CURL_WRITEFUNC_ERROR;
    }
    if (added > exchange->most_body - exchange->length) {
        exchange->was_too_large = 1;
        return CURL_WRITEFUNC_ERROR;
    }
    if (added > exchange->capacity - exchange->length) {
        size_t capacity = exchange->capacity ? exchange->capacity : 4096;
        while (capacity < exchange->length + added) capacity *= 2;
        uint8_t *grown = realloc(exchange->body, capacity);
        if (!grown) return CURL_WRITEFUNC_ERROR;
        exchange->body = grown;
        exchange->capacity = capacity;
    }
    memcpy(exchange->body + exchange->length, data, added);
    exchange->length += added;
    return added;
}

/* Interim answers (100, 103) come here too, each with its status line: the last block is the answer's. */
static size_t take_header(char *line, size_t size, size_t count, void *context) {
    ccurl_exchange *exchange = context;
    size_t added = size * count;
    /* Trailers of a body that is on its way already. */
    if (exchange->has_head) return added;
    if (added >= 5 && memcmp(line, "HTTP/", 5) == 0) exchange->headers_length = 0;
    if (added > exchange->most_headers - exchange->headers_length) {
        exchange->was_too_large = 1;
        return CURL_WRITEFUNC_ERROR;
    }
    memcpy(exchange->headers + exchange->headers_length, line, added);
    exchange->headers_length += added;
    int is_end = added <= 2 && (line[0] == '\r' || line[0] == '\n');
    if (is_end && exchange->head && ccurl_exchange_status(exchange) >= 200) {
        exchange->has_head = 1;
        if (!exchange->head(exchange->relay)) return CURL_WRITEFUNC_ERROR;
    }
    return added;
}

long ccurl_exchange_status(const ccurl_exchange *exchange) {
    size_t index = 0;
    long status = 0;
    while (index < exchange->headers_length && exchange->headers[index] != ' ') index++;
    for (index++; index < exchange->headers_length; index++) {
        char digit = exchange->headers[index];
        if (digit < '0' || digit > '9' || status > 999) break;
        status = status * 10 + (digit - '0');
    }
    return status;
}

static int ask_to_stop(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    ccurl_exchange *exchange = context;
    (void)a, (void)b, (void)c, (void)d;
    return exchange->should_stop(exchange->relay);
}

CURLcode ccurl_exchange_relay(CURL *curl, ccurl_exchange *exchange, int (*head)(void *),
                              int (*piece)(void *, const uint8_t *, size_t), int (*should_stop)(void *),
                              void *context) {
    exchange->head = head;
    exchange->piece = piece;
    exchange->should_stop = should_stop;
    exchange->relay = context;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_to_stop);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    return code;
}

/* Called with the very address that is about to be connected to, after every look-up: nothing can change in between. */
static curl_socket_t open_checked(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    ccurl_exchange *exchange = context;
    const uint8_t *bytes = NULL;
    size_t length = 0;
    uint16_t port = 0;
    (void)purpose;
    if (address->family == AF_INET) {
        bytes = (const uint8_t *)&((const struct sockaddr_in *)&address->addr)->sin_addr;
        length = 4;
        port = ntohs(((const struct sockaddr_in *)&address->addr)->sin_port);
    } else if (address->family == AF_INET6) {
        bytes = (const uint8_t *)&((const struct sockaddr_in6 *)&address->addr)->sin6_addr;
        length = 16;
        port = ntohs(((const struct sockaddr_in6 *)&address->addr)->sin6_port);
    }
    if (!bytes || !exchange->allows(exchange->context, bytes, length, port)) {
        exchange->was_refused = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURLcode ccurl_exchange_attach(CURL *curl, ccurl_exchange *exchange) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_checked);
    if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, exchange);
    return code;
}

CURLcode ccurl_set_body(CURL *curl, const uint8_t *bytes, size_t length) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes) : code;
}

const uint8_t *ccurl_exchange_body(const ccurl_exchange *exchange, size_t *length) {
    *length = exchange->length;
    return exchange->body;
}

const char *ccurl_exchange_headers(const ccurl_exchange *exchange, size_t *length) {
    *length = exchange->headers_length;
    return exchange->headers;
}

int ccurl_exchange_was_refused(const ccurl_exchange *exchange) { return exchange->was_refused; }
int ccurl_exchange_was_too_large(const ccurl_exchange *exchange) { return exchange->was_too_large; }
