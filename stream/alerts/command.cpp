#include "stream/alerts/command.hpp"

#include <algorithm>

#include "state/format/codec.hpp"

namespace weir::alerts {
namespace {

constexpr std::uint8_t version = 1;

Deed read_deed(format::Decoder& in) {
  const std::uint8_t deed = in.byte();
  if (deed < static_cast<std::uint8_t>(Deed::acknowledge) || deed > static_cast<std::uint8_t>(Deed::resolve)) {
    in.refuse();
  }
  return static_cast<Deed>(deed);
}

}  // namespace

std::string encode(const Command& command) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.byte(static_cast<std::uint8_t>(command.deed));
  for (const auto* text : {&command.process, &command.case_id, &command.alert, &command.by, &command.note}) {
    out.text(*text);
  }
  out.signed_number(to_micros(command.time));
  return bytes;
}

Result<Command> decode_command(std::string_view bytes) {
  format::Decoder in{bytes};
  Command command;
  if (in.byte() != version) in.refuse();
  command.deed = read_deed(in);
  for (auto* text : {&command.process, &command.case_id, &command.alert, &command.by, &command.note}) {
    *text = in.text();
  }
  command.time = from_micros(in.signed_number());
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a command about an alert cannot be read"};
  return command;
}

std::vector<Done> Commands::of(std::string_view alert) const {
  std::vector<Done> found;
  std::copy_if(done_.begin(), done_.end(), std::back_inserter(found),
               [&](const Done& one) { return one.alert == alert; });
  return found;
}

bool Commands::take(const Command& command, Time tick) {
  if (done_.size() >= commands_max) return false;
  Time at = std::max(command.time, tick);
  if (!done_.empty()) at = std::max(at, done_.back().at);
  done_.push_back({command.deed, command.alert, command.by, command.note, at});
  return true;
}

void Commands::keep_only(std::span<const std::string> alerts) {
  std::erase_if(done_,
                [&](const Done& one) { return std::find(alerts.begin(), alerts.end(), one.alert) == alerts.end(); });
}

std::size_t Commands::bytes() const {
  std::size_t bytes = done_.capacity() * sizeof(Done);
  for (const Done& one : done_) bytes += one.alert.capacity() + one.by.capacity() + one.note.capacity();
  return bytes;
}

std::string encode(const Commands& commands) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(commands.done_.size());
  for (const Done& one : commands.done_) {
    out.byte(static_cast<std::uint8_t>(one.deed));
    for (const auto* text : {&one.alert, &one.by, &one.note}) out.text(*text);
    out.signed_number(to_micros(one.at));
  }
  return bytes;
}

Result<Commands> decode_commands(std::string_view bytes) {
  format::Decoder in{bytes};
  Commands commands;
  if (in.byte() != version) in.refuse();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    Done& one = commands.done_.emplace_back();
    one.deed = read_deed(in);
    for (auto* text : {&one.alert, &one.by, &one.note}) *text = in.text();
    one.at = from_micros(in.signed_number());
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the commands of a case cannot be read"};
  return commands;
}

}  // namespace weir::alerts
