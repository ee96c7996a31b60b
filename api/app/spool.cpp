#include "api/app/spool.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::app {
namespace {

Error spool_failed() {
  if (errno == ENOSPC || errno == EDQUOT) return {Code::storage_full, "the spool is full"};
  return {Code::storage_failed, "the upload cannot be written to the spool"};
}

}  // namespace

Spool::Spool(std::filesystem::path path, Workers& workers, Done done)
    : path_(std::move(path)), workers_(workers), done_(std::move(done)) {}

Spool::~Spool() {
  if (!handed_on_) remove();
}

void Spool::write(std::string_view bytes, Ready ready) {
  workers_.post([self = shared_from_this(), bytes, ready = std::move(ready)] { ready(self->append(bytes)); });
}

void Spool::finish(net::Respond respond) {
  workers_.post([self = shared_from_this(), respond = std::move(respond)] {
    if (self->bytes_ == 0) return respond({Code::empty_body, ""});
    if (const auto closed = self->close(); !closed) return respond(closed.error());
    self->handed_on_ = true;
    self->done_(self->bytes_, respond);
  });
}

void Spool::abort(const Error&) {}  // the last owner removes the file

Result<void> Spool::append(std::string_view bytes) {
  if (file_ < 0) file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0) return spool_failed();
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return spool_failed();
    bytes.remove_prefix(static_cast<std::size_t>(written));
    bytes_ += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<void> Spool::close() {
  const bool synced = ::fchmod(file_, 0400) == 0 && ::fsync(file_) == 0;  // whole: copies of the folder take it along
  const bool closed = ::close(file_) == 0;
  file_ = -1;
  if (!synced || !closed) return spool_failed();
  return {};
}

void Spool::remove() {
  if (file_ >= 0) ::close(file_);
  std::error_code gone;
  std::filesystem::remove(path_, gone);
}

}  // namespace weir::app
