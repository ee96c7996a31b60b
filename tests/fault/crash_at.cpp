// crash_at N KIND REPORT FOLDERS COMMAND…: runs COMMAND and kills it right before the Nth system call of a kind that
// changes something under one of FOLDERS (separated by colons). KIND is a pattern (glob) for `NAME PATH`. All threads
// and children count together, which `strace -e inject=` cannot do: that counts for each thread and each call by
// itself, so that no N would reach every call. Kinds, because threads take turns: the Nth of all calls is another one
// each time. N = 0 kills never.
//
// REPORT gets a line for each of these calls, `NAME PATH`. SIGTERM is passed on. Ends as COMMAND did; with 200 if it
// was killed here, with 201 if it cannot be watched.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fnmatch.h>

#include "tests/fault/watched_calls.hpp"

int main(int count, char** words) {
  if (count < 6) {
    std::fprintf(stderr, "usage: crash_at N KIND REPORT FOLDER[:FOLDER] COMMAND…\n");
    return 2;
  }
  std::FILE* const report = std::fopen(words[3], "we");
  if (report == nullptr) return weir::fault::cannot_watch;
  const unsigned long last = std::strtoul(words[1], nullptr, 10);
  unsigned long found = 0;
  const int ended = weir::fault::run_watched(words + 5, words[4], [&](const weir::fault::WatchedCall& call) {
    const std::string line = std::string{call.name} + ' ' + call.path;
    std::fprintf(report, "%s\n", line.c_str());
    return fnmatch(words[2], line.c_str(), 0) == 0 && ++found == last;
  });
  std::fclose(report);
  return ended;
}
