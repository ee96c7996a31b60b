// A body on its way to a file of the spool.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "api/app/workers.hpp"
#include "api/net/handler.hpp"

namespace weir::app {

/// Writes by a worker, one piece after the other; gives the file, synced, to `done`, or removes it.
class Spool final : public net::BodySink, public std::enable_shared_from_this<Spool> {
 public:
  using Done = std::function<void(std::uint64_t bytes, net::Respond respond)>;

  /// `workers` must outlive it. `done` runs on a worker; from then on the file is the caller's.
  Spool(std::filesystem::path path, Workers& workers, Done done);
  ~Spool() override;

  void write(std::string_view bytes, Ready ready) override;
  void finish(net::Respond respond) override;
  void abort(const Error& reason) override;

 private:
  Result<void> append(std::string_view bytes);
  Result<void> close();
  void remove();

  const std::filesystem::path path_;
  Workers& workers_;
  Done done_;
  int file_ = -1;
  std::uint64_t bytes_ = 0;
  bool handed_on_ = false;
};

}  // namespace weir::app
