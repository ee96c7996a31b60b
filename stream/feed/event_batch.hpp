// Events on their way from the thread that reads a file to the one that sorts them into cases: copied, a few thousand
// at a time, through a queue that holds few.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/ingest/event_view.hpp"

namespace weir::feed {

/// What a batch view needs of some events. Not thread-safe; moved from thread to thread.
class EventBatch {
 public:
  /// Valid until the batch changes. Times in µs.
  struct Event {
    std::string_view case_id, activity, resource, id;
    std::int64_t began, ended;
  };

  void add(const ingest::EventView& view);
  /// Calls `visit` with each event, in the order they came.
  template <class Visit>
  void each(const Visit& visit) const {
    std::string_view text = text_;
    const auto take = [&text](std::size_t size) {
      const std::string_view field = text.substr(0, size);
      text.remove_prefix(size);
      return field;
    };
    for (const Place& at : places_) {
      Event event;
      event.case_id = take(at.case_id);
      event.activity = take(at.activity);
      event.resource = take(at.resource);
      event.id = take(at.id);
      event.began = at.began;
      event.ended = at.ended;
      visit(event);
    }
  }

  bool empty() const { return places_.empty(); }
  /// So many that handing them over costs little, so few that they stay in a core's cache.
  bool full() const { return places_.size() >= events_max || text_.size() >= text_bytes_max; }
  void clear();

 private:
  static constexpr std::size_t events_max = 4096;
  static constexpr std::size_t text_bytes_max = 256 * 1024;

  /// Sizes of the fields (each is limited to a few hundred bytes), which stand one after the other in text_.
  struct Place {
    std::int64_t began, ended;
    std::uint16_t case_id, activity, resource, id;
  };

  std::vector<Place> places_;
  std::string text_;
};

/// Between one thread that pushes and one that takes. Holds a few batches (about 2 MiB); push() waits while it is full.
class EventBatchQueue {
 public:
  /// Queues `batch` and leaves an empty one, one that has been used before where there is one.
  void push(EventBatch& batch);
  /// Nothing more comes.
  void close();
  /// Gives `batch` back and takes the next, waiting for it. False: closed, and all were taken.
  bool take(EventBatch& batch);

 private:
  static constexpr std::size_t waiting_max = 4;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EventBatch> waiting_;
  std::vector<EventBatch> used_;
  bool closed_ = false;
};

}  // namespace weir::feed
