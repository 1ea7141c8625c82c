/* serve_guard.c: headers in, whether the request may pass out. For the
 * routes. */
#include "serve/serve_guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum { NAME = 256, TOKEN = 4096 };

/* The name of "name:port" or "[address]:port" without its brackets; 0 if it is
 * neither. */
static int name_of(const char *host, char name[NAME])
{
    int const is_bracketed = *host == '[';
    size_t const size = strcspn(host += is_bracketed, is_bracketed ? "]" : ":");
    const char *rest = host + size;

    if (size == 0 || size >= NAME || (is_bracketed && *rest != ']')) return 0;
    memcpy(name, host, size);
    name[size] = '\0';
    rest += is_bracketed;
    if (*rest == ':') rest += 1 + strspn(rest + 1, "0123456789");
    return *rest == '\0';
}

static int is_address(const char *name)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, name, bytes) == 1 ||
           inet_pton(AF_INET6, name, bytes) == 1;
}

static int is_loopback(const char *name)
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, name, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, name, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static int is_among(const char *list, const char *name)
{
    size_t const size = strlen(name);

    while (list && *list) {
        size_t const one = strcspn(list, ",");
        if (one == size && strncasecmp(list, name, size) == 0) return 1;
        list += one + (list[one] == ',');
    }
    return 0;
}

/* A name that a stranger can let point here is not ours unless we were told so;
 * an address is nobody's to point. */
static int is_ours(const serve_guard *guard, const char *name)
{
    int const is_everywhere = strcmp(guard->address, "0.0.0.0") == 0 ||
                              strcmp(guard->address, "::") == 0;

    return strcasecmp(name, "localhost") == 0 || is_loopback(name) ||
           strcasecmp(name, guard->address) == 0 ||
           is_among(guard->hosts, name) || (is_everywhere && is_address(name));
}

/* Whether an origin is the very address that was asked. */
static int is_same_origin(const char *origin, const char *host)
{
    if (strncasecmp(origin, "http://", 7) == 0)
        return strcasecmp(origin + 7, host) == 0;
    return strncasecmp(origin, "https://", 8) == 0 &&
           strcasecmp(origin + 8, host) == 0;
}

int serve_guard_admits(const serve_guard *guard, const serve_request *request,
                       int is_page, serve_answer *answer)
{
    const char *const site = request->fetch_site;
    char name[NAME];

    if (!request->host || !name_of(request->host, name)) {
        serve_answer_error(answer, 400,
                           "Host: a name or an address, and perhaps a port, "
                           "is expected");
        return 0;
    }
    if (!is_ours(guard, name)) {
        serve_answer_error(answer, 403,
                           "Host: %s is not this server's; siamese serve "
                           "--host NAME adds a name",
                           name);
        return 0;
    }
    if (request->origin && !is_same_origin(request->origin, request->host)) {
        serve_answer_error(answer, 403,
                           "Origin: pages of %s may not ask this server",
                           request->origin);
        return 0;
    }
    if (!is_page && site && strcasecmp(site, "same-origin") != 0 &&
        strcasecmp(site, "none") != 0) {
        serve_answer_error(answer, 403,
                           "Sec-Fetch-Site: pages elsewhere may not ask this "
                           "server");
        return 0;
    }
    return 1;
}

/* In a time that depends on the given one's size alone. */
static int is_token(const serve_guard *guard, const char *given)
{
    size_t const size = strlen(given);
    size_t difference = size ^ guard->token_size;

    for (size_t i = 0; i < size; i++)
        difference |=
            (unsigned char)(given[i] ^ guard->token[i % guard->token_size]);
    return difference == 0;
}

int serve_guard_trusts(const serve_guard *guard, const serve_request *request,
                       serve_answer *answer)
{
    const char *const given = request->authorization;

    if (!guard->token) {
        serve_answer_error(answer, 403,
                           "items cannot be changed here: siamese serve was "
                           "started without --token-file");
        return 0;
    }
    if (!given || strncasecmp(given, "Bearer ", 7) != 0) {
        serve_answer_error(answer, 401,
                           "Authorization: Bearer and the token are expected");
        return 0;
    }
    if (!is_token(guard, given + 7 + strspn(given + 7, " "))) {
        serve_answer_error(answer, 401, "Authorization: this is not the token");
        return 0;
    }
    return 1;
}

void serve_guard_read_token(serve_guard *guard, const char *path)
{
    static const char space[] = " \t\r\n";
    char bytes[TOKEN + 1];
    FILE *const file = fopen(path, "rb");

    if (!file) cli_fail("cannot read %s: %s", path, strerror(errno));
    size_t const size = fread(bytes, 1, TOKEN, file);
    if (ferror(file)) cli_fail("cannot read %s: %s", path, strerror(errno));
    fclose(file);
    bytes[size] = '\0';
    char *const start = bytes + strspn(bytes, space);
    start[strcspn(start, space)] = '\0';
    if (*start == '\0') cli_fail("%s: a token is expected in it", path);
    if (size == TOKEN)
        cli_fail("%s: a token of fewer than %d bytes is expected", path,
                 (int)TOKEN);
    guard->token = cli_format("%s", start);
    guard->token_size = strlen(start);
}
