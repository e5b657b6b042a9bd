#include "command/client_info.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace redouble::command {
namespace {

std::string flags_of(const instance::Client& client) {
  std::string flags;
  if (client.close_after_reply) flags += 'c';
  if (client.tracking.on) flags += 't';
  if (client.tracking.broken_redirect) flags += 'R';
  if (client.tracking.broadcast) flags += 'B';
  if (client.unix_socket) flags += 'U';
  if (client.no_evict) flags += 'e';
  return flags.empty() ? "N" : flags;
}

std::int64_t redirect_of(const instance::Client& client) {
  return client.tracking.on ? static_cast<std::int64_t>(client.tracking_redirect) : -1;
}

}  // namespace

std::string client_line(const instance::Client& client, const Call& call) {
  const std::int64_t now = call.now_ms();
  std::string line = fmt::format(
      "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub=0 psub=0 ssub=0 "
      "multi=-1 ",
      client.id, client.address, client.local_address, client.descriptor, client.name,
      (now - client.created_ms) / 1000, (now - client.active_ms) / 1000, flags_of(client),
      client.database);
  line += fmt::format(
      "qbuf={} qbuf-free=0 argv-mem=0 multi-mem=0 rbs={} rbp={} obl=0 oll=0 omem={} tot-mem={} "
      "events=r cmd={} user={} redir={} resp={}",
      client.query_bytes, client.output_bytes, client.output_bytes, client.output_bytes,
      sizeof(client) + client.query_bytes + client.output_bytes, client.last_command, client.user,
      redirect_of(client), client.protocol);
  // Nobody can have set them: CLIENT SETINFO is of 7.2, and not among the commands here.
  if (call.settings().compat_version >= instance::CompatVersion::v7_2)
    line += " lib-name= lib-ver=";
  line += '\n';
  return line;
}

bool is_client_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c >= '!' && c <= '~'; });
}

void refuse_client_name(Call& call) {
  call.error("ERR Client names cannot contain spaces, newlines or special characters.");
}

}  // namespace redouble::command
