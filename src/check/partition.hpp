// Partition: a history cut into parts that can be judged one by one.
//
// Keys that one operation touches together belong to one component, and so, transitively, do all
// that are joined by any operation of the history: MSET a b and RENAME b c make {a, b, c} one part.
// Then a history is linearizable exactly when each part is, because no operation of one part sees
// or changes what another one touches. Cutting by single keys is right only where every operation
// has one key: with MSET half seen, each key's own history looks fine.
//   M. Herlihy, J. M. Wing, 1990 (locality of linearizability).
//   A. Horn, D. Kroening: Faster linearizability checking via P-compositionality. FORTE 2015.
//
// A command on the whole keyspace (FLUSHALL, DBSIZE, SCAN) joins everything: such a history is
// refused here, and must be judged whole. Operations without keys (PING) make one part of their
// own. Thread safety: none needed.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "check/history.hpp"
#include "check/linearizability.hpp"

namespace redouble::check {

// What an operation touches.
struct Keys {
  bool all = false;  // the whole keyspace, or keys that are not known beforehand
  std::vector<std::string> names;
};

// `keys` holds one element for each operation of the history. The error names the operation that
// touches the whole keyspace.
std::expected<std::vector<History>, std::string> partition_by_keys(const History& history,
                                                                   const std::vector<Keys>& keys);

template <typename KeysOf>
std::expected<std::vector<History>, std::string> partition(const History& history,
                                                           KeysOf&& keys_of) {
  std::vector<Keys> keys;
  keys.reserve(history.size());
  for (const Operation& operation : history) keys.push_back(keys_of(operation.request));
  return partition_by_keys(history, keys);
}

// The judgement of a history in parts. Not linearizable where one part is not; unknown where none
// is that, and one is unknown.
struct PartsJudgement {
  Verdict verdict = Verdict::linearizable;
  std::size_t parts = 0;
  std::size_t unknown_parts = 0;
  std::uint64_t steps = 0;
  // The first part that is not linearizable, or else the first unknown one.
  History worst_part;
  Judgement worst;
};

template <Model M>
PartsJudgement check_parts(M& model, const std::vector<History>& parts, Budget budget = {}) {
  PartsJudgement all;
  all.parts = parts.size();
  for (const History& part : parts) {
    Judgement judgement = check(model, part, budget);
    all.steps += judgement.steps;
    if (judgement.verdict == Verdict::unknown) ++all.unknown_parts;
    const bool worse =
        judgement.verdict != Verdict::linearizable &&
        (all.verdict == Verdict::linearizable || judgement.verdict == Verdict::not_linearizable);
    if (worse && all.verdict != Verdict::not_linearizable) {
      all.verdict = judgement.verdict;
      all.worst_part = part;
      all.worst = std::move(judgement);
    }
  }
  return all;
}

}  // namespace redouble::check
