#include "check/differential.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "check/difference.hpp"
#include "check/random_setting.hpp"
#include "check/reply_text.hpp"
#include "check/settler.hpp"
#include "command/table.hpp"
#include "runtime/mutant.hpp"

namespace redouble::check {
namespace {

using resp::Reply;

// A long reply keeps its beginning and its end.
std::string shortened(std::string text) {
  constexpr std::size_t shown = 400;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() <= 2 * shown) return text;
  return text.substr(0, shown) + " ... " + text.substr(text.size() - shown);
}

std::string text_of(const Reply& reply) {
  std::string type = reply.type == Reply::Type::push ? "(push) " : "";
  if (reply.type == Reply::Type::simple) type = "(status) ";
  if (reply.type == Reply::Type::verbatim) type = "(verbatim) ";
  if (reply.type == Reply::Type::null_array) type = "(null array) ";
  return shortened(type + to_text(reply));
}

std::string end_of(const Answers& answers) {
  if (!answers.trouble.empty()) return "(" + answers.trouble + ")";
  return answers.closed ? "(connection closed)" : "(no more)";
}

std::set<std::string> texts_of(const Reply& keys) {
  std::set<std::string> texts;
  for (const Reply& key : keys.elements) texts.insert(key.text);
  return texts;
}

// So many keys that SCAN ends with the first call.
constexpr const char* whole_walk = "1000000";

std::set<std::string> walked(const Reply& scan) {
  return scan.elements.size() == 2 ? texts_of(scan.elements[1]) : std::set<std::string>();
}

}  // namespace

Differential::Differential(Target ours, Target reference, int protocol, int databases)
    : ours_(std::move(ours)),
      reference_(std::move(reference)),
      protocol_(protocol),
      databases_(databases) {}

void Differential::begin() {
  Sequence requests{{"CLIENT", "UNPAUSE"}, {"FLUSHALL"}, {"DEBUG", "SET-ACTIVE-EXPIRE", "1"}};
  for (Request& request : restoring_requests()) requests.push_back(std::move(request));
  requests.push_back({"CONFIG", "RESETSTAT"});
  if (protocol_ == 3) requests.push_back({"HELLO", "3"});
  const std::string bytes = request_bytes(requests);
  for (const Target* target : {&ours_, &reference_}) {
    target->renew();
    target->ask(bytes, requests.size());
  }
}

void Differential::count(const Request& request, bool is_error) {
  ++commands_;
  const std::vector<std::string_view> args(request.begin(), request.end());
  const command::Row* row = command::CommandTable::standard().resolve(args);
  if (row == nullptr) return;
  Tally& tally = tallies_[row];
  ++tally.answered;
  if (!is_error) ++tally.without_error;
}

std::optional<Mismatch> Differential::compare(std::string_view where,
                                              std::span<const Request> requests,
                                              std::vector<Reply>* replies) {
  std::string bytes = request_bytes(requests);
  const Request last{"PING", std::string(end_of_batch)};
  bytes += request_bytes(std::span(&last, 1));
  Answers ours = ours_.ask(bytes, requests.size() + 1);
  Answers reference = reference_.ask(bytes, requests.size() + 1);
  if (std::ranges::any_of(requests, has_late_pushes)) {
    for (Answers* answers : {&ours, &reference}) {
      std::erase_if(answers->replies, [](const Reply& r) { return r.type == Reply::Type::push; });
    }
  }
  std::size_t answered = 0;
  for (std::size_t index = 0;; ++index) {
    const bool have_ours = index < ours.replies.size();
    const bool have_reference = index < reference.replies.size();
    const bool ended = !have_ours && !have_reference;
    const Request& request = answered < requests.size() ? requests[answered] : last;
    bool same = have_ours == have_reference;
    if (ended) same = ours.closed == reference.closed && ours.trouble == reference.trouble;
    if (!ended && same) {
      const Reply& mine = ours.replies[index];
      const Reply& real = reference.replies[index];
      const bool push = mine.type == Reply::Type::push || real.type == Reply::Type::push;
      same = push ? mine == real : same_reply(request, mine, real);
    }
    if (!same) {
      return Mismatch{std::string(where) + " " + std::to_string(answered + 1), request,
                      have_ours ? text_of(ours.replies[index]) : end_of(ours),
                      have_reference ? text_of(reference.replies[index]) : end_of(reference)};
    }
    if (ended) break;
    if (ours.replies[index].type == Reply::Type::push) continue;
    if (counting_ && answered < requests.size()) count(request, ours.replies[index].is_error());
    ++answered;
  }
  if (replies != nullptr) *replies = std::move(ours.replies);
  return std::nullopt;
}

std::optional<Mismatch> Differential::compare_state() {
  if (mutant("differential_without_state")) return std::nullopt;
  for (const Target* target : {&ours_, &reference_}) target->renew();
  const std::vector<Request> per_database{
      {"KEYS", "*"},
      {"SCAN", "0", "COUNT", whole_walk},
      {"SCAN", "0", "COUNT", whole_walk, "TYPE", "string"},
      {"SCAN", "0", "COUNT", whole_walk, "TYPE", "stream"},
  };
  Sequence questions{{"INFO", "commandstats"}, {"INFO", "errorstats"}};
  const std::size_t before = questions.size();
  for (int database = 0; database < databases_; ++database) {
    questions.push_back({"SELECT", std::to_string(database)});
    questions.insert(questions.end(), per_database.begin(), per_database.end());
  }
  questions.push_back({"INFO", "keyspace"});
  std::vector<Reply> replies;
  if (auto found = compare("state", questions, &replies)) return found;
  if (replies.size() < questions.size()) {
    return Mismatch{"state", questions[replies.size()], "neither server answers", "neither does"};
  }
  Sequence details;
  for (int database = 0; database < databases_; ++database) {
    const std::size_t first =
        before + static_cast<std::size_t>(database) * (per_database.size() + 1) + 1;
    const std::set<std::string> names = texts_of(replies[first]);
    if (names.empty()) continue;
    details.push_back({"SELECT", std::to_string(database)});
    Request digests{"DEBUG", "DIGEST-VALUE"};
    for (const std::string& name : names) {
      details.push_back({"TYPE", name});
      details.push_back({"OBJECT", "ENCODING", name});
      details.push_back({"OBJECT", "REFCOUNT", name});
      details.push_back({"PEXPIRETIME", name});
      digests.push_back(name);
    }
    details.push_back(std::move(digests));
    for (const std::string& name : walked(replies[first + 2])) details.push_back({"GET", name});
    // The digest leaves groups out.
    for (const std::string& name : walked(replies[first + 3])) {
      details.push_back({"XINFO", "STREAM", name, "FULL", "COUNT", "0"});
    }
  }
  if (details.empty()) return std::nullopt;
  return compare("state", details);
}

std::optional<Mismatch> Differential::run(const Sequence& sequence) {
  begin();
  if (auto found = compare("reply", sequence)) return found;
  const bool counted = std::exchange(counting_, false);
  auto found = compare_state();
  counting_ = counted;
  return found;
}

std::pair<Sequence, Mismatch> Differential::shrink(const Sequence& sequence, Mismatch seen) {
  const bool counted = std::exchange(counting_, false);
  std::optional<Mismatch> mismatch;
  const Sequence least = shortest(sequence, [&](const Sequence& candidate) {
    if (std::ranges::any_of(candidate, has_near_deadline)) return false;
    auto found = run(candidate);
    if (!found) return false;
    mismatch = std::move(found);
    return true;
  });
  // Once more, so that the mismatch is that of the sequence given.
  if (auto found = run(least)) mismatch = std::move(found);
  counting_ = counted;
  if (!mismatch) seen.where += " (seen once, not again)";
  return {least, mismatch ? *mismatch : seen};
}

std::string request_bytes(std::span<const Request> requests) {
  std::string bytes;
  std::size_t words = 0;
  for (const Request& request : requests) words += 1 + request.size();
  constexpr std::size_t usual_word = 16;
  bytes.reserve(words * usual_word);
  for (const Request& request : requests) {
    bytes += "*" + std::to_string(request.size()) + "\r\n";
    for (const std::string& word : request) {
      bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
  }
  return bytes;
}

std::string as_redis_cli(std::span<const Request> requests) {
  std::string text;
  for (const Request& request : requests) {
    for (std::size_t word = 0; word < request.size(); ++word) {
      if (word > 0) text += ' ';
      text += quote_word(request[word]);
    }
    text += '\n';
  }
  return text;
}

std::string describe(const Sequence& sequence, const Mismatch& mismatch) {
  std::string text = as_redis_cli(sequence);
  text += "# " + mismatch.where + ", to: " + as_redis_cli(std::span(&mismatch.request, 1));
  text += "#   ours: " + mismatch.ours + "\n#   real: " + mismatch.reference + "\n";
  return text;
}

}  // namespace redouble::check
