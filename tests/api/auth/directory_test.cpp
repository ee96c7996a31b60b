#include "api/auth/directory.hpp"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "api/auth/directory_file.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::auth {
namespace {

const Time now = from_micros(1'767'225'600'000'000);

Directory with_ann_and_bob() {
  Directory directory;
  EXPECT_TRUE(directory.add("ann", "hash of ann", "acme", Role::admin, now));
  EXPECT_TRUE(directory.add("bob", "hash of bob", "acme", Role::viewer, now));
  EXPECT_TRUE(directory.give_role("bob", "other", Role::analyst));
  return directory;
}

Code code_of(const Result<void>& result) { return result.error().code; }

TEST(Directory, NamesOfUsers) {
  for (const auto* name : {"a", "0", "ann.lee@example.org", "x_y-z+1"}) EXPECT_TRUE(is_user_name(name)) << name;
  for (const auto* name : {"", "Ann", ".a", "@a", "-a", "a b", "a/b", "\xc3\xa4", "a\n"})
    EXPECT_FALSE(is_user_name(name)) << name;
  EXPECT_TRUE(is_user_name(std::string(64, 'a')));
  EXPECT_FALSE(is_user_name(std::string(65, 'a')));
}

TEST(Directory, PasswordsThatWillDo) {
  EXPECT_FALSE(fault_of_password("ten chars!", "ann"));
  EXPECT_FALSE(fault_of_password("ääääääääää", "ann"));
  EXPECT_FALSE(fault_of_password(std::string(1'024, 'x'), "ann"));
  EXPECT_TRUE(fault_of_password("nine char", "ann"));
  EXPECT_TRUE(fault_of_password("äääääääää", "ann"));  // 18 bytes, 9 characters
  EXPECT_TRUE(fault_of_password(std::string(1'025, 'x'), "ann"));
  EXPECT_TRUE(fault_of_password("ann.lee@example.org", "ann.lee@example.org"));
}

TEST(Directory, RefusesNamesThatAreNoneOrTaken) {
  Directory directory = with_ann_and_bob();
  EXPECT_EQ(code_of(directory.add("ann", "h", "other", Role::viewer, now)), Code::name_taken);
  EXPECT_EQ(code_of(directory.add("Ann", "h", "acme", Role::viewer, now)), Code::bad_request);
  EXPECT_EQ(code_of(directory.add("eve", "h", "Acme", Role::viewer, now)), Code::bad_request);
  EXPECT_EQ(code_of(directory.add("eve", "h", "_node", Role::admin, now)), Code::bad_request);
  EXPECT_EQ(code_of(directory.give_role("eve", "acme", Role::viewer)), Code::not_found);
  EXPECT_EQ(directory.users().size(), 2u);
}

TEST(Directory, RolesAreOfAWorkspace) {
  Directory directory = with_ann_and_bob();
  EXPECT_EQ(directory.find("bob")->role_in("acme"), Role::viewer);
  EXPECT_EQ(directory.find("bob")->role_in("other"), Role::analyst);
  EXPECT_EQ(directory.find("bob")->role_in("third"), std::nullopt);
  EXPECT_TRUE(directory.has_admin("acme"));
  EXPECT_FALSE(directory.has_admin("other"));
}

TEST(Directory, WhoLosesTheLastRoleIsRemoved) {
  Directory directory = with_ann_and_bob();
  ASSERT_TRUE(directory.take_role("bob", "acme"));
  EXPECT_EQ(code_of(directory.take_role("bob", "acme")), Code::not_found);
  ASSERT_NE(directory.find("bob"), nullptr);
  ASSERT_TRUE(directory.take_role("bob", "other"));
  EXPECT_EQ(directory.find("bob"), nullptr);
  EXPECT_EQ(code_of(directory.remove("bob")), Code::not_found);
}

TEST(Directory, ANewPasswordIsANewGenerationAndEndsTheLink) {
  Directory directory = with_ann_and_bob();
  const auto before = directory.find("ann")->generation;
  ASSERT_TRUE(directory.set_link("ann", {crypto::sha256("secret"), now + std::chrono::hours(1)}));
  ASSERT_TRUE(directory.set_password("ann", "new hash"));
  EXPECT_NE(directory.find("ann")->generation, before);
  EXPECT_EQ(directory.find("ann")->password_hash, "new hash");
  EXPECT_FALSE(directory.redeem_link("secret", now).ok());
}

TEST(Directory, ALinkIsGoodOnceAndInTime) {
  Directory directory = with_ann_and_bob();
  ASSERT_TRUE(directory.set_link("bob", {crypto::sha256("secret"), now + std::chrono::hours(1)}));
  EXPECT_FALSE(directory.redeem_link("other", now).ok());
  EXPECT_EQ(directory.redeem_link("secret", now + std::chrono::minutes(59)).value(), "bob");
  EXPECT_EQ(directory.redeem_link("secret", now).error().code, Code::wrong_password);
  ASSERT_TRUE(directory.set_link("bob", {crypto::sha256("secret"), now + std::chrono::hours(1)}));
  EXPECT_FALSE(directory.redeem_link("secret", now + std::chrono::hours(1)).ok());
}

TEST(Directory, IsBounded) {
  Directory directory;
  for (std::size_t i = 0; i < users_max; ++i) {
    ASSERT_TRUE(directory.add("u" + std::to_string(i), "h", "acme", Role::viewer, now));
  }
  EXPECT_EQ(code_of(directory.add("one-more", "h", "acme", Role::viewer, now)), Code::directory_full);
  for (int i = 0; i < 1'001; ++i) directory.add_deed({now, "acme", "user.add", std::to_string(i)});
  const auto deeds = directory.take_deeds();
  EXPECT_EQ(deeds.size(), 1'000u);
  EXPECT_EQ(deeds.back().object, "1000");
  EXPECT_FALSE(directory.has_deeds());
}

TEST(Directory, IsReadAsItWasWritten) {
  Directory directory = with_ann_and_bob();
  ASSERT_TRUE(directory.set_link("bob", {crypto::sha256("secret"), now}));
  directory.add_deed({now, "acme", "user.add", "bob"});
  EXPECT_EQ(Directory::decode(directory.encode()).value(), directory);
  EXPECT_EQ(Directory::decode(Directory().encode()).value(), Directory());
}

TEST(Directory, WhatIsDamagedIsRefused) {
  const std::string bytes = with_ann_and_bob().encode();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Directory::decode(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Directory::decode(bytes + 'x').ok());
  EXPECT_FALSE(Directory::decode('\x07' + bytes.substr(1)).ok());
}

class DirectoryFiles : public testing::Test {
 protected:
  Result<void> add(DirectoryFile& file, const std::string& name) {
    return file.change([&](Directory& directory) { return directory.add(name, "h", "acme", Role::viewer, now); });
  }
  tests::TempFolder folder_;
  std::unique_ptr<DirectoryFile> server_ = DirectoryFile::open(folder_.path()).value();
  std::unique_ptr<DirectoryFile> command_ = DirectoryFile::open(folder_.path()).value();
};

TEST_F(DirectoryFiles, EachSeesWhatTheOtherWrote) {
  ASSERT_TRUE(add(*command_, "ann"));
  EXPECT_EQ(server_->current()->find("ann"), nullptr);
  ASSERT_TRUE(server_->refresh());
  EXPECT_NE(server_->current()->find("ann"), nullptr);
  ASSERT_TRUE(add(*server_, "bob"));
  ASSERT_TRUE(add(*command_, "eve"));  // begins with what the server left
  ASSERT_TRUE(server_->refresh());
  EXPECT_EQ(server_->current()->users().size(), 3u);
}

TEST_F(DirectoryFiles, AnErrorChangesNothing) {
  ASSERT_TRUE(add(*server_, "ann"));
  EXPECT_EQ(add(*server_, "ann").error().code, Code::name_taken);
  const auto half = server_->change([](Directory& directory) -> Result<void> {
    static_cast<void>(directory.remove("ann"));
    return Error{Code::last_admin, ""};
  });
  EXPECT_FALSE(half);
  EXPECT_NE(server_->current()->find("ann"), nullptr);
  EXPECT_NE(DirectoryFile::open(folder_.path()).value()->current()->find("ann"), nullptr);
}

TEST_F(DirectoryFiles, ADamagedFileIsRefusedAndKept) {
  std::ofstream(folder_.path() / "users") << "nonsense";
  EXPECT_EQ(DirectoryFile::open(folder_.path()).error().code, Code::state_format);
  EXPECT_FALSE(add(*server_, "ann"));
  EXPECT_FALSE(server_->refresh());
}

TEST_F(DirectoryFiles, ManyAtOnceLoseNothing) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(add(thread % 2 == 0 ? *server_ : *command_, std::to_string(thread) + "-" + std::to_string(i)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(DirectoryFile::open(folder_.path()).value()->current()->users().size(), 40u);
}

/// Two nodes of a cluster, each with a folder, and a control log between them that may be out of reach.
class ClusterDirectories : public testing::Test {
 protected:
  struct Node {
    tests::TempFolder folder;
    std::unique_ptr<DirectoryFile> server = DirectoryFile::open(folder.path()).value();
    std::size_t told = 0;
  };
  ClusterDirectories() {
    for (Node* const node : {&a_, &b_}) share(*node);
  }
  void share(Node& node) {
    node.server->share([this](const std::string& name, const std::optional<User>& user) -> Result<void> {
      if (!reachable_) return Error{Code::log_unreachable, ""};
      log_.emplace_back(name, user);
      return tell();
    });
  }
  Result<void> tell() {
    for (Node* const node : {&a_, &b_}) {
      while (node->told < log_.size()) {
        const auto& [name, user] = log_[node->told++];
        if (const auto applied = node->server->apply(name, user); !applied) return applied;
      }
    }
    return {};
  }
  /// As after a start, when everything is told again.
  void restart(Node& node) {
    node.server = DirectoryFile::open(node.folder.path()).value();
    node.told = 0;
    ASSERT_TRUE(tell());
    share(node);
  }
  static Result<void> add(DirectoryFile& file, const std::string& name) {
    return file.change([&](Directory& directory) {
      return directory.add(name, "hash of " + name, "acme", Role::viewer, from_micros(1));
    });
  }
  static std::vector<std::string> names(const Node& node) {
    std::vector<std::string> found;
    for (const auto& [name, user] : node.server->current()->users()) found.push_back(name);
    return found;
  }

  Node a_, b_;
  std::vector<std::pair<std::string, std::optional<User>>> log_;
  bool reachable_ = true;
};

using Names = std::vector<std::string>;

TEST_F(ClusterDirectories, ShareEveryChange) {
  ASSERT_TRUE(add(*a_.server, "ann"));
  ASSERT_TRUE(add(*b_.server, "bob"));
  EXPECT_EQ(names(a_), (Names{"ann", "bob"}));
  EXPECT_EQ(*a_.server->current(), *b_.server->current());
  ASSERT_TRUE(b_.server->change([](Directory& directory) { return directory.remove("ann"); }));
  EXPECT_EQ(names(a_), Names{"bob"});
  const std::string before = a_.server->current()->find("bob")->generation;
  ASSERT_TRUE(b_.server->change([](Directory& directory) { return directory.set_password("bob", "other"); }));
  EXPECT_NE(a_.server->current()->find("bob")->generation, before);  // his sessions are over everywhere
}

TEST_F(ClusterDirectories, TellWhatACommandDidBesideANode) {
  ASSERT_TRUE(add(*a_.server, "ann"));
  const auto command = DirectoryFile::open(a_.folder.path()).value();
  ASSERT_TRUE(add(*command, "eve"));
  EXPECT_EQ(names(b_), Names{"ann"});
  ASSERT_TRUE(a_.server->refresh());
  EXPECT_EQ(names(b_), (Names{"ann", "eve"}));
  const std::size_t told = log_.size();
  ASSERT_TRUE(a_.server->refresh());
  EXPECT_EQ(log_.size(), told);
}

TEST_F(ClusterDirectories, WhatWasChangedWhileTheLogWasAwayOrTheNodeWasDownIsToldLater) {
  ASSERT_TRUE(add(*a_.server, "ann"));
  reachable_ = false;
  EXPECT_FALSE(add(*a_.server, "bob"));
  reachable_ = true;
  restart(a_);
  const auto command = DirectoryFile::open(a_.folder.path()).value();
  ASSERT_TRUE(command->change([](Directory& directory) { return directory.set_password("ann", "new"); }));
  restart(a_);
  ASSERT_TRUE(a_.server->refresh());
  EXPECT_EQ(names(b_), (Names{"ann", "bob"}));
  EXPECT_EQ(b_.server->current()->find("ann")->password_hash, "new");
}

TEST_F(ClusterDirectories, OneThatWasDownLearnsWhatItMissed) {
  ASSERT_TRUE(add(*a_.server, "ann"));
  ASSERT_TRUE(add(*a_.server, "bob"));
  b_.told = 1'000;  // away
  log_.resize(2);
  a_.told = 2;
  ASSERT_TRUE(a_.server->change([](Directory& directory) { return directory.remove("ann"); }));
  EXPECT_EQ(names(b_), (Names{"ann", "bob"}));
  restart(b_);
  EXPECT_EQ(names(b_), Names{"bob"});
}

}  // namespace
}  // namespace weir::auth
