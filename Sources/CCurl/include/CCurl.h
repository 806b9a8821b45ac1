#ifndef CCURL_H
#define CCURL_H

/*
 * Swift cannot call variadic C functions, and curl_easy_setopt and curl_easy_getinfo are variadic.
 * These wrappers give each kind of argument one typed name; which options are set, and why, is decided in Swift.
 */

#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

CURLcode ccurl_set_long(CURL *curl, CURLoption option, long value);
CURLcode ccurl_set_string(CURL *curl, CURLoption option, const char *value);
CURLcode ccurl_set_list(CURL *curl, CURLoption option, struct curl_slist *list);

/* Which command the server is answering. A refusal is the message's fate only from CCURL_MAIL on. */
enum ccurl_stage { CCURL_GREETING = 0, CCURL_AUTH, CCURL_MAIL, CCURL_RCPT, CCURL_DATA };

/* One upload from memory, and what was learnt while it ran. Must outlive curl_easy_cleanup of its handle. */
typedef struct ccurl_transfer ccurl_transfer;

/* Borrows `bytes` until ccurl_transfer_free. `should_stop(context)` is asked about once a second; nonzero aborts. */
ccurl_transfer *ccurl_transfer_new(const uint8_t *bytes, size_t length, int (*should_stop)(void *), void *context);
void ccurl_transfer_free(ccurl_transfer *transfer);

/* Makes `transfer` the source of the upload, the error buffer and the observer of `curl`. */
CURLcode ccurl_attach(CURL *curl, ccurl_transfer *transfer);

/* libcurl's own words about a failure: host names, ports and certificates, never credentials or server text. */
const char *ccurl_error(const ccurl_transfer *transfer);

/* The last 4xx or 5xx line the server sent (at most 127 bytes, "" if none) and what it answered. */
const char *ccurl_refusal(const ccurl_transfer *transfer);
enum ccurl_stage ccurl_refusal_stage(const ccurl_transfer *transfer);

/* The last status that was answered; SMTP's QUIT excepted, 0 before anything was. */
long ccurl_response_code(CURL *curl);

/* Whether a request went out, whatever came back. */
int ccurl_was_sent(CURL *curl);

/* One HTTP request's answer as it arrives, and the say on where the request may go. */
typedef struct ccurl_exchange ccurl_exchange;

/* `allows(context, address, length, port)` is asked with 4 or 16 bytes before each connection; 0 refuses it. */
ccurl_exchange *ccurl_exchange_new(size_t most_headers, size_t most_body,
                                   int (*allows)(void *, const uint8_t *, size_t, uint16_t), void *context);
void ccurl_exchange_free(ccurl_exchange *exchange);
CURLcode ccurl_exchange_attach(CURL *curl, ccurl_exchange *exchange);

/* Instead of keeping the body: `head(context)` once the answer's head is there, then `piece(context, bytes, length)` as
   the body comes, which may block; about once a second `should_stop(context)`. 0 from the first two, or nonzero from the
   last, ends the transfer. */
CURLcode ccurl_exchange_relay(CURL *curl, ccurl_exchange *exchange, int (*head)(void *),
                              int (*piece)(void *, const uint8_t *, size_t), int (*should_stop)(void *), void *context);
/* Of the last status line; 0 before there was one. */
long ccurl_exchange_status(const ccurl_exchange *exchange);

/* Borrows `bytes` until the transfer ends. */
CURLcode ccurl_set_body(CURL *curl, const uint8_t *bytes, size_t length);

const uint8_t *ccurl_exchange_body(const ccurl_exchange *exchange, size_t *length);
/* The lines of the last answer's head, its status line first. */
const char *ccurl_exchange_headers(const ccurl_exchange *exchange, size_t *length);
int ccurl_exchange_was_refused(const ccurl_exchange *exchange);
int ccurl_exchange_was_too_large(const ccurl_exchange *exchange);

#endif
