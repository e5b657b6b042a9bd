// The handlers of the group geo: one function a command, named as it is.
//
// Each runs one request of its row (command/rows_geo.cpp) on what the Call holds, and writes
// exactly one reply. The arity is checked before; so are the locks of the keys that the row finds.
#pragma once

namespace redouble::command {
struct Call;
}

namespace redouble::command::geo_group {

void geoadd(Call& call);
void geodist(Call& call);
void geohash(Call& call);
void geopos(Call& call);
void georadius(Call& call);
void georadius_ro(Call& call);
void georadiusbymember(Call& call);
void georadiusbymember_ro(Call& call);
void geosearch(Call& call);
void geosearchstore(Call& call);

}  // namespace redouble::command::geo_group
