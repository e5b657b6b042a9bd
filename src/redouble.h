/* redouble in C: a Redis inside your own process, for every language that can call C.
 *
 * What redouble.hpp says holds here too. Bytes go in as RESP and come out as RESP.
 * Thread safety: a redouble may be used from any thread, a client by one thread at a time.
 * Errors: a NULL or a negative result; redouble_error() tells the last one of the calling thread.
 */
#ifndef REDOUBLE_H
#define REDOUBLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct redouble_redis redouble_redis;
typedef struct redouble_client redouble_client;

/* `configuration`: lines of a configuration file, or NULL. */
redouble_redis* redouble_open(const char* configuration);
/* Clients that are still connected stay usable. */
void redouble_close(redouble_redis* redis);

redouble_client* redouble_connect(redouble_redis* redis);
void redouble_disconnect(redouble_client* client);

/* Hands over `size` bytes of requests; `*reply` gets the bytes that come back, which belong to the
 * client and are valid until its next call. Gives their number, or -1. */
ptrdiff_t redouble_send(redouble_client* client, const char* bytes, size_t size,
                        const char** reply);

/* Moves the clock forward; returns when all that became due has happened. 0, or -1. */
int redouble_advance_ms(redouble_redis* redis, int64_t milliseconds);
int64_t redouble_now_ms(const redouble_redis* redis);

const char* redouble_error(void);

#ifdef __cplusplus
}
#endif

#endif
