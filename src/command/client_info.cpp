#include "command/client_info.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace redouble::command {
namespace {

std::string flags_of(const instance::Client& client, const instance::Tracking& tracking) {
  std::string flags;
  if (client.close_after_reply) flags += 'c';
  if (client.blocked.load(std::memory_order_relaxed)) flags += 'b';
  if (client.tracking.on) flags += 't';
  if (tracking.redirect_broken(client)) flags += 'R';
  if (client.tracking.broadcast) flags += 'B';
  if (client.unix_socket) flags += 'U';
  if (client.no_evict) flags += 'e';
  if (client.no_touch) flags += 'T';
  return flags.empty() ? "N" : flags;
}

std::int64_t redirect_of(const instance::Client& client) {
  return client.tracking.on ? static_cast<std::int64_t>(client.tracking_redirect) : -1;
}

// As Redis keeps it: replies stand in a buffer of the client while they are written, and what the
// socket does not take, and what others send, in a list of blocks of the same size.
struct Outgoing {
  std::size_t buffered = 0;
  std::size_t listed = 0;
  std::size_t blocks = 0;

  Outgoing(const instance::Client& client, const Call& call) {
    constexpr std::size_t block_size = 16 * 1024;
    listed = client.unsent_bytes.load(std::memory_order_relaxed) + client.mailbox.bytes();
    if (&client == &call.client) {
      const std::size_t written = call.reply.output().size();
      buffered = std::min(written, block_size);
      listed += written - buffered;
    }
    blocks = (listed + block_size - 1) / block_size;
  }
};

std::size_t argument_bytes(const instance::Client& client, const Call& call) {
  std::size_t sum = 0;
  if (&client != &call.client) return sum;
  for (const std::string_view word : call.args) sum += word.size();
  return sum;
}

}  // namespace

std::string client_line(const instance::Client& client, const Call& call) {
  const std::int64_t now = call.now_ms();
  std::string line = fmt::format(
      "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub=0 psub=0 ssub=0 "
      "multi=-1 ",
      client.id, client.address, client.local_address, client.descriptor, client.name,
      (now - client.created_ms) / 1000, (now - client.active_ms) / 1000,
      flags_of(client, call.instance.tracking()), client.database);
  if (call.speaks(instance::CompatVersion::v7_4)) line += "watch=0 ";
  const std::size_t query = client.query_bytes.load(std::memory_order_relaxed);
  const Outgoing out(client, call);
  line += fmt::format(
      "qbuf={} qbuf-free=0 argv-mem={} multi-mem=0 rbs={} rbp={} obl={} oll={} omem={} tot-mem={} "
      "events={} cmd={} user={} redir={} resp={}",
      query, argument_bytes(client, call), out.buffered, out.buffered, out.buffered, out.blocks,
      out.listed, client_bytes(client, call),
      client.unsent_bytes.load(std::memory_order_relaxed) == 0 ? "r" : "rw", client.last_command,
      client.user, redirect_of(client), client.protocol);
  if (call.speaks(instance::CompatVersion::v7_2))
    line += fmt::format(" lib-name={} lib-ver={}", client.library_name, client.library_version);
  if (call.speaks(instance::CompatVersion::v8_0)) line += " io-thread=0";
  line += '\n';
  return line;
}

std::size_t client_bytes(const instance::Client& client, const Call& call) {
  const Outgoing out(client, call);
  return sizeof(client) + client.query_bytes.load(std::memory_order_relaxed) + out.buffered +
         out.listed;
}

bool is_client_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c >= '!' && c <= '~'; });
}

void refuse_client_name(Call& call) {
  call.error("ERR Client names cannot contain spaces, newlines or special characters.");
}

}  // namespace redouble::command
