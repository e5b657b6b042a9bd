// The consumer group against plain maps: deliveries, claims, acknowledgements and consumers that
// come and go, with copies in between.
#include "value/consumer_group.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace redouble::value::consumer_group_property {
namespace {

struct Held {
  std::string consumer;
  StreamDelivery delivery;
};
struct Model {
  std::map<StreamId, Held> pending;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> consumers;  // seen, active
  StreamId last_id;
  std::int64_t entries_read = 0;
};

std::string name_of(int number) {
  return number % 5 == 0 ? std::string(static_cast<std::size_t>(number) % 300, 'n')
                         : "consumer-" + std::to_string(number % 40);
}
StreamId id_of(int number) {
  return {static_cast<std::uint64_t>(number) / 3, static_cast<std::uint64_t>(number) % 3};
}

void compare(const ConsumerGroup& group, const Model& model) {
  group.check();
  RC_ASSERT(group.last_id() == model.last_id);
  RC_ASSERT(group.entries_read() == model.entries_read);
  RC_ASSERT(group.pending().size() == model.pending.size());
  auto at = group.pending_from(StreamId::lowest());
  for (const auto& [id, held] : model.pending) {
    RC_ASSERT(at->id == id);
    RC_ASSERT(at->consumer_name() == held.consumer);
    RC_ASSERT(at->delivery == held.delivery);
    RC_ASSERT(group.find(id) == &at.slot());
    at.next();
  }
  RC_ASSERT(!at.valid());
  RC_ASSERT(group.consumers().size() == model.consumers.size());
  auto expected = model.consumers.begin();
  group.consumers().for_each([&](const Consumer& consumer) {
    RC_ASSERT(consumer.name() == expected->first);
    RC_ASSERT(std::pair(consumer.seen_ms(), consumer.active_ms()) == expected->second);
    std::vector<StreamId> ids;
    for (const auto& [id, held] : model.pending) {
      if (held.consumer == expected->first) ids.push_back(id);
    }
    std::size_t place = 0;
    consumer.pending().for_each([&](const Consumer::PendingId& one) {
      RC_ASSERT(place < ids.size());
      RC_ASSERT(one.id == ids[place++]);
    });
    RC_ASSERT(place == ids.size());
    ++expected;
  });
}

struct World {
  ConsumerGroup group{"group", {}, 0};
  Model model;
  std::vector<std::pair<ConsumerGroup, Model>> copies;
  std::int64_t now_ms = 1000;

  void run(int kind, int number, int amount) {
    const std::string name = name_of(number);
    ++now_ms;
    switch (kind) {
      case 0:
      case 1:
      case 2:
        for (int i = 0; i < amount; ++i) assign(number + i, name, i % 7);
        break;
      case 3:
      case 4:
        for (int i = 0; i < amount; ++i) {
          const StreamId id = id_of(number + i);
          RC_ASSERT(group.acknowledge(id) == (model.pending.erase(id) == 1));
        }
        break;
      case 5:
        erase_consumer(name);
        break;
      case 6:
        add_consumer(name);
        group.note_consumer(name, now_ms, number % 2 == 0);
        model.consumers[name].first = now_ms;
        if (number % 2 == 0) model.consumers[name].second = now_ms;
        group.set_last_id(model.last_id = id_of(number));
        group.set_entries_read(model.entries_read = number);
        break;
      case 7:
        if (copies.size() < 3) copies.emplace_back(group, model);
        break;
      case 8:
        if (copies.empty()) break;
        std::swap(group, copies.back().first);
        std::swap(model, copies.back().second);
        if (number % 2 == 0) copies.pop_back();
        break;
      default:
        break;
    }
  }
  void add_consumer(const std::string& name) {
    const bool is_new = model.consumers.try_emplace(name, now_ms, Consumer::never_ms).second;
    RC_ASSERT(group.add_consumer(name, now_ms) == is_new);
  }
  void assign(int number, const std::string& name, int count) {
    add_consumer(name);
    const StreamDelivery delivery{.at_ms = now_ms, .count = count};
    group.assign(id_of(number), name, delivery);
    model.pending[id_of(number)] = {name, delivery};
  }
  void erase_consumer(const std::string& name) {
    if (group.consumer(name) == nullptr) {
      RC_ASSERT(!model.consumers.contains(name));
      return;
    }
    const std::size_t gone =
        std::erase_if(model.pending, [&](const auto& one) { return one.second.consumer == name; });
    model.consumers.erase(name);
    RC_ASSERT(group.erase_consumer(name) == gone);
  }
};

RC_GTEST_PROP(ConsumerGroupProperty, BehavesLikeMapsOfPendingEntriesAndConsumers, ()) {
  const auto steps = *rc::gen::scale(
      3.0, rc::gen::container<std::vector<std::tuple<int, int, int>>>(rc::gen::tuple(
               rc::gen::inRange(0, 9), rc::gen::resize(100, rc::gen::inRange(0, 900)),
               rc::gen::inRange(1, 200))));
  World world;
  for (const auto& [kind, number, amount] : steps) world.run(kind, number, amount);
  compare(world.group, world.model);
  for (const auto& [copy, model] : world.copies) compare(copy, model);
}

}  // namespace
}  // namespace redouble::value::consumer_group_property
