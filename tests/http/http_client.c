/*
 * http_client.c: bytes on standard input to a server on this machine, its
 * answer to standard output: the client that tests of siamese serve need, which
 * sends what no good client would.
 *
 *   http_client PORT                     all at once; reads until the server
 *                                        closes
 *   http_client PORT every MS            a byte each MS milliseconds
 *   http_client PORT until FILE          all but the last 9 bytes, and those
 *                                        when there is such a file
 *   http_client PORT flood BYTES         then so many bytes more
 *   http_client PORT chunks BYTES        the same, as chunks of a body
 *   http_client PORT hold SECONDS        then nothing, for so long at most
 *   http_client PORT junk COUNT SEED     changed ones, as many, on connections
 *                                        that it opens and leaves as it likes;
 *                                        a seed's are the same in every run
 *
 * It goes on reading while it sends. The last line, on standard error, is how
 * many bytes it sent and after how many milliseconds the server closed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 65536, HEAD = 16 };

static char request[1 << 20], piece[HEAD + PIECE + 2];
static size_t piece_size, sent;
static int server, is_closed;

static long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static int open_server(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_port = htons((unsigned short)atoi(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server = socket(AF_INET, SOCK_STREAM, 0);
    return server >= 0 &&
           connect(server, (struct sockaddr *)&address, sizeof address) == 0;
}

/* Prints what has come, and waits for more as long as `milliseconds`, or until
 * the server takes bytes if `sends`. */
static void listen_for(long milliseconds, int sends)
{
    struct pollfd p = {.fd = server, .events = POLLIN};
    char answer[4096];

    if (sends) p.events |= POLLOUT;
    if (is_closed || poll(&p, 1, (int)milliseconds) <= 0) return;
    if (!(p.revents & (POLLIN | POLLHUP | POLLERR))) return;
    ssize_t const size = recv(server, answer, sizeof answer, 0);
    if (size > 0)
        fwrite(answer, 1, (size_t)size, stdout);
    else if (size == 0 || errno != EAGAIN)
        is_closed = 1;
}

static void give(const char *bytes, size_t size)
{
    while (size > 0 && !is_closed) {
        ssize_t const done =
            send(server, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
            sent += (size_t)done;
        } else if (errno != EAGAIN) {
            listen_for(1000, 0); /* what it said before it closed */
            is_closed = 1;
        }
        listen_for(size > 0 ? 1000 : 0, size > 0);
    }
}

static void give_slowly(size_t size, long milliseconds)
{
    for (size_t i = 0; i < size && !is_closed; i++) {
        long const next = now() + milliseconds;
        give(request + i, 1);
        while (!is_closed && now() < next) listen_for(next - now(), 0);
    }
}

static void give_until(size_t size, const char *file)
{
    size_t const first = size > 9 ? size - 9 : 0;

    give(request, first);
    while (!is_closed && access(file, F_OK) != 0) listen_for(20, 0);
    give(request + first, size - first);
}

static void give_many(size_t count, int is_chunked)
{
    memset(piece, 'x', sizeof piece);
    piece_size = PIECE;
    if (is_chunked) {
        int const head = snprintf(piece, HEAD, "%x\r\n", (unsigned)PIECE);
        memset(piece + head, 'x', PIECE);
        memcpy(piece + head + PIECE, "\r\n", 2);
        piece_size = (size_t)head + PIECE + 2;
    }
    for (size_t i = 0; i < count && !is_closed; i += PIECE)
        give(piece, piece_size);
}

/* ---- junk ---- */

static unsigned long long junk_state;

/* SplitMix64 */
static size_t below(size_t bound)
{
    unsigned long long z = junk_state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (size_t)((z ^ (z >> 31)) % bound);
}

static const char *const good[] = {
    "GET /search?q=oak+desk&k=3&explain=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /encode?q=caf%C3%A9&side=item HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /metrics HTTP/1.0\r\nHost: [::1]\r\nOrigin: http://[::1]\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "POST /items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
    "secret\r\n"
    "Content-Type: application/json\r\nContent-Length: 53\r\n\r\n"
    "{\"add\": [{\"id\": \"x\", \"title\": \"red\"}], \"remove\": [\"x\"]}",
    "POST /items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
    "secret\r\n"
    "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"add\r\n0\r\n\r\n"};
static const char *const bits[] = {"\r\n",
                                   "%",
                                   "%00",
                                   "%ff",
                                   ":",
                                   " ",
                                   "&k=99999",
                                   "q=",
                                   "HTTP/1.1",
                                   "\x01",
                                   "Content-Length: 99999999999\r\n",
                                   "Transfer-Encoding: chunked\r\n",
                                   "Expect: 100-continue\r\n",
                                   "\xff\xff\xff\xff\xff\xff\xff\xff"};

/* One of the good ones, changed in up to four places, in `request`. */
static size_t make_junk(void)
{
    const char *const from = good[below(sizeof good / sizeof *good)];
    size_t size = strlen(from);

    memcpy(request, from, size);
    for (size_t changes = below(5); changes > 0; changes--) {
        size_t const at = below(size + 1);
        const char *const bit = bits[below(sizeof bits / sizeof *bits)];
        size_t const added = below(2) ? strlen(bit) : 0;
        size_t const gone = added ? 0 : below(size - at + 1) % 20;
        memmove(request + at + added, request + at + gone, size - at - gone);
        memcpy(request + at, bit, added);
        size += added - gone;
        if (size > 0) request[below(size)] ^= (char)(below(4) ? 0 : below(256));
    }
    return size;
}

static int send_junk(const char *port, long count)
{
    for (long i = 0; i < count; i++) {
        if (is_closed || below(20) == 0) {
            close(server);
            is_closed = 0;
            if (!open_server(port)) return 0;
        }
        give(request, make_junk());
        listen_for(2, 0); /* half a request has no answer */
    }
    return 1;
}

int main(int argc, char **argv)
{
    size_t const size = fread(request, 1, sizeof request, stdin);
    const char *const how = argc > 3 ? argv[2] : "";
    long const number = argc > 3 ? atol(argv[3]) : 0;
    long patience = 60000;

    if (argc < 2 || !open_server(argv[1])) {
        fprintf(stderr, "http_client: %s\n", strerror(errno));
        return 1;
    }
    long const start = now();
    if (strcmp(how, "junk") == 0 && argc > 4) {
        junk_state = strtoull(argv[4], NULL, 10);
        return !send_junk(argv[1], number);
    }
    fprintf(stderr, "connected\n");
    if (strcmp(how, "every") == 0)
        give_slowly(size, number);
    else if (strcmp(how, "until") == 0)
        give_until(size, argv[3]);
    else
        give(request, size);
    if (strcmp(how, "flood") == 0 || strcmp(how, "chunks") == 0)
        give_many((size_t)number, strcmp(how, "chunks") == 0);
    if (strcmp(how, "hold") == 0) patience = 1000 * number;
    while (!is_closed && now() - start < patience) listen_for(100, 0);
    fflush(stdout);
    fprintf(stderr, "sent %zu bytes, %s after %ld ms\n", sent,
            is_closed ? "closed" : "open", now() - start);
    close(server);
    return 0;
}
