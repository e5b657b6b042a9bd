/* The same from C: bytes of the wire in, bytes of the wire out. */
#include <redouble.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  const char* request = "SET greeting hello EX 10\r\nGET greeting\r\n";
  const char* reply = NULL;
  redouble_redis* redis = redouble_open("");
  redouble_client* client = redouble_connect(redis);
  const ptrdiff_t size = redouble_send(client, request, strlen(request), &reply);
  if (size < 0) return 1;
  fwrite(reply, 1, (size_t)size, stdout);
  redouble_disconnect(client);
  redouble_close(redis);
  return 0;
}
