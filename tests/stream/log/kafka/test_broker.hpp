// An Apache Kafka broker for the tests of this program: started by the first that needs it, on loopback, stopped at the
// end.
#pragma once

#include <string>

#include "tests/support/temp_folder.hpp"

namespace weir::log {

class TestBroker {
 public:
  static const TestBroker& get();
  ~TestBroker();

  /// HOST:PORT; empty if it cannot be had.
  const std::string& address() const { return address_; }
  /// Why it cannot.
  const std::string& fault() const { return fault_; }

 private:
  TestBroker();

  tests::TempFolder folder_;
  std::string address_;
  std::string fault_;
};

}  // namespace weir::log
