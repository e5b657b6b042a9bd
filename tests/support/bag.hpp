// Bag: the smallest value::Object: members without an order, of any type a test wants it to say.
//
// copy() shares the members; who adds or takes one copies them first, where they are shared.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "value/object.hpp"

namespace redouble::testing {

class Bag final : public value::Object {
 public:
  using Members = std::multiset<std::string>;

  explicit Bag(Members members, value::Type type = value::Type::set)
      : members_(std::make_shared<Members>(std::move(members))), type_(type) {}

  static value::ObjectRef make(Members members, value::Type type = value::Type::set) {
    return value::make_object<Bag>(std::move(members), type);
  }

  value::Type type() const override { return type_; }
  value::Encoding encoding() const override {
    return members_->size() > 2 ? value::Encoding::hashtable : value::Encoding::listpack;
  }
  std::size_t bytes() const override { return sizeof(Bag) + members_->size() * 100; }
  bool empty() const override { return members_->empty(); }
  value::ObjectRef copy() const override {
    auto made = make({}, type_);
    static_cast<Bag&>(*made).members_ = members_;
    return made;
  }
  void for_each_part(value::PartVisitor& visitor) const override {
    for (const std::string& member : *members_) {
      const std::string_view part = member;
      if (type_ == value::Type::list) {
        visitor.in_order(part);
      } else {
        visitor.any_order({&part, 1}, value::Deadline::never);
      }
    }
  }

  const Members& members() const { return *members_; }
  void add(std::string_view member) { own().emplace(member); }
  void take(std::string_view member) { own().erase(std::string(member)); }

 private:
  Members& own() {
    if (members_.use_count() > 1) members_ = std::make_shared<Members>(*members_);
    return *members_;
  }

  std::shared_ptr<Members> members_;
  value::Type type_;
};

}  // namespace redouble::testing
