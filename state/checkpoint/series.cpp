#include "state/checkpoint/series.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "state/format/codec.hpp"
#include "state/store/durable_file.hpp"

namespace weir::checkpoint {
namespace {

constexpr std::uint8_t claim_version = 1;
constexpr std::size_t document_bytes_max = std::size_t{256} << 20;
constexpr std::string_view claims = "/claims/";
constexpr std::string_view manifests = "/manifests/";
constexpr std::size_t number_digits = 16;
constexpr std::size_t claim_mark_bytes = 16;
constexpr int tries_max = 16;

/// Of fixed width, so that order by name is order by number.
std::string hex(std::uint64_t number) {
  char digits[number_digits + 1];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return digits;
}

std::optional<std::uint64_t> read_hex(std::string_view digits) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, number_digits);
  if (digits.size() != number_digits || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return {};
  return number;
}

std::optional<Number> number_of(std::string_view name) {
  if (name.size() != 2 * number_digits + 1) return {};
  const auto epoch = read_hex(name.substr(0, number_digits));
  const auto ordinal = read_hex(name.substr(number_digits + 1));
  if (!epoch || !ordinal) return {};
  return Number{*epoch, *ordinal};
}

Result<std::vector<Number>> decode_claim(std::string_view bytes) {
  format::Decoder in{bytes};
  const bool known = in.byte() == claim_version;
  static_cast<void>(in.text());  // its mark
  std::vector<Number> found;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    const std::uint64_t epoch = in.number();
    found.push_back({epoch, in.number()});
  }
  if (!known || !in.ok() || !in.at_end()) return Error{Code::checkpoint_damaged, "a claim cannot be read"};
  return found;
}

/// The object of a file as it comes, checked when it has come.
Result<void> fetch(ObjectStore& store, const std::string& series, const StoredFile& file, const Sink& sink) {
  const auto damaged = [&](const char* what) { return Error{Code::checkpoint_damaged, file.path + " " + what}; };
  crypto::Sha256 digest;
  std::uint64_t bytes = 0;
  const auto got = store.get(file_name(series, file), [&](std::string_view piece) {
    digest.add(piece);
    bytes += piece.size();
    return sink(piece);
  });
  if (!got && got.error().code == Code::not_found) return damaged("is missing");
  if (!got) return got;
  if (bytes != file.bytes || digest.finish() != file.digest) return damaged("is not what was put");
  return {};
}

Result<void> restore_file(ObjectStore& store, const std::string& series, const StoredFile& file,
                          const std::filesystem::path& path, const GoOn& go_on) {
  if (const auto made = store::make_folders(path.parent_path()); !made) return made;
  auto restored = store::NewFile::begin(path, path.string() + ".part");
  if (!restored) return restored.error();
  const auto fetched = fetch(store, series, file, [&](std::string_view piece) -> Result<void> {
    if (go_on && !go_on()) return Error{Code::overloaded, "the restoring was given up"};
    return restored->write(piece);
  });
  if (!fetched) return fetched;
  return restored->replace();
}

}  // namespace

std::string claim_name(const std::string& series, std::uint64_t epoch) {
  return series + std::string{claims} + hex(epoch);
}
std::string manifest_name(const std::string& series, const Number& number) {
  return series + std::string{manifests} + hex(number.epoch) + '-' + hex(number.ordinal);
}
std::string files_prefix(const std::string& series) { return series + "/files/"; }
std::string file_name(const std::string& series, const StoredFile& file) {
  return files_prefix(series) + hex(file.epoch) + '-' + crypto::to_hex(crypto::bytes_of(file.digest));
}

std::string encode_claim(const std::vector<Number>& found) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(claim_version);
  out.text(crypto::random_bytes(claim_mark_bytes));
  out.number(found.size());
  for (const Number& number : found) {
    out.number(number.epoch);
    out.number(number.ordinal);
  }
  return bytes;
}

namespace {

/// Error not_found: the claim was removed meanwhile, since there is a higher one.
Result<Catalogue> try_to_read_catalogue(ObjectStore& store, const std::string& series) {
  // Claims after manifests: a checkpoint that is listed and that its owner was not allowed to put is then seen as void.
  const auto listed = store.list(series + std::string{manifests});
  if (!listed) return listed.error();
  const auto claimed = store.list(series + std::string{claims});
  if (!claimed) return claimed.error();
  Catalogue catalogue;
  if (claimed->empty()) return catalogue;
  const std::string& highest = claimed->back();
  const auto epoch = read_hex(std::string_view{highest}.substr(series.size() + claims.size()));
  const auto claim = get_whole(store, highest, document_bytes_max);
  if (!claim) return claim.error();
  auto found = decode_claim(*claim);
  if (!epoch || !found) return Error{Code::checkpoint_damaged, highest + " cannot be read"};
  catalogue.epoch = *epoch;
  std::sort(found->begin(), found->end());
  for (const std::string& name : *listed) {
    const auto number = number_of(std::string_view{name}.substr(series.size() + manifests.size()));
    if (!number) continue;
    const bool counts = number->epoch == catalogue.epoch || std::binary_search(found->begin(), found->end(), *number);
    (counts ? catalogue.numbers : catalogue.void_numbers).push_back(*number);
  }
  return catalogue;
}

}  // namespace

Result<Catalogue> read_catalogue(ObjectStore& store, const std::string& series) {
  auto catalogue = try_to_read_catalogue(store, series);
  for (int tries = 1; !catalogue && catalogue.error().code == Code::not_found && tries < tries_max; ++tries) {
    catalogue = try_to_read_catalogue(store, series);
  }
  return catalogue;
}

Result<Manifest> read_manifest(ObjectStore& store, const std::string& series, const Number& number) {
  const auto bytes = get_whole(store, manifest_name(series, number), document_bytes_max);
  if (!bytes) return bytes.error();
  auto manifest = decode_manifest(*bytes);
  if (!manifest) return Error{manifest.error().code, to_text(number) + ": " + manifest.error().detail};
  if (manifest->number != number) return Error{Code::checkpoint_damaged, to_text(number) + " holds another's manifest"};
  return manifest;
}

Result<void> verify(ObjectStore& store, const std::string& series, const Manifest& manifest) {
  for (const StoredFile& file : manifest.files) {
    const auto fetched = fetch(store, series, file, [](std::string_view) { return Result<void>{}; });
    if (!fetched) return fetched;
  }
  return {};
}

Result<void> restore(ObjectStore& store, const std::string& series, const Manifest& manifest, const std::string& below,
                     const std::filesystem::path& folder, const GoOn& go_on) {
  std::error_code failed;
  if (std::filesystem::exists(folder, failed)) return Error{Code::name_taken, folder.string() + " is there already"};
  const std::filesystem::path draft = folder.string() + ".restoring";
  std::filesystem::remove_all(draft, failed);
  if (const auto made = store::make_folders(draft); !made) return made;
  for (const StoredFile& file : manifest.files) {
    if (!file.path.starts_with(below)) continue;
    const auto restored = restore_file(store, series, file, draft / file.path.substr(below.size()), go_on);
    if (!restored) {
      std::filesystem::remove_all(draft, failed);
      return restored;
    }
  }
  std::filesystem::rename(draft, folder, failed);
  if (failed) return Error{Code::storage_failed, folder.string() + ": " + failed.message()};
  return store::sync_folder(folder.parent_path());
}

Result<std::vector<std::string>> list_series(ObjectStore& store) {
  const auto listed = store.list("");
  if (!listed) return listed.error();
  std::set<std::string> found;
  for (const std::string& name : *listed) {
    const std::size_t at = name.find(claims);
    if (at != std::string::npos) found.insert(name.substr(0, at));
  }
  return std::vector<std::string>{found.begin(), found.end()};
}

}  // namespace weir::checkpoint
