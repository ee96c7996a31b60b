// An object store in which the test steps in before or after any call.
#pragma once

#include "state/checkpoint/object_store.hpp"

namespace weir::checkpoint {

class HookedObjects final : public ObjectStore {
 public:
  /// Told the number of the call, from 1; false: it fails.
  using Hook = std::function<bool(int call)>;

  explicit HookedObjects(ObjectStore& store) : store_(store) {}

  Hook before = [](int) { return true; };  // a call that fails has done nothing
  Hook after = [](int) { return true; };   // a call that fails has done all it should
  int calls() const { return calls_; }

  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override {
    return hooked<void>([&] { return store_.put_file(name, file); });
  }
  Result<bool> put_once(const std::string& name, std::string_view bytes) override {
    return hooked<bool>([&] { return store_.put_once(name, bytes); });
  }
  Result<void> get(const std::string& name, const Sink& sink) override {
    return hooked<void>([&] { return store_.get(name, sink); });
  }
  Result<std::vector<std::string>> list(const std::string& prefix) override {
    return hooked<std::vector<std::string>>([&] { return store_.list(prefix); });
  }
  Result<void> remove(const std::string& name) override {
    return hooked<void>([&] { return store_.remove(name); });
  }
  Result<void> drop_leftovers(const std::string& prefix) override {
    return hooked<void>([&] { return store_.drop_leftovers(prefix); });
  }

 private:
  template <class T, class Call>
  Result<T> hooked(Call call) {
    const int number = ++calls_;
    if (!before(number)) return Error{Code::storage_failed, "cut off before the call"};
    Result<T> outcome = call();
    if (!after(number)) return Error{Code::storage_failed, "cut off after the call"};
    return outcome;
  }

  ObjectStore& store_;
  int calls_ = 0;
};

}  // namespace weir::checkpoint
