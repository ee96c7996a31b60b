// What the programs that measure limits share: the lines of a file in memory, a stopwatch, figures as JSON.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::limits {

/// A file as a whole, with `padding` bytes of zeros behind it, and where its lines lie. Ends the program if there is
/// none.
class Lines {
 public:
  explicit Lines(const char* path, std::size_t padding = 0) {
    std::ifstream file{path, std::ios::binary | std::ios::ate};
    if (!file) {
      std::fprintf(stderr, "%s cannot be read\n", path);
      std::exit(1);
    }
    bytes_ = static_cast<std::size_t>(file.tellg());
    text_.resize(bytes_ + padding);
    file.seekg(0);
    file.read(text_.data(), static_cast<std::streamsize>(bytes_));
    const std::string_view whole{text_.data(), bytes_};
    for (std::size_t at = 0; at < bytes_;) {
      const std::size_t end = std::min(whole.find('\n', at), bytes_);
      lines_.push_back(whole.substr(at, end - at));
      at = end + 1;
    }
  }
  std::size_t bytes() const { return bytes_; }
  const std::vector<std::string_view>& all() const { return lines_; }

 private:
  std::string text_;
  std::size_t bytes_ = 0;
  std::vector<std::string_view> lines_;
};

/// Runs since it was made.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// One line: what a measurement found.
inline void print(std::initializer_list<std::pair<const char*, double>> figures) {
  const char* before = "{";
  for (const auto& [name, figure] : figures) {
    std::printf("%s\"%s\": %.10g", before, name, figure);
    before = ", ";
  }
  std::printf("}\n");
}

}  // namespace weir::limits
