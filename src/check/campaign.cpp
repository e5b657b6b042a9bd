#include "check/campaign.hpp"

#include <algorithm>
#include <utility>

#include "check/random.hpp"
#include "command/table.hpp"

namespace redouble::check {
namespace {

// How often each group is to be in focus, the sum of which is 1: such that as many commands come of
// each type, those counted in that come while another group is in focus.
std::map<command::Group, double> wishes_of(const std::map<command::Group, double>& groups) {
  constexpr double for_others = 0.05;
  constexpr double least = 0.01;
  constexpr double elsewhere = 1.0 / Generator::away;
  double types = 0;
  double of_types = 0;  // the part of them of requests of any group
  for (const auto& [group, part] : groups) {
    if (!is_of_values(group)) continue;
    ++types;
    of_types += part;
  }
  const double others = static_cast<double>(groups.size()) - types;
  const double each = (1 - for_others - elsewhere) + elsewhere * of_types;
  std::map<command::Group, double> wishes;
  for (const auto& [group, part] : groups) {
    const double wish = is_of_values(group) ? (each / types - elsewhere * part) / (1 - elsewhere)
                                            : for_others / others;
    wishes[group] = std::max(wish, least);
  }
  return wishes;
}

std::vector<command::Group> deck_of(const std::map<command::Group, double>& groups) {
  constexpr std::size_t size = 1000;
  const auto wishes = wishes_of(groups);
  std::map<command::Group, double> due;
  std::vector<command::Group> deck;
  while (deck.size() < size) {
    for (const auto& [group, wish] : wishes) due[group] += wish;
    const auto most = std::ranges::max_element(due, {}, [](const auto& one) { return one.second; });
    most->second -= 1;
    deck.push_back(most->first);
  }
  return deck;
}

std::string kind_of(const Sequence& least, const Mismatch& mismatch) {
  std::string kind = mismatch.where.substr(0, 5);
  for (const Request& request : least) kind += " " + request.front();
  for (char& c : kind) c = static_cast<char>(c | 0x20);
  return kind;
}

}  // namespace

bool is_of_values(command::Group group) {
  using enum command::Group;
  switch (group) {
    case string:
    case generic:
    case list:
    case set:
    case sorted_set:
    case hash:
    case hyperloglog:
    case geo:
    case stream:
    case bitmap:
      return true;
    default:
      return false;
  }
}

// What one thread has of its own.
class Campaign::Worker {
 public:
  Worker(Campaign& campaign, const Target& ours, const Target& reference,
         const Generator::Wanted& wanted)
      : campaign_(campaign),
        generator_(campaign.plan_.seed, wanted),
        random_(campaign.plan_.seed),
        protocol2_(ours, reference, 2, campaign.plan_.databases),
        protocol3_(ours, reference, 3, campaign.plan_.databases) {
    const auto& wants = campaign.plan_.wanted;
    wants_tracking_ = !wants || wants("client|caching");
  }

  void carry_out(command::Group group, std::uint64_t seed) {
    random_ = Random(seed);
    generator_.begin(random_.next(), group);
    const int protocol = random_.one_in(2) ? 2 : 3;
    run(protocol, make(protocol));
  }

  // One short sequence, mistakes and all.
  void make_up() {
    constexpr std::size_t size = 10;
    Sequence sequence;
    while (sequence.size() < size) sequence.push_back(generator_.next());
    run(2, sequence);
  }

  const Generator& generator() const { return generator_; }
  std::uint64_t sequences() const { return sequences_; }
  const Differential& protocol2() const { return protocol2_; }
  const Differential& protocol3() const { return protocol3_; }

 private:
  Sequence make(int protocol) {
    constexpr std::size_t usual_size = 500;
    constexpr std::size_t sometimes_size = 1500;
    constexpr std::size_t part_size = 80;
    const std::size_t size = 1 + random_.below(random_.one_in(4) ? sometimes_size : usual_size);
    Sequence sequence = generator_.prologue();
    sequence.reserve(size + size / 8);
    while (sequence.size() < size) {
      set_back(protocol, sequence);
      for (std::size_t left = 1 + random_.below(part_size); left > 0; --left) {
        sequence.push_back(generator_.next());
      }
    }
    return sequence;
  }

  void set_back(int protocol, Sequence& sequence) {
    if (!random_.one_in(4) && !sequence.empty()) {
      if (has_transactions_ && random_.one_in(2)) sequence.push_back({"EXEC"});
      sequence.push_back({"RESET"});
      if (protocol == 3) sequence.push_back({"HELLO", "3"});
    }
    // Only so CLIENT CACHING is anything but an error.
    if (wants_tracking_ && random_.one_in(100)) {
      sequence.push_back({"CLIENT", "TRACKING", "ON", "OPTIN"});
      sequence.push_back(generator_.of("client|caching"));
      sequence.push_back({"GET", "a"});
    }
  }

  void run(int protocol, const Sequence& sequence) {
    Differential& differential = protocol == 3 ? protocol3_ : protocol2_;
    ++sequences_;
    auto seen = differential.run(sequence);
    if (!seen) return;
    auto [least, mismatch] = differential.shrink(sequence, std::move(*seen));
    campaign_.report(protocol, std::move(least), std::move(mismatch));
  }

  Campaign& campaign_;
  Generator generator_;
  Random random_;
  Differential protocol2_;
  Differential protocol3_;
  bool wants_tracking_ = true;
  bool has_transactions_ = command::CommandTable::standard().find("exec") != nullptr;
  std::uint64_t sequences_ = 0;
};

Campaign::Campaign(Plan plan) : plan_(std::move(plan)) {
  const Generator generator(plan_.seed, plan_.wanted);
  deck_ = deck_of(generator.groups());
  counts_ = generator.counts();
}

bool Campaign::goes_on() const { return found_ < plan_.most_finds && Clock::now() < plan_.end; }

void Campaign::work(const Target& ours, const Target& reference) {
  Worker worker(*this, ours, reference, plan_.wanted);
  while (goes_on()) {
    const std::size_t sequence = next_++;
    if (sequence >= plan_.sequences) break;
    worker.carry_out(deck_[sequence % deck_.size()], scatter(plan_.seed) + sequence);
  }
  add(worker);
}

void Campaign::make_up(const Target& ours, const Target& reference) {
  const std::vector<std::string> left = missing();
  if (left.empty()) return;
  Worker worker(*this, ours, reference, [&](std::string_view name) {
    return std::ranges::any_of(left, [&](const std::string& path) {
      return path == name || path.starts_with(std::string(name) + "/");
    });
  });
  constexpr int most = 500;
  for (int more = 0; more < most && goes_on() && !worker.generator().missing().empty(); ++more) {
    worker.make_up();
  }
  add(worker);
}

// The same difference is told once: by the words that its requests begin with.
void Campaign::report(int protocol, Sequence least, Mismatch mismatch) {
  const std::scoped_lock lock(mutex_);
  if (!kinds_.insert(kind_of(least, mismatch)).second) return;
  finds_.push_back({protocol, std::move(least), std::move(mismatch)});
  ++found_;
}

void Campaign::add(const Worker& worker) {
  const std::scoped_lock lock(mutex_);
  sequences_ += worker.sequences();
  for (const auto& [path, count] : worker.generator().counts()) counts_[path] += count;
  for (const Differential* one : {&worker.protocol2(), &worker.protocol3()}) {
    commands_ += one->commands();
    for (const auto& [row, tally] : one->tallies()) {
      tallies_[row].answered += tally.answered;
      tallies_[row].without_error += tally.without_error;
    }
  }
}

std::map<command::Group, std::uint64_t> Campaign::commands_by_group() const {
  std::map<command::Group, std::uint64_t> commands;
  for (const command::Group group : deck_) commands[group] = 0;
  for (const auto& [row, tally] : tallies_) commands[row->group] += tally.answered;
  return commands;
}

}  // namespace redouble::check
