// Histories made by an atomic object under random interleavings: each operation happens at one
// moment between its call and its return, so every one of them is linearizable by construction.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "check/history.hpp"
#include "check/random.hpp"
#include "check/string_model.hpp"

namespace redouble::check {

struct Shape {
  std::size_t clients = 3;
  std::size_t operations = 10;  // of each client
  std::size_t dies_one_in = 0;  // 0: no connection dies; a client whose connection died goes on
};

// Each tick moves one client by one stage: it calls, the operation happens, it returns. A dead
// connection's operation happens later, or not at all.
inline History atomic_history(const Shape& shape, Random& random,
                              const std::function<Request(Random&)>& next_request) {
  enum class Stage { idle, called, happened };
  struct Client {
    Stage stage = Stage::idle;
    Operation operation;
    std::size_t left;
  };
  const StringModel model;
  StringModel::State state = model.initial();
  std::vector<Client> clients(shape.clients);
  for (Client& client : clients) client.left = shape.operations;
  std::vector<Operation> dead;
  History history;
  Ticket now = 0;
  std::size_t busy = shape.clients;
  while (busy > 0) {
    const std::size_t index = random.below(shape.clients);
    Client& client = clients[index];
    if (!dead.empty() && random.one_in(8)) {
      if (random.one_in(2)) model.run(state, dead.back().request);
      dead.pop_back();
    }
    switch (client.stage) {
      case Stage::idle:
        if (client.left == 0) continue;
        client.operation = {
            static_cast<std::uint32_t>(index), next_request(random), {}, ++now, never};
        client.stage = Stage::called;
        break;
      case Stage::called:
        if (shape.dies_one_in > 0 && random.one_in(shape.dies_one_in)) {
          dead.push_back(client.operation);
          history.push_back(client.operation);
          client.stage = Stage::idle;
          if (--client.left == 0) --busy;
          break;
        }
        client.operation.reply = model.run(state, client.operation.request);
        client.stage = Stage::happened;
        break;
      case Stage::happened:
        client.operation.returned = ++now;
        history.push_back(client.operation);
        client.stage = Stage::idle;
        if (--client.left == 0) --busy;
        break;
    }
  }
  return history;
}

// Requests of the string model over `keys` keys; values are mostly different from each other.
inline Request string_request(Random& random, std::size_t keys) {
  const auto key = [&] { return "k" + std::to_string(random.below(keys)); };
  const auto value = [&] { return std::to_string(random.below(1000)); };
  switch (random.below(14)) {
    case 0:
      return {"SET", key(), value()};
    case 1:
      return {"SET", key(), value(), random.one_in(2) ? "NX" : "XX", "GET"};
    case 2:
      return {"GETDEL", key()};
    case 3:
      return {"APPEND", key(), std::to_string(random.below(10))};
    case 4:
      return {"INCR", key()};
    case 5:
      return {"GETSET", key(), value()};
    case 6:
      return {"STRLEN", key()};
    case 7:
      return {"MSET", key(), value(), key(), value()};
    case 8:
      return {"MGET", key(), key()};
    case 9:
      return {"RENAME", key(), key()};
    case 10:
      return {"DEL", key()};
    case 11:
      return {"EXPIRE", key(), "10"};
    case 12:
      return {"TTL", key()};
    default:
      return {"GET", key()};
  }
}

}  // namespace redouble::check
