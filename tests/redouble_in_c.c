/* Compiled as C only: redouble.h must be C. */
#include "redouble.h"

int use_everything(const char* bytes, size_t size);

int use_everything(const char* bytes, size_t size) {
  const char* reply = NULL;
  redouble_redis* redis = redouble_open(NULL);
  redouble_client* client = redouble_connect(redis);
  const ptrdiff_t given = redouble_send(client, bytes, size, &reply);
  const int64_t now = redouble_now_ms(redis);
  const int failed = redouble_advance_ms(redis, 1);
  redouble_disconnect(client);
  redouble_close(redis);
  return given < 0 || now < 0 || failed != 0 || redouble_error() == NULL;
}
