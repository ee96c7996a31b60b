#include "state/checkpoint/manifest.hpp"

#include <charconv>

#include "state/format/codec.hpp"

namespace weir::checkpoint {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t digest_bytes = std::tuple_size_v<crypto::Digest>;

Error damaged() { return {Code::checkpoint_damaged, "the manifest cannot be read"}; }

/// Only what lies in the folder of the checkpoint.
bool is_plain_path(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos) return false;
    at = end + 1;
  }
  return true;
}

void encode(format::Encoder& out, const Description& description) {
  out.signed_number(to_micros(description.taken_at));
  out.text(description.release);
  out.number(description.formats.size());
  for (const auto& [name, number] : description.formats) {
    out.text(name);
    out.number(number);
  }
  out.number(description.standings.size());
  for (const Standing& standing : description.standings) {
    out.text(standing.workspace);
    out.number(standing.partition);
    out.number(standing.next_offset);
    out.text(standing.fingerprint);
  }
}

void decode(format::Decoder& in, Description& description) {
  description.taken_at = from_micros(in.signed_number());
  description.release = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string name{in.text()};
    description.formats[std::move(name)] = static_cast<std::uint32_t>(in.number());
  }
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    Standing& standing = description.standings.emplace_back();
    standing.workspace = in.text();
    standing.partition = static_cast<std::uint32_t>(in.number());
    standing.next_offset = in.number();
    standing.fingerprint = in.text();
  }
}

void decode(format::Decoder& in, std::vector<StoredFile>& files) {
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    StoredFile& file = files.emplace_back();
    file.path = in.text();
    file.epoch = in.number();
    file.bytes = in.number();
    const std::string_view digest = in.text();
    if (digest.size() != digest_bytes || !is_plain_path(file.path)) return in.refuse();
    std::copy(digest.begin(), digest.end(), file.digest.begin());
  }
}

}  // namespace

std::string to_text(const Number& number) {
  return std::to_string(number.epoch) + '-' + std::to_string(number.ordinal);
}

Result<Number> parse_number(std::string_view text) {
  Number number;
  const char* const end = text.data() + text.size();
  const auto epoch = std::from_chars(text.data(), end, number.epoch);
  if (epoch.ec == std::errc{} && epoch.ptr != end && *epoch.ptr == '-') {
    const auto ordinal = std::from_chars(epoch.ptr + 1, end, number.ordinal);
    if (ordinal.ec == std::errc{} && ordinal.ptr == end) return number;
  }
  return Error{Code::bad_query, "a checkpoint is named like 3-17"};
}

std::string encode(const Manifest& manifest) {
  std::string body;
  format::Encoder out{body};
  out.number(manifest.number.epoch);
  out.number(manifest.number.ordinal);
  encode(out, manifest);
  out.number(manifest.files.size());
  for (const StoredFile& file : manifest.files) {
    out.text(file.path);
    out.number(file.epoch);
    out.number(file.bytes);
    out.text(crypto::bytes_of(file.digest));
  }
  std::string bytes;
  format::Encoder whole{bytes};
  whole.byte(version);
  whole.text(crypto::bytes_of(crypto::sha256(body)));
  return bytes.append(body);
}

Result<Manifest> decode_manifest(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t written = in.byte();
  if (in.ok() && written > version) {
    return Error{Code::state_format, "the checkpoint was written by a later version (manifest " +
                                         std::to_string(written) + ", this one knows " + std::to_string(version) + ")"};
  }
  const std::string_view digest = in.text();
  const std::size_t head = 1 + 1 + digest_bytes;
  if (!in.ok() || written != version || digest.size() != digest_bytes ||
      digest != crypto::bytes_of(crypto::sha256(bytes.substr(head)))) {
    return damaged();
  }
  Manifest manifest;
  manifest.number.epoch = in.number();
  manifest.number.ordinal = in.number();
  decode(in, manifest);
  decode(in, manifest.files);
  if (!in.ok() || !in.at_end()) return damaged();
  return manifest;
}

Result<void> check_formats(const Manifest& manifest, const std::map<std::string, std::uint32_t>& known) {
  for (const auto& [name, number] : manifest.formats) {
    const auto at = known.find(name);
    if (at != known.end() && number <= at->second) continue;
    return Error{Code::state_format, "the checkpoint was taken by Weir " + manifest.release + ", whose format of the " +
                                         name + " is " + std::to_string(number) + "; this version knows " +
                                         (at == known.end() ? "none" : std::to_string(at->second))};
  }
  return {};
}

}  // namespace weir::checkpoint
