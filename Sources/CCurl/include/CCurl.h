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

/* The last SMTP status, QUIT's excepted; 0 before the greeting. */
long ccurl_response_code(CURL *curl);

#endif
