// Against Versity's S3 server, which is strict. deploy/versitygw makes it.
#include "state/checkpoint/s3_store.hpp"

#include <csignal>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schemas/base/clock.hpp"
#include "state/checkpoint/publisher.hpp"
#include "tests/state/checkpoint/object_store_contract.hpp"

namespace weir::checkpoint {
namespace {

constexpr const char* binary = WEIR_SOURCE_DIR "/build/tools/versitygw";

int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(listener);
  return ntohs(address.sin_port);
}

/// A server with one bucket, on a folder of its own.
class Server {
 public:
  Server() {
    std::filesystem::create_directories(folder_.path() / "served" / "bucket");
    std::filesystem::create_directories(folder_.path() / "sidecar");
    start();
  }
  ~Server() { stop(); }

  void start() {
    const std::string address = "127.0.0.1:" + std::to_string(port_);
    const std::string sidecar = folder_.at("sidecar"), served = folder_.at("served");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl(binary, binary, "--port", address.c_str(), "--access", "key", "--secret", "secret", "--quiet", "posix",
              "--sidecar", sidecar.c_str(), served.c_str(), nullptr);
      ::_exit(127);
    }
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  S3Options options() const {
    return {"http://127.0.0.1:" + std::to_string(port_), "bucket", "weir/prod/", {"key", "secret", "us-east-1"}};
  }

 private:
  const tests::TempFolder folder_;
  const int port_ = free_port();
  pid_t pid_ = -1;
};

class S3 : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(binary)) GTEST_SKIP() << binary << " is not there; deploy/versitygw makes it";
    server_ = std::make_unique<Server>();
    S3Options patient = server_->options();
    patient.tries_max = 12;  // until it listens
    patient.first_wait = std::chrono::milliseconds{20};
    S3Store store(patient, clock_);
    ASSERT_TRUE(store.list(""));
  }

  const SystemClock clock_;
  std::unique_ptr<Server> server_;
};

TEST_F(S3, HoldsTheContract) {
  S3Store store(server_->options(), clock_);
  holds_the_contract(store);
}

TEST_F(S3, ListsMoreThanAPage) {
  S3Store store(server_->options(), clock_);
  std::vector<std::string> names;
  for (int i = 1000; i < 2005; ++i) {
    names.push_back("n/" + std::to_string(i));
    ASSERT_TRUE(store.put_once(names.back(), "x").value());
  }
  EXPECT_EQ(store.list("n/").value(), names);
}

TEST_F(S3, WaitsForAServerThatComesBack) {
  S3Options options = server_->options();
  options.tries_max = 10;
  S3Store store(options, clock_);
  ASSERT_TRUE(store.put_once("a", "1").value());
  server_->stop();
  std::thread back([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    server_->start();
  });
  EXPECT_EQ(get_whole(store, "a", 10).value(), "1");
  back.join();
}

TEST_F(S3, SaysWhatItWasRefused) {
  S3Options options = server_->options();
  options.key.secret_key = "wrong";
  S3Store foreign(options, clock_);
  const auto listed = foreign.list("");
  ASSERT_FALSE(listed);
  EXPECT_NE(listed.error().detail.find("SignatureDoesNotMatch"), std::string::npos) << listed.error().detail;
  options.endpoint = "http://127.0.0.1:1";
  options.tries_max = 2;
  options.first_wait = std::chrono::milliseconds{1};
  S3Store nobody(options, clock_);
  EXPECT_EQ(nobody.list("").error().code, Code::storage_failed);
}

TEST_F(S3, KeepsCheckpoints) {
  S3Store store(server_->options(), clock_);
  const tests::TempFolder temp;
  std::filesystem::create_directories(temp.path() / "copy/log");
  put_text(temp.at("copy/log/1.sst"), std::string(17'000'000, 's'));
  put_text(temp.at("copy/format"), "weir");
  auto publisher = Publisher::claim(store, "node").value();
  ASSERT_TRUE(publisher.publish(temp.path() / "copy", {}));
  const auto second = publisher.publish(temp.path() / "copy", {}).value();
  EXPECT_EQ(second.files_put, 0u);
  EXPECT_EQ(publisher.prune(1, Time{}).value(), 1u);
  ASSERT_TRUE(restore(store, "node", second.manifest, "", temp.path() / "restored"));
  EXPECT_EQ(std::filesystem::file_size(temp.path() / "restored/log/1.sst"), 17'000'000u);
  auto next = Publisher::claim(store, "node").value();
  EXPECT_EQ(publisher.publish(temp.path() / "copy", {}).error().code, Code::stale_owner);
  EXPECT_EQ(list_series(store).value(), (std::vector<std::string>{"node"}));
}

}  // namespace
}  // namespace weir::checkpoint
