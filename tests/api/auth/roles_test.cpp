#include "api/auth/roles.hpp"

#include <gtest/gtest.h>

namespace weir::auth {
namespace {

using enum Permission;

constexpr Permission every_permission[] = {append_events,   use_uploads,       read_views,          export_events,
                                           write_documents, read_dead_letters, replay_dead_letters, erase_cases,
                                           read_audit,      manage_access,     use_session};

TEST(Roles, HaveNamesThatReadBack) {
  for (const auto role : {Role::admin, Role::analyst, Role::viewer, Role::producer}) {
    EXPECT_EQ(role_of(name_of(role)), role);
  }
  EXPECT_FALSE(role_of("root"));
  EXPECT_FALSE(role_of("Admin"));
  EXPECT_FALSE(role_of(""));
}

TEST(Roles, AdminMayDoEverything) {
  for (const auto permission : every_permission) EXPECT_TRUE(allows(Role::admin, permission));
}

TEST(Roles, OnlyAdminErasesReadsTheAuditAndKeepsUsers) {
  for (const auto role : {Role::analyst, Role::viewer, Role::producer}) {
    EXPECT_FALSE(allows(role, erase_cases));
    EXPECT_FALSE(allows(role, read_audit));
    EXPECT_FALSE(allows(role, manage_access));
    EXPECT_TRUE(allows(role, use_session));
  }
}

TEST(Roles, ViewerReadsViewsAndNothingElse) {
  for (const auto permission : every_permission) {
    EXPECT_EQ(allows(Role::viewer, permission), permission == read_views || permission == use_session);
  }
}

TEST(Roles, ProducerBringsEventsAndSeesNoView) {
  EXPECT_TRUE(allows(Role::producer, append_events));
  EXPECT_TRUE(allows(Role::producer, use_uploads));
  EXPECT_FALSE(allows(Role::producer, read_views));
  EXPECT_FALSE(allows(Role::producer, export_events));
}

TEST(Roles, RefusalIsForbiddenWhateverTheObject) {
  const Credential viewer{.workspace = "acme", .role = Role::viewer, .token_id = "1"};
  EXPECT_TRUE(authorise(viewer, read_views).ok());
  EXPECT_EQ(authorise(viewer, erase_cases).error().code, Code::forbidden);
}

}  // namespace
}  // namespace weir::auth
