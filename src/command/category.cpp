#include "command/category.hpp"

#include "command/table.hpp"

namespace redouble::command {
namespace {

std::uint32_t by_flags(const Row& row) {
  std::uint32_t set = acl_bit((row.flags & fast) != 0 ? AclCategory::fast : AclCategory::slow);
  if ((row.flags & write) != 0) set |= acl_bit(AclCategory::write);
  // What a script reads is judged where the script runs it.
  if ((row.flags & readonly) != 0 && row.group != Group::scripting) {
    set |= acl_bit(AclCategory::read);
  }
  if ((row.flags & admin) != 0) {
    set |= acl_bit(AclCategory::admin) | acl_bit(AclCategory::dangerous);
  }
  if ((row.flags & pubsub) != 0) set |= acl_bit(AclCategory::pubsub);
  if ((row.flags & blocking) != 0) set |= acl_bit(AclCategory::blocking);
  return set;
}

std::uint32_t by_group(Group group) {
  switch (group) {
    case Group::string:
      return acl_bit(AclCategory::string);
    case Group::generic:
      return acl_bit(AclCategory::keyspace);
    case Group::list:
      return acl_bit(AclCategory::list);
    case Group::set:
      return acl_bit(AclCategory::set);
    case Group::sorted_set:
      return acl_bit(AclCategory::sorted_set);
    case Group::hash:
      return acl_bit(AclCategory::hash);
    case Group::transactions:
      return acl_bit(AclCategory::transaction);
    case Group::connection:
      return acl_bit(AclCategory::connection);
    case Group::scripting:
      return acl_bit(AclCategory::scripting);
    case Group::hyperloglog:
      return acl_bit(AclCategory::hyperloglog);
    case Group::geo:
      return acl_bit(AclCategory::geo);
    case Group::stream:
      return acl_bit(AclCategory::stream);
    case Group::bitmap:
      return acl_bit(AclCategory::bitmap);
    case Group::pubsub:  // by its flag
    case Group::server:
    case Group::cluster:
    case Group::double_:
      break;
  }
  return 0;
}

std::uint32_t by_row(std::uint32_t named) {
  struct Pair {
    Category named;
    AclCategory category;
  };
  constexpr Pair pairs[] = {
      {keyspace_category, AclCategory::keyspace}, {dangerous_category, AclCategory::dangerous},
      {admin_category, AclCategory::admin},       {connection_category, AclCategory::connection},
      {set_category, AclCategory::set},           {sorted_set_category, AclCategory::sorted_set},
      {list_category, AclCategory::list},
  };
  std::uint32_t set = 0;
  for (const Pair& pair : pairs) {
    if ((named & pair.named) != 0) set |= acl_bit(pair.category);
  }
  return set;
}

}  // namespace

std::uint32_t acl_categories(const Row& row) {
  std::uint32_t set = by_flags(row) | by_row(row.categories);
  if (!is_container(row) && (row.categories & not_by_group) == 0) set |= by_group(row.group);
  return set;
}

std::uint32_t acl_categories_named(std::string_view name) {
  for (std::size_t i = 0; i < acl_category_names.size(); ++i) {
    if (equals_lower(name, acl_category_names[i])) return 1u << i;
  }
  return 0;
}

}  // namespace redouble::command
