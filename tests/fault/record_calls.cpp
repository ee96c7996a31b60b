// record_calls JOURNAL FOLDERS COMMAND…: runs COMMAND and writes down what it changes under FOLDERS (separated by
// colons), in the order in which it asks the system for it, so that what a loss of power may leave can be made of it
// (unsynced.py). A line each, behind a write its bytes:
//     write PATH OFFSET SIZE · truncate PATH SIZE · stretch PATH SIZE · create PATH · folder PATH · sync PATH
//     rename PATH TO · link PATH TO · remove PATH
// Ends as COMMAND did; with 201 if it cannot be watched, or does what cannot be written down.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "tests/fault/watched_calls.hpp"

namespace weir::fault {
namespace {

class Journal {
 public:
  explicit Journal(const char* path) : file_(std::fopen(path, "wbe")) {}
  bool is_open() const { return file_ != nullptr; }

  /// False: it cannot be written down.
  bool add(const WatchedCall& call) {
    const std::string_view name{call.name};
    const std::uint64_t* const with = call.arguments;
    if (name.starts_with("write")) return write(call, end_of_last(call), name == "writev");
    if (name.starts_with("pwrite")) return write(call, with[3], name == "pwritev");
    if (name == "fsync" || name == "fdatasync") return line("sync " + call.path);
    if (name.ends_with("truncate")) return line("truncate " + call.path + ' ' + std::to_string(with[1]));
    if (name == "fallocate") return allocate(call);
    if (name.starts_with("open") || name == "creat") return open(call, name);
    if (name.starts_with("mkdir")) return line("folder " + call.path);
    if (name.starts_with("unlink") || name == "rmdir") return line("remove " + call.path);
    if (name == "rename" || name == "link") return two(name, call.path, path_at(call.thread, here, with[1]));
    if (name.starts_with("rename")) return two("rename", call.path, path_at(call.thread, with[2], with[3]));
    if (name == "linkat") return two("link", call.path, path_at(call.thread, with[2], with[3]));
    return name != "copy_file_range";  // the rest changes modes, or writes what is there without a promise
  }

 private:
  static constexpr auto here = static_cast<std::uint64_t>(AT_FDCWD);

  bool line(const std::string& text) {
    std::fprintf(file_, "%s\n", text.c_str());
    return std::fflush(file_) == 0;  // before the call happens, and before anyone is told of it
  }
  bool two(std::string_view name, const std::string& from, const std::string& to) {
    return line(std::string{name} + ' ' + from + ' ' + to);
  }

  bool allocate(const WatchedCall& call) {
    const std::uint64_t how = call.arguments[1];
    if (how == FALLOC_FL_KEEP_SIZE) return true;
    return how == 0 && line("stretch " + call.path + ' ' + std::to_string(call.arguments[2] + call.arguments[3]));
  }

  bool open(const WatchedCall& call, std::string_view name) {
    const std::uint64_t flags = name == "creat" ? O_CREAT | O_TRUNC : call.arguments[name == "open" ? 1 : 2];
    if ((flags & O_CREAT) != 0 && !line("create " + call.path)) return false;
    return (flags & O_TRUNC) == 0 || line("truncate " + call.path + " 0");
  }

  /// Where a write without an offset goes.
  static std::uint64_t end_of_last(const WatchedCall& call) {
    const std::string process = "/proc/" + std::to_string(call.thread);
    const std::string number = std::to_string(call.arguments[0]);
    std::ifstream info{process + "/fdinfo/" + number};
    std::string word;
    std::uint64_t place = 0;
    unsigned long flags = 0;
    while (info >> word) {
      if (word == "pos:") info >> place;
      if (word == "flags:") info >> std::oct >> flags >> std::dec;
    }
    struct stat file{};
    if ((flags & O_APPEND) == 0 || stat((process + "/fd/" + number).c_str(), &file) != 0) return place;
    return static_cast<std::uint64_t>(file.st_size);
  }

  bool write(const WatchedCall& call, std::uint64_t offset, bool is_vector) {
    std::string bytes;
    if (is_vector) {
      std::string vector = bytes_at(call.thread, call.arguments[1], call.arguments[2] * sizeof(iovec));
      for (std::size_t at = 0; at + sizeof(iovec) <= vector.size(); at += sizeof(iovec)) {
        iovec piece{};
        std::memcpy(&piece, vector.data() + at, sizeof piece);
        bytes += bytes_at(call.thread, reinterpret_cast<std::uint64_t>(piece.iov_base), piece.iov_len);
      }
    } else {
      bytes = bytes_at(call.thread, call.arguments[1], call.arguments[2]);
    }
    std::fprintf(file_, "write %s %llu %zu\n", call.path.c_str(), static_cast<unsigned long long>(offset),
                 bytes.size());
    std::fwrite(bytes.data(), 1, bytes.size(), file_);
    return line("");
  }

  std::FILE* const file_;
};

}  // namespace
}  // namespace weir::fault

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr, "usage: record_calls JOURNAL FOLDER[:FOLDER] COMMAND…\n");
    return 2;
  }
  weir::fault::Journal journal{words[1]};
  if (!journal.is_open()) return weir::fault::cannot_watch;
  const int ended = weir::fault::run_watched(words + 3, words[2], [&](const weir::fault::WatchedCall& call) {
    if (journal.add(call)) return false;
    std::fprintf(stderr, "record_calls: %s %s cannot be written down\n", call.name, call.path.c_str());
    return true;
  });
  return ended == weir::fault::killed_here ? weir::fault::cannot_watch : ended;
}
