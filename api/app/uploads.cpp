#include "api/app/uploads.hpp"

#include "api/app/log_window.hpp"
#include "schemas/crypto/base64url.hpp"
#include "state/format/keys.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::app {
namespace {

constexpr std::size_t id_bytes = 16;

class NoSink final : public ingest::EventSink {
  void event(const ingest::EventView&) override {}
};

/// Whether the file is one of ours to read, as far as its first piece tells.
Result<void> check_beginning(const std::filesystem::path& path, const ingest::UploadRequest& request) {
  auto options = ingest::options_of(request);
  if (!options) return options.error();
  options->scratch = path.parent_path();
  NoSink sink;
  ingest::FileReader reader(std::move(*options), sink);
  auto file = ingest::open_file(path);
  return file ? reader.read(**file, [](std::uint64_t) { return false; }) : Result<void>(file.error());
}

}  // namespace

Result<std::unique_ptr<Uploads>> Uploads::open(Node& node) {
  std::unique_ptr<Uploads> uploads{new Uploads(node)};
  if (const auto restored = uploads->restore(); !restored) return restored.error();
  return uploads;
}

Uploads::~Uploads() { stop(); }

void Uploads::start() {
  thread_ = std::thread{[this] { run(); }};
}

void Uploads::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string Uploads::new_id() { return crypto::to_base64url(crypto::random_bytes(id_bytes)); }

std::filesystem::path Uploads::spool_path(const std::string& id) const { return node_.folder().spool() / id; }

/// Queues what was not read to its end, or was ended but not yet told to the log.
Result<void> Uploads::restore() {
  std::set<std::string> wanted;
  for (const std::string& workspace : node_.log().workspaces()) {
    const auto uploads = list(workspace);
    if (!uploads) return uploads.error();
    for (auto upload = uploads->rbegin(); upload != uploads->rend(); ++upload) {
      const bool untold = !upload->is_open() && upload->position.parts.empty();
      if (!upload->is_open() && !untold) continue;
      queue_.push_back({workspace, upload->id});
      wanted.insert(upload->id);
    }
  }
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(node_.folder().spool(), failed)) {
    if (!wanted.contains(entry.path().filename())) std::filesystem::remove(entry.path(), failed);
  }
  return {};
}

Result<ingest::Upload> Uploads::accept(const std::string& workspace, ingest::Upload upload) {
  if (const auto readable = check_beginning(spool_path(upload.id), upload.request); !readable) return readable.error();
  if (const auto ensured = node_.log().ensure_workspace(workspace); !ensured) return ensured.error();
  if (const auto kept = keep(workspace, upload, store::Durability::synced); !kept) return kept.error();
  const std::lock_guard lock{mutex_};
  queue_.push_back({workspace, upload.id});
  changed_.notify_all();
  return upload;
}

Result<ingest::Upload> Uploads::find(const std::string& workspace, const std::string& id) {
  {
    const std::lock_guard lock{mutex_};
    if (at_hand_ == Job{workspace, id} && seen_) return *seen_;
  }
  return load(workspace, id);
}

Result<std::vector<ingest::Upload>> Uploads::list(const std::string& workspace) {
  const std::string prefix = format::Scope{workspace}.upload({});
  std::vector<ingest::Upload> uploads;
  Result<void> decoded;
  const auto scanned = node_.store().scan(prefix, store::end_of_prefix(prefix), [&](auto, std::string_view value) {
    auto upload = ingest::decode_upload(value);
    if (upload) {
      uploads.push_back(std::move(*upload));
    } else {
      decoded = upload.error();
    }
    return decoded.ok();
  });
  if (!scanned) return scanned.error();
  if (!decoded) return decoded.error();
  std::sort(uploads.begin(), uploads.end(), [](const ingest::Upload& a, const ingest::Upload& b) {
    return a.received != b.received ? a.received > b.received : a.id < b.id;
  });
  return uploads;
}

Result<log::Position> Uploads::withdraw(const std::string& workspace, const std::string& id) {
  if (const auto known = load(workspace, id); !known) return known.error();
  const Job job{workspace, id};
  {
    std::unique_lock lock{mutex_};
    withdrawn_.insert(job);
    // No end may follow the withdrawal.
    changed_.wait(lock, [&] { return at_hand_ != job; });
  }
  auto upload = load(workspace, id);
  if (!upload) return upload.error();
  upload->state = ingest::UploadState::withdrawn;
  upload->position = {};
  if (const auto kept = keep(workspace, *upload, store::Durability::synced); !kept) return kept.error();
  std::error_code gone;
  std::filesystem::remove(spool_path(id), gone);
  return close(job, *upload, log::Kind::withdraw);
}

void Uploads::run() {
  while (true) {
    Job job;
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
      if (withdrawn_.contains(job)) continue;
      at_hand_ = job;
    }
    read(job);
    {
      const std::lock_guard lock{mutex_};
      at_hand_.reset();
      seen_.reset();
    }
    changed_.notify_all();
  }
}

bool Uploads::interrupted(const Job& job) {
  if (stopping_) return true;
  const std::lock_guard lock{mutex_};
  return withdrawn_.contains(job);
}

void Uploads::read(const Job& job) {
  auto upload = load(job.workspace, job.id);
  const auto tell = [&](const Error& error) {
    node_.logger().log(LogLevel::error, "an upload cannot go on",
                       {{"upload", job.id}, {"code", name_of(error.code)}, {"detail", error.detail}});
  };
  if (!upload) return tell(upload.error());
  log::Kind end = upload->state == ingest::UploadState::withdrawn ? log::Kind::withdraw : log::Kind::upload_abort;
  if (upload->is_open()) {
    const auto read = read_file(job, *upload);
    if (interrupted(job)) return;
    upload->state = read ? ingest::UploadState::done : ingest::UploadState::failed;
    if (read) end = log::Kind::upload_end;
    if (!read) upload->failure = read.error();
    // An end is kept when the log has it, so that a crash before leads to a new reading; an abort is meant from now on.
    if (!read) {
      if (const auto kept = keep(job.workspace, *upload, store::Durability::synced); !kept) return tell(kept.error());
    }
  }
  if (const auto closed = close(job, *upload, end); !closed) return tell(closed.error());
  std::error_code gone;
  std::filesystem::remove(spool_path(job.id), gone);
}

Result<void> Uploads::read_file(const Job& job, ingest::Upload& upload) {
  auto options = ingest::options_of(upload.request);
  if (!options) return options.error();
  options->scratch = node_.folder().spool();
  upload.state = ingest::UploadState::reading;
  LogWindow window(node_, job.workspace, &stopping_);
  ingest::RowIntake rows(upload.request.process, upload.id, node_.log().partitions(), node_.clock().now(),
                         [&](std::vector<log::Addressed> records) { return window.append(std::move(records)); });
  ingest::FileReader reader(std::move(*options), rows);
  const auto note = [&](std::uint64_t read_bytes) {
    upload.read_bytes = read_bytes;
    upload.accepted = rows.accepted();
    upload.rejected = reader.errors().total() + rows.errors().total();
    upload.facts = reader.facts();
    const std::lock_guard lock{mutex_};
    seen_ = upload;
  };
  auto file = ingest::open_file(spool_path(job.id));
  if (!file) return Error{Code::storage_failed, "the spooled file cannot be read"};
  Result<void> outcome = reader.read(**file, [&](std::uint64_t read_bytes) {
    note(read_bytes);
    return rows.delivered().ok() && !interrupted(job);
  });
  if (outcome) outcome = rows.flush();
  const auto durable = window.finish();
  if (outcome && !durable) outcome = durable.error();
  note(upload.file_bytes);
  upload.errors = reader.errors().kept();
  const auto& late = rows.errors().kept();
  const std::size_t room = ingest::RowErrors::kept_max - std::min(ingest::RowErrors::kept_max, upload.errors.size());
  upload.errors.insert(upload.errors.end(), late.begin(), late.begin() + std::min(room, late.size()));
  return outcome;
}

/// Tells every partition, then keeps the upload with the position behind it.
Result<log::Position> Uploads::close(const Job& job, const ingest::Upload& upload, log::Kind kind) {
  LogWindow window(node_, job.workspace, &stopping_);
  runtime::UploadMark mark{upload.request.process, upload.id};
  if (kind == log::Kind::upload_end) mark.began = to_micros(upload.received);
  (void)window.append_to_all({kind, runtime::encode(mark)});
  auto position = window.finish();
  if (!position) return position.error();
  ingest::Upload closed = upload;
  closed.position = *position;
  if (const auto kept = keep(job.workspace, closed, store::Durability::synced); !kept) return kept.error();
  return position;
}

Result<void> Uploads::keep(const std::string& workspace, const ingest::Upload& upload, store::Durability durability) {
  store::Batch batch;
  batch.put(format::Scope{workspace}.upload(upload.id), encode(upload));
  return node_.store().write(batch, durability);
}

Result<ingest::Upload> Uploads::load(const std::string& workspace, const std::string& id) {
  const auto stored = node_.store().get(format::Scope{workspace}.upload(id));
  if (!stored) return stored.error();
  if (!*stored || id.empty()) return Error{Code::not_found, ""};
  return ingest::decode_upload(**stored);
}

}  // namespace weir::app
