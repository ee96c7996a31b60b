#include "stream/ingest/paged_bytes.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "stream/ingest/scratch_file.hpp"

namespace weir::ingest {

PagedBytes::~PagedBytes() {
  if (file_ >= 0) ::close(file_);
}

Result<void> PagedBytes::append(std::string_view bytes) {
  const std::size_t room = written_ == 0 && tail_.empty() ? memory_bytes_max - head_.size() : 0;
  head_.append(bytes.substr(0, room));
  tail_.append(bytes.substr(std::min(room, bytes.size())));
  return tail_.size() < page_bytes ? Result<void>() : write_tail();
}

Result<void> PagedBytes::write_tail() {
  if (file_ < 0) {
    const auto opened = open_scratch_file(folder_);
    if (!opened) return opened.error();
    file_ = *opened;
  }
  const std::size_t whole = tail_.size() / page_bytes * page_bytes;
  for (std::size_t done = 0; done < whole;) {
    const ssize_t put = ::pwrite(file_, tail_.data() + done, whole - done, static_cast<off_t>(written_));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return scratch_error(folder_);
    done += static_cast<std::size_t>(put);
    written_ += static_cast<std::uint64_t>(put);
  }
  tail_.erase(0, whole);
  return {};
}

Result<std::string_view> PagedBytes::page(std::uint64_t number) {
  if (number * page_bytes == written_) return std::string_view(tail_);
  pages_.resize(pages_max);
  auto& page = pages_[number % pages_max];
  if (page.number != number) {
    page.bytes.resize(page_bytes);
    for (std::size_t done = 0; done < page_bytes;) {
      const ssize_t got =
          ::pread(file_, page.bytes.data() + done, page_bytes - done, static_cast<off_t>(number * page_bytes + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return Error{Code::storage_failed, "cannot read in " + folder_.string()};
      done += static_cast<std::size_t>(got);
    }
    page.number = number;
  }
  return std::string_view(page.bytes.data(), page.bytes.size());
}

Result<std::string_view> PagedBytes::read(std::uint64_t at, std::size_t size) {
  WEIR_CHECK(at <= this->size() && size <= this->size() - at, "only what was written is read");
  if (at + size <= head_.size()) return std::string_view(head_).substr(at, size);
  joined_.clear();
  if (at < head_.size()) joined_.append(head_, at);
  while (joined_.size() < size) {
    const std::uint64_t next = at + joined_.size() - head_.size();
    const auto bytes = page(next / page_bytes);
    if (!bytes) return bytes;
    const auto part = bytes->substr(next % page_bytes, size - joined_.size());
    if (part.size() == size) return part;
    joined_.append(part);
  }
  return std::string_view(joined_);
}

}  // namespace weir::ingest
