#include "stream/documents/vault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/json_writer.hpp"

namespace weir::documents {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr Time when{std::chrono::hours{24 * 20'000}};

const crypto::Key key = crypto::random_key();
const Place place{"acme", Kind::target, "ops"};
const Vault vault{key};
const std::vector<std::string> secrets{"/secrets/0", "/secrets/1", "/headers/X~1Y", "/absent"};

std::string document(const std::string& secret_list, const std::string& header = "token") {
  return R"( {"url": "u", "secrets": [)" + secret_list + R"(], "headers": {"X\/Y": ")" + header + "\"}} ";
}

/// The string of the document under the pointer's last name, at the index if it is a list.
std::string text_at(const std::string& body, const char* member, std::size_t index = 0) {
  JsonParser parser;
  auto value = *parser.parse(body)->find(member);
  auto items = value.items();
  if (value.is(JsonKind::object)) items.take();
  for (std::size_t i = 0; i < index; ++i) items.take();
  std::string scratch;
  return std::string(items.take().text(scratch));
}

TEST(Vault, ShowsMarksInThePlaceOfSecrets) {
  const Version version = vault.lock(place, when, document(R"("first\u0021", "second")"), secrets);
  const std::string stored = encode({place.kind, place.name, version});
  for (const char* secret : {"first", "second", "token"}) EXPECT_THAT(stored, Not(HasSubstr(secret)));
  EXPECT_THAT(*version.body, HasSubstr(R"("url": "u")"));
  EXPECT_THAT(text_at(*version.body, "secrets"), MatchesRegex("[*]{3}[0-9a-f]{8}"));
  EXPECT_NE(text_at(*version.body, "secrets", 0), text_at(*version.body, "secrets", 1));
  EXPECT_EQ(vault.open(place, version).value(), document(R"("first\u0021", "second")"));
  EXPECT_EQ(decode_change(stored)->version, version);
}

TEST(Vault, LeavesADocumentWithoutSecretsAsItIs) {
  const Version version = vault.lock(place, when, R"({"url": "u"})", secrets);
  EXPECT_EQ(version, (Version{when, R"({"url": "u"})"}));
  EXPECT_EQ(vault.open(place, version).value(), R"({"url": "u"})");
}

TEST(Vault, OpensForTheSameDocumentAndKeyAlone) {
  const Version version = vault.lock(place, when, document(R"("first")"), secrets);
  for (const Place& other :
       {Place{"other", Kind::target, "ops"}, Place{"acme", Kind::hook, "ops"}, Place{"acme", Kind::target, "ops2"}}) {
    EXPECT_EQ(vault.open(other, version).error().code, Code::bad_key_file);
  }
  const auto refused = Vault{crypto::random_key()}.open(place, version);
  ASSERT_EQ(refused.error().code, Code::bad_key_file);
  EXPECT_THAT(refused.error().detail, HasSubstr("targets/ops"));
}

TEST(Vault, PutsSecretsBackWhereTheirMarksAre) {
  const Version version = vault.lock(place, when, document(R"("first", "second")"), secrets);
  EXPECT_EQ(vault.restore(place, *version.body, version).value(),
            document(R"("first", "second")", "token").substr(1, document(R"("first", "second")").size() - 2));
  // Of two the first is taken away: the mark, not the place, says which one stays.
  const std::string second = text_at(*version.body, "secrets", 1);
  const auto rotated = vault.restore(place, document("\"third\", \"" + second + "\""), version);
  EXPECT_EQ(text_at(*rotated, "secrets", 0), "third");
  EXPECT_EQ(text_at(*rotated, "secrets", 1), "second");
}

TEST(Vault, GivesNoSecretUnderAnotherName) {
  const Version version = vault.lock(place, when, document(R"("first")"), secrets);
  const std::string mark = text_at(*version.body, "secrets");
  const auto moved =
      vault.restore(place, R"({"headers": {"X/Y": ")" + mark + R"("}, "url": ")" + mark + "\"}", version);
  EXPECT_THAT(*moved, Not(HasSubstr("first")));
  EXPECT_THAT(lone_marks(*moved, secrets), ElementsAre(Field(&DocumentFault::pointer, "/headers/X~1Y")));
  // Nor by the mark of another version of the same secret.
  const Version next = vault.lock(place, when, document(R"("first")"), secrets);
  EXPECT_THAT(*vault.restore(place, document("\"" + mark + "\""), next), Not(HasSubstr("first")));
  EXPECT_THAT(lone_marks(document(R"("***not hex!", "***0123456789")"), secrets), IsEmpty());
}

}  // namespace
}  // namespace weir::documents
