#include "tests/stream/log/kafka/test_broker.hpp"

#include <array>
#include <cstdio>

namespace weir::log {
namespace {

/// What a command says and how it ends.
struct Outcome {
  std::string output;
  int status = 0;
};

Outcome run(const std::string& command) {
  Outcome outcome;
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> piece{};
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe)) {
    outcome.output.append(piece.data(), size);
  }
  outcome.status = ::pclose(pipe);
  return outcome;
}

const std::string& scripts() {
  static const std::string folder = WEIR_SOURCE_DIR "/deploy/broker/";
  return folder;
}

}  // namespace

TestBroker::TestBroker() {
  Outcome up = run(scripts() + "up " + folder_.path().string());
  while (up.output.ends_with('\n')) up.output.pop_back();
  (up.status == 0 ? address_ : fault_) = up.output;
}

TestBroker::~TestBroker() { run(scripts() + "down " + folder_.path().string()); }

const TestBroker& TestBroker::get() {
  static const TestBroker broker;
  return broker;
}

}  // namespace weir::log
