/* serve_run.h: a server from its start to its end: listens, says where, reloads
 * and stops as signals ask. */
#ifndef SERVE_RUN_H
#define SERVE_RUN_H

#include "serve/serve_server.h"

/* A socket that listens at the server's address, and its port: any free one if
 * it is 0. The command ends if it cannot be had. */
int serve_listen(const serve_server *server, size_t *port);

/* Serves on the socket until a signal asks for the end. */
void serve_run(serve_server *server, int socket, size_t port);

#endif
